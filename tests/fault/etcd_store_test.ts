// both runtimes: HTTP/2 differs from one to the other

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import http2 from "node:http2";
import { join } from "node:path";
import { prefixRange } from "../../src/cluster/store/keys.ts";
import { listAll, type Store } from "../../src/cluster/store/store.ts";
import type { Clock } from "../../src/os/clock.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { serveHello } from "../../src/os/network/hello_server.ts";
import { etcdPrograms, eventually, freeUrl } from "../support/etcd.ts";
import { EtcdWorld } from "../support/etcd_world.ts";
import { standStill } from "../support/processes.ts";
import { shell, within } from "../support/program.ts";
import { Heard, OPTIONS, storeContract, valueOf } from "../support/store_contract.ts";
import { at } from "../support/address.ts";

/** On one runtime gRPC's own timers count as left behind. */
const TOLERANT = { sanitizeOps: false, sanitizeResources: false };
const RANGE = prefixRange("/test/");

storeContract("etcd", () => EtcdWorld.start(), TOLERANT);

function test(
  name: string,
  size: number,
  run: (world: EtcdWorld) => Promise<void>,
  flags: readonly string[] = [],
): void {
  Deno.test({
    name,
    ...TOLERANT,
    fn: async () => {
      await using world = await EtcdWorld.start(size, { flags });
      await run(world);
    },
  });
}

/** Watches as the guards say: list, watch from there on, and all anew whenever the watch breaks. */
class Mirror {
  readonly values = new Map<string, string>();
  breaks = 0;

  constructor(readonly store: Store) {}

  async follow(): Promise<void> {
    const listed = await listAll(this.store, RANGE, { ...OPTIONS, limit: 500 });
    if (!listed.ok) return void setTimeout(() => this.follow(), 50);
    this.values.clear();
    for (const { key, value } of listed.value.entries) this.values.set(key, value);
    this.store.watch(RANGE, listed.value.revision + 1, {
      changed: (changes) => {
        for (const { key, entry } of changes) {
          if (entry === undefined) this.values.delete(key);
          else this.values.set(key, entry.value);
        }
      },
      broken: () => {
        this.breaks++;
        void this.follow();
      },
    });
  }

  async has(key: string, value: string, withinMs = 20_000): Promise<void> {
    const said = () => `${key} is not ${value}: ${JSON.stringify([...this.values])}`;
    await within(withinMs, () => this.values.get(key) === value, said);
  }
}

/** Writes until it is certain that it was written. */
async function insist(store: Store, key: string, value: string): Promise<void> {
  let last = "";
  await eventually(async () => {
    const written = await store.put(key, value, { deadlineMs: 2000 });
    if (!written.ok) last = written.failure.message;
    return written.ok;
  }, () => `${key} could not be written: ${last}`);
}

test("a watch that etcd's death breaks is made anew, and nothing is missed", 1, async (world) => {
  const [member] = world.cluster.members;
  const writer = world.open();
  const mirror = new Mirror(world.open());
  await insist(writer, "/test/a", "before");
  await mirror.follow();
  await mirror.has("/test/a", "before");
  await member!.kill();
  const failed = await writer.put("/test/a", "nowhere", OPTIONS);
  assertEquals(failed.ok ? "written" : failed.failure.code, "unavailable");
  await within(60_000, () => mirror.breaks > 0, "the watch does not know that etcd is gone");
  member!.start(world.cluster.initial());
  await member!.healthy();
  // Straight at etcd, so that only the mirror's own way back counts.
  await world.cluster.control(["put", "/test/a", "after"]);
  await mirror.has("/test/a", "after");
  await insist(writer, "/test/a", "again");
  await mirror.has("/test/a", "again");
});

test(
  "all watches of an etcd that stands still are broken, and the store goes on elsewhere",
  3,
  async (world) => {
    const heard = new Heard();
    const others = [new Heard(), new Heard()];
    const [asked] = world.cluster.members;
    // All others come later: whoever is slow for a moment is not asked again.
    const store = world.open({ clientUrls: [asked!.clientUrl] });
    const { revision } = valueOf(await store.put("/test/a", "1", OPTIONS));
    for (const each of [heard, ...others]) store.watch(RANGE, revision + 1, each.listener);
    valueOf(await store.put("/test/a", "2", OPTIONS));
    const allHeard = () => [heard, ...others].every(({ changes }) => changes.length === 1);
    await within(60_000, allHeard, "the watches tell nothing");
    store.setEndpoints(world.endpoints);
    await standStill(asked!.pid);
    try {
      await within(60_000, () => heard.broken.length > 0, "the watch does not see it");
      const allBroken = () => others.every(({ broken }) => broken.length > 0);
      await within(60_000, allBroken, "the other watches do not see it");
      assert(
        ["unavailable", "deadline"].includes(heard.broken[0]!.code!),
        heard.broken[0]?.message,
      );
      await insist(store, "/test/a", "3");
      const again = new Heard();
      store.watch(RANGE, revision + 1, again.listener);
      await within(60_000, () => again.lines.includes("/test/a=3"), "the new watch tells nothing");
    } finally {
      asked!.signal("SIGCONT");
    }
  },
);

/** A clock whose minutes last twelve seconds: faster, and a busy machine counts as one that does not answer. */
function fastClock(): Clock {
  const clock = createLocalClock();
  return {
    nowMs: () => clock.nowMs() * 5,
    wall: () => clock.wall(),
    after: (delayMs, run) => clock.after(delayMs / 5, run),
    sleep: (delayMs, signal) => clock.sleep(delayMs / 5, signal),
    yieldTurn: () => clock.yieldTurn(),
  };
}

test("a watch goes on where nothing is written for long", 1, async (world) => {
  const store = world.open({}, fastClock());
  valueOf(await store.put("/test/a", "1", { deadlineMs: 50_000 }));
  // It watches from the next revision on, which is not there yet: etcd calls such a watch not in sync.
  const mirror = new Mirror(store);
  await mirror.follow();
  await fastClock().sleep(40_000);
  valueOf(await store.put("/test/a", "2", { deadlineMs: 50_000 }));
  await within(60_000, () => mirror.values.get("/test/a") === "2", "the watch tells nothing");
  // Taken for dead it would be broken after each six seconds; a busy machine answers too late now and then.
  assert(mirror.breaks < 3, `it broke ${mirror.breaks} times`);
});

test("a watch of a revision that is not there is broken, not quiet for ever", 1, async (world) => {
  const heard = new Heard();
  const store = world.open();
  const { revision } = valueOf(await store.put("/test/a", "1", OPTIONS));
  store.watch(RANGE, revision + 10, heard.listener);
  await within(60_000, () => heard.broken.length > 0, "it waits without a word");
  assertEquals(heard.broken[0]!.code, "unavailable");
});

test("an etcd that stands still is a missed deadline, not a wait for ever", 1, async (world) => {
  const store = world.open();
  valueOf(await store.put("/test/a", "1", OPTIONS));
  const [member] = world.cluster.members;
  await standStill(member!.pid);
  try {
    const started = performance.now();
    for (const call of [store.get("/test/a", { deadlineMs: 300 }), keepNothing(store)]) {
      const result = await call;
      assertEquals(result.ok ? "answered" : result.failure.code, "deadline");
    }
    const givenUp = new AbortController();
    const call = store.put("/test/a", "2", { deadlineMs: 60_000, signal: givenUp.signal });
    givenUp.abort();
    assertEquals(await call.then((result) => result.ok ? "" : result.failure.code), "aborted");
    assert(performance.now() - started < 30_000);
  } finally {
    member!.signal("SIGCONT");
  }
  await insist(store, "/test/a", "3");
});

function keepNothing(store: Store) {
  return store.keepLease("1234", { deadlineMs: 300 });
}

test("small calls do not wait for acknowledgements of those before", 1, async (world) => {
  const store = world.open();
  const heldBack = async () => {
    let held = 0;
    for (let index = 0; index < 60; index++) {
      const startMs = performance.now();
      valueOf(await store.put("/test/a", `${index}`, OPTIONS));
      const tookMs = performance.now() - startMs;
      // What the kernel waits before it acknowledges by itself. It was every second call, always.
      if (tookMs > 35 && tookMs < 60) held++;
    }
    return held;
  };
  const rounds: number[] = [];
  // On a busy machine calls take as long for other reasons.
  while (rounds.length < 20 && !rounds.some((held) => held < 15)) rounds.push(await heldBack());
  assert(rounds.some((held) => held < 15), `of 60 calls each ${rounds} were held back`);
});

/** Does something, and returns the connections that were made for it. */
async function connectionsOf(act: () => Promise<void>): Promise<http2.ClientHttp2Session[]> {
  const sessions: http2.ClientHttp2Session[] = [];
  const { connect } = http2;
  http2.connect = ((...given: unknown[]) => {
    const session = Reflect.apply(connect, http2, given) as http2.ClientHttp2Session;
    sessions.push(session);
    return session;
  }) as typeof connect;
  try {
    await act();
  } finally {
    http2.connect = connect;
  }
  assert(sessions.length > 0, "no connection was seen");
  return sessions;
}

test("each member is asked how it is over one connection", 3, async (world) => {
  const store = world.open();
  const sessions = await connectionsOf(async () => {
    for (let round = 0; round < 4; round++) {
      for (const url of world.endpoints) valueOf(await store.status(url, OPTIONS));
    }
  });
  assertEquals(sessions.length, 3);
});

test("a connection does not keep the calls that are over", 1, async (world) => {
  const store = world.open();
  const sessions = await connectionsOf(async () => {
    for (let index = 0; index < 50; index++) {
      valueOf(await store.put("/test/a", `${index}`, OPTIONS));
    }
  });
  // The runtime's own list, under a name of its own: it held 13 KB for each call there ever was.
  const kept = sessions.flatMap((session) =>
    Object.getOwnPropertySymbols(session).filter((symbol) => symbol.description === "state")
      .map((symbol) => (Reflect.get(session, symbol) as { streams?: Map<unknown, unknown> }))
      .map(({ streams }) => streams?.size ?? 0)
  );
  assert(kept.every((size) => size < 5), `streams kept: ${kept}`);
});

test(
  "where a host only says hello there is no etcd, and the next endpoint is asked",
  1,
  async (world) => {
    const url = freeUrl();
    const door = serveHello({ address: at(url) }, () => "{}");
    assert(door.ok);
    try {
      const store = world.open({ clientUrls: [url, ...world.endpoints] });
      valueOf(await store.members(OPTIONS));
      valueOf(await store.put("/test/a", "1", OPTIONS));
      const alone = await world.open({ clientUrls: [url] }).members(OPTIONS);
      assertEquals(alone.ok ? "answered" : alone.failure.code, "unavailable");
    } finally {
      await door.value.close();
    }
  },
);

Deno.test("etcdctl hears at once that a host that only says hello has no etcd, and does not try again", async () => {
  const url = freeUrl();
  const door = serveHello({ address: at(url) }, () => "{}");
  assert(door.ok);
  try {
    const said = await shell(`${join(etcdPrograms(), "etcdctl")} --endpoints ${url} get a`);
    assertStringIncludes(said, "no etcd runs on this host");
    assertEquals(said.split("retrying of unary invoker failed").length - 1, 1, said);
  } finally {
    await door.value.close();
  }
});

test("with one of three members dead everything goes on", 3, async (world) => {
  const [first, second] = world.cluster.members;
  const store = world.open();
  const mirror = new Mirror(world.open());
  await insist(store, "/test/a", "1");
  await mirror.follow();
  const lease = valueOf(await store.grantLease(60_000, OPTIONS));
  await first!.kill();
  await insist(store, "/test/a", "2");
  await mirror.has("/test/a", "2");
  await eventually(
    async () => (await store.keepLease(lease.id, OPTIONS)).ok,
    () => "the lease cannot be kept",
  );
  const { members } = valueOf(await store.members(OPTIONS));
  assertEquals(members.length, 3);
  // Each of a fresh store's endpoints is tried until one answers.
  valueOf(await world.open().get("/test/a", OPTIONS));
  const dead = await store.status(first!.clientUrl, OPTIONS);
  assertEquals(dead.ok ? "alive" : dead.failure.code, "unavailable");
  const alive = valueOf(await store.status(second!.clientUrl, OPTIONS));
  assert(alive.leaderId !== undefined);
});

test(
  "without a majority a call fails, one etcd still says how it is, and all comes back",
  3,
  async (world) => {
    const [first, second, third] = world.cluster.members;
    const store = world.open();
    const heard = new Heard();
    const { revision } = valueOf(await store.put("/test/a", "1", OPTIONS));
    store.watch(RANGE, revision + 1, heard.listener);
    await Promise.all([second!.kill(), third!.kill()]);
    await eventually(async () => {
      const read = await store.get("/test/a", { deadlineMs: 500 });
      const written = await store.put("/test/a", "2", { deadlineMs: 500 });
      return !read.ok && !written.ok;
    }, () => "it is read or written without a majority");
    await eventually(async () => {
      const status = await store.status(first!.clientUrl, OPTIONS);
      return status.ok && status.value.leaderId === undefined;
    }, () => "it does not say that it has no leader");
    // The watch is of no use there: etcd says so when it has been without a leader for a while.
    await within(60_000, () => heard.broken.length > 0, "the watch goes on without a leader");
    second!.start(world.cluster.initial());
    third!.start(world.cluster.initial());
    await insist(store, "/test/a", "3");
  },
);

test("a lease outlives the death of the etcd that kept it", 3, async (world) => {
  const store = world.open();
  const lease = valueOf(await store.grantLease(8000, OPTIONS));
  valueOf(await store.put("/test/live", "x", { ...OPTIONS, lease: lease.id }));
  await world.cluster.members[0]!.kill();
  for (let times = 0; times < 10; times++) {
    await eventually(
      async () => (await store.keepLease(lease.id, { deadlineMs: 1000 })).ok,
      () => "the lease cannot be kept",
      30_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  assertEquals(valueOf(await store.get("/test/live", OPTIONS)).entry?.value, "x");
});

test("a learner is no endpoint for reads", 1, async (world) => {
  const store = world.open();
  const learner = world.cluster.add("learner");
  const added = valueOf(await store.addLearner([learner.peerUrl], OPTIONS));
  learner.start(world.cluster.initial(), "existing");
  await eventually(async () => {
    const status = await store.status(learner.clientUrl, OPTIONS);
    return status.ok && status.value.learner && status.value.leaderId !== undefined;
  }, () => "the learner does not say that it is one");
  const alone = world.open({ clientUrls: [learner.clientUrl] });
  const read = await alone.get("/test/a", OPTIONS);
  assertEquals(read.ok ? "read" : read.failure.code, "learner");
  const both = world.open({ clientUrls: [learner.clientUrl, ...world.endpoints.slice(0, 1)] });
  valueOf(await both.put("/test/a", "1", OPTIONS));
  await eventually(async () => {
    const page = await alone.list(RANGE, { ...OPTIONS, limit: 10, serializable: true });
    return page.ok && page.value.entries[0]?.value === "1";
  }, () => "the learner does not even say what it has");
  await eventually(
    async () => (await store.promote(added.added.id, OPTIONS)).ok,
    () => "the learner is never in sync",
  );
  const { members } = valueOf(await store.members(OPTIONS));
  assertEquals(members.map((member) => member.learner), [false, false]);
});

test("while a voter is dead nobody is taken in, but it can be removed", 3, async (world) => {
  const store = world.open();
  const url = "http://127.0.0.1:1";
  const add = async () => {
    const added = await store.addLearner([url], OPTIONS);
    return added.ok ? added.value.added.id : added.failure.code;
  };
  // etcd says so in the first seconds too.
  await eventually(async () => await add() !== "unhealthy", () => "never becomes healthy");
  const { members } = valueOf(await store.members(OPTIONS));
  const learner = members.find((member) => member.learner)!;
  valueOf(await store.removeMember(learner.id, OPTIONS));
  const dead = world.cluster.members[2]!;
  await dead.kill();
  await eventually(async () => await add() === "unhealthy", () => "takes a new member in");
  const voter = members.find((member) => member.clientUrls.includes(dead.clientUrl))!;
  await eventually(
    async () => (await store.removeMember(voter.id, OPTIONS)).ok,
    () => "does not let the dead one go",
  );
  await eventually(async () => await add() !== "unhealthy", () => "still takes nobody in");
});

test("a database that is full is a failure of its own", 1, async (world) => {
  const full = world.open();
  await fill(world);
  const refused = await full.put("/test/a", "x", OPTIONS);
  assertEquals(refused.ok ? "written" : refused.failure.code, "no-space");
  const status = valueOf(await full.status(world.endpoints[0]!, OPTIONS));
  assertEquals(status.alarms, ["NOSPACE"]);
}, ["--quota-backend-bytes", "200000"]);

test("a range of very large values is listed, by smaller pages", 1, async (world) => {
  const store = world.open();
  const value = "v".repeat(1_000_000);
  // Megabytes take their time on a busy machine.
  const deadlineMs = 200_000;
  for (let name = 0; name < 70; name++) {
    valueOf(await store.put(`/test/${name}`, value, { deadlineMs }));
  }
  const listed = await listAll(store, RANGE, { deadlineMs, limit: 500 });
  assert(listed.ok, listed.ok ? "" : listed.failure.message);
  assertEquals(listed.value.entries.length, 70);
});

/** Writes until etcd takes no more. */
async function fill(world: EtcdWorld): Promise<void> {
  const value = "v".repeat(50_000);
  await eventually(async () => {
    const written = await world.open().put("/test/fill", value, OPTIONS);
    return !written.ok;
  }, () => "it takes everything");
}

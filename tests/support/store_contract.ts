/**
 * What every store of the cluster must do: the real one and the model of the simulation.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Result } from "../../src/base/result.ts";
import { prefixRange } from "../../src/cluster/store/keys.ts";
import {
  type CallOptions,
  type KeyChange,
  listAll,
  type Store,
  type StoreAddress,
  type StoreEntry,
  type WatchFailure,
} from "../../src/cluster/store/store.ts";

/** A running cluster of one kind or the other. */
export interface StoreWorld extends AsyncDisposable {
  /** Client URLs, one for each member. */
  readonly endpoints: readonly string[];
  /** A store of its own, closed with the world. */
  open(address?: Partial<StoreAddress>): Store;
  /** Lets time pass until the promise is settled. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Lets time pass until it is so; what could not be waited for is an exception. */
  until(isSo: () => boolean, otherwise: () => string): Promise<void>;
  /** Forgets all revisions before the present one. */
  compact(): Promise<void>;
  /** One more member that runs and learns; its client URL. */
  learn(): Promise<string>;
}

export const OPTIONS: CallOptions = { deadlineMs: 5000 };
const RANGE = prefixRange("/contract/");

/** The value, or the failure as an exception. */
export function valueOf<T>(result: Result<T>): T {
  assert(result.ok, result.ok ? "" : `${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** What a watch has told. */
export class Heard {
  readonly changes: KeyChange[] = [];
  /** How many changes came together, each time. */
  readonly together: number[] = [];
  readonly broken: WatchFailure[] = [];

  changed(changes: readonly KeyChange[]): void {
    this.changes.push(...changes);
    this.together.push(changes.length);
  }

  /** As an object of functions, which is what a store is given. */
  get listener() {
    return {
      changed: (changes: readonly KeyChange[]) => this.changed(changes),
      // The store hands over its own value.
      broken: (failure: WatchFailure) => void this.broken.push(failure),
    };
  }

  /** `key=value` for each change, `key` alone for a removal. */
  get lines(): string[] {
    return this.changes.map(({ key, entry }) =>
      entry === undefined ? key : `${key}=${entry.value}`
    );
  }
}

/** Declares the tests. `sanitizeOps: false`: what is under test may leave timers behind. */
export function storeContract(
  name: string,
  start: () => Promise<StoreWorld>,
  options: Pick<Deno.TestDefinition, "sanitizeOps" | "sanitizeResources"> = {},
): void {
  function test(title: string, run: (world: StoreWorld, store: Store) => Promise<void>): void {
    Deno.test({
      name: `${name}: ${title}`,
      ...options,
      fn: async () => {
        await using world = await start();
        await run(world, world.open());
      },
    });
  }
  keys(test);
  transactions(test);
  leases(test);
  watches(test);
  members(test);
  addresses(test);
}

type Test = (
  title: string,
  run: (world: StoreWorld, store: Store) => Promise<void>,
) => void;

function keys(test: Test): void {
  test("a key is what was put last, with its revisions", async (world, store) => {
    const ask = async () => valueOf(await world.settle(store.get("/contract/a", OPTIONS)));
    const put = async (value: string) =>
      valueOf(await world.settle(store.put("/contract/a", value, OPTIONS))).revision;
    assertEquals((await ask()).entry, undefined);
    const created = await put("one");
    const changed = await put("zwei €");
    assertEquals(changed, created + 1);
    assertEquals((await ask()).entry, {
      ...{ key: "/contract/a", value: "zwei €" },
      ...{ createRevision: created, modRevision: changed, version: 2 },
    });
    assertEquals((await ask()).revision, changed);
    await put("");
    assertEquals((await ask()).entry?.value, "");
  });

  test("a range is listed in order, by pages, as of one revision", async (world, store) => {
    const names = ["b", "a", "ab", "c/d", "c", "é"];
    for (const key of names) {
      await world.settle(store.put(`/contract/${key}`, key, OPTIONS));
    }
    await world.settle(store.put("/contract0", "outside", OPTIONS));
    const first = valueOf(await world.settle(store.list(RANGE, { ...OPTIONS, limit: 4 })));
    assertEquals(first.entries.map(({ value }) => value), ["a", "ab", "b", "c"]);
    await world.settle(store.put("/contract/ca", "later", OPTIONS));
    const rest = { ...OPTIONS, limit: 4, revision: first.revision };
    const second = valueOf(
      await world.settle(store.list({ from: first.next!, to: RANGE.to }, rest)),
    );
    assertEquals(second.entries.map(({ value }) => value), ["c/d", "é"]);
    assertEquals([second.next, second.revision], [undefined, first.revision]);
    const bare = { ...OPTIONS, limit: 2, keysOnly: true };
    const named = valueOf(await world.settle(store.list(RANGE, bare)));
    const told = named.entries.map(({ key, value, version }) => ({ key, value, version }));
    const [a, ab] = ["/contract/a", "/contract/ab"];
    assertEquals(told, [{ key: a, value: "", version: 1 }, { key: ab, value: "", version: 1 }]);
    const all = await world.settle(listAll(store, RANGE, { ...OPTIONS, limit: 2 }));
    assertEquals(valueOf(all).entries.length, 7);
  });
}

function transactions(test: Test): void {
  test("of a transaction all is done or nothing, at one revision", async (world, store) => {
    const claim = (value: string) =>
      world.settle(store.transact({
        when: [{ key: "/contract/lock", create: 0 }],
        then: [
          { type: "put", key: "/contract/lock", value },
          { type: "put", key: "/contract/also", value },
          { type: "get", key: "/contract/lock" },
          { type: "get", key: "/contract/none" },
        ],
        otherwise: [{ type: "get", key: "/contract/also" }],
      }, OPTIONS));
    const won = valueOf(await claim("first"));
    assertEquals(won.succeeded, true);
    assertEquals(won.got.map((entry) => entry?.value), ["first", undefined]);
    const lost = valueOf(await claim("second"));
    assertEquals([lost.succeeded, lost.revision], [false, won.revision]);
    assertEquals(lost.got.map((entry) => entry?.value), ["first"]);
    const entries = valueOf(await world.settle(store.list(RANGE, { ...OPTIONS, limit: 9 })));
    assertEquals(entries.entries.map((entry: StoreEntry) => entry.modRevision), [
      won.revision,
      won.revision,
    ]);
  });

  test(
    "conditions are for creation, change and value, also the other way round",
    async (world, store) => {
      const { revision } = valueOf(await world.settle(store.put("/contract/a", "x", OPTIONS)));
      const holds = async (when: Parameters<Store["transact"]>[0]["when"]) =>
        valueOf(await world.settle(store.transact({ when, then: [] }, OPTIONS))).succeeded;
      const key = "/contract/a";
      const none = "/contract/none";
      assertEquals(await holds([]), true);
      assertEquals(await holds([{ key, create: revision }, { key, mod: revision }]), true);
      assertEquals(await holds([{ key, create: revision }, { key, mod: revision + 1 }]), false);
      assertEquals(await holds([{ key, value: "x" }]), true);
      assertEquals(await holds([{ key, value: "y" }]), false);
      assertEquals(await holds([{ key, value: "y", not: true }]), true);
      assertEquals(await holds([{ key, create: 0, not: true }]), true);
      assertEquals(await holds([{ key: none, create: 0 }, { key: none, mod: 0 }]), true);
      assertEquals(await holds([{ key: none, value: "" }]), false);
      assertEquals(await holds([{ key: none, value: "x", not: true }]), false);
    },
  );

  test("a range is removed with what is in it", async (world, store) => {
    for (const key of ["/contract/x/1", "/contract/x/2", "/contract/y"]) {
      await world.settle(store.put(key, "v", OPTIONS));
    }
    const removal = { type: "deleteRange", range: prefixRange("/contract/x/") } as const;
    const one = { type: "delete", key: "/contract/none" } as const;
    valueOf(await world.settle(store.transact({ when: [], then: [removal, one] }, OPTIONS)));
    const { entries } = valueOf(await world.settle(store.list(RANGE, { ...OPTIONS, limit: 9 })));
    assertEquals(entries.map(({ key }) => key), ["/contract/y"]);
  });

  test("of two who claim a key at the same time one gets it", async (world, store) => {
    const other = world.open();
    const claims = [store, other, store, other].map((each, index) =>
      each.transact({
        when: [{ key: "/contract/leader", create: 0 }],
        then: [{ type: "put", key: "/contract/leader", value: `${index}` }],
      }, OPTIONS)
    );
    const results = await world.settle(Promise.all(claims));
    assertEquals(results.filter((result) => valueOf(result).succeeded).length, 1);
  });

  test("what is too much for one transaction is refused", async (world, store) => {
    const then = Array.from({ length: 129 }, (_, index) => (
      { type: "put", key: `/contract/${index}`, value: "" } as const
    ));
    const refused = await world.settle(store.transact({ when: [], then }, OPTIONS));
    assertEquals(refused.ok ? "done" : refused.failure.code, "refused");
  });
}

function leases(test: Test): void {
  test("a lease that is ended takes its keys with it", async (world, store) => {
    const lease = valueOf(await world.settle(store.grantLease(60_000, OPTIONS)));
    assertEquals(lease.ttlMs, 60_000);
    await world.settle(store.put("/contract/live", "here", { ...OPTIONS, lease: lease.id }));
    const { entry } = valueOf(await world.settle(store.get("/contract/live", OPTIONS)));
    assertEquals(entry?.lease, lease.id);
    assertEquals(valueOf(await world.settle(store.keepLease(lease.id, OPTIONS))), lease);
    valueOf(await world.settle(store.revokeLease(lease.id, OPTIONS)));
    const gone = valueOf(await world.settle(store.get("/contract/live", OPTIONS)));
    assertEquals(gone.entry, undefined);
    const kept = await world.settle(store.keepLease(lease.id, OPTIONS));
    assertEquals(kept.ok ? "kept" : kept.failure.code, "lease-gone");
    const revoked = await world.settle(store.revokeLease(lease.id, OPTIONS));
    assertEquals(revoked.ok ? "ended" : revoked.failure.code, "lease-gone");
    const put = { ...OPTIONS, lease: lease.id };
    const written = await world.settle(store.put("/contract/live", "again", put));
    assertEquals(written.ok ? "written" : written.failure.code, "lease-gone");
  });

  test("a lease that nobody keeps ends by itself, and a watch tells", async (world, store) => {
    const lease = valueOf(await world.settle(store.grantLease(2000, OPTIONS)));
    const heard = new Heard();
    const { revision } = valueOf(
      await world.settle(store.put("/contract/live", "x", { ...OPTIONS, lease: lease.id })),
    );
    store.watch(RANGE, revision + 1, heard.listener);
    await world.until(() => heard.changes.length > 0, () => "the key did not go");
    assertEquals(heard.lines, ["/contract/live"]);
    const kept = await world.settle(store.keepLease(lease.id, OPTIONS));
    assertEquals(kept.ok ? "kept" : kept.failure.code, "lease-gone");
  });
}

function watches(test: Test): void {
  test("a watch tells every change from its revision on, in order", async (world, store) => {
    const heard = new Heard();
    const { revision } = valueOf(await world.settle(store.put("/contract/a", "1", OPTIONS)));
    await world.settle(store.put("/contract/a", "2", OPTIONS));
    const watch = store.watch(RANGE, revision, heard.listener);
    await world.settle(store.put("/contract/b", "3", OPTIONS));
    await world.settle(store.put("/elsewhere", "4", OPTIONS));
    const both = [
      { type: "delete", key: "/contract/a" },
      { type: "put", key: "/contract/c", value: "5" },
    ] as const;
    const done = valueOf(await world.settle(store.transact({ when: [], then: both }, OPTIONS)));
    await world.until(() => heard.changes.length >= 5, () => heard.lines.join());
    assertEquals(heard.lines, [
      ...["/contract/a=1", "/contract/a=2", "/contract/b=3"],
      ...["/contract/a", "/contract/c=5"],
    ]);
    assertEquals(heard.changes.slice(-2).map((change) => change.revision), [
      done.revision,
      done.revision,
    ]);
    watch.close();
    watch.close();
    await world.settle(store.put("/contract/d", "6", OPTIONS));
    const after = new Heard();
    store.watch(RANGE, done.revision + 1, after.listener);
    await world.until(() => after.changes.length > 0, () => "the second watch tells nothing");
    assertEquals([heard.changes.length, heard.broken], [5, []]);
  });

  test("a revision with many changes comes whole", async (world, store) => {
    const heard = new Heard();
    const { revision } = valueOf(await world.settle(store.put("/contract/a", "1", OPTIONS)));
    store.watch(RANGE, revision + 1, heard.listener);
    // Together more than etcd puts into one message.
    const value = "v".repeat(20_000);
    const then = Array.from({ length: 70 }, (_, index) => (
      { type: "put", key: `/contract/${index}`, value } as const
    ));
    valueOf(await world.settle(store.transact({ when: [], then }, OPTIONS)));
    await world.until(() => heard.changes.length > 0, () => "nothing came");
    assertEquals(heard.together, [70]);
  });

  test(
    "a watch from a revision that is gone is broken, and a list goes on from now",
    async (world, store) => {
      const { revision } = valueOf(await world.settle(store.put("/contract/a", "1", OPTIONS)));
      await world.settle(store.put("/contract/a", "2", OPTIONS));
      await world.settle(store.put("/contract/a", "3", OPTIONS));
      await world.compact();
      const heard = new Heard();
      store.watch(RANGE, revision, heard.listener);
      await world.until(() => heard.broken.length > 0, () => "the watch was not broken");
      assertEquals(heard.broken.map(({ code }) => code), ["compacted"]);
      const old = await world.settle(store.list(RANGE, { ...OPTIONS, limit: 1, revision }));
      assertEquals(old.ok ? "listed" : old.failure.code, "compacted");
      const again = new Heard();
      const page = valueOf(await world.settle(store.list(RANGE, { ...OPTIONS, limit: 1 })));
      store.watch(RANGE, page.revision + 1, again.listener);
      await world.settle(store.put("/contract/a", "4", OPTIONS));
      await world.until(() => again.changes.length > 0, () => "the new watch tells nothing");
      assertEquals(again.lines, ["/contract/a=4"]);
    },
  );

  test("closing the store ends its watches and calls", async (world, store) => {
    const heard = new Heard();
    const { revision } = valueOf(await world.settle(store.put("/contract/a", "1", OPTIONS)));
    store.watch(RANGE, revision + 1, heard.listener);
    const call = store.get("/contract/a", OPTIONS);
    store.close();
    const ended = await world.settle(call);
    assertEquals(ended.ok ? "answered" : ended.failure.code, "aborted");
    const later = await world.settle(store.get("/contract/a", OPTIONS));
    assertEquals(later.ok ? "answered" : later.failure.code, "aborted");
    assertEquals(heard.broken, []);
  });
}

function members(test: Test): void {
  test("the members are listed, and each says how it is", async (world, store) => {
    const { clusterId, members } = valueOf(await world.settle(store.members(OPTIONS)));
    assertEquals(members.map(({ learner }) => learner), [false]);
    assertEquals(members[0]!.clientUrls, world.endpoints);
    const status = valueOf(await world.settle(store.status(world.endpoints[0]!, OPTIONS)));
    assertEquals(status.clusterId, clusterId);
    assertEquals([status.memberId, status.leaderId], [members[0]!.id, members[0]!.id]);
    assertEquals([status.learner, status.alarms], [false, []]);
  });

  test(
    "the store forgets its history, gives its room back and takes writes",
    async (world, store) => {
      const first = valueOf(await world.settle(store.put("/contract/a", "1", OPTIONS)));
      const last = valueOf(await world.settle(store.put("/contract/a", "2", OPTIONS)));
      const heard = new Heard();
      // Twice: whoever leads next may be told to do what was done.
      for (let count = 0; count < 2; count++) {
        valueOf(await world.settle(store.compact(last.revision, OPTIONS)));
      }
      store.watch(RANGE, first.revision, heard.listener);
      await world.until(() => heard.broken.length > 0, () => "the watch goes on");
      assertEquals(heard.broken[0]?.code, "compacted");
      valueOf(await world.settle(store.defragment(world.endpoints[0]!, OPTIONS)));
      valueOf(await world.settle(store.disarm(OPTIONS)));
      valueOf(await world.settle(store.put("/contract/a", "3", OPTIONS)));
      const status = valueOf(await world.settle(store.status(world.endpoints[0]!, OPTIONS)));
      assertEquals(status.revision, last.revision + 1);
      assert(status.inUseBytes <= status.databaseBytes && status.databaseBytes < status.quotaBytes);
    },
  );

  test(
    "a learner is added, is not promoted before it runs, and goes again",
    async (world, store) => {
      const url = "http://127.0.0.1:1";
      const added = valueOf(await world.settle(store.addLearner([url], OPTIONS)));
      assertEquals([added.added.name, added.added.learner, added.added.peerUrls], ["", true, [
        url,
      ]]);
      // In the order of their names, whatever order their ids have: this one has no name yet.
      assertEquals(added.members.map(({ name }) => name === ""), [true, false]);
      const code = async (call: Promise<Result<unknown>>) => {
        const result = await world.settle(call);
        return result.ok ? "done" : result.failure.code;
      };
      assertEquals(await code(store.addLearner([url], OPTIONS)), "member-exists");
      assertEquals(await code(store.promote(added.added.id, OPTIONS)), "not-in-sync");
      const own = added.members.find(({ id }) => id !== added.added.id)!;
      assertEquals(await code(store.promote(own.id, OPTIONS)), "not-learner");
      const moved = "http://127.0.0.1:2";
      const changed = valueOf(
        await world.settle(store.updateMember(added.added.id, [moved], OPTIONS)),
      );
      assertEquals(changed.members.find(({ id }) => id === added.added.id)?.peerUrls, [moved]);
      const left = valueOf(await world.settle(store.removeMember(added.added.id, OPTIONS)));
      assertEquals(left.members.map(({ id }) => id), [own.id]);
      assertEquals(await code(store.removeMember(added.added.id, OPTIONS)), "member-gone");
      assertEquals(await code(store.promote("abc", OPTIONS)), "member-gone");
    },
  );

  test("a learner says how it is and what it has, and does nothing else", async (world, store) => {
    valueOf(await world.settle(store.put("/contract/a", "1", OPTIONS)));
    const url = await world.learn();
    const code = async (call: Promise<Result<unknown>>) => {
      const result = await world.settle(call);
      return result.ok ? "done" : result.failure.code;
    };
    const there = world.open({ clientUrls: [url] });
    const status = valueOf(await world.settle(there.status(url, OPTIONS)));
    assertEquals([status.learner, status.memberId === status.leaderId], [true, false]);
    const listed = await world.settle(
      there.list(RANGE, { ...OPTIONS, limit: 9, serializable: true }),
    );
    assertEquals(valueOf(listed).entries.map(({ value }) => value), ["1"]);
    const refused = {
      defragment: await code(store.defragment(url, OPTIONS)),
      list: await code(there.list(RANGE, { ...OPTIONS, limit: 9 })),
      put: await code(there.put("/contract/a", "2", OPTIONS)),
      members: await code(there.members(OPTIONS)),
      lease: await code(there.grantLease(10_000, OPTIONS)),
      compact: await code(there.compact(status.revision, OPTIONS)),
      disarm: await code(there.disarm(OPTIONS)),
    };
    assertEquals(new Set(Object.values(refused)), new Set(["learner"]), JSON.stringify(refused));
    // Where a voter is known, too, it is asked.
    const both = world.open({ clientUrls: [url, ...world.endpoints] });
    assertEquals(await code(both.put("/contract/a", "2", OPTIONS)), "done");
  });

  test("no more learners are taken than two", async (world, store) => {
    for (const port of [1, 2]) {
      valueOf(await world.settle(store.addLearner([`http://127.0.0.1:${port}`], OPTIONS)));
    }
    const third = await world.settle(store.addLearner(["http://127.0.0.1:3"], OPTIONS));
    assertEquals(third.ok ? "added" : third.failure.code, "too-many-learners");
  });
}

function addresses(test: Test): void {
  test(
    "another cluster than the pinned one is refused, before anything is written",
    async (world, store) => {
      const { clusterId } = valueOf(await world.settle(store.members(OPTIONS)));
      const right = world.open({ clusterId });
      valueOf(await world.settle(right.put("/contract/a", "right", OPTIONS)));
      const wrong = world.open({ clusterId: "abc" });
      const written = await world.settle(wrong.put("/contract/a", "wrong", OPTIONS));
      assertEquals(written.ok ? "written" : written.failure.code, "foreign-cluster");
      const { entry } = valueOf(await world.settle(store.get("/contract/a", OPTIONS)));
      assertEquals(entry?.value, "right");
      const heard = new Heard();
      wrong.watch(RANGE, 1, heard.listener);
      await world.until(() => heard.broken.length > 0, () => "the watch was not broken");
      assertEquals(heard.broken[0]?.code, "foreign-cluster");
    },
  );

  test("an endpoint where nobody is is passed over", async (world, store) => {
    const nobody = world.endpoints[0]!.replace(/\d+$/, "1");
    const two = world.open({ clientUrls: [nobody, ...world.endpoints] });
    valueOf(await world.settle(two.put("/contract/a", "1", OPTIONS)));
    const alone = world.open({ clientUrls: [nobody] });
    const failed = await world.settle(alone.put("/contract/a", "2", OPTIONS));
    assertEquals(failed.ok ? "written" : failed.failure.code, "unavailable");
    const heard = new Heard();
    alone.watch(RANGE, 1, heard.listener);
    await world.until(() => heard.broken.length > 0, () => "the watch was not broken");
    assertEquals(heard.broken[0]?.code, "unavailable");
    alone.setEndpoints(world.endpoints);
    valueOf(await world.settle(alone.put("/contract/a", "3", OPTIONS)));
    const none = world.open({ clientUrls: [] });
    const nowhere = await world.settle(none.get("/contract/a", OPTIONS));
    assertEquals(nowhere.ok ? "read" : nowhere.failure.code, "unavailable");
    const { entry } = valueOf(await world.settle(store.get("/contract/a", OPTIONS)));
    assertEquals(entry?.value, "3");
  });

  test("a call that is given up is aborted", async (world, store) => {
    const giveUp = new AbortController();
    giveUp.abort();
    const options = { ...OPTIONS, signal: giveUp.signal };
    const asked = await world.settle(store.get("/contract/a", options));
    assertEquals(asked.ok ? "read" : asked.failure.code, "aborted");
  });
}

/** Hosts that are cast out of a cluster, with real agents and a real etcd. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { openStore } from "../../src/app/cluster/open_store.ts";
import { exportedKey, exportsRange } from "../../src/cluster/store/keys.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { readTrust, TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { eventually } from "../support/etcd.ts";
import { mgmt, Program } from "../support/program.ts";
import { inTokenCluster, type TokenWorld } from "../support/token_world.ts";
import { unwrap } from "../support/unwrap.ts";

const OPTIONS = { deadlineMs: 2000 };

function storeOf(world: TokenWorld, host: string): Promise<Store> {
  const trust = unwrap(readTrust(privateFiles(join(world.prefix(host), TRUST_PLACE))));
  const credentials = trust?.credentials ?? "none";
  return openStore({ clientUrls: [`https://${world.address}`], credentials }, createLocalClock());
}

/** A program with the certificate of a host that writes all the time, and listens. */
class BadGuest {
  readonly writes: string[] = [];
  hears: "yes" | "ended" = "yes";
  readonly #store: Store;
  readonly #ending = new AbortController();
  readonly #over: Promise<void>;

  constructor(store: Store) {
    this.#store = store;
    store.watch(exportsRange(), 1, { changed: () => {}, broken: () => this.hears = "ended" });
    this.#over = this.#write();
  }

  async #write(): Promise<void> {
    for (let count = 0; !this.#ending.signal.aborted; count++) {
      const put = await this.#store.put(exportedKey("h3", "file", `x${count % 100}`), "1", OPTIONS);
      this.writes.push(put.ok ? "done" : put.failure.code ?? "");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#over;
    this.#store.close();
  }
}

/** All that the cluster has of what a host exports. */
async function exportsOf(world: TokenWorld, host: string): Promise<number> {
  const store = await storeOf(world, "h1");
  try {
    const page = await store.list(exportsRange(host), { ...OPTIONS, limit: 500 });
    return unwrap(page).entries.length;
  } finally {
    store.close();
  }
}

function inCluster(test: (world: TokenWorld) => Promise<void>): Promise<void> {
  return inTokenCluster(async (world) => {
    const guest = await world.agent("h3", "--token", await world.token("h1"));
    await guest.says("is let into its cluster");
    await eventually(() => world.collected("h1").includes("of-h3"), () => world.said);
    await test(world);
  });
}

Deno.test("who is cast out while it writes 100 exports a second has nothing left, hears why, and another host may have its name", () =>
  inCluster(async (world) => {
    {
      await using bad = new BadGuest(await storeOf(world, "h3"));
      await eventually(() => bad.writes.length > 20, () => "it writes nothing");
      const order = () => mgmt(["evict", "h3", "--prefix", world.prefix("h1")]);
      const done = await Promise.all([order(), order()]);
      for (const { code, stdout, stderr } of done) {
        assertEquals(code, 0, stderr);
        assertMatch(
          stdout,
          /^h3 is cast out.*has no rights, what it exported is gone, and its name/,
        );
      }
      assert(bad.writes.at(-1) !== "done", "it may write still");
      await eventually(() => bad.hears === "ended", () => "what it had open goes on");
      const since = bad.writes.length;
      await eventually(() => bad.writes.length > since, () => "it does not even try");
      assertEquals(bad.writes.slice(since).includes("done"), false);
    }
    assertEquals(await exportsOf(world, "h3"), 0);
    // What it had exported stays where it was collected, and is nobody's any more.
    await Deno.remove(join(world.directory, "h1.d", "of-h3"));
    const guest = world.leader("h3");
    await guest.says("this host was cast out of its cluster at 2");
    assertMatch(guest.stderr, /mgmt run --token-file FILE/);
    const there = await world.says("h1", "members");
    assertEquals(/^h3 /m.test(there), false, there);

    // Its files are moved away: a clone of them is nobody either, and says so.
    await world.stop("h3");
    const old = join(world.directory, "old");
    await Deno.rename(world.prefix("h3"), old);
    const members = await mgmt(["members", "--prefix", old]);
    assertMatch(members.stderr, /it takes no connection with this host's certificate/);
    const place = ["--no-server", "--seeds", world.address, "--hostname", "h3", "--prefix", old];
    const clone = new Program(["run", join(world.directory, "h3.yaml"), ...place]);
    await clone.says("this host was cast out of its cluster at 2");
    await clone.says("takes a connection with this host's certificate: it was cast out");
    assertMatch(clone.stderr, /Recap: \d ok/);
    await clone.interrupt();

    const next = await world.agent("h3", "--token", await world.token("h1"));
    await next.says("is let into its cluster");
    await eventually(() => world.collected("h1").includes("of-h3"), () => world.said);
    assertMatch(await world.says("h1", "members"), /^h3 +client +live .* agent /m);
  }));

Deno.test("a host that is off, while who leads is killed, is cast out all the same; what is no such host is refused", () =>
  inCluster(async (world) => {
    const at = (host: string, ...words: string[]) =>
      mgmt(["evict", ...words, "--prefix", world.prefix(host)]);
    assertMatch(
      (await at("h1", "h33")).stderr,
      /h33 is no host of this cluster\n.*did you mean "h3"/,
    );
    assertMatch((await at("h1", "h1")).stderr, /h1 is this host: nobody casts out itself/);
    assertMatch((await at("h3", "h3")).stderr, /it has no server role in its cluster/);
    const server = await world.token("h1", "--role", "server");
    const seeds = ["--seeds", world.address, "--token", server];
    const second = await world.start("h2", ...seeds, ...world.urls());
    await second.says("is let into its cluster as server");
    await world.becomes("h1", ["members"], /^h2 +(learner|voter) .* server /m);

    await world.stop("h3");
    await world.stop("h2");
    const leader = world.leader("h1");
    leader.signal("SIGSTOP");
    const late = await at("h1", "h3", "--wait", "2");
    assertEquals(late.code, 5, late.stderr);
    assertMatch(
      late.stderr,
      /not done within --wait: h3 is cast out, and that is not in force yet/,
    );
    leader.signal("SIGKILL");
    await leader.ended();
    await world.start("h1");
    await eventually(
      async () => (await at("h1", "h3", "--wait", "1")).code === 0,
      () => world.said,
    );
    const again = await at("h1", "h3");
    assertMatch(again.stdout, /h3 is cast out, since 2/);
    assertMatch(again.stdout, /h2: not there; refuses it as soon as it is/);
    const back = await world.agent("h3");
    await back.says("takes a connection with this host's certificate: it was cast out");
    await world.start("h2", "--seeds", world.address);
    await eventually(
      async () => !(await at("h1", "h3")).stdout.includes("not there"),
      () => world.said,
    );
  }));

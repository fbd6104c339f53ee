// both runtimes: TLS and HTTP/2 differ from one to the other

/** Hosts that go on writing while others are let in and cast out, and their etcd goes away. */

import { assert, assertEquals } from "@std/assert";
import type { Result } from "../../src/base/result.ts";
import * as keys from "../../src/cluster/store/keys.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { establish, ONE, TWO } from "../support/rights_contract.ts";
import { EtcdRightsWorld } from "../support/rights_world.ts";
import { Heard, valueOf } from "../support/store_contract.ts";
import { within } from "../support/program.ts";

/** On one runtime gRPC's own timers count as left behind. */
const TOLERANT = { sanitizeOps: false, sanitizeResources: false };
const CLIENTS = 20;
/** Every call gets an answer, also on a busy machine. */
const PATIENT = { deadlineMs: 60_000 };
/** How often another host is let in and cast out again. */
const ROUNDS = 3;

/** A host that writes, reads, keeps its lease and listens, until it is told to stop. */
class Busy {
  readonly heard = new Heard();
  readonly failures: string[] = [];
  calls = 0;
  #stops = false;

  constructor(readonly host: string, readonly store: Store) {}

  async run(): Promise<void> {
    const { id: lease } = valueOf(await this.store.grantLease(60_000, PATIENT));
    const key = keys.liveKey(this.host);
    for (let count = 0; !this.#stops; count++) {
      const value = `${count}`;
      const put = { type: "put", key, value, lease } as const;
      const written = await this.#ask(this.store.transact({ when: [], then: [put] }, PATIENT));
      if (count === 0 && written?.ok === true) {
        this.store.watch(keys.keyRange(key), written.value.revision + 1, this.heard.listener);
      }
      await this.#ask(this.store.put(keys.exportedKey(this.host, "file", "x"), value, PATIENT));
      await this.#ask(this.store.get(keys.leaderKey(), PATIENT));
      await this.#ask(this.store.list(keys.exportsRange(this.host), { ...PATIENT, limit: 9 }));
      await this.#ask(this.store.keepLease(lease, PATIENT));
    }
  }

  stop(): void {
    this.#stops = true;
  }

  async #ask<T>(call: Promise<Result<T>>): Promise<Result<T>> {
    this.calls++;
    const result = await call;
    if (!result.ok) this.failures.push(`${result.failure.code}: ${result.failure.message}`);
    return result;
  }
}

Deno.test({
  name: `${CLIENTS} hosts go on while others are let in and cast out, and hear of no error`,
  ...TOLERANT,
  fn: async () => {
    await using world = await EtcdRightsWorld.begin(3);
    const root = world.openAs("root");
    const bound = Object.fromEntries(
      Array.from({ length: CLIENTS }, (_, index) => [`h${index}`, idOf(index)]),
    );
    for (const id of Object.values(bound)) await world.tls!.certify(id, { type: "host", id });
    await establish(world, root, bound);
    const hosts = Object.entries(bound).map(([host, id]) => new Busy(host, world.openAs(id)));
    const running = Promise.all(hosts.map((host) => host.run()));
    await within(60_000, () => hosts.every(({ calls }) => calls > 5), () => "not all have begun");
    let steps = 0;
    for (let round = 0; round < ROUNDS; round++) {
      steps += await establish(world, root, { ...bound, one: ONE, two: TWO });
      steps += await establish(world, root, bound);
    }
    const calls = hosts.reduce((sum, host) => sum + host.calls, 0);
    for (const host of hosts) host.stop();
    await running;
    console.log(`${steps} changes of rights during ${calls} calls`);
    assert(steps >= ROUNDS * 20 && calls > CLIENTS * 10, `${steps} changes, ${calls} calls`);
    assertEquals(hosts.flatMap(({ failures }) => failures), []);
    assertEquals(hosts.flatMap(({ heard }) => heard.broken.map(({ message }) => message)), []);
    assert(hosts.every(({ heard }) => heard.changes.length > 0), "a watch is deaf");
  },
});

Deno.test({
  name: "what is under way when an etcd is killed has an unknown outcome, over TLS as well",
  ...TOLERANT,
  fn: async () => {
    await using world = await EtcdRightsWorld.begin();
    await establish(world, world.openAs("root"), { one: ONE });
    const host = world.openAs(ONE);
    const value = "x".repeat(500_000);
    const options = { deadlineMs: 3000 };
    // Without an answer since the kernel stops it: then it is gone.
    world.cluster.members[0]!.signal("SIGSTOP");
    const heard = new Heard();
    host.watch(keys.exportsRange(), 1, heard.listener);
    const calls = Array.from({ length: 20 }, (_, index) => [
      host.put(keys.exportedKey("one", "file", `${index}`), value, options),
      host.list(keys.exportsRange("one"), { ...options, limit: 9 }),
      host.grantLease(10_000, options),
    ]).flat();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await world.cluster.members[0]!.kill();
    const results = await Promise.all(calls);
    const codes = new Set(results.map((result) => result.ok ? "done" : result.failure.code));
    for (const code of codes) assert(code === "unavailable" || code === "deadline", code);
    await within(60_000, () => heard.broken.length > 0, () => "the watch goes on");
    assertEquals(heard.broken[0]?.code, "unavailable");
  },
});

function idOf(index: number): string {
  return index.toString(16).padStart(32, "0");
}

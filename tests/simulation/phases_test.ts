/**
 * The phases of a host, in the order in which a fleet goes through them.
 */

import { assertEquals } from "@std/assert";
import { idealSizeKey } from "../../src/cluster/store/keys.ts";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import { allInvariants } from "./invariants/all.ts";
import type { Machine } from "./machine.ts";
import { World } from "./world.ts";

/** Hosts that form a cluster, and what phases each was seen in since it was asked last. */
class WatchedFleet {
  readonly world = new World(1, allInvariants());
  readonly #seen = new Map<Machine, string[]>();

  constructor(hosts: number) {
    for (let index = 0; index < hosts; index++) {
      const machine = this.world.addMachine({
        host: `h${index}`,
        seeds: index === 0 ? [] : ["http://m0:2379"],
        clientUrls: [`http://m${index}:2379`],
        peerUrls: [`http://m${index}:2380`],
        server: true,
        volunteer: true,
        patience: PATIENCE,
      });
      this.world.startAgent(machine);
      this.#seen.set(machine, []);
    }
  }

  /** What each host was in, one after the other, while so much time passed. */
  async during(ms: number): Promise<string[]> {
    for (const seen of this.#seen.values()) seen.length = 0;
    await this.world.time.runUntil(this.world.now + ms, () => {
      for (const [machine, seen] of this.#seen) {
        const phase = machine.agent?.status().phase.type;
        if (phase !== undefined && seen.at(-1) !== phase) seen.push(phase);
      }
      return this.world.violation !== undefined;
    });
    assertEquals(this.world.violation, undefined);
    return [...this.#seen.values()].map((seen) => seen.join(" "));
  }
}

Deno.test("a host looks, founds or joins, votes, leaves its place and comes back, each by name", async () => {
  const watched = new WatchedFleet(3);
  const joined = "looking joining client learner voter";
  assertEquals(await watched.during(30_000), ["looking founding voter", joined, joined]);
  const [cluster] = watched.world.clusters;
  const put = { type: "put", key: idealSizeKey(), value: "1" } as const;
  cluster!.data.transact({ when: [], then: [put] });
  // An etcd ends by itself when it hears that it was removed: nothing is left to wait for then.
  const left = (await watched.during(60_000)).map((seen) => seen.replace(" leaving", ""));
  assertEquals(left, ["voter", "voter client", "voter client"]);
  const [first] = watched.world.machines;
  watched.world.killAgent(first!);
  watched.world.startAgent(first!);
  assertEquals((await watched.during(10_000))[0], "returning voter");
});

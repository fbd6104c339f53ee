/** What a leader does in turns, each only from what was read after the last one; and how often for one host. */

import { assertEquals } from "@std/assert";
import { EffectQueue } from "../../../src/cluster/agent/effect_queue.ts";
import { FencedTurns } from "../../../src/cluster/agent/fenced_turns.ts";
import { EvictionClearing } from "../../../src/cluster/agent/eviction_clearing.ts";
import type { Effect } from "../../../src/cluster/agent/io.ts";
import { RenewalGranting } from "../../../src/cluster/agent/renewal_granting.ts";
import { bindingKey, leaderKey, requestKey, revokedKey } from "../../../src/cluster/store/keys.ts";
import { write } from "../../../src/cluster/store/records.ts";
import { ok } from "../../../src/base/result.ts";
import { parseView } from "../../support/cluster_scenario.ts";
import { KeyTable } from "../../support/key_table.ts";
import { NOBODY, SETTINGS } from "../../support/lone_agent.ts";

const VIEW = parseView("self me");

/** A leader's duty, and the store that it writes to. */
class Desk {
  readonly table = new KeyTable();
  readonly queue = new EffectQueue(SETTINGS, { id: "me", endpoints: [] }, () => "0");
  readonly fence = this.table.put(leaderKey(), "");
  readonly asked: string[] = [];

  /** Answers all that is asked; `fails`: calls of that type are not answered. */
  serve(fails?: string): void {
    for (let effects = this.#effects(); effects.length > 0; effects = this.#effects()) {
      for (const effect of effects) this.#answer(effect, fails);
    }
  }

  #effects(): Effect[] {
    return this.queue.takeEffects().filter(({ type }) => type === "call" || type === "judge");
  }

  #answer(effect: Effect, fails: string | undefined): void {
    if (effect.type === "judge") {
      this.asked.push(effect.request.purpose);
      const { key } = effect.request;
      const judged = { role: "agent", host: "x", answer: "a", serial: "41" } as const;
      return this.queue.judged(effect.id, ok({ ...judged, id: key.slice(0, 32) }));
    }
    if (effect.type !== "call") return;
    const { call } = effect;
    this.asked.push(call.type);
    if (call.type === fails) return this.queue.answered(effect.id, NOBODY);
    const succeeded = call.type === "transact" && this.table.transact(call.transaction);
    this.queue.answered(effect.id, ok({ succeeded, got: [], revision: 1 }));
  }
}

Deno.test("after a step that failed the leader casts out by what it reads then, and not by what it had read", () => {
  const desk = new Desk();
  const { table, queue } = desk;
  const castOut = { host: "h1", id: "1".repeat(32), serials: [], at: 1 };
  table.put(revokedKey(), write({ hosts: [castOut] }));
  const clearing = new EvictionClearing(queue, desk.fence);
  clearing.heard(table.all, VIEW, Infinity);
  clearing.look();
  desk.serve("change-rights");
  assertEquals(desk.asked.splice(0), ["change-rights"]);
  queue.now += 60_000;
  clearing.look();
  desk.serve();
  assertEquals(desk.asked.splice(0), [], "it went on with an old read");
  table.put(revokedKey(), write({ hosts: [castOut, { ...castOut, host: "h2" }] }));
  clearing.heard(table.all, VIEW, Infinity);
  clearing.look();
  desk.serve();
  assertEquals(desk.asked, ["change-rights", "change-rights", "transact"]);
  assertEquals(JSON.parse(table.entries.get(revokedKey())!.value).hosts.length, 2);
});

Deno.test("a host that asks for its certificate again and again gets no more of them than are looked at in turn", () => {
  const desk = new Desk();
  const { table, queue } = desk;
  const granting = new RenewalGranting(queue, desk.fence);
  const keys = ["1", "2"].map((digit) => digit.repeat(64));
  for (const [index, key] of keys.entries()) {
    table.put(bindingKey(`h${index}`), write({ id: key.slice(0, 32), role: "host" }));
  }
  const ask = (index: number) =>
    table.put(requestKey(`h${index}`), write({ key: keys[index]!, text: `${queue.now}` }));
  const granted = (host: number) => desk.asked.filter((each) => each === `renewal h${host}`).length;
  const pass = (forMs: number, and = () => {}) => {
    for (const endMs = queue.now + forMs; queue.now < endMs; queue.now += 1000) {
      ask(0);
      and();
      granting.heard(table.all, VIEW, Infinity);
      granting.look();
      desk.serve();
    }
  };
  pass(60_000);
  assertEquals(granted(0), 5);
  pass(600_000);
  assertEquals(granted(0), 15);
  ask(1);
  pass(2000);
  assertEquals(granted(1), 1, "another host waits for it");
});

Deno.test("what was read before the last thing was written is not acted on, also where it comes after that", () => {
  const queue = new EffectQueue(SETTINGS, { id: "me", endpoints: [] }, () => "0");
  const turns = new FencedTurns(queue, "slot");
  turns.heard(10);
  turns.write({ when: [], then: [] });
  // A round that began before has read, and gathers answers of members still.
  const [call] = queue.takeEffects();
  assertEquals(call?.type, "call");
  const id = call?.type === "call" ? call.id : 0;
  queue.answered(id, ok({ succeeded: true, got: [], revision: 12 }));
  turns.heard(11);
  assertEquals([turns.isFresh, turns.isTime()], [false, false]);
  turns.heard(12);
  assertEquals([turns.isFresh, turns.isTime()], [true, true]);
});

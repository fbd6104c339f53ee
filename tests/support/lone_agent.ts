/**
 * The agent of one host by itself, with virtual time: who tests it answers its questions.
 *
 * @module
 */

import { assert } from "@std/assert";
import { failure, type Result } from "../../src/base/result.ts";
import { ClusterAgent } from "../../src/cluster/agent/agent.ts";
import type { AgentSettings, ClusterAgentEvent, Effect } from "../../src/cluster/agent/io.ts";
import { PATIENCE } from "../../src/cluster/leader/view.ts";

/** What it was started with, unless a test says else. */
export const SETTINGS = {
  host: "h1",
  seeds: [],
  clientUrls: ["http://127.0.0.1:1"],
  peerUrls: ["http://127.0.0.1:2"],
  server: true,
  volunteer: true,
  patience: PATIENCE,
};
/** The answer of nobody. */
export const NOBODY: Result<never> = {
  ok: false,
  failure: failure("nobody", { code: "unavailable" }),
};

/** One agent that is alone, with virtual time, and the effects of all its steps. */
export class Alone {
  readonly #agent: ClusterAgent;
  readonly effects: Effect[] = [];
  now = 0;

  constructor(
    readonly answerTo: (effect: Effect, now: number) => ClusterAgentEvent | undefined,
    settings: Partial<AgentSettings> = {},
    endpoints: readonly string[] = [],
  ) {
    let digits = 0;
    this.#agent = new ClusterAgent(
      { ...SETTINGS, ...settings },
      { id: "me", endpoints },
      () => String(digits++),
    );
  }

  get disk() {
    return this.of("save").at(-1)?.disk;
  }

  get foundings(): number {
    return this.of("etcd").filter(({ wish }) => wish !== undefined).length;
  }

  of<T extends Effect["type"]>(type: T): (Effect & { type: T })[] {
    return this.effects.filter((effect) => effect.type === type) as (Effect & { type: T })[];
  }

  /** Gives it that event, and what follows from it, until nothing is left but to wait. */
  take(...events: ClusterAgentEvent[]): void {
    for (let steps = 0; events.length > 0; steps++) {
      assert(steps < 1000, `no rest at ${this.now} ms`);
      for (const effect of this.#agent.step(events.shift()!, this.now)) {
        this.effects.push(effect);
        const answer = this.answerTo(effect, this.now);
        if (answer !== undefined) events.push(answer);
      }
    }
  }

  /** Lets time pass. */
  waitUntil(at: number): void {
    while (this.now < at) {
      this.now = Math.min(at, Math.max(this.now + 1, this.of("wake").at(-1)?.at ?? Infinity));
      this.take({ type: "wake" });
    }
  }
}

/** Opens the own address, and finds nobody. */
export function nobodyAnswers(effect: Effect): ClusterAgentEvent | undefined {
  if (effect.type === "answer-hello" && effect.on) return { type: "address", held: true };
  return effect.type === "call" ? { type: "answer", id: effect.id, result: NOBODY } : undefined;
}

import { assert, assertEquals } from "@std/assert";
import { Agent } from "../../../src/cluster/agent.ts";
import type { AgentEffect, AgentEvent } from "../../../src/cluster/agent_io.ts";
import type { Members } from "../../../src/cluster/store.ts";
import { PATIENCE } from "../../../src/cluster/view.ts";
import { failure, type Result } from "../../../src/base/result.ts";

const SETTINGS = {
  host: "h1",
  seeds: [],
  clientUrls: ["http://127.0.0.1:1"],
  peerUrls: ["http://127.0.0.1:2"],
  server: true,
  volunteer: true,
  patience: PATIENCE,
};
const NOBODY: Result<never> = {
  ok: false,
  failure: failure("nobody", { code: "unavailable" }),
};

/** One agent that is alone, with virtual time, and the effects of all its steps. */
class Alone {
  readonly #agent: Agent;
  readonly effects: AgentEffect[] = [];
  now = 0;

  constructor(readonly answerTo: (effect: AgentEffect, now: number) => AgentEvent | undefined) {
    let digits = 0;
    this.#agent = new Agent(SETTINGS, { id: "me", endpoints: [] }, () => String(digits++));
  }

  get disk() {
    return this.of("save").at(-1)?.disk;
  }

  get foundings(): number {
    return this.of("etcd").filter(({ wish }) => wish !== undefined).length;
  }

  of<T extends AgentEffect["type"]>(type: T): (AgentEffect & { type: T })[] {
    return this.effects.filter((effect) => effect.type === type) as (AgentEffect & { type: T })[];
  }

  /** Gives it that event, and what follows from it, until nothing is left but to wait. */
  take(...events: AgentEvent[]): void {
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
function nobodyAnswers(effect: AgentEffect): AgentEvent | undefined {
  if (effect.type === "answer-hello" && effect.on) return { type: "address", held: true };
  return effect.type === "call" ? { type: "answer", id: effect.id, result: NOBODY } : undefined;
}

function unstarted(effect: AgentEffect, message: string): AgentEvent | undefined {
  if (effect.type !== "etcd" || effect.wish === undefined) return undefined;
  return { type: "etcd-ended", name: effect.wish.name, end: "unstarted", message };
}

Deno.test("a founding that fails at once is tried again after growing pauses", () => {
  const foundings: number[] = [];
  const alone = new Alone((effect, now) => {
    const end = unstarted(effect, "the disk is too small");
    if (end !== undefined) foundings.push(now);
    return end ?? nobodyAnswers(effect);
  });
  alone.take({ type: "start" });
  alone.waitUntil(60_000);
  const pauses = foundings.slice(1).map((at, index) => at - foundings[index]!);
  assert(foundings.length >= 3 && foundings.length <= 8, foundings.join());
  assertEquals(pauses, pauses.toSorted((a, b) => a - b));
});

Deno.test("a founding that fails late is not tried again at once: who was faster is looked for first", () => {
  const alone = new Alone(nobodyAnswers);
  alone.take({ type: "start" });
  assertEquals(alone.foundings, 1);
  alone.waitUntil(10_000);
  const calls = alone.of("call").length;
  alone.take(unstarted(alone.of("etcd").at(-1)!, "address already in use")!);
  assertEquals(alone.foundings, 1);
  assert(alone.of("call").length > calls, "nobody was asked");
});

Deno.test("an answer of another's cluster that comes while a host founds one counts for nothing", () => {
  const late: number[] = [];
  const alone = new Alone((effect) => {
    if (effect.type === "answer-hello" && effect.on) return { type: "address", held: false };
    // The first question is answered at once, the second one later.
    const isLate = effect.type === "call" && late.push(effect.id) > 1;
    return isLate ? undefined : nobodyAnswers(effect);
  });
  const members: Members = {
    clusterId: "c1",
    members: [{ id: "1", name: "h2-0000", peerUrls: [], clientUrls: [], learner: false }],
  };
  alone.take({ type: "start" });
  alone.waitUntil(1500);
  alone.take({ type: "address", held: true });
  assertEquals(alone.foundings, 1, "it does not found");
  assert(late.length > 1, "it asks nobody again");
  alone.take(
    ...late.slice(1).map((id) => ({
      type: "answer" as const,
      id,
      result: { ok: true as const, value: members },
    })),
  );
  assertEquals(alone.disk?.clusterId, undefined);
  alone.take(unstarted(alone.of("etcd").at(-1)!, "address already in use")!);
  assertEquals(alone.disk?.member, undefined, "it will found one whenever the address is free");
});

Deno.test("an address that was taken at first is opened once it is free", () => {
  let isFree = false;
  const alone = new Alone((effect) => {
    if (effect.type !== "answer-hello" || !effect.on) return nobodyAnswers(effect);
    return { type: "address", held: isFree };
  });
  alone.take({ type: "start" });
  alone.waitUntil(10_000);
  assertEquals(alone.foundings, 0);
  isFree = true;
  alone.waitUntil(20_000);
  assertEquals(alone.foundings, 1);
});

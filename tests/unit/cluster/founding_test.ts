import { assert, assertEquals } from "@std/assert";
import { Agent } from "../../../src/cluster/agent.ts";
import type { AgentEffect, AgentEvent } from "../../../src/cluster/agent_io.ts";
import { PATIENCE } from "../../../src/cluster/view.ts";
import { failure } from "../../../src/base/result.ts";

Deno.test("a founding that fails at once is tried again after growing pauses", () => {
  const settings = {
    host: "h1",
    seeds: [],
    clientUrls: ["http://127.0.0.1:1"],
    peerUrls: ["http://127.0.0.1:2"],
    server: true,
    volunteer: true,
    patience: PATIENCE,
  };
  let digits = 0;
  const agent = new Agent(settings, { id: "me", endpoints: [] }, () => String(digits++));
  const foundings: number[] = [];
  let wakeAt = 0;
  const queue: AgentEvent[] = [{ type: "start" }];
  const answerTo = (effect: AgentEffect, now: number): AgentEvent | undefined => {
    if (effect.type === "wake") wakeAt = effect.at;
    if (effect.type === "answer-hello" && effect.on) return { type: "address", held: true };
    if (effect.type === "call") {
      const result = { ok: false as const, failure: failure("nobody", { code: "unavailable" }) };
      return { type: "answer", id: effect.id, result };
    }
    if (effect.type !== "etcd" || effect.wish === undefined) return undefined;
    foundings.push(now);
    const { name } = effect.wish;
    return { type: "etcd-ended", name, end: "unstarted", message: "the disk is too small" };
  };
  for (let now = 0, steps = 0; now < 60_000; steps++) {
    assert(steps < 2000, `no rest at ${now} ms`);
    const event = queue.shift();
    if (event === undefined) {
      now = Math.max(now + 1, wakeAt);
      queue.push({ type: "wake" });
      continue;
    }
    for (const effect of agent.step(event, now)) {
      const answer = answerTo(effect, now);
      if (answer !== undefined) queue.push(answer);
    }
  }
  const pauses = foundings.slice(1).map((at, index) => at - foundings[index]!);
  assert(foundings.length >= 3 && foundings.length <= 8, foundings.join());
  assertEquals(pauses, pauses.toSorted((a, b) => a - b));
});

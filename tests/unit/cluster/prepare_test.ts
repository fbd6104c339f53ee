import { assertEquals } from "@std/assert";
import type { AgentEffect, AgentEvent } from "../../../src/cluster/agent_io.ts";
import { Alone, nobodyAnswers } from "../../support/lone_agent.ts";

const MEMBERS = {
  clusterId: "c1",
  members: [{ id: "1", name: "h2-0000", peerUrls: ["p"], clientUrls: ["c"], learner: false }],
};

/** A cluster that lists its members, and answers nothing else. */
function lists(effect: AgentEffect): AgentEvent | undefined {
  if (effect.type !== "call" || effect.call.type !== "members") return nobodyAnswers(effect);
  return { type: "answer", id: effect.id, result: { ok: true, value: MEMBERS } };
}

Deno.test("a volunteer gets ready to run etcd before it is asked, once, and not before it has joined", () => {
  const alone = new Alone(lists);
  alone.take({ type: "start" });
  assertEquals(alone.of("prepare").length, 0);
  alone.waitUntil(60_000);
  assertEquals(alone.of("prepare").length, 1);
});

Deno.test("who will not run etcd, or has no cluster, gets nothing ready", () => {
  const unwilling = new Alone(lists, { volunteer: false });
  const lost = new Alone(nobodyAnswers, { seeds: ["http://127.0.0.1:3"] });
  for (const alone of [unwilling, lost]) {
    alone.take({ type: "start" });
    alone.waitUntil(10_000);
    assertEquals(alone.of("prepare").length, 0);
  }
});

import { assertEquals } from "@std/assert";
import type { ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import type { Members } from "../../../src/cluster/store/store.ts";
import { Alone, nobodyAnswers, SETTINGS } from "../../support/lone_agent.ts";

const MEMBERS: Members = {
  clusterId: "c1",
  members: [{
    id: "1",
    name: "h2-0000",
    peerUrls: ["http://127.0.0.1:4"],
    clientUrls: ["http://127.0.0.1:3"],
    learner: false,
  }],
};

/** A cluster that lists its members, and answers nothing else. */
function lists(effect: Effect, value: Members = MEMBERS): ClusterAgentEvent | undefined {
  if (effect.type !== "call" || effect.call.type !== "members") return nobodyAnswers(effect);
  return { type: "answer", id: effect.id, result: { ok: true, value } };
}

Deno.test("a volunteer gets ready to run etcd before it is asked, once, and not before it has joined", () => {
  const alone = new Alone((effect) => lists(effect));
  alone.take({ type: "start" });
  assertEquals(alone.of("prepare").length, 0);
  alone.waitUntil(60_000);
  assertEquals(alone.of("prepare").length, 1);
});

Deno.test("a volunteer that is listed as a member to be gets ready at once", () => {
  const own = { id: "2", name: "", peerUrls: SETTINGS.peerUrls, clientUrls: [], learner: true };
  const members = { ...MEMBERS, members: [...MEMBERS.members, own] };
  const alone = new Alone((effect) => lists(effect, members));
  alone.take({ type: "start" });
  assertEquals(alone.of("prepare").length, 1);
});

Deno.test("who will not run etcd, or has no cluster, gets nothing ready", () => {
  const unwilling = new Alone((effect) => lists(effect), { volunteer: false });
  const lost = new Alone(nobodyAnswers, { seeds: ["http://127.0.0.1:3"] });
  for (const alone of [unwilling, lost]) {
    alone.take({ type: "start" });
    alone.waitUntil(10_000);
    assertEquals(alone.of("prepare").length, 0);
  }
});

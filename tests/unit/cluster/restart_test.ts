import { assert, assertEquals } from "@std/assert";
import { ClusterAgent } from "../../../src/cluster/agent/agent.ts";
import type { ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import type { EtcdEnd } from "../../../src/cluster/agent/news.ts";
import { failure } from "../../../src/base/result.ts";
import type { CallAnswer, StoreCall } from "../../../src/cluster/agent/calls.ts";
import { volunteerKey } from "../../../src/cluster/store/keys.ts";
import { SETTINGS } from "../../support/lone_agent.ts";
import { sentenceOf } from "../../support/cluster_news.ts";

const MEMBER = {
  name: "h1-00000001",
  memberId: "1",
  initialCluster: [{ name: "h1-00000001", url: "http://127.0.0.1:2" }],
  founds: true,
  ran: true,
};

/** The agent of a host that is that member. */
function agentOf(member: typeof MEMBER): ClusterAgent {
  let digits = 0;
  const disk = { id: "me", clusterId: "c", endpoints: ["http://127.0.0.1:1"], member };
  return new ClusterAgent(SETTINGS, disk, () => String(digits++));
}

/** When a member's etcd is started, if each time it runs for so long and ends like that. */
function starts(end: EtcdEnd, ranMs: number, untilMs: number): number[] {
  const agent = agentOf(MEMBER);
  const started: number[] = [];
  const later: { at: number; event: ClusterAgentEvent }[] = [{ at: 0, event: { type: "start" } }];
  const { name } = MEMBER;
  let wakeAt = 0;
  const react = (effect: Effect, now: number) => {
    if (effect.type === "wake") wakeAt = effect.at;
    if (effect.type === "call") {
      const result = { ok: false as const, failure: failure("nobody", { code: "unavailable" }) };
      later.push({ at: now, event: { type: "answer", id: effect.id, result } });
    }
    if (effect.type !== "etcd" || effect.wish === undefined) return;
    started.push(now);
    if (ranMs > 0) later.push({ at: now, event: { type: "etcd-runs", name } });
    later.push({ at: now + ranMs, event: { type: "etcd-ended", name, end, message: "why" } });
  };
  for (let now = 0, steps = 0; now < untilMs; steps++) {
    assert(steps < 100_000, `no rest at ${now} ms`);
    later.sort((one, other) => one.at - other.at);
    const next = later[0];
    const isDue = next !== undefined && next.at <= wakeAt;
    now = Math.max(now, isDue ? next.at : Math.max(wakeAt, now + 1));
    const event: ClusterAgentEvent = isDue ? later.shift()!.event : { type: "wake" };
    if (!isDue) wakeAt = Infinity;
    for (const effect of agent.step(event, now)) react(effect, now);
  }
  return started;
}

function pauses(started: readonly number[], ranMs: number): number[] {
  return started.slice(1).map((at, index) => at - started[index]! - ranMs);
}

Deno.test("what was in the way of etcd for a moment does not keep it away for a minute", () => {
  const found = pauses(starts("final", 0, 300_000), 0);
  assertEquals(found.slice(0, 7), [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  assertEquals(new Set(pauses(starts("other", 0, 60_000), 0)), new Set([2000]));
});

Deno.test("an etcd that ran for a while is started soon again, whatever ended it", () => {
  const found = pauses(starts("final", 90_000, 600_000), 90_000);
  assert(found.length > 3, found.join());
  assertEquals(new Set(found), new Set([2000]));
});

/** What an agent does that is no member any more, and hears so after having been silent for so long. */
function removed(silentMs: number) {
  const other = {
    ...{ id: "2", name: "h2-00000001", learner: false },
    ...{ peerUrls: ["http://127.0.0.1:4"], clientUrls: ["http://127.0.0.1:3"] },
  };
  const agent = agentOf(MEMBER);
  const seen: string[] = [];
  const take = (event: ClusterAgentEvent, now: number) => {
    for (const effect of agent.step(event, now)) {
      if (effect.type === "answer-hello") seen.push(`hello ${effect.on}`);
      if (effect.type === "etcd") seen.push(`etcd ${effect.wish?.name}`);
      if (effect.type !== "call" || effect.call.type !== "members") continue;
      const nobody = failure("nobody", { code: "unavailable" });
      const result = now < silentMs
        ? { ok: false as const, failure: nobody }
        : { ok: true as const, value: { clusterId: "c", members: [other] } };
      take({ type: "answer", id: effect.id, result }, now);
    }
  };
  take({ type: "start" }, 1);
  for (const now of [1000, 40_000, 80_000]) take({ type: "wake" }, now);
  return { seen, take, phase: () => agent.status().phase.type };
}

Deno.test("the address of an etcd that is no member any more is taken when it has ended", () => {
  const { seen, take, phase } = removed(1000);
  assertEquals(seen, ["hello false", `etcd ${MEMBER.name}`, "etcd undefined"]);
  assertEquals(phase(), "leaving");
  take({ type: "etcd-ended", name: MEMBER.name, end: "other", message: "told to" }, 81_000);
  assert(seen.includes("hello true"), seen.join());
  assertEquals(phase(), "joining", "its name is not written yet");
  // Whom the cluster tells so at once does not start it at all.
  assertEquals(removed(0).seen.includes(`etcd ${MEMBER.name}`), false);
});

Deno.test("a host whose etcd is put aside does not take back its offer for a moment", () => {
  const other = {
    ...{ id: "2", name: "h2-00000001", learner: false },
    ...{ peerUrls: ["http://127.0.0.1:4"], clientUrls: ["http://127.0.0.1:3"] },
  };
  const agent = agentOf(MEMBER);
  const offers: string[] = [];
  let revision = 10;
  const answerTo = (call: StoreCall): CallAnswer | undefined => {
    if (call.type === "members") return { clusterId: "c", members: [other] };
    if (call.type === "grant") return { id: "7", ttlMs: 15_000 };
    if (call.type !== "transact") return undefined;
    for (const operation of call.transaction.then) {
      if (operation.type === "get" || !("key" in operation)) continue;
      if (operation.key === volunteerKey("h1")) offers.push(operation.type);
    }
    return { succeeded: true, revision: revision++, got: [] };
  };
  const take = (event: ClusterAgentEvent, now: number) => {
    for (const effect of agent.step(event, now)) {
      if (effect.type !== "call") continue;
      const value = answerTo(effect.call);
      if (value === undefined) continue;
      take({ type: "answer", id: effect.id, result: { ok: true, value } }, now);
    }
  };
  take({ type: "start" }, 0);
  for (const now of [1000, 40_000, 80_000]) take({ type: "wake" }, now);
  take({ type: "etcd-ended", name: MEMBER.name, end: "other", message: "told to" }, 81_000);
  take({ type: "wake" }, 82_000);
  assertEquals(new Set(offers), new Set(["put"]));
  take({ type: "address", held: false }, 83_000);
  assertEquals(offers.at(-1), "delete", "another has the address");
});

Deno.test("an address that comes a moment after the boot is no warning, one that stays away is", () => {
  const agent = agentOf(MEMBER);
  agent.step({ type: "start" }, 0);
  const says = (end: EtcdEnd, now: number) =>
    agent.step({ type: "etcd-ended", name: MEMBER.name, end, message: "no such address" }, now)
      .flatMap((effect) => effect.type === "tell" ? [sentenceOf(effect.news)] : []);
  assertEquals([says("absent", 0), says("absent", 2000), says("absent", 6000)], [[], [], []]);
  const text = "etcd does not start: no such address";
  assertEquals(says("absent", 14_000), [{ level: "warning", text }]);
  agent.step({ type: "etcd-runs", name: MEMBER.name }, 20_000);
  assertEquals(says("absent", 30_000), [], "it had come");
  assertEquals(says("final", 31_000).length, 1, "what else is wrong is told at once");
});

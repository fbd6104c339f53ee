/** A member whose turn it is to run with other arguments, as `ctl/rolling` says. */

import { assert, assertEquals } from "@std/assert";
import { ok, type Result } from "../../../src/base/result.ts";
import { ClusterAgent } from "../../../src/cluster/agent/agent.ts";
import type { CallAnswer, StoreCall } from "../../../src/cluster/agent/calls.ts";
import type { AgentDisk, ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import { isInRange, rollingKey } from "../../../src/cluster/store/keys.ts";
import { read, type RollingRecord, write } from "../../../src/cluster/store/records.ts";
import { textOf } from "../../support/cluster_news.ts";
import { NOBODY, SETTINGS } from "../../support/lone_agent.ts";

const NAME = "h1-00000001";
const MEMBERS = [
  { id: "1", name: NAME, learner: false, ...SETTINGS },
  {
    ...{ id: "2", name: "h2-00000002", learner: false },
    ...{ peerUrls: ["http://127.0.0.1:4"], clientUrls: ["http://127.0.0.1:3"] },
  },
].map(({ id, name, learner, peerUrls, clientUrls }) => ({
  ...{ id, name, learner, peerUrls, clientUrls },
}));
const MEMBER = { name: NAME, memberId: "1", initialCluster: [], founds: false, ran: true };
const DISK: AgentDisk = {
  id: "me",
  clusterId: "c",
  endpoints: SETTINGS.clientUrls,
  member: MEMBER,
};
const OF_B = { generation: "b", reason: "to try it" };
const TURN = { memberId: "1", host: "h1" };

/** What a member does within so many seconds about its etcd while that stands in the store. */
function lives(rolling: RollingRecord | undefined, disk: AgentDisk = DISK, isAlone = false) {
  let digits = 0;
  const agent = new ClusterAgent(SETTINGS, disk, () => String(digits++));
  const lines: string[] = [];
  const later: { at: number; event: ClusterAgentEvent }[] = [{ at: 0, event: { type: "start" } }];
  const answer = (call: StoreCall): Result<CallAnswer> => {
    if (isAlone) return NOBODY;
    if (call.type === "members") return ok({ clusterId: "c", members: MEMBERS });
    if (call.type === "grant") return ok({ id: "lease", ttlMs: 15_000 });
    if (call.type !== "transact") return NOBODY;
    const { then } = call.transaction;
    for (const each of then) {
      const status = each.type === "put" ? read.status(each.value) : undefined;
      if (status?.etcd === "running") lines.push(`says ${status.generation ?? "the usual"}`);
    }
    const got = then.flatMap((each) => each.type === "get" ? [undefined] : []);
    return ok({ succeeded: true, revision: 7, got });
  };
  let wakeAt = Infinity;
  let runs = false;
  const react = (effect: Effect, now: number) => {
    if (effect.type === "wake") wakeAt = effect.at;
    if (effect.type === "save" && effect.disk.generation !== disk.generation) {
      lines.push(`keeps ${effect.disk.generation}`);
    }
    if (effect.type === "watch" && isInRange(effect.range, rollingKey()) && rolling !== undefined) {
      const [key, revision] = [rollingKey(), 8];
      const entry = {
        ...{ key, value: write(rolling), version: 1 },
        ...{ createRevision: revision, modRevision: revision },
      };
      const changes = [{ key, entry, revision }];
      later.push({ at: now + 5000, event: { type: "changed", watch: effect.watch, changes } });
    }
    if (effect.type === "tell" && effect.news.what.startsWith("etcd")) {
      lines.push(textOf(effect.news));
    }
    if (effect.type === "call") {
      const event = { type: "answer", id: effect.id, result: answer(effect.call) } as const;
      later.push({ at: now + 1, event });
    }
    if (effect.type !== "etcd") return;
    if (effect.wish !== undefined) {
      lines.push(`starts with ${effect.wish.generation ?? "the usual"}`);
      runs = true;
      later.push({ at: now + 1, event: { type: "etcd-runs", name: NAME } });
    } else if (runs) {
      runs = false;
      lines.push("ends");
      const ended = { type: "etcd-ended", name: NAME, end: "other", message: "why" } as const;
      later.push({ at: now + 1, event: ended });
    }
  };
  for (let now = 0, steps = 0; now < 20_000; steps++) {
    assert(steps < 100_000, `no rest at ${now} ms`);
    later.sort((one, other) => one.at - other.at);
    const isDue = later[0] !== undefined && later[0].at <= wakeAt;
    now = isDue ? later[0]!.at : Math.max(wakeAt, now + 1);
    const event: ClusterAgentEvent = isDue ? later.shift()!.event : { type: "wake" };
    if (!isDue) wakeAt = Infinity;
    for (const effect of agent.step(event, now)) react(effect, now);
  }
  return lines.filter((line, at) => line !== lines[at - 1]);
}

Deno.test("a member in turn keeps with what it runs before it ends its etcd, once, and says so", () => {
  const lines = lives({ ...OF_B, turn: TURN });
  const from = lines.indexOf("keeps b");
  assertEquals(lines.slice(from), [
    "keeps b",
    "starts etcd anew, as one member after another: to try it",
    "ends",
    "starts with b",
    "etcd runs again",
    "says b",
  ]);
});

Deno.test("a member starts its etcd anew neither out of turn nor for what it runs with", () => {
  const usual = ["starts with the usual", "says the usual"];
  assertEquals(lives(undefined), usual);
  assertEquals(lives(OF_B), usual);
  assertEquals(lives({ ...OF_B, turn: { memberId: "2", host: "h2" } }), usual);
  const known = { ...DISK, generation: "b" };
  assertEquals(lives({ ...OF_B, turn: TURN }, known), ["starts with b", "says b"]);
});

Deno.test("a member that was killed in its turn starts with what it had kept, whoever answers", () => {
  assertEquals(lives(undefined, { ...DISK, generation: "b" }, true), ["starts with b"]);
});

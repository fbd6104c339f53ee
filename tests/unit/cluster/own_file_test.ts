/** The etcd of a host that is a learner, whose file has free room which only a start gives back. */

import { assert, assertEquals } from "@std/assert";
import { ClusterAgent } from "../../../src/cluster/agent/agent.ts";
import type { ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import { failure, ok, type Result } from "../../../src/base/result.ts";
import type { CallAnswer, StoreCall } from "../../../src/cluster/agent/calls.ts";
import type { Member, MemberStatus } from "../../../src/cluster/store/store.ts";
import { SETTINGS } from "../../support/lone_agent.ts";
import { textOf } from "../../support/cluster_news.ts";

const MEBIBYTE = 1024 * 1024;
const NAME = "h1-00000001";
const OWN = {
  ...{ id: "1", name: NAME, learner: true },
  ...{ peerUrls: SETTINGS.peerUrls, clientUrls: SETTINGS.clientUrls },
};
const VOTER: Member = {
  ...{ id: "2", name: "h2-00000002", learner: false },
  ...{ peerUrls: ["http://127.0.0.1:4"], clientUrls: ["http://127.0.0.1:3"] },
};

/** How that learner is, or what a start makes of its file. */
interface Case {
  readonly status?: Partial<MemberStatus>;
  readonly learner?: boolean;
  /** Its file after a start, in MiB. */
  readonly freed?: number;
}

/** When its host ends and starts the etcd of such a member within so many seconds, and what it says. */
function lives({ status, learner = true, freed = 512 }: Case, seconds: number) {
  let digits = 0;
  const member = { name: NAME, memberId: "1", initialCluster: [], founds: false, ran: true };
  const disk = { id: "me", clusterId: "c", endpoints: VOTER.clientUrls, member };
  const agent = new ClusterAgent(SETTINGS, disk, () => String(digits++));
  let databaseBytes = 512 * MEBIBYTE;
  const lines: string[] = [];
  const later: { at: number; event: ClusterAgentEvent }[] = [{ at: 0, event: { type: "start" } }];
  const answer = (call: StoreCall): Result<CallAnswer> => {
    if (call.type === "members") {
      return ok({ clusterId: "c", members: [{ ...OWN, learner }, VOTER] });
    }
    if (call.type !== "status") {
      return { ok: false, failure: failure("full", { code: "no-space" }) };
    }
    return ok({
      ...{ clusterId: "c", memberId: "1", leaderId: "2", learner, raftTerm: 1, version: "3.6.16" },
      ...{ raftIndex: 9, raftAppliedIndex: 9, revision: 9, alarms: ["NOSPACE"] },
      ...{ databaseBytes, inUseBytes: 20 * MEBIBYTE, quotaBytes: 512 * MEBIBYTE },
      ...status,
    });
  };
  let wakeAt = Infinity;
  let runs = false;
  const react = (effect: Effect, now: number) => {
    if (effect.type === "wake") wakeAt = effect.at;
    if (effect.type === "tell" && effect.news.what.startsWith("etcd")) {
      lines.push(textOf(effect.news));
    }
    if (effect.type === "call") {
      later.push({
        at: now + 1,
        event: { type: "answer", id: effect.id, result: answer(effect.call) },
      });
    }
    if (effect.type !== "etcd") return;
    if (effect.wish !== undefined) {
      if (runs || lines.length > 0) lines.push(`starts at ${Math.round(now / 1000)}`);
      if (lines.length > 0) databaseBytes = freed * MEBIBYTE;
      runs = true;
      later.push({ at: now + 1, event: { type: "etcd-runs", name: NAME } });
    } else if (runs) {
      runs = false;
      const ended = { type: "etcd-ended", name: NAME, end: "other", message: "why" } as const;
      later.push({ at: now + 1, event: ended });
    }
  };
  for (let now = 0, steps = 0; now < seconds * 1000; steps++) {
    assert(steps < 100_000, `no rest at ${now} ms`);
    later.sort((one, other) => one.at - other.at);
    const isDue = later[0] !== undefined && later[0].at <= wakeAt;
    now = isDue ? later[0]!.at : Math.max(wakeAt, now + 1);
    const event: ClusterAgentEvent = isDue ? later.shift()!.event : { type: "wake" };
    if (!isDue) wakeAt = Infinity;
    for (const effect of agent.step(event, now)) react(effect, now);
  }
  return lines;
}

Deno.test("a learner whose file is full of free room starts its etcd anew, once, and says so", () => {
  const [said, started, runs, ...more] = lives({ freed: 20 }, 600);
  assertEquals(
    said,
    "starts etcd anew: its file is mostly free room, which it gives back so: " +
      "full, takes nothing more: 512 of 512 MiB (100 %), 20 MiB of that in use",
  );
  assert(started?.startsWith("starts at "), started);
  assertEquals([runs, more], ["etcd runs again", []]);
});

Deno.test("a start that gives nothing back is tried again less and less often", () => {
  const starts = lives({}, 3600).flatMap((line) => /^starts at (\d+)$/.exec(line)?.[1] ?? []);
  const pauses = starts.slice(1).map((at, index) => Number(at) - Number(starts[index]));
  assertEquals(pauses.map((pause) => Math.round(pause / 60)), [1, 2, 4, 8, 16], pauses.join());
});

Deno.test("an etcd that votes, is full of what is in it or is another's is left alone", () => {
  assert(lives({}, 300).length > 0, "nothing is started anew at all");
  assertEquals(lives({ learner: false }, 300), []);
  assertEquals(lives({ status: { inUseBytes: 500 * MEBIBYTE } }, 300), []);
  assertEquals(lives({ status: { memberId: "3" } }, 300), []);
  assertEquals(lives({ status: { databaseBytes: 100 * MEBIBYTE } }, 300), []);
});

Deno.test("free room is given back before anything is full of it", () => {
  const alarms: readonly string[] = [];
  const half = { alarms, databaseBytes: 420 * MEBIBYTE, inUseBytes: 200 * MEBIBYTE };
  assert(lives({ status: half }, 30).length > 0, "it waits until it is full");
  assertEquals(lives({ status: { ...half, inUseBytes: 300 * MEBIBYTE } }, 30), []);
});

Deno.test("a file that stays at its limit while the store is open is given a start, which counts what is free", () => {
  const alarms: readonly string[] = [];
  const uncounted = { alarms, inUseBytes: 512 * MEBIBYTE };
  const [said, ...more] = lives({ status: uncounted, freed: 20 }, 600);
  assertEquals(
    said,
    "starts etcd anew: its file is at its limit, and may have free room, which it gives back so: " +
      "512 of 512 MiB (100 %), 512 MiB of that in use",
  );
  assertEquals(more.length, 2, more.join("\n"));
  // Who has counted by then waits for nothing.
  assertEquals(lives({ status: uncounted, freed: 20 }, 4), []);
  assertEquals(lives({ status: { ...uncounted, databaseBytes: 480 * MEBIBYTE } }, 300), []);
  assertEquals(lives({ status: uncounted, learner: false }, 300), []);
});

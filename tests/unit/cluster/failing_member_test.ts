import { assert, assertEquals } from "@std/assert";
import { sortEntries } from "../../../src/cluster/leader/sorted_entries.ts";
import { makeView, Observations } from "../../../src/cluster/leader/view_builder.ts";
import { liveKey, ROOT_KEY, statusKey } from "../../../src/cluster/store/keys.ts";
import type { StatusRecord } from "../../../src/cluster/store/records.ts";
import type { Member, MemberStatus, StoreEntry } from "../../../src/cluster/store/store.ts";
import { isDead, isWithdrawn, PATIENCE } from "../../../src/cluster/leader/view.ts";

const MEMBERS: readonly Member[] = ["1", "2", "3"].map((id) => ({
  id,
  name: `h${id}-0000000${id}`,
  peerUrls: [`http://10.0.0.${id}:2380`],
  clientUrls: [`http://10.0.0.${id}:2379`],
  learner: false,
}));

function entry(key: string, value: object): StoreEntry {
  const revisions = { createRevision: 1, modRevision: 1, version: 1 };
  return { key, value: JSON.stringify(value), ...revisions, lease: "1" };
}

function statusOf({ id }: Member): MemberStatus {
  const raft = { raftTerm: 1, raftIndex: 1, raftAppliedIndex: 1 };
  return {
    ...{ clusterId: "c", memberId: id, learner: false, version: "3", alarms: [] },
    ...raft,
    ...{ databaseBytes: 1, inUseBytes: 1, quotaBytes: 1, revision: 1 },
  };
}

/** When a leader that looks every two seconds takes the second member for dead; undefined: not yet. */
function diedAt(
  etcdOf: (seconds: number) => StatusRecord["etcd"],
  answers: (seconds: number) => boolean,
): number | undefined {
  const observations = new Observations();
  for (let seconds = 0; seconds < 400; seconds += 2) {
    const said = MEMBERS.filter(({ id }) => id !== "2" || answers(seconds));
    const status = { etcd: etcdOf(seconds), memberId: "2", reason: "it does not run" };
    const entries = [entry(liveKey("h2"), { id: "x" }), entry(statusKey("h2"), status)];
    const statuses = new Map(said.map((each) => [each.id, statusOf(each)]));
    const memory = { self: "h1", idealSize: 3, addRefused: false, pausedUntil: undefined };
    const reading = { entries, members: MEMBERS, statuses };
    const sorted = sortEntries(entries);
    const view = makeView(reading, sorted, observations, memory, seconds * 1000);
    const second = view.members.find(({ id }) => id === "2")!;
    if (isDead(second, seconds * 1000, PATIENCE)) return seconds;
  }
  return undefined;
}

Deno.test("a member that comes and goes is replaced in time, whatever its status says meanwhile", () => {
  const isUp = (seconds: number) => seconds % 10 >= 6;
  const never = () => false;
  // It says that it starts, and that it has failed.
  const starting = diedAt((seconds) => isUp(seconds) ? "starting" : "failed", never);
  assert(starting !== undefined && starting <= 126, `${starting}`);
  // It runs for a moment, and answers.
  const running = diedAt((seconds) => isUp(seconds) ? "running" : "failed", isUp);
  assert(running !== undefined && running <= 126, `${running}`);
  // Who stays is back, as is who is merely out of this leader's sight.
  assertEquals(
    diedAt((seconds) => seconds % 60 < 40 ? "failed" : "running", (seconds) => seconds % 60 >= 40),
    undefined,
  );
  assertEquals(diedAt(() => "running", never), undefined);
});

Deno.test("what a host said before it was rebooted is no withdrawal, while its new agent waits", () => {
  const statuses = new Map(MEMBERS.map((each) => [each.id, statusOf(each)]));
  const memory = { self: "h1", idealSize: 3, addRefused: false, pausedUntil: undefined };
  const isGoing = (live: object) => {
    const entries = [
      entry(liveKey("h2"), { id: "x", ...live }),
      entry(statusKey("h2"), { etcd: "running", memberId: "2" }),
      entry(`${ROOT_KEY}claims/h2`, { id: "x", nonce: "new", clientUrls: [] }),
    ];
    const reading = { entries, members: MEMBERS, statuses };
    const view = makeView(reading, sortEntries(entries), new Observations(), memory, 0);
    return isWithdrawn(view, view.members.find(({ id }) => id === "2")!);
  };
  assertEquals(isGoing({ nonce: "old" }), false);
  // Who answers lives, and means it.
  assertEquals(isGoing({ nonce: "old", answered: ["new"] }), true);
  assertEquals(isGoing({ nonce: "new" }), true);
});

import { assert, assertEquals } from "@std/assert";
import type { MembershipView } from "../../../src/cluster/agent/membership_view.ts";
import type { KeyWatcher } from "../../../src/cluster/agent/key_watcher.ts";
import { Leadership } from "../../../src/cluster/agent/leadership.ts";
import { EffectQueue } from "../../../src/cluster/agent/effect_queue.ts";
import type { CallAnswer, StoreCall } from "../../../src/cluster/agent/calls.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import { isInRange, leaderKey, liveKey, statusKey } from "../../../src/cluster/store/keys.ts";
import { read, type RotationRecord, write } from "../../../src/cluster/store/records.ts";
import { rotationKey } from "../../../src/cluster/store/rotation_keys.ts";
import { KeyTable } from "../../support/key_table.ts";
import { NOBODY, SETTINGS } from "../../support/lone_agent.ts";

const NO_LEADER = { hasHeard: true, leader: undefined } as unknown as KeyWatcher;

/** A host with the leader's lease, that may lead no more; its n-th revocation is answered so. */
function revocations(answers: (nth: number) => boolean, untilMs: number): number[] {
  const desk = new EffectQueue(SETTINGS, { id: "me", endpoints: [] }, () => "0");
  const leader = new Leadership(desk, {} as MembershipView);
  const revoked: number[] = [];
  let mayLead = true;
  for (desk.now = 0; desk.now <= untilMs; desk.now += 500) {
    leader.look(mayLead, NO_LEADER, false);
    for (const effect of desk.takeEffects()) {
      if (effect.type !== "call") continue;
      if (effect.call.type === "grant") {
        desk.answered(effect.id, { ok: true, value: { id: "7", ttlMs: 10_000 } });
        mayLead = false;
      }
      if (effect.call.type !== "revoke") continue;
      assertEquals(effect.call.lease, "7");
      revoked.push(desk.now);
      const isDone = answers(revoked.length);
      desk.answered(effect.id, isDone ? { ok: true, value: undefined } : NOBODY);
    }
  }
  return revoked;
}

Deno.test("who may lead no more gives the lead back until that is heard, and not for ever", () => {
  assertEquals(revocations(() => true, 20_000), [500]);
  assertEquals(revocations((nth) => nth > 2, 20_000), [500, 1500, 2500], "its own etcd has ended");
  const silent = revocations(() => false, 60_000);
  assertEquals([silent.length > 5, silent.at(-1)! <= 10_500], [true, true], silent.join());
});

/** The store of two members whose authority is replaced: `h1` does not have the next one's key. */
class RotatingStore {
  readonly table = new KeyTable();

  constructor() {
    const [old, next] = [{ mark: "old", cert: "OLD" }, { mark: "next", cert: "NEXT" }];
    const record: RotationRecord = { step: "certify", by: "h1", old, next };
    this.table.put(rotationKey(), write(record));
    for (const [host, keys] of [["h1", ["old"]], ["h2", ["old", "next"]]] as const) {
      this.table.put(liveKey(host), write({ id: host }));
      const trust = { believes: ["old", "next"], shows: "old", keys: [...keys] };
      this.table.put(statusKey(host), write({ etcd: "running", trust }));
    }
  }

  get leader(): string | undefined {
    return read.leader(this.table.entries.get(leaderKey())?.value)?.host;
  }

  answer(call: StoreCall): Result<CallAnswer> {
    const { table } = this;
    switch (call.type) {
      case "grant":
      case "keep":
        return ok({ id: "7", ttlMs: 10_000 });
      case "revoke":
        table.entries.delete(leaderKey());
        return ok(undefined);
      case "transact": {
        const succeeded = table.transact(call.transaction);
        const revision = table.entries.get(leaderKey())?.createRevision ?? 0;
        return ok({ succeeded, got: [], revision });
      }
      case "list": {
        const entries = table.all.filter(({ key }) => isInRange(call.range, key))
          .map((each) => ({ ...each, lease: "7" }));
        return ok({ entries, revision: 1000 });
      }
      case "members": {
        const members = ["h1", "h2"].map((host) => ({
          ...{ id: host, name: `${host}-12345678`, learner: false },
          ...{ clientUrls: [`https://${host}:1`], peerUrls: [`https://${host}:2`] },
        }));
        return ok({ members, clusterId: "c", revision: 1000 } as unknown as CallAnswer);
      }
      default:
        return NOBODY;
    }
  }
}

Deno.test("a leader that lacks the next authority's key gives the lead up, takes it where nobody else does, and keeps it then", () => {
  const store = new RotatingStore();
  const settings = { ...SETTINGS, keepsRights: true };
  const queue = new EffectQueue(settings, { id: "h1", endpoints: [] }, () => "0");
  const contact = { heard: () => {}, members: [] } as unknown as MembershipView;
  const leader = new Leadership(queue, contact);
  const changes: string[] = [];
  for (queue.now = 0; queue.now <= 120_000; queue.now += 250) {
    const found = store.table.entries.get(leaderKey());
    const heard = { hasHeard: true, leader: found && { ...found, lease: "7" } };
    leader.look(true, heard as unknown as KeyWatcher, false);
    for (const effect of queue.takeEffects()) {
      if (effect.type === "call") queue.answered(effect.id, store.answer(effect.call));
    }
    const now = store.leader ?? "nobody";
    if (changes.at(-1)?.split(" ")[1] !== now) changes.push(`${queue.now / 1000} ${now}`);
  }
  const [, taken = "", given = "", again = "", ...more] = changes;
  assertEquals([taken, given, again].map((each) => each.split(" ")[1]), ["h1", "nobody", "h1"]);
  assert(parseFloat(again) - parseFloat(given) >= 20, changes.join());
  assertEquals(more, []);
});

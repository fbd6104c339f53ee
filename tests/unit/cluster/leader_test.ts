import { assertEquals } from "@std/assert";
import type { MembershipView } from "../../../src/cluster/agent/membership_view.ts";
import type { KeyWatcher } from "../../../src/cluster/agent/key_watcher.ts";
import { Leadership } from "../../../src/cluster/agent/leadership.ts";
import { EffectQueue } from "../../../src/cluster/agent/effect_queue.ts";
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

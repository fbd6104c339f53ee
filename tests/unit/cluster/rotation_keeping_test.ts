/** What the leader's part in replacing the authority makes of what it reads. */

import { assert, assertEquals } from "@std/assert";
import { EffectQueue } from "../../../src/cluster/agent/effect_queue.ts";
import { RotationKeeping } from "../../../src/cluster/agent/rotation_keeping.ts";
import { castOutIn, revokedSerials } from "../../../src/cluster/leader/evictions.ts";
import { leaderKey, liveKey, revokedKey, statusKey } from "../../../src/cluster/store/keys.ts";
import { rotationKey } from "../../../src/cluster/store/rotation_keys.ts";
import { read, write } from "../../../src/cluster/store/records.ts";
import { KeyTable } from "../../support/key_table.ts";
import { parseView } from "../../support/cluster_scenario.ts";
import { SETTINGS } from "../../support/lone_agent.ts";

/** Whether a leader whose cluster is at that step leaves the lead to another, and what it is going to do. */
function led(keys: Record<string, readonly string[]>): readonly [boolean, readonly string[]] {
  const [old, next] = [{ mark: "old", cert: "OLD" }, { mark: "next", cert: "NEXT" }];
  const table = new KeyTable();
  table.put(rotationKey(), write({ step: "certify", by: "h1", old, next }));
  for (const [host, own] of Object.entries(keys)) {
    table.put(liveKey(host), write({ id: host }));
    const trust = { believes: ["old", "next"], shows: "old", keys: [...own] };
    table.put(statusKey(host), write({ etcd: "running", trust }));
  }
  const entries = table.all.map((each) => ({ ...each, lease: "7" }));
  const view = parseView("self h1\nmember h1 voter\nmember h2 voter");
  const queue = new EffectQueue(SETTINGS, { id: "h1", endpoints: [] }, () => "0");
  const keeping = new RotationKeeping(queue, 1);
  keeping.heard(entries, view, Infinity);
  keeping.look();
  const said = queue.takeEffects().flatMap((each) =>
    each.type === "tell" && each.news.what === "rotation" ? [each.news.step] : []
  );
  return [keeping.yields, said];
}

Deno.test("when the old authority is believed no more, certificates that it signed need no list", () => {
  const [old, next] = [{ mark: "old", cert: "OLD" }, { mark: "next", cert: "NEXT" }];
  const table = new KeyTable();
  const fence = table.put(leaderKey(), "");
  const record = { step: "forget", by: "h1", castOut: 1, old, next } as const;
  table.put(rotationKey(), write(record));
  const castOut = { id: "1", at: 1, isGone: true } as const;
  const hosts = [["h8", "4a"], ["h9", "4b"]]
    .map(([host = "", serial = ""]) => ({ ...castOut, host, serials: [serial] }));
  table.put(revokedKey(), write({ hosts }));
  const trust = { believes: ["next"], shows: "next", keys: ["next"] };
  table.put(statusKey("h1"), write({ etcd: "running", trust }));
  table.put(liveKey("h1"), write({ id: "h1" }));
  const entries = table.all.map((each) => ({ ...each, lease: "7" }));
  const view = parseView("self h1\nmember h1 voter gen=authority\nrolling authority");
  const members = view.members.map((each) => ({ ...each, generation: "authority next" }));
  const queue = new EffectQueue(SETTINGS, { id: "h1", endpoints: [] }, () => "0");
  const keeping = new RotationKeeping(queue, fence);
  keeping.heard(entries, { ...view, members }, Infinity);
  keeping.look();
  for (const effect of queue.takeEffects()) {
    if (effect.type === "call" && effect.call.type === "transact") {
      assert(table.transact(effect.call.transaction));
    }
  }
  assertEquals(read.rotation(table.entries.get(rotationKey())?.value)?.step, "done");
  assertEquals(revokedSerials(castOutIn(table.entries.get(revokedKey()))), ["4b"]);
});

Deno.test("a leader that knows that it lacks the next one's key leads no more where another member has it", () => {
  assertEquals(led({ h1: ["old"], h2: ["old", "next"] }), [true, ["yield"]]);
  assertEquals(led({ h1: ["old"], h2: ["old"] })[0], false, "nobody would lead");
  assertEquals(led({ h1: ["old", "next"], h2: ["old", "next"] })[0], false);
  assertEquals(led({ h2: ["old", "next"] })[0], false, "it has not said yet what it has");
});

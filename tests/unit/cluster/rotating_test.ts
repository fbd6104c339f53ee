/** Why the authority of a cluster cannot be replaced now, and what is said of it when it is. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  isSameOrder,
  rotatedText,
  type RotatingCluster,
  rotationDoing,
  rotationStatus,
  whyNotRotate,
  type Without,
} from "../../../src/cluster/admin/rotating.ts";
import { withoutKnown, withoutPatience } from "../../../src/cluster/admin/rotation_release.ts";
import { interruptedBy, late } from "../../../src/app/cluster/rotate_progress.ts";
import { bindingKey, liveKey, statusKey } from "../../../src/cluster/store/keys.ts";
import { read, type RotationRecord, write } from "../../../src/cluster/store/records.ts";
import { rotationKey } from "../../../src/cluster/store/rotation_keys.ts";
import type { StoreEntry } from "../../../src/cluster/store/store.ts";
import { parseView } from "../../support/cluster_scenario.ts";

const [OLD, NEXT] = [{ mark: "old", cert: "OLD" }, { mark: "next", cert: "NEXT" }];
const THREE = "member h1 voter\nmember h2 voter\nmember h3 voter\n";

function entry(key: string, value: string, lease?: string): StoreEntry {
  return {
    key,
    value,
    version: 1,
    createRevision: 1,
    modRevision: 1,
    ...(lease === undefined ? {} : { lease }),
  };
}

/** A live host, as it says how it stands; without a mark: it says nothing of that. */
function live(host: string, believes?: string, shows = believes): readonly StoreEntry[] {
  const trust = believes === undefined ? {} : { trust: { believes: [believes], shows, keys: [] } };
  return [
    entry(liveKey(host), write({ id: "aa" }), "1"),
    entry(statusKey(host), JSON.stringify({ etcd: "none", ...trust }), "1"),
  ];
}

function cluster(
  view: string,
  { entries = ["h1", "h2", "h3"].flatMap((host) => live(host, "old")), record }: {
    readonly entries?: readonly StoreEntry[];
    readonly record?: RotationRecord;
  } = {},
): RotatingCluster {
  const kept = record === undefined ? [] : [entry(rotationKey(), write(record))];
  const all = [...entries, ...kept];
  return { entries: all, view: parseView(view), leader: "h1", record };
}

const record: RotationRecord = { step: "believe", by: "h2", old: OLD, next: NEXT };
const ORDERED = { host: "h3" };

const REFUSED: readonly [string, RotatingCluster, Without, RegExp | undefined][] = [
  ["all is well", cluster(THREE), undefined, undefined],
  ["nobody leads", { ...cluster(THREE), leader: undefined }, undefined, /nobody decides/],
  [
    "members change",
    cluster(`${THREE}op shrink: remove h3`),
    undefined,
    /is at something else: journalled/,
  ],
  ["members start anew", cluster(`${THREE}rolling b`), undefined, /something else: to run with b/],
  [
    "a member is silent",
    cluster("member h1 voter\nmember h2 voter silent=3\nmember h3 voter\n"),
    undefined,
    /not all members are there: h2$/,
  ],
  [
    "it is the one that is cast out",
    cluster("member h1 voter\nmember h2 voter\nmember h3 voter silent=3\n"),
    ORDERED,
    undefined,
  ],
  [
    "a member has no agent",
    cluster(`${THREE}host h2 gone`),
    undefined,
    /no agent runs on h2, whose etcd does/,
  ],
  [
    "a member is another's",
    cluster(`${THREE}member x voter foreign`),
    undefined,
    /is none of mgmt's/,
  ],
  ["nobody else runs etcd", cluster("member h3 voter\n"), ORDERED, /no other host runs etcd/],
  [
    "older programs",
    cluster(THREE, { entries: [...live("h1", "old"), ...live("h4"), ...live("h5")] }),
    undefined,
    /^h4, h5: the executable is too old/,
  ],
  [
    "another order",
    cluster(THREE, { record: { ...record, without: ORDERED } }),
    undefined,
    /replaces its authority and casts out h3 already, as h2 has asked/,
  ],
  [
    "one before is done",
    cluster(THREE, { record: { ...record, step: "done" } }),
    undefined,
    undefined,
  ],
];

for (const [name, seen, without, why] of REFUSED) {
  Deno.test(`replacing the authority where ${name}`, () => {
    const refused = whyNotRotate(seen, without);
    if (why === undefined) assertEquals(refused, undefined);
    else assertMatch(refused?.message ?? "", why);
  });
}

Deno.test("the same order is waited for, another is not", () => {
  const seen = cluster(THREE, { record: { ...record, without: ORDERED } });
  assertEquals([isSameOrder(seen, ORDERED), isSameOrder(seen, undefined)], [true, false]);
  const done = cluster(THREE, { record: { ...record, step: "done" } });
  assertEquals(isSameOrder(done, undefined), false);
});

Deno.test("how far it is, is said by the step and what is waited for", () => {
  const seen = cluster(THREE, { record });
  assertEquals(
    rotationDoing(seen),
    "step 2 of 4: waiting for h1, h2, h3 to believe the next one",
  );
  const begun = cluster(THREE, { record: { ...record, step: "share" } });
  assertEquals(rotationDoing(begun), "step 1 of 4: waiting for h1, h2, h3 to have its key");
  assertEquals(rotationStatus(seen).rotation?.text.startsWith("is being replaced: step 2"), true);
});

Deno.test("a host that was forgotten is waited for no longer, also where its agent starts again without rights", () => {
  const known = ["s1"];
  const bound = entry(bindingKey("a1"), write({ id: "ab", role: "host" }));
  const servers = ["h1", "h2", "h3"].flatMap((host) => live(host, "next"));
  const waiting = (entries: readonly StoreEntry[], seen: RotationRecord) =>
    rotationDoing(cluster(THREE, { entries: [...servers, ...entries], record: seen }));
  const both = { ...record, known };
  assertMatch(waiting([bound], both) ?? "", /waiting for a1, s1 to believe/);
  assertMatch(waiting([], both) ?? "", /waiting for s1 to believe/);
  const released = withoutKnown(both, "s1");
  assertEquals(released, { ...record, known: [] });
  assertEquals(withoutKnown(both, "a1"), undefined);
  // What it asks for needs no right, and what it said is there without its lease.
  const left = [entry(statusKey("s1"), JSON.stringify({ etcd: "none" }))];
  assertEquals(/waiting/.test(waiting(left, released ?? both) ?? ""), false);
});

Deno.test("how long who is away is waited for is said, and with --yes not at all", () => {
  const servers = ["h1", "h2", "h3"].flatMap((host) => live(host, "next"));
  const known = ["s1", "s2"];
  const seen = (patience: Record<string, number>) => {
    const counted = { ...record, known, patience };
    return rotationDoing(cluster(THREE, { entries: servers, record: counted }));
  };
  assertEquals(
    seen({ s1: 83_500, s2: 0 }),
    "step 2 of 4: waiting for s1 to believe the next one; away, and waited for: s1 84 s more, then it goes on without it",
  );
  assertEquals(/waiting/.test(seen({ s1: 0, s2: 0 }) ?? ""), false);
  const given = withoutPatience({ ...record, patience: { s1: 5, a1: 7 } }, ["s1", "s2"]);
  assertEquals(given?.patience, { s1: 0, s2: 0, a1: 7 });
  assertEquals(given && withoutPatience(given, ["s1"]), undefined);
});

Deno.test("whoever follows it is told that the order stands, however that ends", () => {
  for (const failure of [late("step 1"), interruptedBy("SIGINT", "step 1")]) {
    assertMatch(failure.message, /: step 1$/);
    assertMatch(failure.hint ?? "", /the order stands, and the same command waits on/);
  }
});

Deno.test("who was left behind is named as long as the cluster has something of it", () => {
  const away = ["a1", "a2", "a3"];
  const done: RotationRecord = { ...record, step: "done", away, known: away };
  const bound = (host: string) => entry(bindingKey(host), write({ id: "ab", role: "host" }));
  const entries = [...live("h1", "next"), bound("a1"), bound("a2"), ...live("a2", "next")];
  const seen = cluster(THREE, { entries, record: done });
  assertEquals(
    rotationStatus(seen).rotation?.text,
    "was replaced; a1 was not there, and needs a new token (mgmt token create)",
  );
  assertEquals(rotationStatus(cluster(THREE, { record: { ...done, away: [] } })), {});
});

Deno.test("what has become of it names who is out, what ended, and who was away", () => {
  const text = rotatedText({
    ...record,
    without: ORDERED,
    ended: { tokens: 2, operators: 1 },
    away: ["a1", "a2"],
  });
  assertEquals(text.split("\n").slice(0, 4), [
    "h3 is cast out.",
    "All hosts that are there have certificates of another authority; nobody believes the one before.",
    "With the one before ended 2 tokens and the file of 1 operator.",
    "a1, a2 were not there, and need a new token (mgmt token create).",
  ]);
});

Deno.test("what stands at its key and is none of ours is nothing", () => {
  for (const value of ["", "{}", '{"step":"begin","by":"h1"}', '{"step":"done"}']) {
    assertEquals(read.rotation(value), undefined, value);
  }
});

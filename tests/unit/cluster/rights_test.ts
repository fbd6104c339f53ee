/** Which keys a host may read and write, and how the leader brings users and roles there. */

import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  afterChange,
  leaversIn,
  nextChange,
  type WantedRights,
  wantedRights,
} from "../../../src/cluster/leader/rights.ts";
import * as keys from "../../../src/cluster/store/keys.ts";
import { write } from "../../../src/cluster/store/records.ts";
import {
  commonGrants,
  controlRows,
  type Grant,
  isGranted,
  operatorGrants,
  ownGrants,
  type RightsChange,
  type RightsState,
} from "../../../src/cluster/store/rights.ts";
import { ONE, TWO, wantedFor } from "../../support/rights_contract.ts";

const NOTHING: RightsState = {
  enabled: false,
  revision: 1,
  users: new Map(),
  roles: new Map(),
};

function text({ from, to, access }: Grant): string {
  const key = from.slice(keys.ROOT_KEY.length);
  return `${access} ${to === `${from}\0` ? key : `${key}*`}`;
}

/** All steps from there on, as text. */
function steps(from: RightsState, wanted: WantedRights): [lines: string[], end: RightsState] {
  const lines: string[] = [];
  let there = from;
  for (;;) {
    const change = nextChange(there, wanted);
    if (change === undefined) return [lines, there];
    assert(lines.length < 500, lines.join("\n"));
    lines.push(said(change));
    there = afterChange(there, change);
  }
}

function said(change: RightsChange): string {
  const { type, ...rest } = change;
  const words = Object.values(rest).map((each) =>
    typeof each === "string" ? each : each.from.slice(keys.ROOT_KEY.length)
  );
  return [type, ...words].join(" ");
}

Deno.test("what all hosts may do, and what each with what is its own: the whole table", () => {
  assertEquals(commonGrants().map(text), [
    "read exported/*",
    "read live/*",
    "read status/*",
    "read volunteers/*",
    "read wanted/*",
    "read granted/*",
    "read nominated/*",
    "read backoff/*",
    "read forgotten/*",
    "read hosts/*",
    "read ctl/leader",
    "read ctl/op",
    "read ctl/rotation",
    "read idealClusterSize",
  ]);
  assertEquals(ownGrants("h1").map(text), [
    "both exported/h1/*",
    "both live/h1",
    "both status/h1",
    "both volunteers/h1",
    "both wanted/h1/*",
    "both claims/h1",
    "both left/h1",
    "both csr/h1",
    "both answers/h1/*",
    "read cert/h1",
  ]);
});

Deno.test("an operator sees what a host sees, and says nothing but of what size the cluster is to be", () => {
  assertEquals(
    operatorGrants().map(text).filter((line) => !line.startsWith("read ")),
    ["both idealClusterSize"],
  );
  const reads = (grants: readonly Grant[]) => grants.map(({ from, to }) => ({ from, to }));
  assertEquals(reads(operatorGrants()), reads(commonGrants()));
});

Deno.test("an operator's user is the one of its record: who was removed is another than who has its name now", () => {
  const record = { forMs: 1, untilMs: 1, signer: "", madeAt: 1, madeBy: "h1" };
  const withOperator = (user: string) =>
    wantedRights([{
      key: keys.operatorKey("ann"),
      value: write({ ...record, user }),
      ...{ createRevision: 1, modRevision: 1, version: 1 },
    }]);
  const [, empty] = steps(NOTHING, wantedFor({}));
  const [added, there] = steps(empty, withOperator("op-ann-1"));
  assertEquals(added[0], "add-role operators");
  assertEquals(added.slice(-2), ["add-user op-ann-1", "give-role op-ann-1 operators"]);
  const [again, other] = steps(there, withOperator("op-ann-2"));
  assertEquals(again, [
    "delete-user op-ann-1",
    "add-user op-ann-2",
    "give-role op-ann-2 operators",
  ]);
  const [back] = steps(other, wantedFor({}));
  assertEquals(back, ["delete-user op-ann-2", "delete-role operators"]);
  for (const user of ["root", "op-", "host-1", ONE, "join-0123456789abcdef"]) {
    assertEquals([...withOperator(user).users], [], user);
  }
});

Deno.test("the rows that a host may read are control ranges, and hold no export", () => {
  for (const row of controlRows()) {
    assert(keys.controlRanges().some(({ from, to }) => from <= row.from && row.to <= to), row.from);
  }
});

Deno.test("one host's name is no beginning of another's", () => {
  const own = ownGrants("h1");
  for (const other of ["h10", "h1.x", "h1-2", "h"]) {
    for (const { from, to, access } of ownGrants(other)) {
      const range = { from, to };
      assert(!isGranted(own, range, "read"), from);
      if (access === "both") assert(!isGranted(own, range, "write"), from);
    }
  }
});

Deno.test("ranges that meet count as one, and a hole between them counts", () => {
  const grants = [
    { from: "a", to: "c", access: "read" },
    { from: "c", to: "e", access: "both" },
    { from: "f", to: "g", access: "write" },
  ] as const;
  assert(isGranted(grants, { from: "a", to: "e" }, "read"));
  assert(!isGranted(grants, { from: "a", to: "e" }, "write"));
  assert(isGranted(grants, { from: "c", to: "d" }, "write"));
  assert(!isGranted(grants, { from: "d", to: "g" }, "write"));
  assert(!isGranted(grants, { from: "f", to: "g" }, "read"));
  assert(!isGranted([], { from: "a", to: "b" }, "read"));
});

Deno.test("a cluster that has just been founded has its rights in force before anything else", () => {
  const [lines] = steps(NOTHING, wantedFor({}));
  assertEquals(lines.slice(0, 4), [
    "add-user root",
    "give-role root root",
    "enable",
    "add-role hosts",
  ]);
});

Deno.test("a host gets its roles when these are complete, and loses its user before its role", () => {
  const [, empty] = steps(NOTHING, wantedFor({}));
  const [lines, there] = steps(empty, wantedFor({ one: ONE }));
  assertEquals(lines[0], `add-role host-${ONE}`);
  assertEquals(lines.slice(-3), [
    `add-user ${ONE}`,
    `give-role ${ONE} host-${ONE}`,
    `give-role ${ONE} hosts`,
  ]);
  const [back] = steps(there, wantedFor({}));
  assertEquals(back, [`delete-user ${ONE}`, `delete-role host-${ONE}`]);
});

Deno.test("a name that goes to another identity is taken before it is given", () => {
  const [, there] = steps(NOTHING, wantedFor({ one: ONE }));
  const [lines] = steps(there, wantedFor({ one: TWO }));
  assertEquals(lines.slice(0, 3), [
    `delete-user ${ONE}`,
    `delete-role host-${ONE}`,
    `add-role host-${TWO}`,
  ]);
  const [renamed] = steps(there, wantedFor({ two: ONE }));
  assertEquals(renamed.slice(0, 10).every((line) => line.startsWith(`revoke host-${ONE} `)), true);
});

Deno.test("of two names of one identity the first counts, and servers need no user", () => {
  assertEquals([...wantedFor({ first: ONE, second: ONE }).users.keys()], [ONE]);
  const [grant] = wantedFor({ first: ONE, second: ONE }).roles.get(`host-${ONE}`) ?? [];
  assertEquals(grant?.from, "/_mgmt/exported/first/");
  for (const id of ["root", "x", ""]) assertEquals(wantedFor({ a: id }).users.size, 0, id);
});

Deno.test("whatever is found and wherever it was broken off, it ends with what is wanted", () => {
  const id = fc.constantFrom(ONE, TWO, "cc", "root", "op-x");
  const grant = fc.record({
    from: fc.constantFrom("/_mgmt/exported/one/", "/_mgmt/live/one", "/"),
    to: fc.constantFrom("/_mgmt/exported/one0", "/_mgmt/live/one\0", "0"),
    access: fc.constantFrom("read", "write", "both"),
  });
  const selector = ({ from, to }: { from: string; to: string }) => `${from} ${to}`;
  const role = fc.constantFrom("hosts", `host-${ONE}`, `host-${TWO}`, "root", "more");
  const found = fc.record({
    enabled: fc.boolean(),
    revision: fc.nat(),
    users: fc.array(fc.tuple(id, fc.uniqueArray(role))).map((pairs) => new Map(pairs)),
    roles: fc.array(fc.tuple(role, fc.uniqueArray(grant, { selector }))).map((pairs) =>
      new Map(pairs)
    ),
  }) as fc.Arbitrary<RightsState>;
  fc.assert(fc.property(found, fc.subarray(["one", "two"]), (there, names) => {
    const ids = { one: ONE, two: TWO };
    const wanted = wantedFor(
      Object.fromEntries(Object.entries(ids).filter(([name]) => names.includes(name))),
    );
    const [, end] = steps(there, wanted);
    assertEquals(end.enabled, true);
    const users = [...end.users].filter(([user]) => user !== "root");
    assertEquals(
      new Map(users.map(([user, roles]) => [user, new Set(roles)])),
      new Map([...wanted.users].map(([user, roles]) => [user, new Set(roles)])),
    );
    for (const [name, grants] of wanted.roles) {
      const given = (end.roles.get(name) ?? []).map(text).sort();
      assertEquals([...new Set(given)], grants.map(text).sort());
    }
  }));
});

Deno.test("who has left gives its name back, but not another's", () => {
  const entry = (key: string, value: string, revision: number) => ({
    ...{ key, value, createRevision: revision, modRevision: revision, version: 1 },
  });
  const entries = [
    entry(keys.bindingKey("one"), write({ id: ONE, role: "host" }), 3),
    entry(keys.leftKey("one"), write({ id: ONE }), 7),
    entry(keys.bindingKey("two"), write({ id: TWO, role: "host" }), 4),
    entry(keys.leftKey("two"), write({ id: ONE }), 8),
    entry(keys.leftKey("three"), "garbage", 9),
  ];
  assertEquals(leaversIn(entries), [
    { host: "one", revision: 7, bound: 3 },
    { host: "two", revision: 8, bound: 0 },
    { host: "three", revision: 9, bound: 0 },
  ]);
});

// both runtimes: TLS and HTTP/2 differ from one to the other

/** What real etcd lets a host do, by its certificate. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import * as keys from "../../src/cluster/store/keys.ts";
import { hostRole, ownGrants } from "../../src/cluster/store/rights.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { bytes } from "../../src/etcd/client/values.ts";
import { establish, ONE, rightsContract, TWO, wordOf } from "../support/rights_contract.ts";
import { EtcdRightsWorld, NOBODY, type RawCall } from "../support/rights_world.ts";
import { Heard, OPTIONS, valueOf } from "../support/store_contract.ts";

/** On one runtime gRPC's own timers count as left behind. */
const TOLERANT = { sanitizeOps: false, sanitizeResources: false };

rightsContract("etcd", () => EtcdRightsWorld.begin(), TOLERANT);

function test(name: string, run: (world: EtcdRightsWorld, root: Store) => Promise<void>): void {
  Deno.test({
    name,
    ...TOLERANT,
    fn: async () => {
      await using world = await EtcdRightsWorld.begin();
      await run(world, world.openAs("root"));
    },
  });
}

const DENIED = /permission denied|user name not found/;
const [OWN, OTHERS] = ["one", "two"].map((host) => keys.exportedKey(host, "file", "x"));
const ALL = { key: bytes("\0"), range_end: bytes("\0") };

const range = (key: string, more: object = {}) => ({ request_range: { key: bytes(key), ...more } });
const put = (key = "", more: object = {}) => ({
  request_put: { key: bytes(key), value: bytes("evil"), ...more },
});
const remove = (key: string, more: object = {}) => ({
  request_delete_range: { key: bytes(key), ...more },
});
const inside = (...operations: object[]) => ({ request_txn: { success: operations } });
const txn = (...success: object[]): RawCall => call("KV", "txn", { success });

function call(service: RawCall["service"], method: string, request: object): RawCall {
  return { service, method, request };
}

/** What a host tries, and must not get done. */
const ATTEMPTS: Readonly<Record<string, (lease: string, member: string) => RawCall>> = {
  "another's export": () => call("KV", "put", { key: bytes(OTHERS!), value: bytes("evil") }),
  "to withdraw another's export": () => call("KV", "deleteRange", { key: bytes(OTHERS!) }),
  "to withdraw all exports": () =>
    call("KV", "deleteRange", {
      key: bytes("/_mgmt/exported/"),
      range_end: bytes("/_mgmt/exported0"),
    }),
  "another's export in a transaction": () => txn(put(OTHERS)),
  "the same in the branch that is not taken": () =>
    call("KV", "txn", { success: [put(OWN)], failure: [put(OTHERS)] }),
  "the same in a transaction in a transaction": () => txn(inside(put(OTHERS))),
  "the same two deep, beside what is its own": () => txn(put(OWN), inside(inside(put(OTHERS)))),
  "to read in a transaction in a transaction": () => txn(inside(range("/_mgmt/ctl/tokens/x"))),
  "to withdraw in a transaction in a transaction": () => txn(inside(remove(OTHERS!))),
  "a condition on what it may not read": () =>
    call("KV", "txn", {
      compare: [{ key: bytes("/_mgmt/claims/two"), target: 1, result: 0, create_revision: 0 }],
      success: [],
    }),
  "a condition on a range that it may not read": () =>
    call("KV", "txn", {
      compare: [{ ...ALL, target: 1, result: 0, create_revision: 0 }],
      success: [],
    }),
  "the place of another": () => call("KV", "put", { key: bytes("/_mgmt/granted/two/aa") }),
  "a place for itself": () => call("KV", "put", { key: bytes("/_mgmt/granted/one/aa") }),
  "to be asked to run etcd": () => call("KV", "put", { key: bytes(keys.nominatedKey("one")) }),
  "the lead": () => call("KV", "put", { key: bytes(keys.leaderKey()) }),
  "another name": () => call("KV", "put", { key: bytes(keys.bindingKey("two")) }),
  "its own name": () => call("KV", "put", { key: bytes(keys.bindingKey("one")) }),
  "the size of the cluster": () => call("KV", "put", { key: bytes(keys.idealSizeKey()) }),
  "a key of its own beside ours": () => call("KV", "put", { key: bytes("/other") }),
  "to read everything": () => call("KV", "range", ALL),
  "to count everything": () => call("KV", "range", { ...ALL, count_only: true }),
  "to read the names of everything": () => call("KV", "range", { ...ALL, keys_only: true }),
  "to read from its row on": () =>
    call("KV", "range", { key: bytes("/_mgmt/live/"), range_end: bytes("\0") }),
  "to read across rows": () =>
    call("KV", "range", { key: bytes("/_mgmt/"), range_end: bytes("/_mgmt0") }),
  "to read everything, perhaps old": () => call("KV", "range", { ...ALL, serializable: true }),
  "to withdraw everything": () => call("KV", "deleteRange", ALL),
  "what another says to the leader": () => call("KV", "range", { key: bytes("/_mgmt/csr/two") }),
  "to end another's lease": (lease) => call("Lease", "leaseRevoke", { ID: lease }),
  "to put a key to another's lease": (lease) =>
    call("KV", "put", { key: bytes(OWN!), value: bytes("x"), lease }),
  "the same in a transaction": (lease) => txn(put(OWN, { lease })),
  "the same in a transaction in a transaction, with a lease": (lease) =>
    txn(inside(put(OWN, { lease }))),
  "another's key with its lease as it is": () =>
    call("KV", "put", { key: bytes("/_mgmt/live/two"), value: bytes("x"), ignore_lease: true }),
  "a member": () => call("Cluster", "memberAdd", { peerURLs: ["https://127.0.0.1:1"] }),
  "a learner": () =>
    call("Cluster", "memberAdd", { peerURLs: ["https://127.0.0.1:1"], isLearner: true }),
  "to remove a member": (_, member) => call("Cluster", "memberRemove", { ID: member }),
  "to move a member": (_, member) =>
    call("Cluster", "memberUpdate", { ID: member, peerURLs: ["https://127.0.0.1:1"] }),
  "to promote a member": (_, member) => call("Cluster", "memberPromote", { ID: member }),
  "to forget the history": () => call("KV", "compact", { revision: 2 }),
  "to raise an alarm": (_, member) =>
    call("Maintenance", "alarm", { action: 1, memberID: member, alarm: 1 }),
  "to end an alarm": (_, member) =>
    call("Maintenance", "alarm", { action: 2, memberID: member, alarm: 1 }),
  "to halt a member": () => call("Maintenance", "defragment", {}),
  "the sum of everything": () => call("Maintenance", "hash", {}),
  "another sum of everything": () => call("Maintenance", "hashKV", { revision: 0 }),
  "another leader of etcd": (_, member) => call("Maintenance", "moveLeader", { targetID: member }),
  "rights to be off": () => call("Auth", "authDisable", {}),
  "how rights are": () => call("Auth", "authStatus", {}),
  "a user": () => call("Auth", "userAdd", { name: "x", options: { no_password: true } }),
  "a user's password": () => call("Auth", "userChangePassword", { name: "root", password: "x" }),
  "to be root": () => call("Auth", "userGrantRole", { user: ONE, role: "root" }),
  "another's role": () => call("Auth", "userGrantRole", { user: ONE, role: hostRole(TWO) }),
  "another's user": () => call("Auth", "userDelete", { name: TWO }),
  "what another may do": () => call("Auth", "roleGet", { role: hostRole(TWO) }),
  "what roles another has": () => call("Auth", "userGet", { name: TWO }),
  "all users": () => call("Auth", "userList", {}),
  "all roles": () => call("Auth", "roleList", {}),
  "a role": () => call("Auth", "roleAdd", { name: "x" }),
  "to end a role": () => call("Auth", "roleDelete", { role: hostRole(TWO) }),
  "more for its own role": () =>
    call("Auth", "roleGrantPermission", {
      name: hostRole(ONE),
      perm: { permType: 2, ...ALL },
    }),
  "less for another's role": () =>
    call("Auth", "roleRevokePermission", {
      role: hostRole(TWO),
      ...rangeOf(ownGrants("two")[0]!),
    }),
};

function rangeOf({ from, to }: keys.KeyRange): object {
  return { key: bytes(from), range_end: bytes(to) };
}

test(
  "what a host of the cluster tries, and a host without a user, is refused",
  async (world, root) => {
    await establish(world, root, { one: ONE, two: TWO });
    const two = world.openAs(TWO);
    const { id: lease } = valueOf(await two.grantLease(60_000, OPTIONS));
    valueOf(await two.put(keys.liveKey("two"), "here", { ...OPTIONS, lease }));
    valueOf(await two.put(OTHERS!, "mine", OPTIONS));
    const member = BigInt(`0x${valueOf(await root.members(OPTIONS)).members[0]!.id}`).toString();
    const before = valueOf(await root.readRights(OPTIONS));
    const done: string[] = [];
    for (const [what, make] of Object.entries(ATTEMPTS)) {
      for (const user of [ONE, NOBODY]) {
        const said = await world.said(user, make(lease, member));
        if (!DENIED.test(said)) {
          done.push(
            `${what}, by ${user === ONE ? "a host" : "nobody"}: ${said}`,
          );
        }
      }
    }
    assertEquals(done, []);
    assertEquals(valueOf(await root.get(OTHERS!, OPTIONS)).entry?.value, "mine");
    assertEquals(valueOf(await root.get(keys.liveKey("two"), OPTIONS)).entry?.lease, lease);
    assertEquals(valueOf(await root.readRights(OPTIONS)), before);
    assertEquals(valueOf(await root.members(OPTIONS)).members.length, 1);
    assertEquals(valueOf(await root.status(world.endpoints[0]!, OPTIONS)).alarms, []);
    // It was not refused for being no such call: root may do all that can be done to keys.
    for (const [what, make] of Object.entries(ATTEMPTS)) {
      const asked = make(lease, member);
      if (asked.service !== "KV" || asked.method === "compact") continue;
      const said = await world.said("root", asked);
      const isGone = /key not found|lease not found/.test(said);
      assert(said === "done" || isGone, `${what}, by root: ${said}`);
      if (!what.startsWith("the same two deep")) continue;
      assertEquals(valueOf(await root.get(OTHERS!, OPTIONS)).entry?.value, "evil");
    }
  },
);

test("a password makes nobody of a host, and what shows no user has none", async (world, root) => {
  await establish(world, root, { one: ONE, two: TWO });
  const login = call("Auth", "authenticate", { name: "root", password: "" });
  assertMatch(await world.said(ONE, login), /authentication failed|no password/i);
  for (const name of ["peer", "server"]) {
    const said = await world.said(name, call("KV", "put", { key: bytes(OWN!) }));
    assert(said !== "done", `the certificate of a ${name} writes`);
  }
});

test(
  "watches are refused that reach beyond what may be read: open ends, rows, everything",
  async (world, root) => {
    await establish(world, root, { one: ONE });
    const host = world.openAs(ONE);
    const tried = [
      { from: "\0", to: "\0" },
      { from: "/_mgmt/live/", to: "\0" },
      keys.prefixRange("/_mgmt/"),
      keys.keyRange(keys.claimKey("two")),
      keys.prefixRange("/_mgmt/csr/"),
    ];
    for (const range of tried) {
      const heard = new Heard();
      host.watch(range, 1, heard.listener);
      await world.until(() => heard.broken.length > 0, () => `it watches from ${range.from}`);
      assertEquals([heard.broken[0]?.code, heard.changes], ["permission-denied", []], range.from);
    }
  },
);

test(
  "what every certificate is told all the same: who the members are, how they are, which leases",
  async (world, root) => {
    await establish(world, root, { one: ONE });
    for (
      const open of [
        call("Cluster", "memberList", { linearizable: true }),
        call("Maintenance", "status", {}),
        call("Maintenance", "alarm", { action: 0 }),
        call("Lease", "leaseGrant", { TTL: 5 }),
      ]
    ) assertEquals(await world.said(NOBODY, open), "done", open.method);
  },
);

test("a host whose rights end hears so on the watch that it has open", async (world, root) => {
  await establish(world, root, { one: ONE });
  const host = world.openAs(ONE);
  const heard = new Heard();
  host.watch(keys.followedRange("one"), 1, heard.listener);
  await root.put(OWN!, "x", OPTIONS);
  await world.until(() => heard.changes.length > 0, () => "the watch tells nothing");
  await establish(world, root, {});
  await world.until(() => heard.broken.length > 0, () => "the watch goes on");
  assertEquals(heard.broken[0]?.code, "permission-denied");
  assertEquals(await wordOf(world, host.get(OWN!, OPTIONS)), "permission-denied");
});

/**
 * What every store with users and roles must do: the real one and the model of the simulation.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Result } from "../../src/base/result.ts";
import {
  afterChange,
  nextChange,
  type WantedRights,
  wantedRights,
} from "../../src/cluster/leader/rights.ts";
import * as keys from "../../src/cluster/store/keys.ts";
import { write } from "../../src/cluster/store/records.ts";
import type { RightsState } from "../../src/cluster/store/rights.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { Heard, OPTIONS, type StoreWorld, valueOf } from "./store_contract.ts";

/** A cluster whose store tells users apart. */
export interface RightsWorld extends StoreWorld {
  /** A store of that user's. */
  openAs(user: string): Store;
}

const MOST_STEPS = 5000;

/** Identities of the hosts `one` and `two`. */
export const ONE = "0000aaaa".repeat(4), TWO = "0000bbbb".repeat(4);

/** What is wanted where these are bound to their names. */
export function wantedFor(bound: Readonly<Record<string, string>>): WantedRights {
  return wantedRights(
    Object.entries(bound).map(([host, id], index) => ({
      key: keys.bindingKey(host),
      value: write({ id, role: "host" }),
      createRevision: index + 1,
      modRevision: index + 1,
      version: 1,
    })),
  );
}

/** Puts rights in force as the leader does, step by step; says how many there were. */
export async function establish(
  world: RightsWorld,
  store: Store,
  bound: Readonly<Record<string, string>>,
): Promise<number> {
  const wanted = wantedFor(bound);
  const read = async () => valueOf(await world.settle(store.readRights(OPTIONS)));
  let there = await read();
  for (let steps = 0;; steps++) {
    const change = nextChange(there, wanted);
    if (change === undefined) {
      // What the leader thinks is there is what the store has.
      assertEquals(plain(await read()), plain(there));
      return steps;
    }
    assert(steps < MOST_STEPS, `no end: ${JSON.stringify(change)}`);
    valueOf(await world.settle(store.changeRights(change, OPTIONS)));
    there = afterChange(there, change);
  }
}

/** Without the order in which users, roles and ranges come. */
function plain({ users, roles, ...more }: RightsState): object {
  const grants = [...roles].map(([role, given]) =>
    [role, given.map(({ from, to, access }) => `${access} ${from} ${to}`).sort()] as const
  );
  // etcd names no role that is built in.
  return {
    ...more,
    users: Object.fromEntries([...users].map(([user, own]) => [user, own.toSorted()])),
    roles: Object.fromEntries(grants.filter(([role]) => role !== "root")),
  };
}

/** What came of a call, in a word. */
export async function wordOf(world: StoreWorld, call: Promise<Result<unknown>>): Promise<string> {
  const result = await world.settle(call);
  return result.ok ? "done" : result.failure.code ?? "";
}

/** Declares the tests. */
export function rightsContract(
  name: string,
  start: () => Promise<RightsWorld>,
  options: Pick<Deno.TestDefinition, "sanitizeOps" | "sanitizeResources" | "ignore"> = {},
): void {
  const test = (title: string, run: (world: RightsWorld, root: Store) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${title}`,
      ...options,
      fn: async () => {
        await using world = await start();
        await run(world, world.openAs("root"));
      },
    });

  test("rights come into force by steps that can be done twice", async (world, root) => {
    const before = valueOf(await world.settle(root.rightsStanding(OPTIONS)));
    assertEquals(before.enabled, false);
    assert(await establish(world, root, { one: ONE }) > 5);
    const after = valueOf(await world.settle(root.rightsStanding(OPTIONS)));
    assertEquals(after.enabled, true);
    assertEquals(await establish(world, root, { one: ONE }), 0);
    for (
      const change of [
        { type: "add-user", user: ONE },
        { type: "delete-user", user: "nobody" },
        { type: "add-role", role: "hosts" },
        { type: "delete-role", role: "nothing" },
        { type: "take-role", user: ONE, role: "host-nobody" },
        { type: "enable" },
      ] as const
    ) {
      const done = await wordOf(world, root.changeRights(change, OPTIONS));
      // Who is to lose a role that is none at all may hear so.
      assert(done === "done" || change.type === "take-role", `${change.type}: ${done}`);
    }
    const twice = valueOf(await world.settle(root.rightsStanding(OPTIONS)));
    assertEquals(twice, after);
  });

  test("each change is counted once", async (world, root) => {
    await establish(world, root, {});
    const count = async () => valueOf(await world.settle(root.rightsStanding(OPTIONS))).revision;
    const before = await count();
    const grant = { ...keys.keyRange("/x"), access: "read" } as const;
    const changes = [
      { type: "add-user", user: ONE },
      { type: "add-role", role: "r" },
      { type: "grant", role: "r", grant },
      { type: "give-role", user: ONE, role: "r" },
      { type: "grant", role: "r", grant: { ...grant, access: "both" } },
      { type: "revoke", role: "r", range: grant },
      { type: "take-role", user: ONE, role: "r" },
      { type: "delete-role", role: "r" },
      { type: "delete-user", user: ONE },
    ] as const;
    for (const [index, change] of changes.entries()) {
      valueOf(await world.settle(root.changeRights(change, OPTIONS)));
      assertEquals(await count(), before + index + 1, change.type);
    }
  });

  test("a host does what the table gives it, and nothing else", async (world, root) => {
    await establish(world, root, { one: ONE, two: TWO });
    const host = world.openAs(ONE);
    const put = (key: string) => wordOf(world, host.put(key, "x", OPTIONS));
    const get = (key: string) => wordOf(world, host.get(key, OPTIONS));
    assertEquals(await put(keys.exportedKey("one", "file", "a")), "done");
    assertEquals(await put(keys.liveKey("one")), "done");
    assertEquals(await get(keys.exportedKey("two", "file", "a")), "done");
    const page = { ...OPTIONS, limit: 9 };
    const list = (range: keys.KeyRange) => wordOf(world, host.list(range, page));
    assertEquals(await list(keys.exportsRange()), "done");
    assertEquals(await list(keys.prefixRange(keys.liveKey(""))), "done");
    const denied = "permission-denied";
    assertEquals(await put(keys.exportedKey("two", "file", "a")), denied);
    assertEquals(await put(keys.exportedKey("one0", "file", "a")), denied);
    assertEquals(await put(keys.idealSizeKey()), denied);
    assertEquals(await get("/elsewhere"), denied);
    for (const range of keys.controlRanges()) assertEquals(await list(range), denied);
    // Neither the branch that is not taken, nor a condition, is free.
    const mixed = (key: string, otherwise: string) =>
      wordOf(
        world,
        host.transact({
          when: [{ key, create: 0 }],
          then: [{ type: "get", key: keys.liveKey("one") }],
          otherwise: [{ type: "delete", key: otherwise }],
        }, OPTIONS),
      );
    assertEquals(await mixed(keys.liveKey("two"), keys.liveKey("one")), "done");
    assertEquals(await mixed("/elsewhere", keys.liveKey("one")), denied);
    assertEquals(await mixed(keys.liveKey("one"), keys.liveKey("two")), denied);
  });

  test("a watch needs the right to all of its range", async (world, root) => {
    await establish(world, root, { one: ONE });
    const host = world.openAs(ONE);
    const { revision } = valueOf(await world.settle(host.get(keys.liveKey("one"), OPTIONS)));
    const [mine, all] = [new Heard(), new Heard()];
    host.watch(keys.followedRange(), revision + 1, mine.listener);
    host.watch(keys.prefixRange(keys.ROOT_KEY), revision + 1, all.listener);
    await world.until(() => all.broken.length > 0, () => "it hears of everything");
    assertEquals(all.broken[0]?.code, "permission-denied");
    valueOf(await world.settle(root.put(keys.exportedKey("two", "file", "a"), "x", OPTIONS)));
    await world.until(() => mine.changes.length > 0, () => "it hears nothing");
    assertEquals([mine.broken, all.changes], [[], []]);
  });

  test(
    "what another's lease is worth: nothing once a key of that one is with it",
    async (world, root) => {
      await establish(world, root, { one: ONE, two: TWO });
      const [one, two] = [world.openAs(ONE), world.openAs(TWO)];
      const { id: lease } = valueOf(await world.settle(one.grantLease(60_000, OPTIONS)));
      valueOf(await world.settle(one.put(keys.liveKey("one"), "x", { ...OPTIONS, lease })));
      const denied = "permission-denied";
      assertEquals(await wordOf(world, two.keepLease(lease, OPTIONS)), denied);
      assertEquals(await wordOf(world, two.revokeLease(lease, OPTIONS)), denied);
      const put = { type: "put", key: keys.liveKey("two"), value: "x", lease } as const;
      assertEquals(await wordOf(world, two.transact({ when: [], then: [put] }, OPTIONS)), denied);
      assertEquals(await wordOf(world, two.put(put.key, "x", { ...OPTIONS, lease })), denied);
      assertEquals(await wordOf(world, one.keepLease(lease, OPTIONS)), "done");
      // Before that it is whose key comes first.
      const { id: fresh } = valueOf(await world.settle(one.grantLease(60_000, OPTIONS)));
      assertEquals(await wordOf(world, two.keepLease(fresh, OPTIONS)), "done");
      const grab = { ...put, lease: fresh };
      assertEquals(await wordOf(world, two.transact({ when: [], then: [grab] }, OPTIONS)), "done");
      assertEquals(await wordOf(world, one.keepLease(fresh, OPTIONS)), denied);
      assertEquals(await wordOf(world, root.keepLease(fresh, OPTIONS)), "done");
      assertEquals(await wordOf(world, one.revokeLease(lease, OPTIONS)), "done");
    },
  );

  test("a host whose user has gone does nothing any more", async (world, root) => {
    await establish(world, root, { one: ONE });
    const host = world.openAs(ONE);
    const put = () => wordOf(world, host.put(keys.liveKey("one"), "x", OPTIONS));
    assertEquals(await put(), "done");
    await establish(world, root, {});
    assertEquals(await put(), "permission-denied");
    await establish(world, root, { other: ONE });
    assertEquals(await put(), "permission-denied");
    await establish(world, root, { one: ONE });
    assertEquals(await put(), "done");
  });

  test(
    "only root changes members, compacts, disarms, and sees or changes rights",
    async (world, root) => {
      await establish(world, root, { one: ONE });
      const host = world.openAs(ONE);
      const { members } = valueOf(await world.settle(host.members(OPTIONS)));
      const [id, url] = [members[0]?.id ?? "", world.endpoints[0] ?? ""];
      const denied = "permission-denied";
      for (
        const call of [
          () => host.addLearner(["http://127.0.0.1:1"], OPTIONS),
          () => host.removeMember(id, OPTIONS),
          () => host.promote(id, OPTIONS),
          () => host.updateMember(id, ["http://127.0.0.1:1"], OPTIONS),
          () => host.compact(2, OPTIONS),
          () => host.defragment(url, OPTIONS),
          () => host.readRights(OPTIONS),
          () => host.changeRights({ type: "add-user", user: "x" }, OPTIONS),
          () => host.changeRights({ type: "give-role", user: ONE, role: "root" }, OPTIONS),
        ]
      ) assertEquals(await wordOf(world, call()), denied, String(call));
      assertEquals(await wordOf(world, host.status(url, OPTIONS)), "done");
      assertEquals((await world.settle(root.members(OPTIONS))).ok, true);
    },
  );
}

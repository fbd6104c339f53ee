/** What is left in a cluster of somebody who was to be let in, and was not. */

import { assertEquals, assertMatch } from "@std/assert";
import { letIn, type LetInWays, type Newcomer } from "../../../src/app/trust/let_in.ts";
import type { ClusterPlace } from "../../../src/app/cluster/cluster_place.ts";
import { fail, failure, ok } from "../../../src/base/result.ts";
import { write } from "../../../src/cluster/store/records.ts";
import { rotationKey } from "../../../src/cluster/store/rotation_keys.ts";
import type { Store, StoreTransaction } from "../../../src/cluster/store/store.ts";
import { KeyTable } from "../../support/key_table.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { refusal } from "../../support/unwrap.ts";

const KEY = "/_mgmt/ctl/tokens/0123456789abcdef";

/** A cluster that has nobody who makes users; `silent`: which of the writes, counted from 1, are not answered. */
class Leaderless {
  readonly table = new KeyTable();
  readonly clock = new ManualClock();
  readonly #silent: (nth: number, isPut: boolean) => "lost" | "done" | undefined;
  #count = 0;
  /** After a key was read. */
  hasRead: (() => void) | undefined;

  constructor(
    silent: (nth: number, isPut: boolean) => "lost" | "done" | undefined = () => undefined,
  ) {
    this.#silent = silent;
  }

  readonly #store = {
    members: () => Promise.resolve(ok({ members: [], revision: 1 })),
    get: (key: string) => {
      const entry = this.table.entries.get(key);
      this.hasRead?.();
      return Promise.resolve(ok({ entry, revision: 1 }));
    },
    transact: (transaction: StoreTransaction) => {
      const isPut = transaction.then[0]?.type === "put";
      const silent = this.#silent(++this.#count, isPut);
      if (silent === "lost") return Promise.resolve(fail("no answer", { code: "deadline" }));
      const succeeded = this.table.transact(transaction);
      if (silent === "done") return Promise.resolve(fail("no answer", { code: "deadline" }));
      return Promise.resolve(ok({ succeeded, got: [], revision: 1 }));
    },
    close: () => {},
  } as unknown as Store;

  async letIn() {
    const newcomer: Newcomer = {
      key: KEY,
      value: "its record",
      shown: { cert: "", key: "" },
      believed: "",
      tries: () => Promise.resolve(fail("no such user", { code: "permission-denied" })),
      taken: () => failure("taken"),
    };
    const ways: LetInWays = {
      clock: this.clock,
      ask: (_place, ask) => ask(this.#store, []),
      open: () => Promise.resolve(this.#store),
    };
    let isOver = false;
    const done = letIn({} as ClusterPlace, newcomer, ways).finally(() => isOver = true);
    while (!isOver) await this.clock.pass(500);
    return refusal(await done);
  }

  get left(): readonly string[] {
    return [...this.table.entries.keys()];
  }
}

Deno.test("of who is not let in in time nothing stays, also where taking it back is not heard at first", async () => {
  const cluster = new Leaderless((nth, isPut) => !isPut && nth < 4 ? "lost" : undefined);
  assertMatch((await cluster.letIn()).message, /so it was taken back: no such user/);
  assertEquals(cluster.left, []);
});

Deno.test("a record of which nobody heard whether it was written does not stay", async () => {
  const cluster = new Leaderless((_nth, isPut) => isPut ? "done" : undefined);
  assertEquals((await cluster.letIn()).message, "no answer");
  assertEquals(cluster.left, []);
});

Deno.test("where it cannot be taken back, that is said", async () => {
  const cluster = new Leaderless((_nth, isPut) => isPut ? undefined : "lost");
  const { message, hint = "" } = await cluster.letIn();
  assertEquals(cluster.left, [KEY]);
  assertEquals(message, "the cluster does not let it in: no such user");
  assertMatch(hint, /could not be taken back \(no answer\)/);
});

Deno.test("while the authority is replaced nobody is let in, whose certificate would end with it; before and after it they are", async () => {
  const steps = ["asked", "share", "believe", "certify", "forget"] as const;
  for (const step of steps) {
    const cluster = new Leaderless();
    cluster.table.put(rotationKey(), write({ step, by: "h1" }));
    const { code, message, hint = "" } = await cluster.letIn();
    assertEquals(code, "busy", step);
    assertMatch(message, /replaces its authority at the moment: what is made now would end/);
    assertMatch(hint, /mgmt cluster status .* give this command again/);
    assertEquals(cluster.left, [rotationKey()]);
  }
  const done = new Leaderless((_nth, isPut) => isPut ? "lost" : undefined);
  done.table.put(rotationKey(), write({ step: "done", by: "h1" }));
  assertEquals((await done.letIn()).message, "no answer", "it was tried");
});

Deno.test("nobody is let in, either, where the authority is begun to be replaced in that very moment", async () => {
  const cluster = new Leaderless();
  cluster.hasRead = () => cluster.table.put(rotationKey(), write({ step: "asked", by: "h1" }));
  assertEquals((await cluster.letIn()).code, "busy");
  assertEquals(cluster.left, [rotationKey()]);
});

/** What a host publishes: not more in a time than the store can keep, and also where that is full. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import { Exchange } from "../../../src/cluster/exchange/exchange.ts";
import type {
  Store,
  StoreTransaction,
  TransactionResult,
} from "../../../src/cluster/store/store.ts";
import type { Export } from "../../../src/kind/export.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { warningOf } from "../../support/cluster_news.ts";

/** A store of which one host's exports are all. */
class Shelf {
  readonly values = new Map<string, string>();
  readonly warnings: string[] = [];
  readonly clock = new ManualClock();
  readonly exchange: Exchange;
  readonly writes = new Map<string, number>();
  full = false;
  /** The host has its name: what it writes counts. */
  isNamed = true;
  bytes = 0;

  constructor() {
    this.exchange = new Exchange({
      host: "h1",
      hostId: "1",
      clock: this.clock,
      memory: { load: () => undefined, save: () => {} },
      noop: false,
      waitMs: 1000,
      condition: () => [],
      tell: (fact) => void this.warnings.push(...warningOf(fact)),
      collected: () => {},
      settled: () => {},
    });
    this.exchange.attach(this.#store());
  }

  async exports(...offers: Export[]): Promise<void> {
    this.exchange.graph(offers, []);
    await this.passes(0);
  }

  async passes(ms: number): Promise<void> {
    await this.clock.pass(ms);
  }

  #store(): Store {
    return {
      list: () => {
        const written = { createRevision: 1, modRevision: 1, version: 1 };
        const entries = [...this.values].map(([key, value]) => ({ key, value, ...written }));
        return Promise.resolve(ok({ entries, revision: 1 }));
      },
      transact: (transaction: StoreTransaction) => Promise.resolve(this.#transact(transaction)),
      watch: () => ({ close: () => {} }),
    } as unknown as Store;
  }

  #transact({ then }: StoreTransaction): Result<TransactionResult> {
    if (this.full && then.some(({ type }) => type === "put")) {
      return fail("the database is full", { code: "no-space" });
    }
    if (!this.isNamed) return ok({ succeeded: false, revision: 1, got: [] });
    for (const operation of then) {
      const { key } = operation as { readonly key: string };
      this.writes.set(key, (this.writes.get(key) ?? 0) + 1);
      if (operation.type === "delete") this.values.delete(operation.key);
      if (operation.type !== "put") continue;
      this.values.set(operation.key, operation.value);
      this.bytes += operation.value.length;
    }
    return ok({ succeeded: true, revision: 1, got: [] });
  }
}

const file = (name: string, content: string): Export => ({
  kind: "file",
  name,
  fields: { content },
});

Deno.test("a host publishes what changes all the time as fast as the store can keep it, and the last state in the end", async () => {
  const shelf = new Shelf();
  const big = "x".repeat(500_000);
  for (let count = 0; count < 60; count++) {
    await shelf.exports(...[1, 2, 3, 4].map((name) => file(`${name}`, `${count} ${big}`)));
    await shelf.passes(250);
  }
  // All would be 120 MB: in a minute so much that the store is full.
  assert(shelf.bytes < 50_000_000, `${shelf.bytes} bytes in 15 s`);
  assert(shelf.bytes > 30_000_000, `only ${shelf.bytes} bytes in 15 s`);
  const counts = [...shelf.writes.values()];
  assert(Math.max(...counts) - Math.min(...counts) <= 1, `one waits for another: ${counts}`);
  assertEquals(shelf.warnings.length, 1);
  assertStringIncludes(shelf.warnings[0]!, "changes too fast");
  assertStringIncludes(shelf.warnings[0]!, "file[");
  await shelf.passes(60_000);
  await shelf.passes(60_000);
  assertEquals(shelf.values.size, 4);
  for (const value of shelf.values.values()) assertStringIncludes(value, '"59 x');
});

Deno.test("where the store is full it is said once, and what a host exports no more goes all the same", async () => {
  const shelf = new Shelf();
  await shelf.exports(file("a", "1"), file("b", "1"));
  shelf.full = true;
  await shelf.exports(file("a", "2"));
  for (let count = 0; count < 5; count++) await shelf.passes(5000);
  assertEquals([...shelf.values.keys()].map((key) => key.split("/").at(-1)), ["a"]);
  assertEquals(shelf.warnings.length, 1);
  assertStringIncludes(shelf.warnings[0]!, "the cluster's store is full");
  shelf.full = false;
  await shelf.passes(5000);
  assertStringIncludes([...shelf.values.values()].join(), '"2"');
});

Deno.test("a host that leaves has withdrawn nothing while its name is not its own, and asks again", async () => {
  const shelf = new Shelf();
  await shelf.exports(file("a", "1"), file("b", "1"));
  shelf.isNamed = false;
  const refused = await shelf.exchange.withdraw();
  assertEquals(refused?.message, "it does not have its name in the cluster yet");
  assertEquals(shelf.values.size, 2);
  shelf.isNamed = true;
  assertEquals(await shelf.exchange.withdraw(), undefined);
  assertEquals(shelf.values.size, 0);
});

/** Entries of `collect` with `live: true` take only of hosts that are there. */

import { assert, assertEquals } from "@std/assert";
import { fail, failure, ok } from "../../../src/base/result.ts";
import { Exchange } from "../../../src/cluster/exchange/exchange.ts";
import type { Remembered } from "../../../src/cluster/exchange/exchange_memory.ts";
import { exportedValue } from "../../../src/cluster/exchange/exported_value.ts";
import { exportedKey, isInRange, type KeyRange, liveKey } from "../../../src/cluster/store/keys.ts";
import type { Store, StoreEntry, WatchListener } from "../../../src/cluster/store/store.ts";
import type { CollectRule } from "../../../src/kind/export.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const RULE: CollectRule = {
  ...{ kind: "file", allow: [], owner: false, withdrawn: "absent" },
  graceSeconds: 60,
};

/** A store that others write to, and the host `me` that collects of them. */
class Site {
  readonly clock = new ManualClock();
  readonly #entries = new Map<string, StoreEntry>();
  #watches: { readonly range: KeyRange; readonly listener: WatchListener }[] = [];
  /** Nothing can be read, and no watch hears anything. */
  isAway = false;
  saved: Remembered | undefined;
  /** How often a graph was to be composed. */
  composed = 0;
  exchange: Exchange;

  constructor() {
    this.exchange = this.#open();
  }

  #open(): Exchange {
    const exchange = new Exchange({
      host: "me",
      hostId: "me",
      clock: this.clock,
      memory: { load: () => this.saved, save: (remembered) => void (this.saved = remembered) },
      noop: false,
      waitMs: 1000,
      condition: () => [],
      tell: () => {},
      collected: () => void this.composed++,
      settled: () => {},
    });
    exchange.attach({
      list: (range: KeyRange) =>
        Promise.resolve(
          this.isAway ? fail("away", { code: "unavailable" }) : ok({
            entries: [...this.#entries.values()].filter(({ key }) => isInRange(range, key)),
            revision: 1,
          }),
        ),
      transact: () => Promise.resolve(ok({ succeeded: true, revision: 1, got: [] })),
      watch: (range: KeyRange, _from: number, listener: WatchListener) => {
        const watch = { range, listener };
        this.#watches.push(watch);
        return { close: () => void (this.#watches = this.#watches.filter((one) => one !== watch)) };
      },
    } as unknown as Store);
    return exchange;
  }

  /** The agent starts again, with what it has kept. */
  restart(): void {
    this.exchange.close();
    this.#watches = [];
    this.exchange = this.#open();
  }

  async follow(...rules: CollectRule[]): Promise<void> {
    this.exchange.graph([], rules);
    await this.clock.pass(0);
  }

  put(key: string, value: string, lease?: string): void {
    const revisions = { createRevision: 1, modRevision: 1, version: 1 };
    const entry = { key, value, ...revisions, ...(lease === undefined ? {} : { lease }) };
    this.#entries.set(key, entry);
    this.#tell(key, entry);
  }

  remove(key: string): void {
    this.#entries.delete(key);
    this.#tell(key, undefined);
  }

  #tell(key: string, entry: StoreEntry | undefined): void {
    if (this.isAway) return;
    for (const { range, listener } of [...this.#watches]) {
      if (isInRange(range, key)) listener.changed([{ key, entry, revision: 1 }]);
    }
  }

  /** The cluster is away, and back: what was missed is read again. */
  away(isAway: boolean): void {
    this.isAway = isAway;
    if (!isAway) return this.exchange.compare();
    for (const { listener } of this.#watches.splice(0)) listener.broken(failure("away"));
  }

  exports(host: string): void {
    const value = exportedValue(host, { kind: "file", name: "x", fields: {} });
    assert(value.ok);
    this.put(exportedKey(host, "file", "x"), value.value);
  }

  comes(host: string, lease = "1"): void {
    this.put(liveKey(host), JSON.stringify({ id: host }), lease);
  }

  goes(host: string): void {
    this.remove(liveKey(host));
  }

  /** Of whom the rule takes. */
  taken(rule = RULE): string {
    return this.exchange.offers().filter(({ withdrawn, goneSeconds }) =>
      withdrawn !== true && (rule.graceSeconds === undefined || goneSeconds === undefined ||
        goneSeconds < rule.graceSeconds)
    ).map(({ host }) => host).join(" ");
  }
}

async function siteOf(...hosts: string[]): Promise<Site> {
  const site = new Site();
  for (const host of hosts) {
    site.comes(host);
    site.exports(host);
  }
  await site.follow(RULE);
  return site;
}

Deno.test("live: a host that is gone is let go after its grace, and taken again when it is back", async () => {
  const site = await siteOf("a", "b");
  assertEquals(site.taken(), "a b");
  site.goes("b");
  await site.clock.pass(59_000);
  assertEquals(site.taken(), "a b");
  const before = site.composed;
  await site.clock.pass(2000);
  assertEquals(site.taken(), "a");
  assertEquals(site.composed, before + 1, "one new graph");
  assertEquals(site.taken({ ...RULE, graceSeconds: 3600 }), "a b");
  site.comes("b", "2");
  await site.clock.pass(0);
  assertEquals(site.taken(), "a b");
});

Deno.test("live: who restarts within its lease or the grace was never gone, and nothing is composed", async () => {
  const site = await siteOf("a", "b");
  const before = site.composed;
  site.comes("b", "2"); // killed, and its name taken over with another lease
  site.goes("a"); // stopped, and started again
  await site.clock.pass(30_000);
  site.comes("a", "3");
  await site.clock.pass(300_000);
  assertEquals([site.taken(), site.composed], ["a b", before]);
});

Deno.test("live: lost contact is no death, also where it is lost in the time of grace", async () => {
  const site = await siteOf("a", "b");
  site.goes("b");
  await site.clock.pass(30_000);
  site.away(true);
  site.goes("a"); // nobody hears it
  site.comes("b", "2");
  await site.clock.pass(3_600_000);
  assertEquals(site.taken(), "a b");
  site.away(false);
  await site.clock.pass(30_000);
  assertEquals(site.taken(), "a b", "a has its grace from when that was heard");
  await site.clock.pass(31_000);
  assertEquals(site.taken(), "b");
});

Deno.test("live: after a restart who was gone stays gone, and who was there has its grace", async () => {
  const site = await siteOf("a", "b", "c");
  site.goes("c");
  await site.clock.pass(61_000);
  site.goes("b");
  site.away(true);
  site.restart();
  await site.follow(RULE);
  await site.clock.pass(5000);
  assertEquals(site.taken(), "a b", "without the cluster what was true last is used");
  site.away(false);
  await site.clock.pass(59_000);
  assertEquals(site.taken(), "a b");
  await site.clock.pass(3000);
  assertEquals(site.taken(), "a");
});

Deno.test("live: of a host that was never seen nothing is taken, nor of one whose word has no lease", async () => {
  const site = new Site();
  for (const host of ["a", "dead"]) site.exports(host);
  site.comes("a");
  site.put(liveKey("dead"), "{}");
  site.exchange.graph([], [RULE]);
  assertEquals(site.exchange.unknown(), [RULE], "before that is known nothing is purged");
  await site.clock.pass(0);
  assertEquals([site.taken(), site.exchange.unknown().length], ["a", 0]);
  site.exports("later"); // its export is heard of first
  assertEquals(site.taken(), "a");
  const before = site.composed;
  site.comes("later");
  assertEquals([site.taken(), site.composed], ["a later", before + 1]);
});

Deno.test("live: a rule that becomes one keeps what it has for the time of grace", async () => {
  const site = new Site();
  site.exports("a");
  const { graceSeconds: _, ...rule } = RULE;
  await site.follow(rule);
  assertEquals(site.taken(rule), "a");
  await site.follow(RULE);
  assertEquals(site.taken(), "a");
  await site.clock.pass(61_000);
  assertEquals(site.taken(), "");
  await site.follow(rule);
  assertEquals(site.taken(rule), "a");
});

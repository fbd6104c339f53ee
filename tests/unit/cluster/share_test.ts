/** One host that exports very much takes nothing away from the others. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { ok } from "../../../src/base/result.ts";
import { Exchange } from "../../../src/cluster/exchange/exchange.ts";
import { exportedValue } from "../../../src/cluster/exchange/exported_value.ts";
import { exportedKey } from "../../../src/cluster/store/keys.ts";
import type {
  KeyChange,
  Store,
  StoreEntry,
  WatchListener,
} from "../../../src/cluster/store/store.ts";
import type { CollectRule } from "../../../src/kind/export.ts";
import { registry } from "../../../src/resources/registry.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { warningOf } from "../../support/cluster_news.ts";
import { loadText } from "../../support/load_text.ts";

const RULE: CollectRule = { kind: "file", allow: [], owner: false, withdrawn: "keep" };
/** As many as the whole list took before. */
const VERY_MANY = 20_000;

function entry(host: string, kind: string, name: string): StoreEntry {
  const value = exportedValue(host, { kind, name, fields: {} });
  assert(value.ok);
  const written = { createRevision: 1, modRevision: 1, version: 1 };
  return { key: exportedKey(host, kind, name), value: value.value, ...written };
}

/** So many exports of one kind. */
function many(host: string, kind: string, count: number): StoreEntry[] {
  return Array.from({ length: count }, (_, index) => entry(host, kind, `n${index}`));
}

/** A host that collects from a store with these entries. */
class Collector {
  readonly warnings: string[] = [];
  readonly exchange: Exchange;
  #listener: WatchListener | undefined;

  constructor(entries: readonly StoreEntry[]) {
    this.exchange = new Exchange({
      host: "me",
      hostId: "me",
      clock: new ManualClock(),
      memory: { load: () => undefined, save: () => {} },
      noop: false,
      waitMs: 1000,
      condition: () => [],
      tell: (fact) => void this.warnings.push(...warningOf(fact)),
      collected: () => {},
      settled: () => {},
    });
    this.exchange.attach({
      list: () => Promise.resolve(ok({ entries, revision: 1 })),
      transact: () => Promise.resolve(ok({ succeeded: true, revision: 1, got: [] })),
      watch: (_range: unknown, _from: number, listener: WatchListener) => {
        this.#listener = listener;
        return { close: () => {} };
      },
    } as unknown as Store);
  }

  async follow(...rules: CollectRule[]): Promise<void> {
    this.exchange.graph([], rules);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  change(...changes: KeyChange[]): void {
    this.#listener?.changed(changes);
  }

  /** How many are taken of each host. */
  get taken(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { host, withdrawn } of this.exchange.offers()) {
      if (withdrawn !== true) counts[host] = (counts[host] ?? 0) + 1;
    }
    return counts;
  }
}

Deno.test("a host with very many exports takes nothing away from the others, wanted or not", async () => {
  const unwanted = new Collector([...many("a", "exec", VERY_MANY), entry("b", "file", "x")]);
  await unwanted.follow(RULE);
  assertEquals(unwanted.taken, { b: 1 });
  assertEquals(unwanted.warnings, [], "what nobody wants is no matter");
  assertEquals(unwanted.exchange.unknown(), []);

  const wanted = new Collector([...many("a", "file", VERY_MANY), entry("b", "file", "x")]);
  await wanted.follow(RULE, { ...RULE, host: "b" });
  assertEquals(wanted.taken, { a: LIMITS.exportedResources, b: 1 });
  assertEquals(wanted.warnings.length, 1);
  assertStringIncludes(wanted.warnings[0]!, `a offers ${VERY_MANY} resources`);
  // What is left out may be what is there: nobody removes it.
  assertEquals(wanted.exchange.unknown(), [RULE]);
});

Deno.test("many hosts that together export too much share, and who has little keeps it", async () => {
  const hosts = Array.from({ length: 15 }, (_, index) => `h${index}`);
  const entries = hosts.flatMap((host) => many(host, "file", 1900));
  const collector = new Collector([...entries, ...many("small", "file", 5)]);
  await collector.follow(RULE);
  const { small, ...others } = collector.taken;
  assertEquals(small, 5);
  const most = Math.floor((LIMITS.collectedResources - 5) / 15);
  assertEquals(new Set(Object.values(others)), new Set([most]));
});

Deno.test("what is left out because others came is not withdrawn", async () => {
  const collector = new Collector(many("a", "file", LIMITS.exportedResources));
  await collector.follow(RULE);
  assertEquals(collector.taken, { a: LIMITS.exportedResources });
  const added = entry("a", "file", "a0");
  collector.change({ key: added.key, entry: added, revision: 2 });
  assertEquals(collector.taken, { a: LIMITS.exportedResources });
  assert(collector.exchange.offers().every(({ withdrawn }) => withdrawn !== true));
  collector.change({ key: added.key, entry: undefined, revision: 3 });
  assertEquals(collector.taken, { a: LIMITS.exportedResources });
  assertEquals(collector.exchange.unknown(), []);
});

Deno.test("a graph that exports more than a host may is told, with the place of the first that is not exported", async () => {
  const names = Array.from({ length: LIMITS.exportedResources + 3 }, (_, index) => index);
  const text = `graph: a\nresources:\n  file:\n` +
    names.map((name) => `  - {name: "@@n${name}", path: /tmp/a/${name}, content: x}\n`).join("");
  const outcome = await loadText(text, { file: "g.yaml", directory: "/graphs", registry });
  assert(outcome.ok && "loaded" in outcome);
  const said = outcome.loaded.warnings.map(({ line, message }) => `${line}: ${message}`);
  assertEquals(said.length, 1);
  assertStringIncludes(
    said[0]!,
    `${LIMITS.exportedResources + 4}: file[@@n2000]: it is not exported`,
  );
});

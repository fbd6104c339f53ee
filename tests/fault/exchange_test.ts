import { assert, assertEquals } from "@std/assert";
import { Exchange } from "../../src/cluster/exchange/exchange.ts";
import { exportedKey, exportsRange } from "../../src/cluster/store/keys.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import type { CollectRule, Export, HostExport } from "../../src/kind/export.ts";
import { eventually } from "../support/etcd.ts";
import { EtcdWorld } from "../support/etcd_world.ts";
import { within } from "../support/program.ts";
import { OPTIONS, valueOf } from "../support/store_contract.ts";

/** One host's part, and what it was told. */
class Part {
  readonly exchange: Exchange;
  /** What could be collected, each time that it was said to be different. */
  readonly collected: (readonly HostExport[])[] = [];

  constructor(world: EtcdWorld, host: string, offers: readonly Export[], rules: CollectRule[]) {
    this.exchange = new Exchange({
      host,
      hostId: host,
      clock: createLocalClock(),
      memory: { load: () => undefined, save: () => {} },
      noop: false,
      waitMs: 60_000,
      condition: () => [],
      tell: () => {},
      collected: (offers) => void this.collected.push(offers),
      settled: () => {},
    });
    this.exchange.graph(offers, rules);
    this.exchange.attach(world.open());
  }

  /** Exports something else, and waits until etcd has it. */
  async exports(offers: readonly Export[], rules: CollectRule[] = []): Promise<void> {
    this.exchange.graph(offers, rules);
    await within(60_000, () => !this.exchange.pending, "nobody takes the exports");
  }

  /** The last that could be collected. */
  get words(): string {
    const last = (this.collected.at(-1) ?? []).filter(({ withdrawn }) => withdrawn !== true);
    return last.map(({ host, fields }) => `${host}: ${fields["content"]}`).sort().join(", ");
  }

  async hears(words: string): Promise<void> {
    await within(60_000, () => this.words === words, () => `it heard ${this.words}`);
  }
}

const file = (content: string): Export => ({ kind: "file", name: "motd", fields: { content } });
const rule = (more: Partial<CollectRule> = {}): CollectRule => ({
  ...{ kind: "file", allow: [], owner: false, withdrawn: "keep" },
  ...more,
});

function test(name: string, run: (world: EtcdWorld, parts: Part[]) => Promise<void>): void {
  Deno.test({
    name,
    // On one runtime gRPC's own timers count as left behind.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using world = await EtcdWorld.start();
      const parts: Part[] = [];
      try {
        await run(world, parts);
      } finally {
        for (const { exchange } of parts) exchange.close();
      }
    },
  });
}

test(
  "who collects from certain hosts hears of these only, also when there are several",
  async (world, parts) => {
    const [a, b, c] = ["a", "b", "c"].map((host) => new Part(world, host, [file("1")], []));
    const d = new Part(world, "d", [], [rule({ host: "a" }), rule({ host: "b" })]);
    parts.push(a!, b!, c!, d);
    for (const each of [a!, b!, c!]) await each.exports([file("1")]);
    await d.hears("a: 1, b: 1");
    const before = d.collected.length;
    await c!.exports([file("2")]);
    await b!.exports([file("2")]);
    await d.hears("a: 1, b: 2");
    assertEquals(d.collected.length, before + 1);
  },
);

test(
  "a change that no rule is about, or of the host itself, wakes nobody",
  async (world, parts) => {
    const a = new Part(world, "a", [file("1")], []);
    const rules = [rule({ name: "m*" })];
    const d = new Part(world, "d", [file("own")], rules);
    parts.push(a, d);
    await a.exports([file("1")]);
    await d.hears("a: 1, d: own");
    const before = d.collected.length;
    await a.exports([file("1"), { ...file("x"), name: "other" }]);
    await a.exports([file("1"), { ...file("x"), kind: "svc" }]);
    await d.exports([file("own 2")], rules);
    await a.exports([file("2")]);
    await d.hears("a: 2, d: own 2");
    assertEquals(d.collected.length, before + 1);
  },
);

test("a list that is read again and is the same wakes nobody", async (world, parts) => {
  const a = new Part(world, "a", [file("1")], []);
  const d = new Part(world, "d", [], [rule()]);
  parts.push(a, d);
  await a.exports([file("1")]);
  await d.hears("a: 1");
  const before = d.collected.length;
  d.exchange.attach(world.open());
  await within(60_000, () => !d.exchange.pending, "there is no list");
  await a.exports([file("2")]);
  await d.hears("a: 2");
  assertEquals(d.collected.length, before + 1);
});

test(
  "an export that somebody overwrote or removed is there again at once",
  async (world, parts) => {
    const [a, b] = ["a", "b"].map((host) => new Part(world, host, [file("1")], []));
    const d = new Part(world, "d", [], [rule()]);
    parts.push(a!, b!, d);
    await a!.exports([file("1"), { ...file("x"), name: "other" }]);
    await b!.exports([file("1")]);
    await d.hears("a: 1, a: x, b: 1");
    const store = world.open();
    const key = exportedKey("a", "file", "motd");
    const put = { type: "put", key, value: "spoiled" } as const;
    const all = { type: "deleteRange", range: exportsRange("a") } as const;
    for (const what of [put, all]) {
      const before = d.collected.length;
      const spoiled = valueOf(await store.transact({ when: [], then: [what] }, OPTIONS)).revision;
      await eventually(async () => {
        const { entries } = valueOf(await store.list(exportsRange("a"), { ...OPTIONS, limit: 9 }));
        const mended = entries.find((entry) => entry.key === key);
        return entries.length === 2 && mended !== undefined && mended.modRevision > spoiled;
      }, () => "nobody writes it again");
      // What comes later is heard later.
      await b!.exports([file(`${spoiled}`)]);
      await d.hears(`a: 1, a: x, b: ${spoiled}`);
      // What is spoiled and mended in one message of etcd's is told as nothing at all.
      const told = d.collected.length - before;
      assert(told >= 1 && told <= 3, `told ${told} times`);
    }
  },
);

test(
  "other rules follow other hosts, and what is not followed is not withdrawn",
  async (world, parts) => {
    const [a, b] = ["a", "b"].map((host) => new Part(world, host, [file("1")], []));
    const d = new Part(world, "d", [], [rule({ host: "a", withdrawn: "absent" })]);
    parts.push(a!, b!, d);
    await d.hears("a: 1");
    d.exchange.graph([], [rule({ host: "b" })]);
    await within(60_000, () => !d.exchange.pending, "the other host is not heard of");
    await d.hears("b: 1");
    assertEquals(d.exchange.offers().filter(({ withdrawn }) => withdrawn), []);
    await b!.exports([]);
    await within(60_000, () => d.exchange.offers()[0]?.withdrawn === true, "it is not withdrawn");
  },
);

test(
  "after the store went back in time, what hosts export now is in it again",
  async (world, parts) => {
    const [member] = world.cluster.members;
    const a = new Part(world, "a", [file("1")], []);
    const d = new Part(world, "d", [], [rule()]);
    parts.push(a, d);
    await a.exports([file("1")]);
    await d.hears("a: 1");
    await member!.kill();
    const backup = `${member!.directory}.before`;
    await new Deno.Command("cp", { args: ["-a", member!.directory, backup] }).output();
    member!.start(world.cluster.initial());
    await member!.healthy();
    await a.exports([file("2")]);
    await d.hears("a: 2");
    await member!.kill();
    await Deno.remove(member!.directory, { recursive: true });
    await Deno.rename(backup, member!.directory);
    member!.start(world.cluster.initial());
    a.exchange.compare();
    await d.hears("a: 2");
  },
);

test("without contact all that was collected stays", async (world, parts) => {
  const a = new Part(world, "a", [file("1")], []);
  const d = new Part(world, "d", [], [rule()]);
  parts.push(a, d);
  await d.hears("a: 1");
  d.exchange.attach(undefined);
  assertEquals(d.exchange.offers().map(({ host }) => host), ["a"]);
});

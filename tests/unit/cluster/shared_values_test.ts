/** Values that hosts share: who reads what, and what is never taken for empty. */

import { ABOUT_KEY } from "../../../src/kind/shared_value.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { allUnseen } from "../../../src/cluster/exchange/unseen.ts";
import { ShareBrake } from "../../../src/cluster/exchange/share_brake.ts";
import { exportedKey } from "../../../src/cluster/store/keys.ts";
import type { Export } from "../../../src/kind/export.ts";
import { valueExport } from "../../../src/kind/shared_value.ts";
import { ExchangeWorld } from "../../support/exchange_world.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const DB = ["values", "db"];

Deno.test("what one host shares all others read under its name, until it leaves the graph", async () => {
  const world = new ExchangeWorld();
  const a = world.start("a", { shares: { db: { port: 5432 } } });
  const b = world.start("b", { shares: { db: null, other: 1 } });
  for (const host of [a, b]) {
    await host.readsSoon(DB, '{"a":{"port":5432},"b":null}');
    await host.readsSoon([...DB, "a", "port"], "5432");
  }
  a.shares({ db: { port: 5433 } });
  assertEquals(a.reads(...DB, "a", "port"), "5433", "the own one counts at once");
  await b.readsSoon([...DB, "a", "port"], "5433");
  a.shares({});
  await b.readsSoon(DB, '{"b":null}');
  assertEquals(b.exchange.offers().filter(({ host }) => host === "a"), [], "nothing is collected");
});

Deno.test("a change of a value tells only whoever reads that name, and an equal one is not written", async () => {
  const world = new ExchangeWorld();
  const a = world.start("a", { shares: { db: 1, other: 1 } });
  const b = world.start("b", { shares: {} });
  await b.readsSoon(DB, '{"a":1}');
  let told = 0;
  b.values.watch(() => told++);
  a.shares({ db: 1, other: 2 });
  await world.passes(5000);
  assertEquals(told, 0);
  const before = await world.look(exportedKey("a", "value", "db"));
  a.shares({ other: 2, db: 1 });
  await world.passes(5000);
  assertEquals(await world.look(exportedKey("a", "value", "db")), before);
  a.shares({ db: 2, other: 2 });
  await b.readsSoon(DB, '{"a":2}');
  assertEquals(told, 1);
});

Deno.test("what is read is not known before the cluster has said it, or was waited for", async () => {
  const world = new ExchangeWorld();
  const a = world.start("a", { shares: { db: 1 }, isAway: true });
  assertEquals([a.reads(...DB), a.reads("hosts")], ["?", "?"]);
  await world.passes(59_000);
  assertEquals(a.reads(...DB), "?");
  await world.passes(1500);
  assertEquals(a.reads(...DB), '{"a":1}', "it goes on with its own");
  assertEquals(a.reads("hosts"), '{"a":{"labels":{},"live":true}}');
  a.joins();
  world.start("b", { shares: { db: 2 } });
  await a.readsSoon(DB, '{"a":1,"b":2}');
});

Deno.test("after a restart the last known values count at once, also the own, while the cluster is away", async () => {
  for (const secret of [undefined, "s"]) {
    const world = new ExchangeWorld();
    const a = world.start("a", { secret, shares: { db: 1 } });
    const b = world.start("b", { secret, shares: { db: 2 } });
    await b.readsSoon(DB, '{"a":1,"b":2}');
    await b.readsSoon(["values", "nobody"], "{}");
    const memory = b.stop();
    a.stop();
    const again = world.start("b", { secret, memory, shares: undefined, isAway: true });
    assertEquals(again.reads(...DB), '{"a":1,"b":2}');
    assertEquals(again.reads("values", "nobody"), "{}", "known to be shared by nobody");
    assertEquals(again.reads("values", "new"), "?");
    again.joins();
    await again.readsSoon(["values", "new"], "{}");
    assertEquals(again.reads(...DB), '{"a":1,"b":2}', "a host that stopped still shares");
    const there = await world.look("/_mgmt/exported/b/resources/");
    assertEquals(
      [...there.keys()],
      [exportedKey("b", "value", "db")],
      "no graph withdraws nothing",
    );
    // What a run has not read the next one may still want.
    const later = world.start("b", {
      secret,
      memory: again.stop(),
      shares: undefined,
      isAway: true,
    });
    assertEquals(later.reads(...DB), '{"a":1,"b":2}');
    later.stop();
  }
});

Deno.test("a run that changes nothing reads, and shares nothing", async () => {
  const world = new ExchangeWorld();
  world.start("a", { shares: { db: 1 } });
  const would = world.start("b", { noop: true, shares: { db: 2 } });
  await would.readsSoon(DB, '{"a":1,"b":2}');
  assertEquals((await world.look("/_mgmt/exported/b/")).size, 0);
});

Deno.test("what a stranger writes among sealed values is none, and takes none away", async () => {
  const world = new ExchangeWorld();
  const a = world.start("a", { secret: "s", shares: { db: 1 } });
  const b = world.start("b", { secret: "s", shares: {} });
  await b.readsSoon(DB, '{"a":1}');
  const value = '{"version":1,"id":"x","fields":{"value":666}}';
  await world.does({ type: "put", key: exportedKey("c", "value", "db"), value });
  await world.does({ type: "delete", key: exportedKey("a", "value", "db") });
  await world.passes(3000);
  assertEquals(b.reads(...DB), '{"a":1}');
  a.shares({});
  await b.readsSoon(DB, "{}");
});

Deno.test("hosts are known by their labels while they share any, and as live while they are there", async () => {
  const world = new ExchangeWorld();
  const a = world.start("a");
  const b = world.start("b");
  b.values.about(ABOUT_KEY, { labels: { role: "db" } });
  await world.alive("b", "c");
  await a.readsSoon(
    ["hosts"],
    '{"a":{"labels":{},"live":true},"b":{"labels":{"role":"db"},"live":true},' +
      '"c":{"labels":{},"live":true}}',
  );
  await world.gone("b", "c");
  await world.passes(50_000);
  assertStringIncludes(a.reads("hosts"), '"c":', "it may only start again");
  await a.readsSoon(
    ["hosts"],
    '{"a":{"labels":{},"live":true},"b":{"labels":{"role":"db"},"live":false}}',
  );
  b.values.about(ABOUT_KEY, { labels: { role: "web" } });
  await a.readsSoon(["hosts", "b", "labels", "role"], '"web"');
});

Deno.test("two or three hosts whose values are made from each other's come to no rest, are slowed, and named on each", async () => {
  for (const names of [["a", "b"], ["a", "b", "c"]]) {
    const world = new ExchangeWorld();
    const hosts = names.map((name) => world.start(name, { shares: { [`of-${name}`]: 0 } }));
    // Each counts on from the one before it, as a program would that is a function of what it reads.
    hosts.forEach((host, index) => {
      const from = names.at(index - 1)!;
      const evaluate = () => {
        const read = host.values.read(["values", `of-${from}`, from]);
        const value = read.isKnown && typeof read.value === "number" ? read.value + 1 : 0;
        if (shared !== value) host.shares({ [`of-${names[index]}`]: shared = value });
      };
      let shared = 0;
      host.values.watch(() => void Promise.resolve().then(evaluate));
      evaluate();
    });
    await world.passes(40_000);
    for (const [index, host] of hosts.entries()) {
      const said = host.warnings.join("\n");
      assertStringIncludes(said, `value[of-${names[index]}] changes all the time`);
      assertStringIncludes(said, `this host reads of-${names.at(index - 1)}`);
      assertStringIncludes(said, `value[of-${names.at(index - 1)}] of host ${names.at(index - 1)}`);
      assertEquals(host.warnings.length, 2, said);
      // 30 at once, and one in ten seconds from then on, of each.
      const own = Number(host.reads("values", `of-${names[index]}`, names[index]!));
      assert(own > 30 && own < names.length * (31 + 5), `${own}`);
    }
  }
});

Deno.test("a value that changes all the time goes out every ten seconds, and at once again when it came to rest", async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const out: (readonly Export[])[] = [];
  let offers: readonly Export[] = [];
  const brake = new ShareBrake({
    clock,
    tell: (news) => void told.push(news.what),
    reads: () => [],
    again: () => void out.push(brake.pass(offers)),
  });
  const file: Export = { kind: "file", name: "f", fields: {} };
  const share = (value?: number) => {
    offers = [file, ...(value === undefined ? [] : [valueExport("db", value)])];
    return JSON.stringify(brake.pass(offers).at(1)?.fields ?? null);
  };
  for (let count = 0; count < 31; count++) assertEquals(share(count), `{"value":${count}}`);
  assertEquals(told, ["share-slowed"]);
  assertEquals(share(31), '{"value":30}');
  assertEquals(share(), '{"value":30}', "to take it back is a change, too");
  await clock.pass(9900);
  assertEquals(out, []);
  await clock.pass(200);
  assertEquals(out, [[file]]);
  assertEquals(share(32), "null");
  await clock.pass(300_000);
  assertEquals(out.slice(1).map((each) => each[1]?.fields), [{ value: 32 }]);
  assertEquals([share(33), share(34)], ['{"value":33}', '{"value":34}']);
  assertEquals(told, ["share-slowed"]);
  brake.close();
});

Deno.test("in a cluster that is another one, what a host shared before counts until it has come", async () => {
  const world = new ExchangeWorld();
  world.start("a", { shares: { db: 1 } });
  const b = world.start("b", { shares: {} });
  await b.readsSoon(DB, '{"a":1}');
  const memory = allUnseen(b.stop()!);
  const next = new ExchangeWorld();
  const again = next.start("b", { memory, cluster: "other", shares: {} });
  assertEquals(again.reads(...DB), '{"a":1}');
  await next.passes(3000);
  assertEquals(again.reads(...DB), '{"a":1}', "a has not come");
  const a = next.start("a", { cluster: "other", shares: { db: 2 } });
  await again.readsSoon(DB, '{"a":2}');
  a.shares({});
  await again.readsSoon(DB, "{}");
});

Deno.test("what is read no more is remembered, and counts at once when it is read again", async () => {
  const world = new ExchangeWorld();
  world.start("a", { shares: { db: 1, other: 2 } });
  const b = world.start("b", { shares: {} });
  await b.readsSoon(DB, '{"a":1}');
  await b.readsSoon(["values", "other"], '{"a":2}');
  b.values.keep([["values", "other"]]);
  assertEquals(b.values.keys, ["other"]);
  assertEquals(b.reads(...DB), '{"a":1}');
  b.values.keep([]);
  const again = world.start("b", { memory: b.stop(), shares: undefined, isAway: true });
  assertEquals([again.reads(...DB), again.reads("values", "other")], ['{"a":1}', '{"a":2}']);
});

Deno.test("a host that has left knows only of itself, and of others again when it is back", async () => {
  const world = new ExchangeWorld();
  world.start("a", { shares: { db: 1 } });
  const b = world.start("b", { shares: { db: 2 } });
  await b.readsSoon(DB, '{"a":1,"b":2}');
  b.exchange.close();
  b.values.alone();
  assertEquals(b.reads(...DB), '{"b":2}');
  assertEquals(b.reads("hosts"), '{"b":{"labels":{},"live":true}}');
});

Deno.test("labels that are not known for a moment are not taken back", async () => {
  const world = new ExchangeWorld();
  const a = world.start("a");
  const b = world.start("b");
  b.values.about(ABOUT_KEY, { labels: { role: "db" } });
  await b.readsSoon(DB, "{}");
  await a.readsSoon(["hosts", "b", "labels", "role"], '"db"');
  const again = world.start("b", { memory: b.stop(), shares: undefined });
  again.values.aboutNotKnown(ABOUT_KEY);
  again.shares({});
  await world.passes(3000);
  assertEquals(a.reads("hosts", "b", "labels", "role"), '"db"');
  again.values.about(ABOUT_KEY, { labels: {} });
  await a.readsSoon(["hosts", "b", "labels", "role"], "null");
});

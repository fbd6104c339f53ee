/**
 * What a stranger who can write to the store of a cluster of one machine makes of the others: nothing.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { exportedKey } from "../../../src/cluster/store/keys.ts";
import type { StoreOperation } from "../../../src/cluster/store/store.ts";
import { type ExchangePart, ExchangeWorld } from "../../support/exchange_world.ts";

const OURS = { secret: "ours" };
const ALL = { ...OURS, rules: [{}] };
const X = exportedKey("a", "file", "x");
const Y = exportedKey("a", "file", "y");
const Z = exportedKey("a", "file", "z");
const OF_A = "/_mgmt/exported/a/";
const LIST = `${OF_A}list`;
const BARE = JSON.stringify({ version: 1, id: "a", fields: { content: "evil" } });

const put = (key: string, value: string): StoreOperation => ({ type: "put", key, value });
const remove = (key: string): StoreOperation => ({ type: "delete", key });

/** A stranger does that: the collector has and loses nothing by it, not even for a moment. */
async function inVain(
  world: ExchangeWorld,
  collector: ExchangePart,
  ...what: StoreOperation[]
): Promise<void> {
  const { state } = collector;
  collector.seen = [];
  await world.does(...what);
  await world.passes(500);
  assertEquals(new Set([...collector.seen, collector.state]), new Set([state]));
}

for (const isThere of [true, false]) {
  const state = isThere ? "while its host runs" : "after its host has ended";
  Deno.test(`a stranger's values are left out and named once: new keys, those of others, copies (${state})`, async () => {
    const world = new ExchangeWorld();
    const [a, b] = [world.start("a", OURS), world.start("b", ALL)];
    await a.exports({ x: "1", y: "2" });
    await b.hasSoon("a/x=1 a/y=2");
    if (!isThere) a.stop();
    const value = (await world.look(Y)).get(Y)!;
    const theirs = new ExchangeWorld();
    await theirs.start("a", { secret: "theirs" }).exports({ x: "evil" });
    const otherUsers = (await theirs.look(X)).get(X)!;
    const elsewhere = new ExchangeWorld();
    await elsewhere.start("a", { ...OURS, cluster: "d" }).exports({ x: "evil" });
    const otherCluster = (await elsewhere.look(X)).get(X)!;
    for (
      const [key, forged] of [
        [exportedKey("mallory", "file", "new"), BARE],
        [exportedKey("a", "file", "new"), BARE],
        [X, BARE],
        [X, otherUsers],
        [X, otherCluster],
        [X, value],
        [exportedKey("mallory", "file", "y"), value],
        [X, value.replace('"2"', '"3"')],
        [X, "garbage"],
        [X, BARE.replace("}}", '},"withdrawn":true}')],
        [LIST, JSON.stringify({ version: 1, keys: "" })],
      ] as const
    ) await inVain(world, b, put(key, forged));
    assertEquals(
      new Set(b.warnings.map((text) => text.replace(/.*(is left out: )/, "$1"))),
      new Set([
        "is left out: /_mgmt/exported/mallory/resources/file/new",
        "is left out: /_mgmt/exported/a/resources/file/new",
        "is left out: /_mgmt/exported/a/resources/file/x",
        "is left out: /_mgmt/exported/mallory/resources/file/y",
      ]),
    );
    assertEquals(b.warnings.length, 4, b.warnings.join("\n"));
    if (!isThere) return;
    await world.passes(12_000);
    const left = [...(await world.look(OF_A)).keys()];
    assertEquals(left, [LIST, X, Y], "strange keys below its name are removed");
  });
}

for (const isThere of [true, false]) {
  const state = isThere ? "whose host publishes it again" : "of a host that has ended";
  Deno.test(`a value of before that a stranger puts back changes nothing, also for a collector that starts again (${state})`, async () => {
    const world = new ExchangeWorld();
    const [a, b] = [world.start("a", OURS), world.start("b", ALL)];
    await a.exports({ x: "1", y: "1", z: "1" });
    await b.hasSoon("a/x=1 a/y=1 a/z=1");
    const before = await world.look(OF_A);
    await a.exports({ x: "2", y: "1" });
    await b.hasSoon("a/x=2 a/y=1");
    await world.passes(5000);
    const after = await world.look(OF_A);
    if (!isThere) a.stop();
    const all = [...before].map(([key, value]) => put(key, value));
    await inVain(world, b, put(X, before.get(X)!));
    await inVain(world, b, remove(X), put(Z, before.get(Z)!));
    await inVain(world, b, ...all);
    const next = world.start("b", { ...ALL, memory: b.stop() });
    await next.hasSoon("a/x=2 a/y=1");
    await inVain(world, next, remove(X));
    await inVain(world, next, ...all);
    const last = world.start("b", { ...ALL, memory: next.stop() });
    await last.hasSoon("a/x=2 a/y=1");
    if (isThere) await world.passes(12_000);
    if (isThere) assertEquals(await world.look(OF_A), after);
  });

  Deno.test(`what a stranger removes is not withdrawn, whatever of it he removes (${state})`, async () => {
    const world = new ExchangeWorld();
    const [a, b] = [world.start("a", OURS), world.start("b", ALL)];
    await a.exports({ x: "1", y: "1" });
    await b.hasSoon("a/x=1 a/y=1");
    const all = await world.look(OF_A);
    if (!isThere) a.stop();
    await inVain(world, b, remove(X));
    await inVain(world, b, remove(X), remove(LIST));
    await inVain(world, b, ...[...all.keys()].map(remove));
    const next = world.start("b", { ...ALL, memory: b.stop() });
    await next.hasSoon("a/x=1 a/y=1");
    if (isThere) await world.passes(12_000);
    if (isThere) assertEquals(await world.look(OF_A), all);
  });
}

Deno.test("what its own host withdraws is gone, also for a collector that was away, and may come again; what a stranger removes is not", async () => {
  const world = new ExchangeWorld();
  const [a, b, c] = [world.start("a", OURS), world.start("b", ALL), world.start("c", ALL)];
  await a.exports({ x: "1", y: "1" });
  for (const each of [b, c]) await each.hasSoon("a/x=1 a/y=1");
  await inVain(world, c, remove(Y), remove(LIST));
  const memory = b.stop();
  await a.exports({ x: "1" });
  await c.hasSoon("a/x=1");
  assertEquals(c.withdrawn, "a/y");
  const next = world.start("b", { ...ALL, memory });
  await next.hasSoon("a/x=1");
  assertEquals(next.withdrawn, "a/y");
  await a.exports({ x: "1", y: "1" });
  for (const each of [next, c]) await each.hasSoon("a/x=1 a/y=1");
  await world.store.settle(a.exchange.withdraw());
  for (const each of [next, c]) await each.hasSoon("");
});

Deno.test("a store that went back in time gives nobody what is older than what he has", async () => {
  const world = new ExchangeWorld();
  const [a, b] = [world.start("a", OURS), world.start("b", ALL)];
  await a.exports({ x: "1", y: "1" });
  await b.hasSoon("a/x=1 a/y=1");
  const snapshot = await world.look(OF_A);
  await a.exports({ x: "2", w: "2" });
  await b.hasSoon("a/w=2 a/x=2");
  a.stop();
  const now = await world.look(OF_A);
  const gone = [...now.keys()].filter((key) => !snapshot.has(key)).map(remove);
  await inVain(world, b, ...gone, ...[...snapshot].map(([key, value]) => put(key, value)));
  const next = world.start("a", OURS);
  await next.exports({ x: "3" });
  await b.hasSoon("a/x=3");
});

Deno.test("an exporter that starts again is believed, also where its clock was set back or it has a new place for its state; its earlier values are not", async () => {
  const world = new ExchangeWorld();
  const values: StoreOperation[] = [];
  const b = world.start("b", ALL);
  for (const [index, wallMs] of [2_000_000, 3_000_000, 500_000].entries()) {
    world.wallMs = wallMs;
    const a = world.start("a", OURS);
    await a.exports({ x: `${index}` });
    await b.hasSoon(`a/x=${index}`);
    a.stop();
    values.push(put(X, (await world.look(X)).get(X)!));
  }
  for (const value of values) await inVain(world, b, value);
});

Deno.test("what an older build, another user's agent or another cluster has is not taken; with other machines all is", async () => {
  const world = new ExchangeWorld();
  const [old, other] = [world.start("old"), world.start("other", { secret: "theirs" })];
  await old.exports({ x: "1" });
  await other.exports({ x: "1" });
  const offers = [{ host: "old", hostId: "old", kind: "file", name: "x", fields: {} }];
  const memory = { atMs: 1, offers, withdrawn: offers };
  const b = world.start("b", { ...ALL, memory });
  await world.passes(5000);
  assertEquals([b.has, b.withdrawn], ["", ""]);
  assertMatch(b.warnings.join("\n"), /an export that has no MAC .*exported\/old\//);
  assertMatch(b.warnings.join("\n"), /an export that no agent of this user .*exported\/other\//);

  const away = world.start("away", { rules: [{}] });
  await away.hasSoon("old/x=1 other/x=1");
  assertEquals(away.warnings, [], "with other machines all is taken as it is");

  const [ours, c] = [world.start("ours", OURS), world.start("c", ALL)];
  await ours.exports({ x: "1" });
  await c.hasSoon("ours/x=1");
  const next = new ExchangeWorld();
  await next.start("a", { ...OURS, cluster: "d" }).exports({ x: "1" });
  const moved = next.start("c", { ...ALL, cluster: "d", memory: c.stop() });
  await moved.hasSoon("a/x=1");

  const open = next.start("c", { rules: [{}], cluster: "d", memory: moved.stop() });
  await next.start("old").exports({ x: "1" });
  await open.hasSoon("a/x=1 old/x=1");
  const strict = next.start("c", { ...ALL, cluster: "d", memory: open.stop() });
  await strict.hasSoon("a/x=1");
  assertEquals(strict.seen.filter((state) => state.includes("old")), []);
});

Deno.test("many strange keys are not all named", async () => {
  const world = new ExchangeWorld();
  const b = world.start("b", ALL);
  await world.passes(1000);
  const keys = Array.from({ length: 100 }, (_, index) => exportedKey("m", "file", `${index}`));
  await world.does(...keys.map((key) => put(key, BARE)));
  await world.passes(1000);
  assertEquals(b.warnings.length, 21);
  assertEquals(b.warnings.at(-1), "further exports that are left out are not named");
});

Deno.test("an own export that somebody overwrote or removed is mended at once, said once, and not without end", async () => {
  for (const secret of ["ours", undefined]) {
    const world = new ExchangeWorld();
    const a = world.start("a", { secret });
    await a.exports({ x: "1", y: "1" });
    const right = await world.look(OF_A);
    let waitMs = 100;
    for (const what of [[put(X, BARE)], [remove(X)], [put(Z, BARE)], [remove(X), remove(Y)]]) {
      await world.does(...what);
      await world.passes(waitMs);
      assertEquals(await world.look(OF_A), right);
      waitMs *= 2;
    }
    assertEquals(a.warnings.length, 3, a.warnings.join("\n"));
    assertMatch(
      a.warnings[0]!,
      /what this host exports was not in the cluster .* is mended: .*file\/x/,
    );
    const before = world.store.model.data.revision;
    for (let count = 0; count < 40; count++) {
      await world.does(put(X, `${count}`));
      await world.passes(100);
    }
    const mended = world.store.model.data.revision - before - 40;
    assertEquals(mended > 1 && mended < 8, true, `${mended} writes in four seconds`);
    await world.passes(8000);
    assertEquals(await world.look(OF_A), right);
    const { revision } = world.store.model.data;
    a.exchange.compare();
    await world.passes(100);
    assertEquals(world.store.model.data.revision, revision, "there was nothing to be mended");
  }
});

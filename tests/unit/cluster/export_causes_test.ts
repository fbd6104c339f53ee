/** The cause of an export's last change goes with it, also where values are signed; alone it writes nothing. */

import { assert, assertEquals } from "@std/assert";
import type { ExportCause } from "../../../src/kind/export.ts";
import { exportedKey } from "../../../src/cluster/store/keys.ts";
import { readExported } from "../../../src/cluster/exchange/exported_value.ts";
import {
  type ExchangePart,
  ExchangeWorld,
  type PartOptions,
} from "../../support/exchange_world.ts";

const KEY = exportedKey("h1", "file", "motd");
const PREFIX = KEY.slice(0, KEY.indexOf("h1"));
const all = { rules: [{ pattern: "/srv/" }] };

for (const secret of [undefined, "a secret of one user"]) {
  const how = secret === undefined ? "plain" : "signed";
  const user: PartOptions = { ...all, secret };

  Deno.test(`${how}: what is collected says why it was changed there last, and only that`, async () => {
    const world = new ExchangeWorld();
    let cause: ExportCause = { text: "it was read" };
    const h1 = world.start("h1", { ...user, cause: () => cause });
    const h2 = world.start("h2", user);
    await h1.exports({ motd: "one", other: "o" });
    await h2.hasSoon("h1/motd=one h1/other=o");
    cause = { text: 'it was "changed"\n' };
    await h1.exports({ motd: "two", other: "o" });
    await h2.hasSoon("h1/motd=two h1/other=o");
    assertEquals(causes(h2), { motd: cause, other: { text: "it was read" } });
  });

  Deno.test(`${how}: another cause alone writes nothing and wakes nobody, also in the next run`, async () => {
    const world = new ExchangeWorld();
    const first = world.start("h1", { ...user, cause: () => ({ text: "one" }) });
    const h2 = world.start("h2", user);
    await first.exports({ motd: "one" });
    await h2.hasSoon("h1/motd=one");
    let before = (await world.look(KEY)).get(KEY);
    const told = h2.seen.length;
    await first.exports({ motd: "one" });
    await world.passes(1000);
    assertEquals((await world.look(KEY)).get(KEY), before);
    assertEquals(h2.seen.length, told);
    const memory = first.stop();
    world.start("h1", {
      ...user,
      memory,
      files: { motd: "one" },
      cause: () => ({ text: "nine" }),
    });
    await world.passes(1000);
    const after = (await world.look(KEY)).get(KEY);
    // Signatures of an earlier run are made anew; what is signed stays.
    if (secret !== undefined) before = before?.replace(/,"counter.*/, "");
    assert(before !== undefined && after?.startsWith(before), after);
    assertEquals(causes(h2), { motd: { text: "one" } });
  });

  Deno.test(`${how}: a host that tells no causes keeps to what is there, and is collected as before`, async () => {
    const world = new ExchangeWorld();
    const first = world.start("h1", { ...user, cause: () => ({ text: "one" }) });
    const h2 = world.start("h2", user);
    await first.exports({ motd: "one" });
    await h2.hasSoon("h1/motd=one");
    world.start("h1", { ...user, memory: first.stop(), files: { motd: "two" } });
    await h2.hasSoon("h1/motd=two");
    assertEquals(causes(h2), {});
  });
}

Deno.test("what a stranger puts behind a cause is no part of it, and is mended", async () => {
  const world = new ExchangeWorld();
  const h1 = world.start("h1", { ...all, cause: () => ({ text: "one" }) });
  const h2 = world.start("h2", all);
  await h1.exports({ motd: "one" });
  await h2.hasSoon("h1/motd=one");
  const value = (await world.look(KEY)).get(KEY) ?? "";
  const evil = `${value.slice(0, -1)},"fields":{"content":"evil"}}`;
  await world.does({ type: "put", key: KEY, value: evil });
  await world.passes(60_000);
  await h2.hasSoon("h1/motd=one");
  assertEquals((await world.look(PREFIX)).get(KEY), value);
  // In the next run, too, which knows of no value but what is there.
  const memory = h1.stop();
  await world.does({ type: "put", key: KEY, value: evil });
  await h2.hasSoon("h1/motd=evil");
  world.start("h1", { ...all, memory, files: { motd: "one" } });
  await h2.hasSoon("h1/motd=one");
});

Deno.test("a cause that is no cause is left out, and its export is taken", () => {
  const value = (cause: unknown) =>
    JSON.stringify({ version: 1, id: "1", fields: { content: "c" }, cause });
  for (const cause of [1, null, "x", {}, { text: 1 }, { text: "t".repeat(301) }]) {
    const read = readExported(KEY, value(cause));
    assert(read !== undefined && read.cause === undefined, JSON.stringify(cause));
  }
  // Older agents say a number, too.
  assertEquals(readExported(KEY, value({ entry: 0, text: "t", more: 1 }))?.cause, { text: "t" });
});

function causes(part: ExchangePart): Record<string, unknown> {
  return Object.fromEntries(
    part.exchange.offers().filter(({ cause }) => cause !== undefined)
      .map(({ name, cause }) => [name, cause]),
  );
}

import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { assertSpyCalls, spy } from "@std/testing/mock";
import { failure } from "../../../src/base/result.ts";
import { fakePackages, FREELY, STEP_MS, wanted } from "../../support/fake_packages.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HERE = new AbortController().signal;

Deno.test("for a package that is missing in old lists they are fetched once", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.onRefresh = () => {
    provider.offered.set("new", "1");
    provider.ageMs = 0;
    return undefined;
  };
  const made = ["new", "nobody"].map((name) => packages.change(wanted(name)));
  await clock.pass(20 * STEP_MS);
  assertEquals(await made[0], undefined);
  assertEquals((await made[1])?.code, "package-unknown");
  assertEquals(provider.refreshes, 1);
});

Deno.test("the mirrors are not asked again and again for what they do not have", async () => {
  const { clock, provider, packages } = fakePackages();
  for (let count = 0; count < 5; count++) {
    const made = packages.change(wanted("nobody"));
    await clock.pass(MINUTE_MS);
    assertEquals((await made)?.code, "package-unknown");
  }
  assertEquals(provider.refreshes, 1);
  await clock.pass(10 * MINUTE_MS);
  void packages.change(wanted("nobody"));
  await clock.pass(MINUTE_MS);
  assertEquals(provider.refreshes, 2);
});

Deno.test("lists that somebody has just fetched are not fetched for what is missing in them", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.ageMs = MINUTE_MS;
  const made = packages.change(wanted("nobody"));
  await clock.pass(MINUTE_MS);
  assertEquals((await made)?.code, "package-unknown");
  assertEquals(provider.refreshes, 0);
});

Deno.test("looking never fetches the lists", async () => {
  const { clock, provider, packages } = fakePackages();
  void packages.look("nobody", FREELY);
  await clock.pass(MINUTE_MS);
  assertEquals(provider.refreshes, 0);
});

Deno.test("what cannot be downloaded is tried once more with new lists", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.offered.set("a", "1");
  provider.bad.set("a", failure("404", { code: "download" }));
  provider.onRefresh = () => {
    provider.bad.delete("a");
    provider.offered.set("a", "2");
    return undefined;
  };
  const made = packages.change(wanted("a"));
  await clock.pass(MINUTE_MS);
  assertEquals(await made, undefined);
  assertEquals([provider.refreshes, provider.transactions.length], [1, 2]);
  assertEquals(provider.installed.get("a"), "2");
});

Deno.test("with new lists it still cannot be downloaded: that is its failure", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.offered.set("a", "1");
  provider.bad.set("a", failure("404", { code: "download" }));
  const made = packages.change(wanted("a"));
  await clock.pass(MINUTE_MS);
  assertEquals((await made)?.code, "download");
  assertEquals([provider.refreshes, provider.transactions.length], [1, 2]);
});

Deno.test("for the newest version lists of yesterday are fetched once for all who ask", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.ageMs = 25 * HOUR_MS;
  provider.onRefresh = () => {
    provider.ageMs = 0;
    return undefined;
  };
  const asked = [packages.freshen(HERE), packages.freshen(HERE)];
  await clock.pass(MINUTE_MS);
  assertEquals(await Promise.all(asked), [undefined, undefined]);
  assertEquals(provider.refreshes, 1);
  const again = packages.freshen(HERE);
  await clock.pass(MINUTE_MS);
  assertEquals(await again, undefined);
  assertEquals(provider.refreshes, 1);
});

Deno.test("where nobody knows how old the lists are, what was done here counts", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.ageMs = undefined;
  for (const [passMs, refreshes] of [[MINUTE_MS, 1], [HOUR_MS, 1], [25 * HOUR_MS, 2]] as const) {
    await clock.pass(passMs);
    const asked = packages.freshen(HERE);
    await clock.pass(MINUTE_MS);
    assertEquals(await asked, undefined);
    assertEquals(provider.refreshes, refreshes);
  }
});

Deno.test("lists that cannot be fetched are told of, and tried again later", async () => {
  const { clock, provider, packages } = fakePackages();
  provider.onRefresh = () => failure("no network", { code: "no-network" });
  for (const refreshes of [1, 1]) {
    const asked = packages.freshen(HERE);
    await clock.pass(MINUTE_MS);
    assertEquals((await asked)?.code, "no-network");
    assertEquals(provider.refreshes, refreshes);
  }
  await clock.pass(15 * MINUTE_MS);
  void packages.freshen(HERE);
  await clock.pass(MINUTE_MS);
  assertEquals(provider.refreshes, 2);
});

Deno.test("who leaves does not stop the fetching for the others", async () => {
  const { clock, provider, packages } = fakePackages();
  const leaving = new AbortController();
  const asked = [packages.freshen(leaving.signal), packages.freshen(HERE)];
  await clock.pass(1);
  leaving.abort();
  assertEquals((await asked[0])?.code, "stopped");
  await clock.pass(MINUTE_MS);
  assertEquals(await asked[1], undefined);
  assertEquals(provider.refreshes, 1);
});

Deno.test("who watches is told once it is quiet, and not in the middle of a transaction", async () => {
  const { clock, provider, packages } = fakePackages();
  const told = spy();
  const watch = packages.watch(told);
  await clock.pass(STEP_MS);
  assertSpyCalls(told, 1);
  for (let count = 0; count < 20; count++) {
    provider.happen();
    await clock.pass(1);
  }
  assertSpyCalls(told, 1);
  await clock.pass(STEP_MS);
  assertSpyCalls(told, 2);
  provider.offered.set("a", "1");
  const made = packages.change(wanted("a"));
  await clock.pass(1.5 * STEP_MS);
  assertEquals(provider.transactions.length, 1);
  provider.happen();
  await clock.pass(STEP_MS / 4);
  assertSpyCalls(told, 2);
  await clock.pass(10 * STEP_MS);
  assertEquals(await made, undefined);
  assertSpyCalls(told, 3);
  watch.close();
  assertEquals(provider.watched, 0);
  assertEquals(clock.armed, 0);
});

Deno.test("somebody who never stops changing packages is heard of all the same", async () => {
  const { clock, provider, packages } = fakePackages();
  const told = spy();
  const watch = packages.watch(told);
  await clock.pass(STEP_MS);
  for (let passedMs = 0; passedMs < 3000; passedMs += 20) {
    provider.happen();
    await clock.pass(20);
  }
  assertGreaterOrEqual(told.calls.length, 3);
  watch.close();
});

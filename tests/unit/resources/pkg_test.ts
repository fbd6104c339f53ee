import { assertEquals, assertMatch } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import type { Host } from "../../../src/host/host.ts";
import type { PackageState } from "../../../src/packages/packages.ts";
import pkg from "../../../src/resources/pkg/kind.ts";
import type { PkgFields } from "../../../src/resources/pkg/fields.ts";
import { difference } from "../../../src/resources/pkg/check.ts";
import { fakePackages, type FakeProvider } from "../../support/fake_packages.ts";
import { type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";
import type { ManualClock } from "../../support/manual_clock.ts";

const HOUR_MS = 3600_000;

async function issuesOf(fields: PkgFields, name = "nginx"): Promise<string[]> {
  const { issues } = await resolving(pkg, fields, name);
  return issues.map(({ path, message, hint }) => `${path.join(".")}: ${message}; ${hint}`);
}

Deno.test("names and states of packages are checked before anything is done", async () => {
  for (const name of ["nginx", "libstdc++6", "python3.11", "libc6:i386", "0ad"]) {
    assertEquals(await issuesOf({}, name), [], name);
  }
  for (const name of ["", "a b", "-y", "nginx*", "nginx=1.0", "a;b;c;d", "./x.deb", "é"]) {
    assertMatch((await issuesOf({}, name)).join(), /is not the name of a package/, name);
  }
  for (const state of ["installed", "uninstalled", "newest", "1:2.3~rc1+b2-4", "7"]) {
    assertEquals(await issuesOf({ state }), [], state);
  }
  for (
    const [state, meant] of [["latest", "newest"], ["absent", "uninstalled"], [
      "Present",
      "installed",
    ]]
  ) {
    assertMatch((await issuesOf({ state: state ?? "" })).join(), new RegExp(`say ${meant}`));
  }
  assertMatch((await issuesOf({ state: ">= 2" })).join(), /neither a state nor a version/);
});

Deno.test("what is and what should be is one line", async () => {
  const cases: readonly [string, Partial<PackageState>, string | undefined][] = [
    ["installed", { installed: "1" }, undefined],
    ["installed", { installed: "1", available: "2" }, undefined],
    ["installed", { available: "2" }, "nginx is not installed (2 is available)"],
    ["installed", {}, "nginx is not installed (and no source is known to offer it)"],
    ["installed", { installed: "1", broken: "half-configured" }, "nginx 1 is half-configured"],
    ["newest", { installed: "1", available: "1" }, undefined],
    ["newest", { installed: "1" }, undefined],
    ["newest", { installed: "1", available: "2" }, "nginx 1 → 2"],
    ["1.5", { installed: "1.5", available: "2" }, undefined],
    ["1.5", { installed: "2", available: "2" }, "nginx 2 → 1.5"],
    ["1.5", { available: "2" }, "nginx is not installed (1.5 is wanted)"],
    ["uninstalled", { available: "2" }, undefined],
    ["uninstalled", { installed: "2" }, "nginx 2 is installed"],
    ["uninstalled", { installed: "2", broken: "unpacked" }, "nginx 2 is unpacked"],
  ];
  for (const [state, known, said] of cases) {
    const { params } = await resolving(pkg, { state }, "nginx");
    assertEquals(difference(params, { name: "nginx", near: [], ...known }), said, state);
  }
});

/** A package on a host whose package manager is a fake one. */
async function resource(fields: PkgFields) {
  const { clock, provider, packages } = fakePackages();
  const host = { packages } as unknown as Host;
  const world = { host, said: [] as string[], claimed: new Set<string>() } as unknown as KindWorld;
  return { clock, provider, world, it: await resourceOf(pkg, world, fields, "nginx") };
}

async function passing<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let over = false;
  void work.finally(() => over = true);
  while (!over) await clock.pass(50);
  return await work;
}

Deno.test("newest fetches old lists before it looks, and warns once where that fails", async () => {
  const { clock, provider, world, it } = await resource({ state: "newest" });
  provider.installed.set("nginx", "1");
  provider.offered.set("nginx", "1");
  provider.ageMs = 30 * HOUR_MS;
  provider.onRefresh = () => failure("no network", { code: "no-network" });
  assertEquals(await passing(clock, it.check()), undefined);
  assertEquals(await passing(clock, it.check()), undefined);
  assertEquals(provider.refreshes, 1);
  assertEquals(world.said, [
    "which version is the newest is not known for sure: no network",
  ]);
  await clock.pass(HOUR_MS);
  provider.onRefresh = () => offerNew(provider);
  const found = await passing(clock, it.check());
  assertEquals(found?.type === "drift" ? found.reason : found, "nginx 1 → 2");
  assertEquals(pkg.pollSeconds?.(it.params), 86_400);
});

function offerNew(provider: FakeProvider): undefined {
  provider.offered.set("nginx", "2");
  provider.ageMs = 0;
}

Deno.test("installed does not ask for new lists as long as the package is known", async () => {
  const { clock, provider, it } = await resource({});
  provider.ageMs = 30 * HOUR_MS;
  provider.offered.set("nginx", "1");
  assertEquals(
    await passing(clock, it.heal()),
    "nginx is not installed (1 is available)",
  );
  assertEquals([provider.refreshes, provider.transactions.length], [0, 1]);
  assertEquals(pkg.pollSeconds?.(it.params), 0);
});

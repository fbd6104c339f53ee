/**
 * What every way to manage packages must do. Runs on a test host, whose packages it changes; the truth
 * is what dpkg says.
 *
 * @module
 */

import type { Host } from "../../src/host/host.ts";
import { createLocalHost } from "../../src/host/local.ts";
import type {
  PackageChange,
  PackageProvider,
  PackageState,
} from "../../src/host/packages/packages.ts";
import { assertEquals, fail } from "@std/assert";
import { AptRepository, audit, installedVersion } from "./apt_repository.ts";
import { contentOf } from "./program.ts";

/** Makes the provider under test. */
export type ProviderFactory = (host: Host) => PackageProvider;

export const FREELY: PackageChange["trust"] = {
  allowUntrusted: false,
  allowNonfree: false,
  allowUnsupported: false,
};

/** A provider, and what it says. */
export interface PackageWorld {
  readonly host: Host;
  readonly provider: PackageProvider;
  /** What it said of its progress. */
  readonly said: string[];
  look(name: string): Promise<PackageState>;
  /** A change as a graph would want it. */
  want(name: string, to: PackageChange["to"], more?: Partial<PackageChange>): PackageChange;
}

/** Runs a test with a provider of its own, on packages that are offered first. */
export async function withProvider(
  open: ProviderFactory,
  test: (world: PackageWorld) => Promise<void>,
): Promise<void> {
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  try {
    const provider = open(host);
    const said: string[] = [];
    await test({
      host,
      provider,
      said,
      look: async (name) => {
        const looked = await provider.look([name], FREELY);
        if (!looked.ok) fail(looked.failure.message);
        return looked.value.get(name) ?? fail(`nothing is said of ${name}`);
      },
      want: (name, to, more) => ({
        name,
        to,
        trust: FREELY,
        alone: false,
        progress: (text) => void said.push(text),
        signal: new AbortController().signal,
        ...more,
      }),
    });
  } finally {
    await host.close();
  }
  assertEquals(await audit(), "", "dpkg's database is not consistent");
}

/** The packages of the tests, in a directory that is this host's only source. */
export async function testRepository(): Promise<AptRepository> {
  const repository = new AptRepository("/srv/mgmt-packages");
  await repository.offer(
    { name: "mgmt-one", version: "1.0" },
    { name: "mgmt-one", version: "2.0" },
    { name: "mgmt-library", version: "1.0" },
    { name: "mgmt-program", version: "1.0", depends: "mgmt-library" },
  );
  await repository.use();
  return repository;
}

/** Registers the tests that every provider must pass. */
export function conformPackages(name: string, open: ProviderFactory): void {
  const test = (what: string, run: (world: PackageWorld) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () => withProvider(open, run));

  Deno.test.beforeAll(async () => {
    await testRepository();
  });

  test("a name that nobody knows has no version, and names like it are proposed", async (world) => {
    const state = await world.look("mgmt-progarm");
    assertEquals([state.installed, state.available], [undefined, undefined]);
    assertEquals(state.near.includes("mgmt-program"), true, state.near.join());
  });

  test("a package is offered, installed, and gone again", async ({ look, want, provider }) => {
    assertEquals(await look("mgmt-one"), { name: "mgmt-one", available: "2.0", near: [] });
    assertEquals(await provider.change([want("mgmt-one", "newest")]), undefined);
    assertEquals(await installedVersion("mgmt-one"), "2.0");
    assertEquals(contentOf("/usr/share/mgmt-one/version"), "2.0\n");
    assertEquals((await look("mgmt-one")).installed, "2.0");
    assertEquals(await provider.change([want("mgmt-one", "absent")]), undefined);
    assertEquals(await installedVersion("mgmt-one"), undefined);
    assertEquals((await look("mgmt-one")).installed, undefined);
  });
}

/**
 * What every way to manage packages must do. Runs on a test host, whose packages it changes; the truth
 * is what dpkg says.
 *
 * @module
 */

import type { Host } from "../../src/host/host.ts";
import { ok } from "../../src/base/result.ts";
import { createPackages } from "../../src/packages/batching.ts";
import { createLocalHost } from "../../src/host/local.ts";
import type {
  PackageChange,
  PackageFailure,
  PackageProvider,
  PackageState,
  PackageTrust,
} from "../../src/packages/packages.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes, fail } from "@std/assert";
import { AptRepository, audit, installedVersion, type TestPackage } from "./apt_repository.ts";
import { forgetMostPackages } from "./few_packages.ts";
import { contentOf, shell, within } from "./program.ts";

/** Makes the provider under test. */
export type ProviderFactory = (host: Host) => PackageProvider | Promise<PackageProvider>;

const CAREFUL: PackageTrust = {
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
  look(name: string, trust?: PackageTrust): Promise<PackageState>;
  /** Makes changes in one transaction: versions by name, `newest` or `absent`. */
  change(
    wanted: Readonly<Record<string, string>>,
    more?: Partial<PackageChange>,
  ): Promise<PackageFailure | undefined>;
  /** The code of why they would fail, without changing anything. */
  foresee(wanted: Readonly<Record<string, string>>): Promise<string | undefined>;
  /** The same, which must succeed. */
  must(wanted: Readonly<Record<string, string>>, more?: Partial<PackageChange>): Promise<void>;
}

/** Runs a test with a provider of its own; afterwards the database must be consistent, and its packages go. */
export async function withProvider(
  open: ProviderFactory,
  test: (world: PackageWorld) => Promise<void>,
): Promise<void> {
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  try {
    await test(worldOf(host, await open(host)));
  } finally {
    await host.close();
  }
  const left = await audit();
  await purge();
  assertEquals(left, "", "dpkg's database is not consistent");
}

/** Removes what tests have installed, as quickly as can be. */
export async function purge(): Promise<void> {
  await shell(
    "for name in $(dpkg-query -W -f '${Package} ' 'mgmt-*' 2>/dev/null); do set -- $* $name; done; " +
      "[ $# = 0 ] || dpkg --purge $*",
  );
}

function worldOf(host: Host, provider: PackageProvider): PackageWorld {
  const said: string[] = [];
  function changes(
    wanted: Readonly<Record<string, string>>,
    more?: Partial<PackageChange>,
  ): readonly PackageChange[] {
    const { signal } = new AbortController();
    return Object.entries(wanted).map(([name, to]) => ({
      name,
      to: to === "newest" || to === "absent" ? to : { version: to },
      trust: CAREFUL,
      alone: false,
      progress: (text) => void said.push(text),
      signal,
      ...more,
    }));
  }
  const change: PackageWorld["change"] = (wanted, more) => provider.change(changes(wanted, more));
  return {
    host,
    provider,
    said,
    change,
    foresee: async (wanted) => (await provider.foresee?.(changes(wanted)))?.code,
    look: async (name, trust = CAREFUL) => {
      const looked = await provider.look([name], trust);
      if (!looked.ok) fail(looked.failure.message);
      return looked.value.get(name) ?? fail(`nothing is said of ${name}`);
    },
    must: async (wanted, more) => {
      const problem = await change(wanted, more);
      if (problem !== undefined) fail(`${problem.message} (${problem.hint ?? "no hint"})`);
    },
  };
}

const CONFIGURATION = "/etc/mgmt-edited.conf";
/** While this exists, the postinst of `mgmt-slow` waits; then it prints a lot. */
export const GATE = "/run/mgmt-gate";

const PACKAGES: readonly TestPackage[] = [
  { name: "mgmt-one", version: "1.0" },
  { name: "mgmt-one", version: "2.0" },
  { name: "mgmt-two", version: "1:0.9~rc1-1" },
  { name: "mgmt-library", version: "1.0" },
  { name: "mgmt-program", version: "1.0", depends: "mgmt-library" },
  { name: "mgmt-rival", version: "1.0", conflicts: "mgmt-library" },
  { name: "mgmt-orphan", version: "1.0", depends: "mgmt-nowhere (>= 2)" },
  { name: "mgmt-deep", version: "1.0", depends: "mgmt-orphan" },
  { name: "mgmt-bad", version: "1.0", postinst: "echo no licence for this >&2; exit 3" },
  { name: "mgmt-closed", version: "1.0", component: "non-free" },
  ...["1.0", "2.0"].map((version) => ({
    name: "mgmt-edited",
    version,
    files: { [CONFIGURATION]: `from = ${version}\n` },
    conffiles: [CONFIGURATION],
  })),
  {
    name: "mgmt-slow",
    version: "1.0",
    postinst: `echo up > /run/mgmt-reached; while [ -e ${GATE} ]; do sleep 0.1; done; seq 9999`,
  },
  { name: "mgmt-large", version: "1.0", files: { "/usr/share/mgmt-large/a": "x".repeat(3e6) } },
];

let made: Promise<AptRepository> | undefined;

/** The packages of the tests, in a directory that is this host's only source. */
export function testRepository(): Promise<AptRepository> {
  return made ??= makeRepository();
}

async function makeRepository(): Promise<AptRepository> {
  await forgetMostPackages();
  const repository = new AptRepository("/srv/mgmt-packages");
  await repository.offer(...PACKAGES);
  await repository.use();
  return repository;
}

/** How many transactions apt's history knows. */
export async function transactions(): Promise<number> {
  return Number(await shell("grep -c ^Start-Date: /var/log/apt/history.log || true"));
}

/**
 * Registers the tests that every provider must pass. `oneForAll`: it installs and removes in one and the
 * same transaction.
 */
export function conformPackages(
  name: string,
  open: ProviderFactory,
  { oneForAll = true } = {},
): void {
  const test = (
    what: string,
    run: (world: PackageWorld, repository: AptRepository) => Promise<void>,
  ) =>
    Deno.test(`${name}: ${what}`, async () => {
      const source = await testRepository();
      await withProvider(open, (world) => run(world, source));
    });
  looks(test);
  changes(test, oneForAll);
  refusals(test);
  faults(test);
  watches(test);
}

type Register = (
  what: string,
  run: (world: PackageWorld, repository: AptRepository) => Promise<void>,
) => void;

function looks(test: Register): void {
  test("of a name that nobody knows names like it are proposed", async ({ look }) => {
    const state = await look("mgmt-progarm");
    assertEquals([state.installed, state.available, state.broken], Array(3).fill(undefined));
    assert(state.near.includes("mgmt-program"), state.near.join());
  });

  test("names that are no names are unknown, not patterns", async ({ provider }) => {
    const names = ["", "mgmt-*", "mgmt-on.", "-y", "mgmt-one/stable", "a b", "é".repeat(3000)];
    const looked = await provider.look(names, CAREFUL);
    if (!looked.ok) fail(looked.failure.message);
    for (const name of names) {
      const { installed, available } = looked.value.get(name) ?? {};
      assertEquals([installed, available], [undefined, undefined], name);
    }
  });

  test("many are looked at in one question", async ({ provider }) => {
    const names = [
      "dpkg",
      "mgmt-one",
      "mgmt-two",
      ...Array.from({ length: 500 }, (_, at) => `no-${at}`),
    ];
    const looked = await provider.look(names, CAREFUL);
    if (!looked.ok) fail(looked.failure.message);
    assertEquals(looked.value.get("mgmt-two")?.available, "1:0.9~rc1-1");
    assertEquals(looked.value.get("dpkg")?.installed, await installedVersion("dpkg"));
    assertEquals(looked.value.get("no-499")?.available, undefined);
  });

  test("a look that is stopped ends", async ({ provider }) => {
    const looked = await provider.look(["mgmt-one"], CAREFUL, AbortSignal.abort());
    assertEquals(looked.ok ? "it answered" : looked.failure.code, "stopped");
  });
}

function changes(test: Register, oneForAll: boolean): void {
  test("a package is offered, installed, and gone again", async ({ look, must }) => {
    assertEquals(await look("mgmt-one"), { name: "mgmt-one", available: "2.0", near: [] });
    await must({ "mgmt-one": "newest" });
    assertEquals(await installedVersion("mgmt-one"), "2.0");
    assertEquals(contentOf("/usr/share/mgmt-one/version"), "2.0\n");
    const state = { name: "mgmt-one", installed: "2.0", available: "2.0", near: [] };
    assertEquals(await look("mgmt-one"), state);
    await must({ "mgmt-one": "absent" });
    assertEquals(await installedVersion("mgmt-one"), undefined);
    assertEquals((await look("mgmt-one")).installed, undefined);
  });

  test("what is as it should be needs no transaction", async ({ must }) => {
    await must({ "mgmt-one": "1.0" });
    const before = await transactions();
    await must({ "mgmt-one": "1.0", "mgmt-two": "absent" });
    assertEquals(await transactions(), before);
  });

  test("what is wanted together is done together", async ({ must }) => {
    await must({ "mgmt-one": "newest" });
    const before = await transactions();
    await must({ "mgmt-program": "newest", "mgmt-two": "newest", "mgmt-one": "absent" });
    assertEquals(await transactions(), before + (oneForAll ? 1 : 2));
    assertEquals(await installedVersion("mgmt-library"), "1.0");
    assertEquals(await installedVersion("mgmt-one"), undefined);
  });

  test("a version is brought up and down", async ({ look, must }) => {
    await must({ "mgmt-one": "1.0" });
    const state = await look("mgmt-one");
    assertEquals([state.installed, state.available], ["1.0", "2.0"]);
    await must({ "mgmt-one": "newest" });
    assertEquals(await installedVersion("mgmt-one"), "2.0");
    await must({ "mgmt-one": "1.0" });
    assertEquals(await installedVersion("mgmt-one"), "1.0");
  });

  test("a configuration that was edited is kept", async ({ must }) => {
    await must({ "mgmt-edited": "1.0" });
    await Deno.writeTextFile(CONFIGURATION, "from = me\n");
    await must({ "mgmt-edited": "2.0" });
    assertEquals(contentOf(CONFIGURATION), "from = me\n");
    await must({ "mgmt-edited": "absent" });
    assertEquals(contentOf(CONFIGURATION), "from = me\n");
  });

  test(
    "a version that is new in the sources is found once they are fetched",
    async (world, all) => {
      const { provider, look, must } = world;
      await all.offer({ name: "mgmt-one", version: "3.0" });
      const { signal } = new AbortController();
      assertEquals(await provider.refresh?.({ signal, progress: () => {} }), undefined);
      assertEquals((await look("mgmt-one")).available, "3.0");
      assert((await provider.listsAgeMs?.() ?? 0) < 600_000);
      await must({ "mgmt-one": "newest" });
      assertEquals(await installedVersion("mgmt-one"), "3.0");
      await all.withdraw("mgmt-one", "3.0");
      await shell("apt-get update");
    },
  );
}

function refusals(test: Register): void {
  test("what others need is not removed unless they are to go too", async (world) => {
    const { change, foresee, must } = world;
    await must({ "mgmt-program": "newest" });
    assertEquals(await foresee({ "mgmt-library": "absent" }), "dependents");
    assertEquals(await foresee({ "mgmt-library": "absent", "mgmt-program": "absent" }), undefined);
    assertEquals(await foresee({ "mgmt-one": "newest" }), undefined);
    assertEquals(await foresee({ "mgmt-one": "7.7" }) === undefined, false);
    const problem = await change({ "mgmt-library": "absent" });
    assertEquals(problem?.code, "dependents");
    assertStringIncludes(problem?.message ?? "", "mgmt-program");
    assertEquals(await installedVersion("mgmt-program"), "1.0");
    assertEquals(await installedVersion("mgmt-library"), "1.0");
    await must({ "mgmt-library": "absent", "mgmt-program": "absent" });
    assertEquals(await installedVersion("mgmt-program"), undefined);
  });

  test("what conflicts with an installed package does not push it out", async ({ change, must }) => {
    await must({ "mgmt-library": "newest" });
    const problem = await change({ "mgmt-rival": "newest" });
    assertStringIncludes(problem?.message ?? "", "mgmt-library");
    assertEquals(await installedVersion("mgmt-library"), "1.0");
    await must({ "mgmt-rival": "newest", "mgmt-library": "absent" });
    assertEquals(await installedVersion("mgmt-rival"), "1.0");
  });

  test("a package that needs what nobody offers says so", async ({ change }) => {
    const problem = await change({ "mgmt-orphan": "newest" });
    assertStringIncludes(problem?.message ?? "", "mgmt-nowhere");
    assertEquals(await installedVersion("mgmt-orphan"), undefined);
  });

  test("a version that nobody offers is refused, and the others are named", async ({ change }) => {
    const problem = await change({ "mgmt-one": "7.0" });
    assertStringIncludes(problem?.message ?? "", "7.0");
    assertStringIncludes(`${problem?.message} ${problem?.hint}`, "2.0");
    assertEquals(await installedVersion("mgmt-one"), undefined);
  });

  test("what is not free is installed only where that is allowed", async (world) => {
    const { look, change, must } = world;
    const { refused } = await look("mgmt-closed");
    assertStringIncludes(`${refused?.message} ${refused?.hint}`, "allownonfree");
    assert(await change({ "mgmt-closed": "newest" }) !== undefined);
    assertEquals(await installedVersion("mgmt-closed"), undefined);
    const trust = { ...CAREFUL, allowNonfree: true };
    assertEquals((await look("mgmt-closed", trust)).refused, undefined);
    await must({ "mgmt-closed": "newest" }, { trust });
    assertEquals(await installedVersion("mgmt-closed"), "1.0");
    assertEquals((await look("mgmt-closed")).refused, undefined, "what is there may stay");
  });

  test("what the distribution does not support, only where that is allowed", async (world) => {
    const { look, change, must } = world;
    const foreign = new AptRepository("/srv/mgmt-foreign", { origin: "Elsewhere" });
    await foreign.offer({ name: "mgmt-foreign", version: "1.0" });
    await foreign.use({ only: false });
    const { refused } = await look("mgmt-foreign");
    assertMatch(refused?.message ?? "", /does not support it \(it is from .*elsewhere/i);
    assertStringIncludes(refused?.hint ?? "", "allowunsupported");
    assertStringIncludes(refused?.hint ?? "", "allowuntrusted");
    assert(await change({ "mgmt-foreign": "newest" }) !== undefined);
    assertEquals(await installedVersion("mgmt-foreign"), undefined);
    await must({ "mgmt-foreign": "newest" }, { trust: { ...CAREFUL, allowUnsupported: true } });
    await shell("rm /etc/apt/sources.list.d/*-foreign.list; apt-get update");
  });

  test("what nobody has signed, only where that is allowed", async ({ change, must }) => {
    const unsigned = new AptRepository("/srv/mgmt-unsigned", { trusted: false });
    await unsigned.offer({ name: "mgmt-unsigned", version: "1.0" });
    await unsigned.use({ only: false });
    const problem = await change({ "mgmt-unsigned": "newest" });
    assertStringIncludes(`${problem?.message} ${problem?.hint}`, "allowuntrusted");
    assertEquals(problem?.code, "untrusted");
    assertEquals(await installedVersion("mgmt-unsigned"), undefined);
    await must({ "mgmt-unsigned": "newest" }, { trust: { ...CAREFUL, allowUntrusted: true } });
    await shell("rm /etc/apt/sources.list.d/*-unsigned.list; apt-get update");
  });

  test("a package on hold is left alone", async ({ change, must }) => {
    await must({ "mgmt-one": "1.0" });
    await shell("apt-mark hold mgmt-one");
    const problem = await change({ "mgmt-one": "newest" });
    await shell("apt-mark unhold mgmt-one");
    assertMatch(problem?.message ?? "", /mgmt-one/);
    assertEquals(await installedVersion("mgmt-one"), "1.0");
  });
}

function faults(test: Register): void {
  test("a package whose script fails is to blame, not those beside it", async (world) => {
    const { look, change, must } = world;
    const problem = await change({ "mgmt-bad": "newest", "mgmt-two": "newest" });
    assertStringIncludes(problem?.message ?? "", "mgmt-bad");
    assert(!problem?.blamed?.includes("mgmt-two"), "mgmt-two is blamed");
    await must({ "mgmt-two": "newest" });
    const state = await look("mgmt-bad");
    assertEquals([state.installed, state.broken], ["1.0", "half-configured"]);
    await must({ "mgmt-bad": "absent", "mgmt-two": "absent" });
    assertEquals((await look("mgmt-bad")).broken, undefined);
  });

  test("of many wanted by many only those fail that cannot be had", async (world) => {
    const { host, provider } = world;
    const packages = createPackages({
      clock: host.clock,
      choose: () => Promise.resolve(ok(provider)),
    });
    const wanted = ["mgmt-orphan", "mgmt-two", "mgmt-nobody", "mgmt-bad", "mgmt-program"];
    const results = await Promise.all(wanted.map(async (name) => {
      const problem = await packages.change({
        name,
        to: "newest",
        trust: CAREFUL,
        alone: false,
        progress: () => {},
        signal: new AbortController().signal,
      });
      return problem === undefined ? [] : [`${name}: ${problem.message}`];
    }));
    packages.close();
    const failed = results.flat().join("\n");
    assertMatch(failed, /^mgmt-orphan: .*mgmt-nowhere.*\nmgmt-nobody: .*\nmgmt-bad: .*script.*$/);
    assertEquals(await installedVersion("mgmt-two"), "1:0.9~rc1-1");
    assertEquals(await installedVersion("mgmt-program"), "1.0");
    await shell("dpkg --purge mgmt-bad");
  });

  test("a package that is broken is repaired", async ({ look, must }) => {
    await must({ "mgmt-one": "2.0" });
    await shell("dpkg --unpack /srv/mgmt-packages/pool/mgmt-one_2.0_all.deb");
    assertEquals((await look("mgmt-one")).broken, "unpacked");
    await must({ "mgmt-one": "2.0" });
    assertEquals(await look("mgmt-one"), {
      name: "mgmt-one",
      installed: "2.0",
      available: "2.0",
      near: [],
    });
  });

  test("what another run left torn is finished first", async ({ must }) => {
    await tear();
    await must({ "mgmt-two": "newest" });
  });

  test("a lock is waited for, and it is said", async ({ change, said, look }) => {
    const other = await slowInstall();
    try {
      const changing = change({ "mgmt-two": "newest" });
      await within(60_000, () => said.some((text) => /wait/.test(text)), () => said.join());
      assertEquals((await look("mgmt-two")).installed, undefined);
      await Deno.remove(GATE);
      assertEquals(await changing, undefined);
      assertEquals(await installedVersion("mgmt-two"), "1:0.9~rc1-1");
    } finally {
      await other.end();
    }
  });

  test("whoever waits for a lock can leave", async ({ change, said }) => {
    const other = await slowInstall();
    const leaving = new AbortController();
    try {
      const changing = change({ "mgmt-two": "newest" }, { signal: leaving.signal });
      await within(60_000, () => said.some((text) => /wait/.test(text)), () => said.join());
      leaving.abort();
      assertEquals((await changing)?.code, "stopped");
    } finally {
      await other.end();
    }
    assertEquals(await installedVersion("mgmt-two"), undefined);
  });

  test("a stop in the middle of a script tears nothing", async ({ change }) => {
    const leaving = new AbortController();
    await closeGate();
    const changing = change({ "mgmt-slow": "newest" }, { signal: leaving.signal });
    await reachGate();
    leaving.abort();
    await Deno.remove(GATE);
    await changing;
    await within(60_000, () => !isBusy(), "dpkg still runs");
    assertEquals(await installedVersion("mgmt-slow"), "1.0");
  });

  test("a full disk is a clear failure, and all is well when there is room", async (world) => {
    const { change, must } = world;
    const place = "/usr/share/mgmt-large";
    await shell(`mkdir -p ${place} && mount -t tmpfs -o size=1m none ${place}`);
    try {
      const problem = await change({ "mgmt-large": "newest" });
      assertMatch(problem?.message ?? "", /disk is full|No space left on device/);
      assertEquals(problem?.code, "no-space");
    } finally {
      await shell(`umount ${place}`);
    }
    await must({ "mgmt-large": "newest" });
    assertEquals(contentOf(`${place}/a`)?.length, 3e6);
  });
}

function watches(test: Register): void {
  test("what is changed by hand is heard, also in the sources", async ({ provider, host, must }) => {
    await must({ "mgmt-one": "newest" });
    let heard = 0;
    const watch = provider.watch(() => heard++);
    await host.watcher.settle();
    const hears = async (command: string) => {
      const before = heard;
      await shell(command);
      await within(60_000, () => heard > before, `"${command}" was not heard`);
    };
    await hears("dpkg --remove mgmt-one");
    await hears("rm /var/lib/apt/lists/*; apt-get update");
    watch.close();
    const before = heard;
    await must({ "mgmt-one": "newest" });
    assertEquals(heard, before, "it still listens");
  });
}

/** From now on the postinst of `mgmt-slow` waits. */
export async function closeGate(): Promise<void> {
  await Deno.writeTextFile(GATE, "");
  await Deno.remove("/run/mgmt-reached").catch(() => {});
}

/** Waits until it does. */
export async function reachGate(): Promise<void> {
  await within(60_000, () => contentOf("/run/mgmt-reached") !== undefined, "it does not install");
}

/** Somebody else installs a package, and goes on until the gate is gone. */
async function slowInstall(): Promise<{ readonly pid: number; end(): Promise<void> }> {
  await closeGate();
  const child = new Deno.Command("apt-get", {
    args: ["install", "-y", "mgmt-slow"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    env: { DEBIAN_FRONTEND: "noninteractive" },
  }).spawn();
  await reachGate();
  return {
    pid: child.pid,
    end: async () => {
      await Deno.remove(GATE).catch(() => {});
      await child.status;
    },
  };
}

/** Kills an installation in the middle, as a crash of the host would. */
async function tear(): Promise<void> {
  const other = await slowInstall();
  for (const pid of descendants(other.pid)) killed(pid);
  await other.end();
  assertMatch(await shell("dpkg --audit"), /mgmt-slow/);
}

function killed(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // The pause of its script was over.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A process and all that it has started. */
function descendants(pid: number): number[] {
  const children = (contentOf(`/proc/${pid}/task/${pid}/children`) ?? "").split(" ").filter(
    Boolean,
  );
  return [pid, ...children.map(Number).flatMap(descendants)];
}

/** Whether apt or dpkg runs. */
export function isBusy(): boolean {
  return [...Deno.readDirSync("/proc")].some(({ name }) =>
    /^\d+$/.test(name) && /^(dpkg|apt-get)\n$/.test(contentOf(`/proc/${name}/comm`) ?? "")
  );
}

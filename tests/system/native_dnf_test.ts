import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createNativeDnf } from "../../src/packages/dnf/provider.ts";
import { agent } from "../support/host_world.ts";
import {
  closeGate,
  GATE,
  type PackageWorld,
  reachGate,
  withProvider,
} from "../support/package_conformance.ts";
import { isSoon } from "../support/polling.ts";
import { contentOf, shell, within } from "../support/program.ts";
import {
  installDnf,
  installedRpm,
  RpmRepository,
  type TestRpm,
} from "../support/rpm_repository.ts";

const PACKAGES: readonly TestRpm[] = [
  // Scripts need a shell, and rpm does not know that the host has one.
  { name: "mgmt-shell", version: "1-1", provides: "/bin/sh" },
  { name: "mgmt-one", version: "1.0-1" },
  { name: "mgmt-one", version: "2.0-1" },
  { name: "mgmt-two", version: "1:0.9~rc1-1" },
  { name: "mgmt-library", version: "1.0-1" },
  { name: "mgmt-program", version: "1.0-1", requires: "mgmt-library" },
  { name: "mgmt-rival", version: "1.0-1", conflicts: "mgmt-library" },
  { name: "mgmt-orphan", version: "1.0-1", requires: "mgmt-nowhere >= 2" },
  { name: "mgmt-bad", version: "1.0-1", pre: "echo no licence for this >&2; exit 3" },
  { name: "mgmt-late", version: "1.0-1", post: "echo too late >&2; exit 4" },
  { name: "mgmt-stays", version: "1.0-1", preun: "test -e /run/mgmt-may-go" },
  { name: "mgmt-large", version: "1.0-1", bytes: 3e6 },
  {
    name: "mgmt-slow",
    version: "1.0-1",
    post: `echo up > /run/mgmt-reached; while [ -e ${GATE} ]; do sleep 0.1; done; seq 9999; ` +
      "echo done > /run/mgmt-done",
  },
];

let ready: Promise<void> | undefined;

async function prepare(): Promise<void> {
  await installDnf();
  const repository = new RpmRepository("/srv/mgmt-rpms");
  await repository.offer(...PACKAGES);
  await repository.use();
}

/** Why these tests cannot run here, if so; `scripts/test` has said it, too. */
const missing = Deno.env.get("MGMT_NO_DNF") ?? "";

function test(what: string, run: (world: PackageWorld) => Promise<void>): void {
  Deno.test({
    name: `dnf: ${what}`,
    ignore: missing !== "",
    fn: async () => {
      await (ready ??= prepare());
      await withProvider(createNativeDnf, run);
      // As quickly as can be. What offers a shell stays: removed it would take the others' scripts along.
      await shell("rpm --force-debian -e $(rpm -qa 'mgmt-*' | grep -v ^mgmt-shell)");
    },
  });
}

test("of a name that nobody knows names like it are proposed", async ({ look }) => {
  const state = await look("mgmt-progarm");
  assertEquals([state.installed, state.available], [undefined, undefined]);
  assert(state.near.includes("mgmt-program"), state.near.join());
});

test("names that are no names are unknown, not patterns", async ({ look }) => {
  for (const name of ["", "mgmt-*", "mgmt-on?", "-y", "@core", "a b", "é".repeat(3000)]) {
    const { installed, available } = await look(name);
    assertEquals([installed, available], [undefined, undefined], name);
  }
});

test("a package is offered, installed, and gone again", async ({ look, must }) => {
  assertEquals(await look("mgmt-one"), { name: "mgmt-one", available: "2.0-1", near: [] });
  await must({ "mgmt-one": "newest" });
  assertEquals(contentOf("/usr/share/mgmt-one/version"), "2.0-1\n");
  const state = { name: "mgmt-one", installed: "2.0-1", available: "2.0-1", near: [] };
  assertEquals(await look("mgmt-one"), state);
  await must({ "mgmt-one": "absent" });
  assertEquals((await look("mgmt-one")).installed, undefined);
});

test("an epoch is part of the version", async ({ look, must }) => {
  assertEquals((await look("mgmt-two")).available, "1:0.9~rc1-1");
  await must({ "mgmt-two": "1:0.9~rc1-1" });
  assertEquals(await installedRpm("mgmt-two"), "1:0.9~rc1-1");
});

test("a version is brought up and down", async ({ look, must }) => {
  await must({ "mgmt-one": "1.0-1" });
  const state = await look("mgmt-one");
  assertEquals([state.installed, state.available], ["1.0-1", "2.0-1"]);
  await must({ "mgmt-one": "newest" });
  assertEquals(await installedRpm("mgmt-one"), "2.0-1");
  await must({ "mgmt-one": "1.0-1" });
  assertEquals(await installedRpm("mgmt-one"), "1.0-1");
});

test("a version newer than what is offered is the newest", async ({ look, must }) => {
  const own = new RpmRepository("/srv/mgmt-own", "own");
  await own.offer({ name: "mgmt-one", version: "10.0-1" });
  await shell("rpm --force-debian -i /srv/mgmt-own/noarch/mgmt-one-10.0-1.noarch.rpm");
  const state = await look("mgmt-one");
  assertEquals([state.installed, state.available], ["10.0-1", "10.0-1"]);
  await must({ "mgmt-one": "newest" });
  assertEquals(await installedRpm("mgmt-one"), "10.0-1");
});

test("many are installed and removed together", async ({ must }) => {
  const count = async () => Number(await shell("dnf history list -q 2>/dev/null | grep -c '|'"));
  const before = await count();
  await must({ "mgmt-program": "newest", "mgmt-two": "newest", "mgmt-one": "1.0-1" });
  assertEquals(await count(), before + 1);
  await must({ "mgmt-program": "absent", "mgmt-two": "absent", "mgmt-one": "absent" });
  assertEquals(await count(), before + 2);
  assertEquals(await installedRpm("mgmt-library"), "1.0-1", "what it needed is not ours to remove");
});

test("what others need is not removed unless they are to go too", async (world) => {
  const { change, foresee, must } = world;
  await must({ "mgmt-program": "newest" });
  assertEquals(await foresee({ "mgmt-library": "absent" }), "dependents");
  assertEquals(await foresee({ "mgmt-library": "absent", "mgmt-program": "absent" }), undefined);
  assertEquals(await foresee({ "mgmt-one": "newest" }), undefined);
  assertEquals(await foresee({ "mgmt-rival": "newest" }) === undefined, false);
  const problem = await change({ "mgmt-library": "absent" });
  assertEquals(problem?.code, "dependents");
  assertStringIncludes(problem?.message ?? "", "mgmt-program");
  assertEquals(await installedRpm("mgmt-library"), "1.0-1");
  await must({ "mgmt-library": "absent", "mgmt-program": "absent" });
  assertEquals(await installedRpm("mgmt-program"), undefined);
});

test("what conflicts with an installed package does not push it out", async ({ change, must }) => {
  await must({ "mgmt-program": "newest" });
  const problem = await change({ "mgmt-rival": "newest" });
  assertStringIncludes(problem?.message ?? "", "mgmt-library");
  const half = await change({ "mgmt-rival": "newest", "mgmt-library": "absent" });
  assertMatch(half?.message ?? "", /mgmt-library|mgmt-program/);
  assertEquals(await installedRpm("mgmt-program"), "1.0-1");
  await must({ "mgmt-rival": "newest", "mgmt-library": "absent", "mgmt-program": "absent" });
  assertEquals(await installedRpm("mgmt-rival"), "1.0-1");
  assertEquals(await installedRpm("mgmt-library"), undefined);
});

test("who needs what nobody offers is to blame", async ({ change }) => {
  const problem = await change({ "mgmt-orphan": "newest", "mgmt-two": "newest" });
  assertStringIncludes(problem?.message ?? "", "mgmt-nowhere");
  assertEquals(problem?.blamed, ["mgmt-orphan"]);
});

test("a version that nobody offers is refused, and the others are named", async ({ change }) => {
  const problem = await change({ "mgmt-one": "7.0-1" });
  assertMatch(problem?.message ?? "", /no version 7\.0-1 of mgmt-one; there are .*2\.0-1/);
  assertEquals((await change({ "mgmt-nobody": "newest" }))?.code, "package-unknown");
});

test("a package whose script fails is to blame, not those beside it", async ({ change }) => {
  const problem = await change({ "mgmt-bad": "newest", "mgmt-two": "newest" });
  assertMatch(problem?.message ?? "", /install mgmt-bad .*status 3 \(no licence for this\)/);
  assertEquals(problem?.blamed, ["mgmt-bad"]);
  assertEquals(await installedRpm("mgmt-two"), "1:0.9~rc1-1");
});

test("a script that fails after the installation is told of", async ({ must, said }) => {
  await must({ "mgmt-late": "newest" });
  assertMatch(said.join("\n"), /is there, but %post\(mgmt-late-.*status 4 \(too late\)/);
});

test("a package that cannot be removed says why", async ({ change, must }) => {
  await must({ "mgmt-stays": "newest" });
  const problem = await change({ "mgmt-stays": "absent" });
  assertMatch(problem?.message ?? "", /remove mgmt-stays: %preun\(mgmt-stays-.*status 1/);
  await Deno.writeTextFile("/run/mgmt-may-go", "");
  await must({ "mgmt-stays": "absent" });
});

test("what nobody has signed, only where that is allowed", async ({ change, must }) => {
  const unsigned = new RpmRepository("/srv/mgmt-unsigned", "unsigned");
  await unsigned.offer({ name: "mgmt-unsigned", version: "1-1" });
  await unsigned.use({ signed: true });
  const problem = await change({ "mgmt-unsigned": "newest" });
  assertEquals(problem?.code, "untrusted");
  assertEquals(await installedRpm("mgmt-unsigned"), undefined);
  const trust = { allowUntrusted: true, allowNonfree: false, allowUnsupported: false };
  await must({ "mgmt-unsigned": "newest" }, { trust });
  await unsigned.leave();
});

test("what a source calls not free, only where that is allowed", async ({ look, change, must }) => {
  const closed = new RpmRepository("/srv/mgmt-closed", "other-nonfree");
  await closed.offer({ name: "mgmt-closed", version: "1-1" });
  await closed.use();
  assertStringIncludes((await look("mgmt-closed")).refused?.hint ?? "", "allownonfree");
  assert(await change({ "mgmt-closed": "newest" }) !== undefined);
  const trust = { allowUntrusted: false, allowNonfree: true, allowUnsupported: false };
  await must({ "mgmt-closed": "newest" }, { trust });
  await closed.leave();
});

test("a lock is waited for, and it is said", async ({ must, said, look }) => {
  const other = await slowInstall();
  const changing = must({ "mgmt-two": "newest" });
  await within(60_000, () => said.length > 0, "nothing is said");
  assertEquals(said, [`waits for the lock of dnf (pid ${other.pid})`]);
  assertEquals((await look("mgmt-two")).installed, undefined);
  await Deno.remove(GATE);
  await changing;
  assertEquals(await installedRpm("mgmt-two"), "1:0.9~rc1-1");
  await other.status;
});

test("whoever waits for a lock can leave", async ({ change, said }) => {
  const other = await slowInstall();
  const leaving = new AbortController();
  const changing = change({ "mgmt-two": "newest" }, { signal: leaving.signal });
  await within(60_000, () => said.length > 0, "nothing is said");
  leaving.abort();
  assertEquals((await changing)?.code, "stopped");
  await Deno.remove(GATE);
  await other.status;
});

test("a stop in the middle of a script tears nothing", async ({ change }) => {
  const leaving = new AbortController();
  await closeGate();
  const changing = change({ "mgmt-slow": "newest" }, { signal: leaving.signal });
  await reachGate();
  leaving.abort();
  await Deno.remove(GATE);
  await changing;
  assertEquals(contentOf("/run/mgmt-done"), "done\n");
  assertEquals(await installedRpm("mgmt-slow"), "1.0-1");
});

test("a full disk is a clear failure, and all is well when there is room", async (world) => {
  const { change, must } = world;
  const place = "/usr/share/mgmt-large";
  await shell(`mkdir -p ${place} && mount -t tmpfs -o size=1m none ${place}`);
  const problem = await change({ "mgmt-large": "newest" });
  await shell(`umount ${place}`);
  assertEquals(problem?.code, "no-space", problem?.message);
  await must({ "mgmt-large": "newest" });
});

test("lists are fetched, and their age is known", async ({ provider, look }) => {
  await shell("rm -rf /var/cache/dnf/*");
  assertEquals(await provider.listsAgeMs?.(), Infinity);
  assertEquals((await look("mgmt-one")).available, undefined);
  const signal = new AbortController().signal;
  assertEquals(await provider.refresh?.({ signal, progress: () => {} }), undefined);
  assert((await provider.listsAgeMs?.() ?? Infinity) < 600_000);
  assertEquals((await look("mgmt-one")).available, "2.0-1");
});

test("a source that cannot be fetched is a failure that names it", async ({ provider, look }) => {
  const list = "/etc/yum.repos.d/gone.repo";
  await Deno.writeTextFile(list, "[gone]\nname=gone\nbaseurl=file:///srv/gone\n");
  const signal = new AbortController().signal;
  const problem = await provider.refresh?.({ signal, progress: () => {} });
  await Deno.remove(list);
  assertStringIncludes(problem?.message ?? "", "'gone'");
  assertEquals((await look("mgmt-one")).available, "2.0-1", "the others are known all the same");
});

test("changes by hand are heard, looks are not", async ({ provider, host, must, look }) => {
  await must({ "mgmt-one": "newest" });
  let heard = 0;
  const watch = provider.watch(() => heard++);
  await host.watcher.settle();
  await within(60_000, () => heard > 0, "the watch does not stand");
  await shell("true");
  const before = heard;
  await look("mgmt-one");
  await look("mgmt-two");
  assertEquals(heard, before, "a look is taken for a change");
  await shell("rpm --force-debian -e mgmt-one");
  await within(60_000, () => heard > before, "a removal was not heard");
  watch.close();
});

test("the executable uses dnf where there is nothing else", async () => {
  await shell("systemctl mask --now packagekit; mv /usr/bin/apt-get /usr/bin/apt-get.away");
  try {
    const graph = "graph: t\nresources:\n  pkg:\n  - {name: mgmt-one}\n  - {name: mgmt-two}\n";
    await agent(graph, async ({ program }) => {
      const installed = async (name: string) => {
        const isThere = async () => await installedRpm(name) !== undefined;
        assert(await isSoon(isThere, 60_000), `${name} is not installed: ${program.stderr}`);
      };
      await installed("mgmt-one");
      await installed("mgmt-two");
      await program.says(/mgmt-one\]: Done/);
      await program.says(/mgmt-two\]: Done/);
      await shell("rpm --force-debian -e mgmt-one");
      await installed("mgmt-one");
      assertEquals(program.stderr.includes("Failed"), false, program.stderr);
    }, ["--verbose"]);
  } finally {
    await shell("mv /usr/bin/apt-get.away /usr/bin/apt-get; systemctl unmask packagekit");
  }
});

/** Somebody else installs a package, and goes on until the gate is gone. */
async function slowInstall(): Promise<Deno.ChildProcess> {
  await closeGate();
  const child = new Deno.Command("dnf", {
    args: ["install", "-y", "mgmt-slow"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await reachGate();
  return child;
}

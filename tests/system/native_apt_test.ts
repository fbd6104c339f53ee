import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createNativeApt } from "../../src/packages/apt/provider.ts";
import {
  AptRepository,
  DEBCONF_AWAY,
  DEBCONF_HOOK,
  installedVersion,
} from "../support/apt_repository.ts";
import {
  closeGate,
  conformPackages,
  GATE,
  isBusy,
  type PackageWorld,
  reachGate,
  testRepository,
  withProvider,
} from "../support/package_conformance.ts";
import { contentOf, shell, within } from "../support/program.ts";

conformPackages("apt", createNativeApt);

function test(what: string, run: (world: PackageWorld) => Promise<void>): void {
  Deno.test(what, async () => {
    await testRepository();
    await withProvider(createNativeApt, run);
  });
}

const CHILD = new URL("../support/package_child.ts", import.meta.url).pathname;

/** An agent that installs the slow package, killed in the middle of it. */
async function killedAgent(): Promise<void> {
  await closeGate();
  const agent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, "mgmt-slow"],
    stdin: "null",
    stdout: "null",
  }).spawn();
  await reachGate();
  agent.kill("SIGKILL");
  await agent.status;
}

test("apt goes on when the agent is killed, and the next one waits for it", async (world) => {
  await killedAgent();
  assert(isBusy(), "apt ended with the agent");
  const { must, said } = world;
  const next = must({ "mgmt-slow": "newest", "mgmt-two": "newest" });
  await within(60_000, () => said.length > 0, "nothing is said");
  assertMatch(said[0] ?? "", /^waits for the lock of apt-get \(pid \d+\)$/);
  await Deno.remove(GATE);
  await next;
  assertEquals(await installedVersion("mgmt-slow"), "1.0");
});

test("a transaction is not part of the agent's unit", async ({ must }) => {
  await closeGate();
  const changing = must({ "mgmt-slow": "newest" });
  await reachGate();
  const groups = await shell("for pid in $(pgrep -x apt-get); do cat /proc/$pid/cgroup; done");
  await Deno.remove(GATE);
  await changing;
  assertMatch(groups, /\/run-.*\.scope$/m);
});

test("a service manager that does not answer keeps nothing from being installed", async ({ must }) => {
  const directory = await Deno.makeTempDir();
  const path = Deno.env.get("PATH") ?? "";
  const text = "#!/bin/sh\necho Failed to connect to bus: No such file or directory >&2; exit 1\n";
  await Deno.writeTextFile(`${directory}/systemd-run`, text, { mode: 0o755 });
  Deno.env.set("PATH", `${directory}:${path}`);
  try {
    await must({ "mgmt-two": "newest" });
  } finally {
    Deno.env.set("PATH", path);
  }
});

test("the words of a script that failed are in the failure", async ({ change }) => {
  const problem = await change({ "mgmt-bad": "newest" });
  assertStringIncludes(problem?.message ?? "", "apt could not install mgmt-bad 1.0: mgmt-bad: ");
  assertStringIncludes(problem?.message ?? "", "exit status 3 (no licence for this)");
  assertEquals(problem?.blamed, ["mgmt-bad"]);
  await shell("dpkg --purge mgmt-bad");
});

test("a package that is broken before hinders no other", async ({ change }) => {
  await change({ "mgmt-bad": "newest" });
  assertEquals(await change({ "mgmt-two": "newest" }), undefined);
  await shell("dpkg --purge mgmt-bad");
});

test("a script that hangs on its input gets none", async ({ must }) => {
  const repository = await testRepository();
  await repository.offer({ name: "mgmt-asks", version: "1.0", postinst: "read answer || true" });
  await shell("apt-get update");
  // As everywhere on Debian, debconf looks for questions first.
  await Deno.rename(DEBCONF_AWAY, DEBCONF_HOOK);
  await must({ "mgmt-asks": "newest" });
  await Deno.rename(DEBCONF_HOOK, DEBCONF_AWAY);
});

test("lists that are gone are infinitely old; fetching them brings packages back", async (world) => {
  const { provider, look } = world;
  await shell("rm -f /var/lib/apt/lists/*");
  assertEquals(await provider.listsAgeMs?.(), Infinity);
  assertEquals((await look("mgmt-one")).available, undefined);
  const signal = new AbortController().signal;
  assertEquals(await provider.refresh?.({ signal, progress: () => {} }), undefined);
  assertEquals((await look("mgmt-one")).available, "2.0");
});

test("a source that cannot be fetched is a failure that names it", async ({ provider, look }) => {
  const list = "/etc/apt/sources.list.d/gone.list";
  await Deno.writeTextFile(list, "deb [trusted=yes] file:/srv/gone stable main\n");
  const signal = new AbortController().signal;
  const problem = await provider.refresh?.({ signal, progress: () => {} });
  await Deno.remove(list);
  assertStringIncludes(problem?.message ?? "", "/srv/gone");
  assertEquals((await look("mgmt-one")).available, "2.0", "the others are known all the same");
});

test("a source that nobody has signed is fetched all the same", async ({ provider }) => {
  const unsigned = new AptRepository("/srv/mgmt-unsigned", { trusted: false });
  await unsigned.offer({ name: "mgmt-unsigned", version: "1.0" });
  await unsigned.use({ only: false, fetch: false });
  const signal = new AbortController().signal;
  assertEquals(await provider.refresh?.({ signal, progress: () => {} }), undefined);
  await shell("rm /etc/apt/sources.list.d/*-unsigned.list; apt-get update");
});

test("a file that the sources have lost is a failed download", async ({ change, must }) => {
  const file = (await testRepository()).file("mgmt-two", "1:0.9~rc1-1");
  await Deno.rename(file, `${file}.away`);
  const problem = await change({ "mgmt-two": "newest" });
  await Deno.rename(`${file}.away`, file);
  assertEquals(problem?.code, "download");
  await must({ "mgmt-two": "newest" });
});

test("another architecture's package is not taken for the host's", async ({ look }) => {
  const own = await look("dpkg:amd64");
  assertEquals(own.installed, await installedVersion("dpkg"));
  assertEquals((await look("dpkg:i386")).installed, undefined);
  assertEquals(contentOf("/var/lib/dpkg/arch") ?? "", "");
});

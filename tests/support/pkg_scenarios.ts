/**
 * What the executable does with packages, whoever manages them. Runs on a test host.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes, fail } from "@std/assert";
import { AptRepository, audit, installedVersion } from "./apt_repository.ts";
import { agent } from "./host_world.ts";
import {
  closeGate,
  GATE,
  isBusy,
  purge,
  reachGate,
  testRepository,
  transactions,
} from "./package_conformance.ts";
import { contentOf, type Ended, inDirectory, mgmt, Program, shell, within } from "./program.ts";
import { isSoon } from "./polling.ts";

/** A graph of packages: `name: mgmt-one, state: newest`. */
export function pkg(...entries: readonly string[]): string {
  const list = entries.map((entry) => `  - {${entry}}\n`).join("");
  return `graph: t\nresources:\n  pkg:\n${list}`;
}

/** Runs the executable once on a graph. */
export async function once(graph: string, ...args: readonly string[]): Promise<Ended> {
  return await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/graph.yaml`, graph);
    const how = ["--converged-timeout=0", "--tmp-prefix", ...args];
    return await mgmt(["run", `${directory}/graph.yaml`, ...how]);
  });
}

/** Waits until a package has a version, or is gone. */
export async function becomes(
  name: string,
  version: string | undefined,
  program?: Program,
): Promise<void> {
  let last: string | undefined;
  const isThere = async () => (last = await installedVersion(name)) === version;
  if (await isSoon(isThere, 90_000)) return;
  fail(`${name} is ${last}, not ${version}:\n${program?.stderr ?? ""}`);
}

/** Registers a test; afterwards its packages are gone, and dpkg's database must be consistent. */
export function packageTest(what: string, test: () => Promise<void>): void {
  Deno.test(what, async () => {
    await testRepository();
    try {
      await test();
    } finally {
      await Deno.remove(GATE).catch(() => {});
      await within(60_000, () => !isBusy(), "apt or dpkg still runs");
      const left = await audit();
      await purge();
      assertEquals(left, "", "dpkg's database is not consistent");
    }
  });
}

/** Registers the tests. */
export function pkgScenarios(): void {
  states();
  together();
  events();
  faults();
}

function states(): void {
  packageTest("packages are installed; the second run changes nothing and says so", async () => {
    const graph = pkg("name: mgmt-program", 'name: mgmt-one, state: "1.0"');
    const first = await once(graph);
    assertEquals(first.code, 0, first.stderr);
    assertStringIncludes(first.stderr, "mgmt-one is not installed (1.0 is wanted)");
    assertStringIncludes(first.stderr, "mgmt-program is not installed (1.0 is available)");
    assertEquals(await installedVersion("mgmt-one"), "1.0");
    assertEquals(await installedVersion("mgmt-library"), "1.0");
    const before = await transactions();
    const second = await once(graph);
    assertEquals(second.code, 0, second.stderr);
    assertStringIncludes(second.stderr, "2 ok, 0 changed");
    assertEquals(await transactions(), before);
  });

  packageTest("a version goes up and down, newest is the newest, uninstalled is gone", async () => {
    for (
      const [state, version, said] of [
        ['"1.0"', "1.0", "not installed (1.0 is wanted)"],
        ["installed", "1.0", "0 changed"],
        ["newest", "2.0", "mgmt-one 1.0 → 2.0"],
        ['"1.0"', "1.0", "mgmt-one 2.0 → 1.0"],
        ["uninstalled", undefined, "mgmt-one 1.0 is installed"],
        ["uninstalled", undefined, "0 changed"],
      ] as const
    ) {
      const ended = await once(pkg(`name: mgmt-one, state: ${state}`));
      assertEquals(ended.code, 0, ended.stderr);
      assertStringIncludes(ended.stderr, said);
      assertEquals(await installedVersion("mgmt-one"), version);
    }
  });

  packageTest("with --noop nothing is changed, and what would be is said", async () => {
    const before = await transactions();
    const ended = await once(pkg("name: mgmt-one", "name: mgmt-two, state: uninstalled"), "--noop");
    assertEquals(ended.code, 0, ended.stderr);
    assertStringIncludes(ended.stderr, "mgmt-one is not installed (2.0 is available)");
    assertEquals(await installedVersion("mgmt-one"), undefined);
    assertEquals(await transactions(), before);
  });

  packageTest("with --noop, what would be refused is said, and only that", async () => {
    assertEquals((await once(pkg('name: mgmt-one, state: "1.0"', "name: mgmt-program"))).code, 0);
    await shell("apt-mark hold mgmt-one");
    const before = await transactions();
    const no = await once(
      pkg(
        "name: mgmt-one, state: newest",
        "name: mgmt-library, state: uninstalled",
        "name: mgmt-no-such",
        "name: mgmt-two",
      ),
      "--noop",
    );
    await shell("apt-mark unhold mgmt-one");
    assertMatch(no.stderr, /mgmt-one\]: Would fail: mgmt-one is on hold at version 1\.0/);
    assertMatch(no.stderr, /mgmt-library\]: Would fail: .*also remove mgmt-program/);
    assertMatch(no.stderr, /mgmt-no-such\]: Would fail: no source of this host offers/);
    assertMatch(no.stderr, /mgmt-two\]: Would apply/);
    assertStringIncludes(no.stderr, "0 ok, 0 changed, 3 failed, 0 blocked, 0 contested, 1 noop");
    assertEquals(no.code, 4, no.stderr);
    const both = await once(
      pkg(
        "name: mgmt-one, state: newest",
        "name: mgmt-library, state: uninstalled",
        "name: mgmt-program, state: uninstalled",
      ),
      "--noop",
    );
    assertStringIncludes(both.stderr, "0 ok, 0 changed, 0 failed, 0 blocked, 0 contested, 3 noop");
    assertEquals(both.code, 0, both.stderr);
    assertEquals(await transactions(), before);
  });

  packageTest("an unknown package fails alone, with names like it", async () => {
    const ended = await once(pkg("name: mgmt-progarm", "name: mgmt-one"));
    assertEquals(ended.code, 4, ended.stderr);
    assertStringIncludes(ended.stderr, "no source of this host offers a package mgmt-progarm");
    assertMatch(ended.stderr, /did you mean .*"mgmt-program"/);
    assertEquals(await installedVersion("mgmt-one"), "2.0");
  });

  packageTest("what is not free or not signed needs a word", async () => {
    const no = await once(pkg("name: mgmt-closed"));
    assertEquals(no.code, 4, no.stderr);
    assertStringIncludes(no.stderr, "allownonfree: true");
    assertEquals(await installedVersion("mgmt-closed"), undefined);
    const yes = await once(pkg("name: mgmt-closed, allownonfree: true"));
    assertEquals(yes.code, 0, yes.stderr);
    assertEquals(await installedVersion("mgmt-closed"), "1.0");
  });
}

function together(): void {
  packageTest(
    "what is ready at the same time is one transaction, whatever else depends on it",
    async () => {
      await inDirectory(async (directory) => {
        const before = await transactions();
        const ended = await once(`graph: t
resources:
  pkg: [{name: mgmt-one}, {name: mgmt-two}, {name: mgmt-program}, {name: mgmt-edited}]
  file: [{name: ${directory}/after}]
edges:
- {from: {kind: pkg, name: mgmt-one}, to: {kind: file, name: ${directory}/after}}
`);
        assertEquals(ended.code, 0, ended.stderr);
        assertEquals(await transactions(), before + 1, ended.stderr);
      });
    },
  );

  packageTest(
    "chains of package, file and service run side by side; then all is well",
    async () => {
      const repository = await testRepository();
      const names = ["mgmt-d1", "mgmt-d2", "mgmt-d3"];
      const unit = "[Service]\nExecStart=sleep infinity\n[Install]\nWantedBy=multi-user.target\n";
      for (const name of names) {
        const files = { [`/usr/lib/systemd/system/${name}.service`]: unit };
        await repository.offer({ name, version: "1.0", files });
      }
      await shell("apt-get update");
      const each = (line: (name: string) => string) => names.map(line).join("\n");
      const graph = `graph: chains
resources:
  pkg:
${each((name) => `  - {name: ${name}}`)}
  file:
${each((name) => `  - {name: /etc/${name}.conf, content: "of ${name}\\n"}`)}
  svc:
${each((name) => `  - {name: ${name}, state: running, startup: enabled}`)}
edges:
${each((name) => `- {from: {kind: pkg, name: ${name}}, to: {kind: file, name: /etc/${name}.conf}}`)}
${
        each((name) => {
          const file = `{kind: file, name: /etc/${name}.conf}`;
          return `- {from: ${file}, to: {kind: svc, name: ${name}}, notify: true}`;
        })
      }
`;
      const before = await transactions();
      const first = await once(graph);
      assertEquals(first.code, 0, first.stderr);
      assertStringIncludes(first.stderr, "9 ok, 9 changed");
      assertEquals(await transactions(), before + 1);
      assertEquals(await shell(`systemctl is-active ${names.join(" ")}`), "active\n".repeat(3));
      const second = await once(graph);
      assertStringIncludes(second.stderr, "9 ok, 0 changed", second.stderr);
      await shell(`systemctl disable --now ${names.join(" ")}; rm /etc/mgmt-d?.conf`);
    },
  );

  packageTest("autogroup: false is a transaction of its own", async () => {
    const before = await transactions();
    const apart = "name: mgmt-two, meta: {autogroup: false}";
    const ended = await once(pkg("name: mgmt-one", apart, "name: mgmt-program"));
    assertEquals(ended.code, 0, ended.stderr);
    assertEquals(await transactions(), before + 2, ended.stderr);
  });

  packageTest("one bad package among good ones is the only one that fails", async () => {
    const ended = await once(pkg("name: mgmt-one", "name: mgmt-bad", "name: mgmt-two"));
    assertEquals(ended.code, 4, ended.stderr);
    assertStringIncludes(ended.stderr, "2 changed, 1 failed");
    assertStringIncludes(ended.stderr, "no licence for this");
    assertEquals(await installedVersion("mgmt-one"), "2.0");
    assertEquals(await installedVersion("mgmt-two"), "1:0.9~rc1-1");
    const gone = await once(pkg("name: mgmt-bad, state: uninstalled"));
    assertEquals(gone.code, 0, gone.stderr);
    assertStringIncludes(gone.stderr, "mgmt-bad 1.0 is half-configured");
  });

  packageTest("in a mixed transaction that fails only those fail who are to blame", async () => {
    assertEquals((await once(pkg("name: mgmt-program"))).code, 0);
    const gone = ["mgmt-library", "mgmt-program"].map((name) =>
      `name: ${name}, state: uninstalled`
    );
    const graph = pkg("name: mgmt-deep", "name: mgmt-rival", ...gone, "name: mgmt-bad");
    const ended = await once(graph);
    assertEquals(ended.code, 4, ended.stderr);
    assertStringIncludes(ended.stderr, "3 changed, 2 failed");
    assertMatch(ended.stderr, /Failed: .* install mgmt-deep\b.*mgmt-orphan/);
    assertMatch(ended.stderr, /Failed: .* install mgmt-bad\b.*no licence for this/);
    assertEquals(await installedVersion("mgmt-rival"), "1.0");
    assertEquals(await installedVersion("mgmt-library"), undefined);
    await shell("dpkg --purge mgmt-bad");
  });

  packageTest("who may be unsigned is not blamed for sharing with who may not", async () => {
    const unsigned = new AptRepository("/srv/mgmt-unsigned", { trusted: false });
    const names = ["mgmt-unsigned", "mgmt-forbidden"];
    await unsigned.offer(...names.map((name) => ({ name, version: "1.0" })));
    await unsigned.use({ only: false });
    try {
      const allowed = "name: mgmt-unsigned, allowuntrusted: true";
      const ended = await once(pkg(allowed, "name: mgmt-forbidden", "name: mgmt-one"));
      assertStringIncludes(ended.stderr, "2 changed, 1 failed");
      assertEquals(await installedVersion("mgmt-unsigned"), "1.0");
      assertEquals(await installedVersion("mgmt-forbidden"), undefined);
      assertEquals(await installedVersion("mgmt-one"), "2.0");
    } finally {
      await shell("rm /etc/apt/sources.list.d/*-unsigned.list; apt-get update");
    }
  });

  packageTest("what others need is not removed behind their back", async () => {
    assertEquals((await once(pkg("name: mgmt-program"))).code, 0);
    const no = await once(pkg("name: mgmt-library, state: uninstalled"));
    assertEquals(no.code, 4, no.stderr);
    assertMatch(no.stderr, /would also remove mgmt-program/);
    const both = ["mgmt-library", "mgmt-program"].map((name) =>
      `name: ${name}, state: uninstalled`
    );
    const yes = await once(pkg(...both));
    assertEquals(yes.code, 0, yes.stderr);
    assertEquals(await installedVersion("mgmt-library"), undefined);
  });
}

function events(): void {
  packageTest(
    "a package that is removed by hand comes back, one that is installed goes",
    async () => {
      const graph = pkg("name: mgmt-one", "name: mgmt-two, state: uninstalled");
      await agent(graph, async ({ program }) => {
        await becomes("mgmt-one", "2.0", program);
        await shell("dpkg --remove mgmt-one");
        await becomes("mgmt-one", "2.0", program);
        await shell("apt-get install -y mgmt-two");
        await becomes("mgmt-two", undefined, program);
      });
    },
  );

  packageTest("newest follows the sources when their lists are fetched", async () => {
    const repository = await testRepository();
    try {
      await agent(pkg("name: mgmt-one, state: newest"), async ({ program }) => {
        await becomes("mgmt-one", "2.0", program);
        await repository.offer({ name: "mgmt-one", version: "3.0" });
        await shell("apt-get update");
        await becomes("mgmt-one", "3.0", program);
      });
    } finally {
      await repository.withdraw("mgmt-one", "3.0");
      await shell("apt-get update");
    }
  });

  packageTest("a package that nobody offered is installed when somebody does", async () => {
    const repository = await testRepository();
    try {
      await agent(pkg("name: mgmt-late"), async ({ program }) => {
        await program.says("no source of this host offers a package mgmt-late");
        await repository.offer({ name: "mgmt-late", version: "1.0" });
        await shell("apt-get update");
        await becomes("mgmt-late", "1.0", program);
      });
    } finally {
      await repository.withdraw("mgmt-late", "1.0");
      await shell("apt-get update");
    }
  });
}

function faults(): void {
  packageTest("while somebody else works with packages, it waits and says so", async () => {
    await closeGate();
    const other = shell("apt-get install -y mgmt-slow");
    await reachGate();
    await inDirectory(async (directory) => {
      await Deno.writeTextFile(`${directory}/graph.yaml`, pkg("name: mgmt-two"));
      const how = ["--converged-timeout=0", "--tmp-prefix"];
      const program = new Program(["run", `${directory}/graph.yaml`, ...how]);
      await program.says(/waits for the lock of \S+ \(pid \d+\)/);
      await Deno.remove(GATE);
      await other;
      const ended = await program.ended();
      assertEquals(ended.code, 0, ended.stderr);
    });
    assertEquals(await installedVersion("mgmt-two"), "1:0.9~rc1-1");
  });

  packageTest("whoever waits for somebody else's work ends at the first ^C", async () => {
    await closeGate();
    const other = shell("apt-get install -y mgmt-slow");
    await reachGate();
    await inDirectory(async (directory) => {
      await Deno.writeTextFile(`${directory}/graph.yaml`, pkg("name: mgmt-two"));
      const program = new Program(["run", `${directory}/graph.yaml`, "--tmp-prefix"]);
      await program.says(/waits for the lock of \S+ \(pid \d+\)/);
      let code: number | undefined;
      void program.interrupt().then((ended) => code = ended.code);
      await within(60_000, () => code === 130, () => program.stderr);
      assert(!/Failed|Aborted/.test(program.stderr), program.stderr);
      await Deno.remove(GATE);
      await other;
    });
    assertEquals(await installedVersion("mgmt-two"), undefined);
  });

  packageTest("an agent that is killed while it installs leaves nothing torn behind", async () => {
    const graph = pkg("name: mgmt-slow", "name: mgmt-two");
    await closeGate();
    await inDirectory(async (directory) => {
      await Deno.writeTextFile(`${directory}/graph.yaml`, graph);
      const args = ["run", `${directory}/graph.yaml`, "--prefix", `${directory}/prefix`];
      const killed = new Program([...args, "--converged-timeout=0"]);
      await reachGate();
      killed.signal("SIGKILL");
      await killed.ended();
      const next = mgmt([...args, "--converged-timeout=0"]);
      await Deno.remove(GATE);
      const ended = await next;
      assertEquals(ended.code, 0, ended.stderr);
    });
    assertEquals(await installedVersion("mgmt-slow"), "1.0");
    assertEquals(await installedVersion("mgmt-two"), "1:0.9~rc1-1");
  });

  packageTest("an agent that is told to end finishes what it installs", async () => {
    await closeGate();
    await agent(pkg("name: mgmt-slow"), async ({ program }) => {
      await reachGate();
      program.signal("SIGTERM");
      await program.says(/Interrupted|signal/i);
      await Deno.remove(GATE);
      const ended = await program.ended();
      assertEquals(ended.code, 143, ended.stderr);
    });
    assertEquals(await installedVersion("mgmt-slow"), "1.0");
  });

  packageTest("what a torn run of dpkg left is finished first", async () => {
    await closeGate();
    const other = new Deno.Command("dpkg", {
      args: ["--install", "/srv/mgmt-packages/pool/mgmt-slow_1.0_all.deb"],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await reachGate();
    other.kill("SIGKILL");
    await other.status;
    await Deno.remove(GATE);
    assert(contentOf("/var/lib/dpkg/updates/0000") !== undefined, "dpkg was not torn");
    const ended = await once(pkg("name: mgmt-one", "name: mgmt-slow"));
    assertEquals(ended.code, 0, ended.stderr);
    assertEquals(await installedVersion("mgmt-slow"), "1.0");
  });
}

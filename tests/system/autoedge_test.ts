/** Packages, files, services, users and groups in one graph, in the wrong order and without an edge. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { AptRepository, installedVersion } from "../support/apt_repository.ts";
import { forgetMostPackages } from "../support/few_packages.ts";
import { property, removeUnits } from "../support/host_world.ts";
import { contentOf, mgmt, shell } from "../support/program.ts";

const GRAPH = "/tmp/mgmt-auto.yaml";
const UNIT = "[Service]\nExecStart=sleep infinity\n[Install]\nWantedBy=multi-user.target\n";

const repository = new AptRepository("/srv/mgmt-auto");

async function offer(): Promise<void> {
  await forgetMostPackages();
  await repository.offer({
    name: "mgmt-web",
    version: "1.0",
    files: {
      "/etc/mgmt-web/main.conf": "as shipped\n",
      "/usr/lib/systemd/system/mgmt-web.service": UNIT,
    },
    conffiles: ["/etc/mgmt-web/main.conf"],
  }, {
    // Nothing of it bears its name.
    name: "mgmt-odd-server",
    version: "1.0",
    files: {
      "/etc/mgmt-odd/odd.conf": "as shipped\n",
      "/usr/lib/systemd/system/mgmt-oddd.service": UNIT,
    },
    conffiles: ["/etc/mgmt-odd/odd.conf"],
  });
  await repository.use();
}

const CHAIN = `graph: chain
resources:
  svc:
  - name: mgmt-web
    state: running
    startup: enabled
  - name: mgmt-own
    state: running
  file:
  - name: /etc/mgmt-web/sites/one.conf
    content: "one\\n"
    owner: mgmt-auto
    group: mgmt-auto-files
  - name: /etc/mgmt-web/sites/
  - name: /etc/mgmt-web/main.conf
    content: "ours\\n"
  - name: /etc/systemd/system/mgmt-web.service.d/ours.conf
    content: "[Service]\\nEnvironment=OURS=1\\n"
  - name: /etc/systemd/system/mgmt-web.service.d/
  - name: /etc/systemd/system/mgmt-own.service
    content: |
      [Service]
      ExecStart=sleep infinity
      User=root
  user:
  - name: mgmt-auto
    groups: [mgmt-auto-files]
    system: true
  group:
  - name: mgmt-auto-files
    members: [mgmt-auto]
  pkg:
  - name: mgmt-web
`;

async function run(text: string, seed: number): Promise<string> {
  await Deno.writeTextFile(GRAPH, text);
  const { code, stderr } = await mgmt(["run", GRAPH, "-t", "0", "--tmp-prefix", `--seed=${seed}`]);
  assertEquals(code, 0, stderr);
  return stderr;
}

async function clean(): Promise<void> {
  await removeUnits("mgmt-web.service", "mgmt-own.service");
  await shell(
    "dpkg --purge mgmt-web mgmt-odd-server; userdel mgmt-auto; groupdel mgmt-auto-files; " +
      "rm -rf /etc/mgmt-web /etc/systemd/system/mgmt-*; systemctl daemon-reload",
  );
}

Deno.test("a chain without an edge is made at the first try, and then nothing is left to do", async () => {
  await offer();
  for (const seed of [1, 2, 3]) {
    await clean();
    const first = await run(CHAIN, seed);
    assertStringIncludes(first, "Recap: 11 ok, 11 changed, 0 failed, 0 blocked");
    assertEquals(await installedVersion("mgmt-web"), "1.0");
    assertEquals(contentOf("/etc/mgmt-web/main.conf"), "ours\n");
    assertEquals(
      (await shell("stat -c %U:%G /etc/mgmt-web/sites/one.conf")).trim(),
      "mgmt-auto:mgmt-auto-files",
    );
    assertEquals(await property("mgmt-web.service", "ActiveState"), "active");
    assertStringIncludes(await property("mgmt-web.service", "Environment"), "OURS=1");
    assertStringIncludes(await run(CHAIN, seed), "Recap: 11 ok, 0 changed");
  }
});

const GOING = `graph: going
resources:
  pkg:
  - name: mgmt-web
    state: uninstalled
  file:
  - name: /etc/mgmt-web/
    state: absent
    force: true
  - name: /etc/systemd/system/mgmt-own.service
    state: absent
  svc:
  - name: mgmt-web
    state: stopped
  - name: mgmt-own
    state: stopped
  group:
  - name: mgmt-auto-files
    state: absent
  user:
  - name: mgmt-auto
    state: absent
`;

Deno.test("what goes does so in the other order, at the first try", async () => {
  await clean();
  for (const seed of [4, 5]) {
    await run(CHAIN, seed);
    const said = await run(GOING, seed);
    assertStringIncludes(said, "0 failed, 0 blocked");
    assertEquals(await installedVersion("mgmt-web"), undefined);
    assertEquals(contentOf("/etc/mgmt-web/main.conf"), undefined);
    assertEquals(await property("mgmt-own.service", "ActiveState"), "inactive");
  }
});

const ODD = `graph: odd
resources:
  svc:
  - name: mgmt-oddd
    state: running
  file:
  - name: /etc/mgmt-odd/odd.conf
    content: "ours\\n"
  pkg:
  - name: mgmt-odd-server
`;

Deno.test("of an installed package dpkg knows what it owns, and graph and validate may look", async () => {
  await clean();
  await Deno.writeTextFile(GRAPH, ODD);
  const look = async () => {
    const { code, stdout, stderr } = await mgmt(["graph", GRAPH, "--after", "autoedge"]);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  assert(!(await look()).includes("╌"));
  await shell("apt-get install -y mgmt-odd-server");
  const known = await look();
  assertStringIncludes(known, "svc[mgmt-oddd] (owns its unit)");
  assertStringIncludes(known, "file[/etc/mgmt-odd/odd.conf] (owns the path)");
  await clean();
  await Deno.remove(GRAPH);
});

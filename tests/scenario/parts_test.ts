/** Parts of files by the whole program: twice, with noop, with secrets, undone, and killed in between. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inDirectory, mgmt } from "../support/program.ts";

const SECRET = "canary-of-the-parts-3391";

const FILES = {
  "sshd_config":
    "# PasswordAuthentication.  Depending on …\n#PasswordAuthentication yes\n\nMatch User git\n",
  "my.cnf": "[mysqld]\nport = 1 # not a comment\n",
  "daemon.json": '{\n  // logs\n  "log-driver": "x"\n}\n',
  "netplan.yaml": "network:\n  version: 2 # always\n",
  "agent.toml": "# agent\n[agent]\ninterval = '10s'\n",
};

const GRAPH = `graph: parts
resources:
  line:
  - {name: l, path: DIR/sshd_config, section: TOP, setting: true, line: PasswordAuthentication no}
  - {name: m, path: DIR/sshd_config, section: Match User git, line: X11Forwarding no}
  ini:
  - {name: i, path: DIR/my.cnf, section: mysqld, key: port, value: 3306}
  - {name: s, path: DIR/my.cnf, section: client, key: password, value: !secret db}
  json:
  - {name: j, path: DIR/daemon.json, at: log-opts.max-size, value: 10m}
  yaml:
  - {name: y, path: DIR/netplan.yaml, at: network.renderer, value: networkd}
  toml:
  - {name: t, path: DIR/agent.toml, at: agent.interval, value: 30s}
`;

const AFTER = {
  "sshd_config":
    "# PasswordAuthentication.  Depending on …\nPasswordAuthentication no\n\nMatch User git\n    X11Forwarding no\n",
  "my.cnf": `[mysqld]\nport = 3306\n\n[client]\npassword = ${SECRET}\n`,
  "daemon.json":
    '{\n  // logs\n  "log-driver": "x",\n  "log-opts": {\n    "max-size": "10m"\n  }\n}\n',
  "netplan.yaml": "network:\n  version: 2 # always\n  renderer: networkd\n",
  "agent.toml": "# agent\n[agent]\ninterval = '30s'\n",
};

interface Place {
  readonly directory: string;
  readonly run: (...more: string[]) => ReturnType<typeof mgmt>;
  readonly files: () => Record<string, string>;
}

async function inPlace(graph: string, test: (place: Place) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    await Deno.mkdir(`${directory}/secrets`, { mode: 0o700 });
    await Deno.writeTextFile(`${directory}/secrets/db`, SECRET, { mode: 0o600 });
    const file = `${directory}/g.yaml`;
    await Deno.writeTextFile(file, graph.replaceAll("DIR", directory));
    const flags = ["-t", "0", "--no-network", "--prefix", `${directory}/prefix`];
    const run = (...more: string[]) =>
      mgmt(["run", file, ...flags, "--secrets", `${directory}/secrets`, ...more]);
    const files = () =>
      Object.fromEntries(
        Object.keys(FILES).map((name) => [name, Deno.readTextFileSync(`${directory}/${name}`)]),
      );
    await test({ directory, run, files });
  });
}

Deno.test("parts of five files are set, the second run changes nothing, and no secret is told", () =>
  inPlace(GRAPH, async ({ run, files }) => {
    const noop = await run("--noop");
    assertEquals(files(), FILES);
    const first = await run();
    assertEquals(first.code, 0, first.stderr);
    assertEquals(files(), AFTER);
    const second = await run();
    assertStringIncludes(second.stderr, "7 ok, 0 changed, 0 failed");
    assertEquals(files(), AFTER);
    for (const { stdout, stderr } of [noop, first, second]) {
      assert(!(stdout + stderr).includes(SECRET), "the secret was told");
    }
  }));

Deno.test("a run that is killed between the new text and its taking place leaves the old, the next makes the new", () => {
  const killed = `  line:
  - name: l
    path: DIR/sshd_config
    section: TOP
    setting: true
    line: PasswordAuthentication no
    validate: test -e DIR/again || { touch DIR/again; kill -9 $PPID; }; test -e %s
    validate_shell: /bin/sh
`;
  return inPlace(`graph: killed\nresources:\n${killed}`, async ({ directory, run, files }) => {
    const first = await run();
    assert(first.code !== 0, "it was to be killed");
    assertEquals(files(), FILES);
    assertEquals((await run()).code, 0);
    assertEquals(
      files()["sshd_config"],
      AFTER["sshd_config"].replace("    X11Forwarding no\n", ""),
    );
    const left = [...Deno.readDirSync(directory)].map(({ name }) => name)
      .filter((name) => !Object.hasOwn(FILES, name)).sort();
    assertEquals(left, ["again", "g.yaml", "prefix", "secrets"]);
  });
});

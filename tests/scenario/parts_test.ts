/** Parts of files by the whole program: twice, with noop, with secrets, undone, and killed in between. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

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

Deno.test("a plan foresees a file that another resource makes first, and fragments that come", () => {
  const graph = `graph: made
resources:
  file:
  - {name: empty, path: DIR/empty.ini}
  - {name: pieces, path: DIR/d/}
  - {name: piece, path: DIR/d/10, content: a}
  - {name: whole, path: DIR/whole, fragments: DIR/d}
  ini:
  - {name: i, path: DIR/empty.ini, section: a, key: b, value: 1}
`;
  return inPlace(graph, async ({ directory, run }) => {
    const plan = await mgmt(["plan", `${directory}/g.yaml`, "--prefix", `${directory}/prefix`]);
    assertStringIncludes(plan.stdout, "Ini[i]: after File[empty]");
    assertStringIncludes(plan.stdout, "File[whole]: after File[pieces]");
    assertEquals((await run()).code, 0);
    assertEquals(contentOf(`${directory}/empty.ini`), "[a]\nb = 1\n");
    assertEquals(contentOf(`${directory}/whole`), "a\n");
    assertStringIncludes((await run()).stderr, "0 changed");
  });
});

Deno.test("an agent puts parts right again, and follows fragments that come and go", () => {
  const fragments = `  file:
  - {name: pieces, path: DIR/d/}
  - {name: whole, path: DIR/whole, fragments: DIR/d}
`;
  return inPlace(GRAPH + fragments, async ({ directory }) => {
    const at = (name: string) => `${directory}/${name}`;
    const place = ["--prefix", at("prefix"), "--secrets", at("secrets"), "--no-network"];
    const agent = new Program(["run", at("g.yaml"), ...place]);
    const holds = (name: string, content: string) =>
      within(60_000, () => contentOf(at(name)) === content, () => `${name}: ${agent.stderr}`);
    try {
      for (const [name, content] of Object.entries(AFTER)) await holds(name, content);
      await holds("whole", "");
      for (const [name, content] of Object.entries(FILES)) {
        await Deno.writeTextFile(at(`${name}.new`), content);
        await Deno.rename(at(`${name}.new`), at(name));
        await holds(name, AFTER[name as keyof typeof AFTER]);
      }
      await Deno.writeTextFile(at("d/20"), "b\n");
      await holds("whole", "b\n");
      await Deno.writeTextFile(at("d/10"), "a");
      await holds("whole", "a\nb\n");
      await Deno.remove(at("d/20"));
      await holds("whole", "a\n");
    } finally {
      await agent.interrupt();
    }
  });
});

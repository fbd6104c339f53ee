/** A secret is looked for in all that a run leaves, says and shows of itself. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { controlSays } from "../support/control.ts";
import { assertNoCanary, canaryBelow, canaryProcesses } from "../support/canary.ts";
import { eventsOf, tells } from "../support/json_run.ts";
import { inDirectory, mgmt, Program, within } from "../support/program.ts";

/** With what shells, JSON and addresses write otherwise. */
const VALUE = `ca'na"ry/of the 7411\\st secret`;
const NEXT = `ne"xt'ca/nary of the 9902\\nd one`;

const PRINT = `printf '%s\\n' "$KEY"; printf %s "$KEY" | base64; printf %s "$KEY" | base64 >&2; ` +
  `set -x; : "$KEY"; set +x; printf '{"a":"%s"}' "$KEY"`;

const PROGRAM = `import { exec, file, line, probe, program } from "mgmt";
const sh = { shell: "/bin/sh" };
export default program(({ secret }) => {
  const key = secret("app-key");
  const env = { KEY: key, AUTH: key.base64() };
  const conf = file("DIR/conf", { content: \`key = \${key}\\n\` });
  file("DIR/encoded", { content: key.trim().base64() });
  file("DIR/hash", { content: key.sha512crypt() });
  file("DIR/open", { content: key, mode: "0644" });
  file("DIR/headed.conf", { content: key, meta: { header: true } });
  file("DIR/refused", { content: key, validate: "cat %s; cat %s >&2; false", validate_shell: "/bin/sh" });
  file("DIR/none/refused", { content: key });
  file("DIR/taken", { content: key });
  file("DIR/noop", { content: key, meta: { noop: true } });
  file("DIR/lost", { content: secret("lost") });
  line("line", { path: "DIR/lines", line: key, create: true });
  line("block", { path: "DIR/lines", block: \`a\\n\${key}\`, comment: "#" });
  exec("prints", { cmd: \`PRINT\`, ...sh, env, subscribe: conf });
  exec("fails", { cmd: \`PRINT; exit 3\`, ...sh, env, meta: { retry: 0 } });
  exec("split", { cmd: 'printf %.9s "$KEY"; sleep 0.1; printf %s "\${KEY#?????????}"', ...sh, env });
  exec("missing", { cmd: "/nowhere/program", env, meta: { retry: 0 } });
  exec("asks", { cmd: "true", ifcmd: 'echo "$KEY" >&2; false', ifshell: "/bin/sh", env });
  exec("watches", {
    cmd: "true", env, watchcmd: 'echo "$KEY" >&2; echo "$KEY"; sleep 60', watchshell: "/bin/sh",
  });
  exec("sleeps", { cmd: "sleep 1; echo slept", ...sh, env });
  probe("p", { command: "true" });
});
`;

/** Of all that is said: the way, and what was said. */
type Said = readonly (readonly [way: string, said: string])[];

async function saidBy(file: string, place: readonly string[], ...ways: string[]): Promise<Said> {
  const said: [string, string][] = [];
  for (const way of ways) {
    const { stdout, stderr } = await mgmt([...way.replace("FILE", file).split(" "), ...place]);
    said.push([way, stdout + stderr]);
  }
  return said;
}

function assertNowhere(said: Said): void {
  for (const [way, text] of said) {
    assert(text !== "", way);
    for (const value of [VALUE, NEXT]) assertNoCanary(text, value, way);
  }
}

async function putSecret(directory: string, value: string): Promise<void> {
  const temporary = `${directory}/secrets/.new`;
  await Deno.writeTextFile(temporary, value, { mode: 0o600 });
  await Deno.rename(temporary, `${directory}/secrets/app-key`);
}

Deno.test("a secret is in no state, journal, output, answer and process but where it was asked for", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    await Deno.mkdir(`${directory}/secrets`, { mode: 0o700 });
    await putSecret(directory, VALUE);
    await Deno.mkdir(`${directory}/taken`);
    const prefix = `${directory}/prefix`;
    const file = `${directory}/site.ts`;
    const text = PROGRAM.replaceAll("PRINT", PRINT.replaceAll("\\", "\\\\").replaceAll("`", "\\`"))
      .replaceAll("DIR", directory);
    await Deno.writeTextFile(file, text);
    const place = ["--prefix", prefix];
    const secrets = ["--secrets", `${directory}/secrets`];
    assertNowhere(
      await saidBy(
        file,
        [],
        "validate FILE",
        "graph FILE -f json",
        "graph FILE -f tree",
        "graph FILE -f yaml",
      ),
    );
    const once = "run FILE -t 0 --no-network --tmp-prefix -v";
    assertNowhere(
      await saidBy(
        file,
        secrets,
        `${once} --noop`,
        `${once} --noop --output json`,
        "plan FILE --allow-probe -v",
        "plan FILE --allow-probe -v --output json",
      ),
    );
    await Deno.mkdir(`${directory}/graphviz`);
    const agent = new Program(
      [
        ...["run", file, "--no-network", "-v", "--output", "json"],
        ...["--graphviz", `${directory}/graphviz/g.dot`, ...place, ...secrets],
      ],
    );
    try {
      await within(60_000, () => canaryProcesses(VALUE).length > 0, () => agent.stdout);
      const given = canaryProcesses(VALUE);
      assertEquals(given.filter((process) => !process.endsWith(" environ")), []);
      assert(!given.includes(`${agent.pid} environ`), "it is in the environment of the agent");
      await tells(agent, ({ type }) => type === "settled");
      assertStringIncludes(await Deno.readTextFile(`${directory}/conf`), VALUE);
      assertStringIncludes(await Deno.readTextFile(`${directory}/lines`), VALUE);
      await putSecret(directory, NEXT);
      const has = () => Deno.readTextFileSync(`${directory}/conf`).includes(NEXT);
      await within(60_000, has, () => agent.stdout.slice(-2000));
      const hasSettled = () => eventsOf(agent).filter(({ type }) => type === "settled").length > 1;
      await within(60_000, hasSettled, () => agent.stdout.slice(-2000));
      const paths = ["/v1/status", "/v1/resources", "/v1/history", "/v1/holds"];
      const answers = paths.map(async (path) =>
        [path, await controlSays(prefix, `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)] as const
      );
      assertNowhere(await Promise.all(answers));
      assertNowhere([["the output", agent.stdout]]);
    } finally {
      await agent.interrupt();
    }
    assertStringIncludes(agent.stdout, "(secret)");
    assertNowhere(
      await saidBy(
        file,
        place,
        "history",
        "history --output json",
        `why file[${directory}/conf]`,
        `diff file[${directory}/conf]`,
        `diff file[${directory}/conf] --output json`,
        `undo --since 1h --noop`,
        "orphans",
      ),
    );
    const left = [prefix, `${directory}/graphviz`].flatMap((below) =>
      [VALUE, NEXT].flatMap((value) =>
        canaryBelow(below, value, (path) => path.startsWith(`${prefix}/backups`))
      )
    );
    assertEquals(left, []);
    assertEquals([...canaryProcesses(VALUE), ...canaryProcesses(NEXT)], []);
    const kept = Deno.statSync(`${prefix}/backups`).mode ?? 0;
    assertEquals(kept & 0o077, 0);
  }));

const BESIDE = `graph: g
values: {pw: !secret app-key, u: USER}
resources:
  line:
  - {name: password, path: DIR/conf, line: "proxy_password=\${pw}", match: ^proxy_password=}
  - {name: user, path: DIR/conf, line: "proxy_username=\${u}", match: ^proxy_username=}
  - {name: other, path: DIR/link/conf, line: "other=\${u}", match: ^other=}
edges:
- {name: a, from: {kind: line, name: password}, to: {kind: line, name: user}}
- {name: b, from: {kind: line, name: user}, to: {kind: line, name: other}}
`;

Deno.test("a secret is in no difference of another resource that changes the same file", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    await Deno.mkdir(`${directory}/secrets`, { mode: 0o700 });
    await putSecret(directory, VALUE);
    // Of two ways to a file the claims know nothing.
    await Deno.symlink(directory, `${directory}/link`);
    await Deno.writeTextFile(`${directory}/conf`, "a=1\n", { mode: 0o644 });
    const prefix = `${directory}/prefix`;
    const place = ["--prefix", prefix];
    const all = [...place, "--secrets", `${directory}/secrets`];
    const file = `${directory}/g.yaml`;
    const write = (user: string) =>
      Deno.writeTextFile(file, BESIDE.replaceAll("DIR", directory).replace("USER", user));
    const once = "run FILE -t 0 --no-network -v";
    await write("first");
    assertNowhere(await saidBy(file, all, once));
    assertStringIncludes(await Deno.readTextFile(`${directory}/conf`), `proxy_password=${VALUE}`);
    await write("second");
    const foreseen = await saidBy(
      file,
      all,
      "plan FILE",
      "plan FILE --output json",
      `${once} --noop`,
      `${once} --noop --output json`,
    );
    assertNowhere(foreseen);
    // What another way to it shows is searched for the value.
    assertStringIncludes(foreseen[2]?.[1] ?? "", "proxy_password=(secret)");
    assertNowhere(await saidBy(file, all, `${once} --output json`));
    assertStringIncludes(await Deno.readTextFile(`${directory}/conf`), "proxy_username=second");
    assertNowhere(
      await saidBy(
        file,
        place,
        "diff line[user]",
        "diff line[other]",
        "history --output json",
        "undo --since 1h --noop",
      ),
    );
    const isCopy = (path: string) => path.startsWith(`${prefix}/backups`);
    assertEquals(canaryBelow(prefix, VALUE, isCopy), []);
  }));

const ONCE_SECRET = `graph: g
values: {pw: !secret app-key}
resources:
  line: [{name: l1, path: DIR/conf, line: "password=\${pw}", match: ^password=}]
  file:
  - {name: DIR/open, content: "token \${pw}\\n", mode: "0644"}
  - {name: DIR/closed, content: "token \${pw}\\n"}
  - {name: DIR/gone, content: "token \${pw}\\n", mode: "0644"}
  - {name: DIR/tree/inside, content: "token \${pw}\\n", mode: "0644"}
`;
const NO_MORE = `graph: g
resources:
  line: [{name: another, path: DIR/conf, line: password=none, match: ^password=}]
  file:
  - {name: open, path: DIR/open, content: "no token STEP\\n", mode: "0644"}
  - {name: closed, path: DIR/closed, content: "no token\\n", mode: "0600"}
  - {name: DIR/gone, state: absent}
  - {name: DIR/tree/, purge: true}
`;

Deno.test("a secret that leaves a file is in no difference, plan and journal, and nothing brings it back", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    await Deno.mkdir(`${directory}/secrets`, { mode: 0o700 });
    await Deno.mkdir(`${directory}/tree`);
    await putSecret(directory, VALUE);
    await Deno.writeTextFile(`${directory}/conf`, "a=1\n", { mode: 0o644 });
    const prefix = `${directory}/prefix`;
    const place = ["--prefix", prefix];
    const all = [...place, "--secrets", `${directory}/secrets`];
    const file = `${directory}/g.yaml`;
    const write = (graph: string, step = "1") =>
      Deno.writeTextFile(file, graph.replaceAll("DIR", directory).replace("STEP", step));
    const once = "run FILE -t 0 --no-network -v";
    await write(ONCE_SECRET);
    assertNowhere(await saidBy(file, all, once));
    for (const name of ["conf", "open", "closed", "gone", "tree/inside"]) {
      assertStringIncludes(await Deno.readTextFile(`${directory}/${name}`), VALUE);
    }
    // Nobody can know any more what to look for.
    await Deno.remove(`${directory}/secrets/app-key`);
    await write(NO_MORE);
    const foresees = ["plan FILE", "plan FILE --output json", `${once} --noop --output json`];
    assertNowhere(await saidBy(file, all, ...foresees));
    const said = await saidBy(file, all, `${once} --output json`);
    assertNowhere(said);
    assertEquals(await Deno.readTextFile(`${directory}/conf`), "a=1\npassword=none\n");
    assertEquals(await Deno.readTextFile(`${directory}/open`), "no token 1\n");
    const told = [
      "diff line[another]",
      "diff file[open]",
      "diff file[closed]",
      `diff file[${directory}/gone]`,
      "history --output json",
      "undo --since 1h",
    ];
    const after = await saidBy(file, place, ...told);
    assertNowhere(after);
    assertEquals(await Deno.readTextFile(`${directory}/open`), "no token 1\n");
    for (const gone of ["gone", "tree/inside"]) {
      assertEquals(await Deno.stat(`${directory}/${gone}`).catch(() => "gone"), "gone", gone);
    }
    const isCopy = (path: string) => path.startsWith(`${prefix}/backups`);
    assertEquals(canaryBelow(prefix, VALUE, isCopy), []);
    // No guess can be tried on what is kept of it.
    const hex = await sumOf(`token ${VALUE}\n`);
    assertEquals(canaryBelow(prefix, hex, isCopy), []);
    assert(!JSON.stringify([...said, ...after]).includes(hex.slice(0, 12)));
  }));

async function sumOf(text: string): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("what an undo overwrites that holds a secret is in no journal, and no undo brings it back", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    await Deno.mkdir(`${directory}/secrets`, { mode: 0o700 });
    await putSecret(directory, VALUE);
    const prefix = `${directory}/prefix`;
    const path = `${directory}/open`;
    const file = `${directory}/g.yaml`;
    const place = ["--prefix", prefix];
    const all = [...place, "--secrets", `${directory}/secrets`];
    for (const content of ["plain", "token ${pw}"]) {
      await Deno.writeTextFile(
        file,
        `graph: g\nvalues: {pw: !secret app-key}\nresources:\n  file:\n` +
          `  - {name: ${path}, content: "${content}\\n", mode: "0644"}\n`,
      );
      assertNowhere(await saidBy(file, all, "run FILE -t 0 --no-network -v"));
    }
    assertEquals(await Deno.readTextFile(path), `token ${VALUE}\n`);
    const undone = await saidBy(file, place, "undo --since 1h --force");
    assertStringIncludes(undone[0]?.[1] ?? "", "taken back");
    assert(!(await Deno.readTextFile(path).catch(() => "")).includes(VALUE));
    const told = ["undo --since 1h --force", "history --output json", `diff file[${path}]`];
    assertNowhere([...undone, ...await saidBy(file, place, ...told)]);
    assert(!(await Deno.readTextFile(path).catch(() => "")).includes(VALUE));
    const isCopy = (each: string) => each.startsWith(`${prefix}/backups`);
    assertEquals(canaryBelow(prefix, await sumOf(`token ${VALUE}\n`), isCopy), []);
  }));

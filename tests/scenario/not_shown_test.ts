import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inDirectory, mgmt } from "../support/program.ts";

/** What no output may have. */
const SECRET = "S3CRET";

/** Everything that the program says of a graph, in all its ways; the run itself comes last. */
async function saidOf(directory: string, graph: string): Promise<readonly string[]> {
  const file = `${directory}/g.yaml`;
  await Deno.writeTextFile(file, graph);
  const once = ["run", file, "-t", "0", "--tmp-prefix", "-v"];
  const ways = [
    ["validate", file],
    ...["tree", "dot", "mermaid", "json"].map((format) => ["graph", file, "-f", format]),
    [...once, "--noop"],
    [...once, "--noop", "--output", "json"],
    [...once, "--output", "json"],
    once,
  ];
  const said: string[] = [];
  for (const way of ways) {
    const { stdout, stderr } = await mgmt(way);
    said.push(stdout + stderr);
  }
  return said;
}

function assertNotShown(said: readonly string[]): void {
  for (const text of said) assert(!text.includes(SECRET), text);
}

Deno.test("of a sensitive exec neither the commands nor what they print are shown", () =>
  inDirectory(async (directory) => {
    const command = (name: string, fields: string) =>
      `  - name: ${name}\n    sensitive: true\n${fields.replace(/^/gm, "    ")}\n`;
    const said = await saidOf(
      directory,
      `graph: g\nresources:\n  exec:\n` +
        command("prints", `cmd: echo ${SECRET}; echo ${SECRET} >&2\nshell: /bin/sh`) +
        command("fails", `cmd: echo ${SECRET}; exit 3\nshell: /bin/sh`) +
        command("missing", `cmd: /nowhere/${SECRET} -p ${SECRET}`) +
        command("lost", `cmd: ${SECRET} '${SECRET}'`) +
        command("asks", `cmd: "true"\nifcmd: ./${SECRET}`) +
        command("waits", `cmd: "true"\nwatchcmd: echo ${SECRET} >&2\nwatchshell: /bin/sh`),
    );
    assertNotShown(said);
    const human = said.at(-1) ?? "";
    assertStringIncludes(human, "Exec[prints]: Command output is not shown: it is sensitive");
    assertStringIncludes(human, "Exec[fails]: Failed: exited with code 3 (");
    assertStringIncludes(human, "there is no program (not shown: sensitive)");
  }));

Deno.test("of files that not everybody may read no content is shown", () =>
  inDirectory(async (directory) => {
    for (const name of ["old", "lines"]) {
      Deno.writeTextFileSync(`${directory}/${name}`, `old ${SECRET}\n`, { mode: 0o640 });
    }
    const said = await saidOf(
      directory,
      `graph: g
resources:
  file:
  - name: ${directory}/new
    content: new ${SECRET}
    mode: "0600"
    validate: cat %s
  - name: ${directory}/old
    content: new ${SECRET}
  - name: ${directory}/refused
    content: new ${SECRET}
    mode: "0600"
    validate: grep --invert-match ${SECRET}.. %s
  line:
  - name: line
    path: ${directory}/lines
    line: new ${SECRET}
`,
    );
    for (const text of said) {
      const validators = text.replaceAll(`--invert-match ${SECRET}..`, "");
      assertNotShown([validators]);
    }
    const [, , , , , noop = "", , json = ""] = said;
    for (const text of [noop, json]) assertStringIncludes(text, "sha256 ");
  }));

Deno.test("what validate prints of content that it takes is heard with -v only", () =>
  inDirectory(async (directory) => {
    const run = async (content: string, ...more: string[]) => {
      const graph = `graph: g\nresources:\n  file:\n  - name: ${directory}/f\n` +
        `    content: ${content}\n    validate: cat %s; grep -q good %s\n` +
        "    validate_shell: /bin/sh\n";
      await Deno.writeTextFile(`${directory}/g.yaml`, graph);
      const { stderr } = await mgmt([
        "run",
        `${directory}/g.yaml`,
        "-t",
        "0",
        "--tmp-prefix",
        ...more,
      ]);
      return stderr.includes("]: good") || stderr.includes("]: bad");
    };
    assertEquals(await run("good"), false);
    assertEquals(await run("bad"), true);
    assertEquals(await run("goods", "-v"), true);
  }));

Deno.test("whoever changes a file of which another resource is sensitive shows nothing of it", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/conf`;
    Deno.writeTextFileSync(path, `a = 1\npassword = ${SECRET}\nb = 2\n`, { mode: 0o644 });
    const said = await saidOf(
      directory,
      `graph: g\nresources:\n  line:\n` +
        `  - {name: pw, path: ${path}, line: "password = new${SECRET}", match: "^password", sensitive: true}\n` +
        `  - {name: b, path: ${path}, line: "b = 3", match: "^b ", sensitive: false}\n` +
        `  - {name: a, path: ${path}, line: "a = 2", match: "^a "}\n` +
        `  - {name: other, path: ${directory}/other, line: "shown = 1"}\n` +
        `  file: [{name: ${directory}/other}]\n`,
    );
    assertNotShown(said);
    assertEquals(Deno.readTextFileSync(path), `a = 2\npassword = new${SECRET}\nb = 3\n`);
    assert(said.some((text) => text.includes("shown = 1")), "of another file it is shown");
  }));

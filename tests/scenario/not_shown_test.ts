import { assert, assertStringIncludes } from "@std/assert";
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

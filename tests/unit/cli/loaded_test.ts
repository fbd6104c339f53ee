/** What a start loads: what only some graphs and commands need must cost nobody else a start. */

import { assert, assertEquals } from "@std/assert";
import { inDirectory, repositoryFile } from "../../support/program.ts";

/** What neither checking a graph nor running one without a cluster, a program or a secret needs. */
const NOT_NEEDED = [
  /\/npm\/(?!.*\/(?:fastest-levenshtein|js-yaml|minimist|zod)\/)/,
  /\/src\/(?:etcd|secrets|trust|program\/(?!protocol))\/?/,
  /\/src\/cluster\/(?:agent\/|leader\/(?!view|elections)|admin\/(?!last_contact))/,
  /\/src\/control\/(?!.*type)/,
  /\/src\/journal\/(?:writer|reader|database)/,
  /\/src\/app\/(?:undo|typings|running_plan)\//,
  /\/src\/cli\/commands\/registry\.ts$/,
  /\/src\/resources\/registry\.ts$/,
  // Kinds of which the graph does not speak.
  /\/src\/resources\/(?!shared\/|file\/|on_demand)/,
];

/** So much source text may be loaded, in KB; whoever must raise it says in the commit why every start pays. */
const LARGEST_KB: Readonly<Record<string, number>> = { "validate": 660, "run": 1487 };

const GRAPH = "graph: g\nresources:\n  file:\n    - {name: a, path: DIRECTORY/a, content: x}\n";

/** The modules that a command line loads. */
async function loadedBy(directory: string, args: readonly string[]): Promise<readonly string[]> {
  const reports = `${directory}/loaded`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `--coverage=${reports}`, repositoryFile("main.ts"), ...args],
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return [...Deno.readDirSync(reports)].filter(({ name }) => name.endsWith(".json"))
    .map(({ name }) =>
      new URL(JSON.parse(Deno.readTextFileSync(`${reports}/${name}`)).url).pathname
    )
    .filter((path) => path.startsWith("/"));
}

for (const [command, flags] of [["validate", []], ["run", ["-t", "0", "--tmp-prefix"]]] as const) {
  Deno.test(`mgmt ${command} of a graph of files that are right loads what that needs, and no more`, () =>
    inDirectory(async (directory) => {
      const graph = `${directory}/graph.yaml`;
      await Deno.writeTextFile(graph, GRAPH.replace("DIRECTORY", directory));
      await Deno.writeTextFile(`${directory}/a`, "x");
      const loaded = await loadedBy(directory, [command, graph, ...flags]);
      assert(loaded.length > 100, `${loaded.length} modules are too few to be true`);
      assertEquals(loaded.filter((path) => NOT_NEEDED.some((rule) => rule.test(path))), []);
      const sizes = loaded.filter((path) => path.includes("/src/")).map((path) =>
        [Deno.statSync(path).size, path] as const
      );
      const kb = sizes.reduce((sum, [size]) => sum + size, 0) / 1024;
      const most = LARGEST_KB[command] ?? 0;
      assert(
        kb <= most,
        `${
          kb.toFixed(0)
        } KB in ${sizes.length} modules are loaded, more than ${most}: import lazily ` +
          "what only some need",
      );
    }));
}

Deno.test("mgmt run of a program loads of the kinds only those that it speaks of", () =>
  inDirectory(async (directory) => {
    const graph = `${directory}/site.ts`;
    await Deno.writeTextFile(
      graph,
      `import { file, program } from "mgmt";
export default program(() => {
  file("${directory}/a", { content: "x" });
});
`,
    );
    const loaded = await loadedBy(directory, ["run", graph, "-t", "0", "--tmp-prefix"]);
    assert(loaded.some((path) => path.endsWith("/src/app/program/program_source.ts")));
    const kinds = loaded.filter((path) => /\/src\/resources\/.*\/kind\.ts$/.test(path));
    assertEquals(kinds.map((path) => path.split("/").at(-2)), ["file"]);
  }));

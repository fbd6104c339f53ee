import { assert, assertEquals } from "@std/assert";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import type { GraphDocument } from "../../../src/lang/document.ts";
import { loadGraph } from "../../../src/lang/load.ts";
import { PASSES } from "../../../src/lang/passes.ts";
import type { Path } from "../../../src/lang/path.ts";
import { registry } from "./kinds.ts";

const GIVEN = {
  document: ["value", "numbers", "texts", "known", "registry", "directory", "host", "mistakes"],
  run: ["graph", "collects", "registry", "directory", "others", "owners"],
} as const;

Deno.test("each pass takes only what is known when its turn comes", () => {
  for (const stage of ["document", "run"] as const) {
    const known = new Set<string>(GIVEN[stage]);
    for (const { name, takes, gives, stage: own } of PASSES) {
      if (own !== stage) continue;
      assertEquals(takes.filter((fact) => !known.has(fact)), [], name);
      for (const fact of gives) known.add(fact);
    }
  }
  assertEquals(new Set(PASSES.map(({ name }) => name)).size, PASSES.length);
});

/** A document that no text stands behind. */
function document(value: unknown): { document: GraphDocument; asked: Path[] } {
  const asked: Path[] = [];
  const locate: GraphDocument["locate"] = (path) => {
    asked.push(path);
    return Promise.resolve({ line: path.length, column: 1, length: 1, source: "x" });
  };
  return { document: { value, locate }, asked };
}

const OPTIONS = { file: "g", directory: "/graphs", registry };

async function mistakesOf(document: GraphDocument): Promise<readonly Diagnostic[]> {
  const outcome = await loadGraph(document, OPTIONS);
  assert(!outcome.ok);
  return outcome.diagnostics;
}

Deno.test("a graph is made of plain values, and no place is asked for where nothing is wrong", async () => {
  const file = { name: "a", path: "/a" };
  const made = document({ graph: "g", resources: { file: [file] } });
  const outcome = await loadGraph(made.document, OPTIONS);
  assert(outcome.ok);
  assertEquals([...outcome.loaded.graph.vertices.keys()], ["file[a]"]);
  assertEquals(made.asked, []);
  assertEquals(await outcome.loaded.placeOf("file[a]"), {
    file: "g",
    path: "/graphs/g",
    line: 4,
    column: 1,
  });
});

Deno.test("a mistake is where the document says", async () => {
  const made = document({ graph: "g", resources: { tea: [] } });
  const [mistake] = await mistakesOf(made.document);
  assertEquals([mistake?.line, made.asked], [2, [["resources", "tea"]]]);
});

Deno.test("a document that was badly written is no graph, and its other mistakes are found, too", async () => {
  const { document: { value, locate } } = document({ graph: "g", resources: { tea: [] } });
  const early: Diagnostic = { severity: "error", file: "g", line: 1, message: "badly written" };
  const said = await mistakesOf({ value, locate, mistakes: [early] });
  assertEquals(said.map(({ line }) => line), [1, 2]);
  const right = await mistakesOf({ value: { graph: "g" }, locate, mistakes: [early] });
  assertEquals(right, [early]);
});

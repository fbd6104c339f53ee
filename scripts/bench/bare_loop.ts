// The least that a run over right files has to do: load the graph, look at each file, read it, compare.
import { parse } from "../../src/std/yaml.ts";

interface Wanted {
  readonly path: string;
  readonly content: string;
}

const graph = parse(Deno.readTextFileSync(Deno.args[0] ?? "")) as {
  resources: { file: Wanted[] };
};
let wrong = 0;
for (const { path, content } of graph.resources.file) {
  const { isFile, size } = Deno.lstatSync(path);
  if (!isFile || size !== content.length || Deno.readTextFileSync(path) !== content) wrong++;
}
Deno.exit(wrong === 0 ? 0 : 1);

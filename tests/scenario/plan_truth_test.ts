import { assertEquals } from "@std/assert";
import { generateGraph } from "../../scripts/plan_truth/generate.ts";
import { planAndRun } from "../support/plan_truth.ts";
import { inDirectory, mgmt } from "../support/program.ts";

/** Graphs that showed something once: a command that fails, a source that is taken away later, one that is refused but not due, one behind a judge, a line in a file that a command makes only when asked, what is taken away and made again. */
const SEEDS = [100, 114, 139, 222, 350, 478];

Deno.test("plans of graphs by chance come true, before and after a run", async () => {
  for (const seed of SEEDS) {
    await inDirectory(async (directory) => {
      const file = await generateGraph(seed, directory);
      for (const round of ["first", "second"]) {
        const { problems } = await planAndRun(file, `${directory}/prefix`);
        assertEquals(problems, [], `seed ${seed}, ${round}`);
      }
    });
  }
});

/** One is left as it is by `meta.noop`: it asks nobody, and makes nothing for others. */
const LEFT = `graph: left
resources:
  file:
  - {name: left, path: DIR/left, content: x, meta: {noop: true}}
  - {name: place, path: DIR/place/, meta: {noop: true}}
  - {name: inside, path: DIR/place/inside, content: x}
  - {name: changed, path: DIR/changed, content: x}
  exec:
  - {name: asked, cmd: "true", ifcmd: "false"}
  - {name: left too, cmd: "true", ifcmd: "false", meta: {noop: true}}
edges:
- {from: {kind: file, name: left}, to: {kind: exec, name: asked}, notify: true}
- {from: {kind: file, name: changed}, to: {kind: exec, name: left too}, notify: true}
`;

Deno.test("a plan knows what meta.noop leaves as it is, for itself and for those behind", async () => {
  await inDirectory(async (directory) => {
    const [file, prefix] = [`${directory}/graph.yaml`, `${directory}/prefix`];
    await Deno.writeTextFile(file, LEFT.replaceAll("DIR", directory));
    const { stdout } = await mgmt(["plan", file, "--prefix", prefix, "--output", "json"]);
    const { resources }: { resources: Record<string, unknown>[] } = JSON.parse(stdout);
    const told = resources.map(({ key, outcome, noop, otherwise }) =>
      [key, outcome, ...noop === true ? ["else", otherwise] : []].join(" ")
    );
    assertEquals(told.sort(), [
      "exec[asked] ok",
      "exec[left too] ok else refresh",
      "file[changed] change",
      "file[inside] refused",
      "file[left] ok else change",
      "file[place] ok else change",
    ]);
    const { problems } = await planAndRun(file, prefix);
    assertEquals(problems, []);
  });
});

/** What makes the directory of another comes after it, by its own edge or by others' (seed 518). */
const BEHIND = `graph: behind
resources:
  noop:
  - {name: between}
  file:
  - {name: link, path: DIR/place/link, target: elsewhere}
  - {name: place, path: DIR/place/}
  - {name: apart, path: DIR/place/apart, content: x}
  - {name: far, path: DIR/far/}
  line:
  - {name: line, path: DIR/far/lines, line: x, create: true}
edges:
- {from: {kind: file, name: link}, to: {kind: file, name: place}}
- {from: {kind: line, name: line}, to: {kind: noop, name: between}}
- {from: {kind: noop, name: between}, to: {kind: file, name: far}}
`;

Deno.test("a plan does not count on a directory that only what is in it makes room for", async () => {
  await inDirectory(async (directory) => {
    const [file, prefix] = [`${directory}/graph.yaml`, `${directory}/prefix`];
    await Deno.writeTextFile(file, BEHIND.replaceAll("DIR", directory));
    const { stdout } = await mgmt(["plan", file, "--prefix", prefix, "--output", "json"]);
    const { resources }: { resources: Record<string, unknown>[] } = JSON.parse(stdout);
    assertEquals(resources.map(({ key, outcome }) => `${key} ${outcome}`).sort(), [
      "file[apart] blocked",
      "file[far] blocked",
      "file[link] refused",
      "file[place] blocked",
      "line[line] refused",
      "noop[between] blocked",
    ]);
    const { problems } = await planAndRun(file, prefix);
    assertEquals(problems, []);
  });
});

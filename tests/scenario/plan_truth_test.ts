import { assertEquals } from "@std/assert";
import { generateGraph } from "../../scripts/plan_truth/generate.ts";
import { planAndRun } from "../support/plan_truth.ts";
import { inDirectory } from "../support/program.ts";

/** Graphs that showed something once: a command that fails, a source that is taken away later, one that is refused but not due. */
const SEEDS = [100, 114, 139];

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

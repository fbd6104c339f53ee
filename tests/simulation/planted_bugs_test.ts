import { assert } from "@std/assert";
import { copySync } from "@std/fs";
import { PLANTED_BUGS, type PlantedBug } from "./planted_bugs.ts";
import type { Outcome } from "./simulate.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Fleets that may live before one shows the bug. */
const MOST_SEEDS = 1000;

/** The sources that a simulation needs, in a directory of their own, with the bug in them. */
function plant({ name, edits }: PlantedBug): string {
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-planted-" });
  for (
    const folder of ["src/base", "src/cluster", "src/report", "tests/simulation", "tests/support"]
  ) {
    copySync(`${ROOT}${folder}`, `${directory}/${folder}`);
  }
  for (const { file, find, replace } of edits) {
    const path = `${directory}/src/cluster/${file}`;
    const parts = Deno.readTextFileSync(path).split(find);
    assert(parts.length === 2, `${name}: "${find}" is ${parts.length - 1} times in ${file}`);
    Deno.writeTextFileSync(path, parts.join(replace));
  }
  return directory;
}

for (const bug of PLANTED_BUGS) {
  Deno.test(`the simulation catches an agent that ${bug.name}`, async () => {
    const directory = plant(bug);
    try {
      const { simulate } = await import(`file://${directory}/tests/simulation/simulate.ts`) as {
        simulate(seed: number): Promise<Outcome>;
      };
      const { firstSeed = 1 } = bug;
      for (let seed = firstSeed; seed < firstSeed + MOST_SEEDS; seed++) {
        const { violation } = await simulate(seed);
        if (violation === undefined) continue;
        assert(!violation.startsWith("no exception"), violation);
        if (Deno.env.get("MGMT_SHOW_CATCHES")) console.log(`seed ${seed}: ${violation}`);
        return;
      }
      throw new Error(`${MOST_SEEDS} fleets lived with it`);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

import { assert, assertNotEquals } from "@std/assert";
import { copySync } from "@std/fs";
import { type Edit, PLANTED_BUGS } from "./planted_bugs.ts";
import type { Outcome, SimulationOptions } from "./simulate.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const SOURCES = [
  ...["src/base", "src/trust", "src/cluster", "src/report", "tests/simulation", "tests/support"],
];
/** Fleets that may live before one shows the bug. */
const MOST_SEEDS = 1000;
/** More than so many, and whoever runs this is told a seed that is caught at once. */
const FEW_SEEDS = 10;

type Simulate = (seed: number, options: SimulationOptions) => Promise<Outcome>;

/** What the sources with a bug in them do. */
interface Simulator {
  readonly simulate: Simulate;
  readonly answered: (text: string) => Promise<string>;
}

/** Sources that a simulation needs, in a directory of their own. */
class Garden {
  readonly #directory = Deno.makeTempDirSync({ prefix: "mgmt-planted-" });
  #count = 0;

  constructor() {
    for (const folder of SOURCES) copySync(`${ROOT}${folder}`, `${this.#directory}/it/${folder}`);
  }

  /** What a simulation does with these changes of its sources. */
  async simulator(edits: readonly Edit[]): Promise<Simulator> {
    // Modules of another path are other modules.
    const link = `${this.#directory}/${this.#count++}`;
    Deno.symlinkSync("it", link);
    const before = new Map<string, string>();
    try {
      for (const { file, find, replace } of edits) {
        const path = `${this.#directory}/it/src/cluster/${file}`;
        const text = Deno.readTextFileSync(path);
        const parts = text.split(find);
        assert(parts.length === 2, `"${find}" is ${parts.length - 1} times in ${file}`);
        if (!before.has(path)) before.set(path, text);
        Deno.writeTextFileSync(path, parts.join(replace));
      }
      const { simulate } = await import(`file://${link}/tests/simulation/simulate.ts`);
      const { answered } = await import(`file://${link}/tests/simulation/scenario.ts`);
      return { simulate, answered };
    } finally {
      for (const [path, text] of before) Deno.writeTextFileSync(path, text);
    }
  }

  remove(): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

let garden: Garden;
Deno.test.beforeAll(() => {
  garden = new Garden();
});
Deno.test.afterAll(() => garden.remove());

for (
  const { name, edits, firstSeed = 1, rights = false, trust = false, scenario } of PLANTED_BUGS
) {
  Deno.test(`the simulation catches an agent that ${name}`, async () => {
    const { simulate, answered } = await garden.simulator(edits);
    if (scenario !== undefined) {
      const text = Deno.readTextFileSync(`${ROOT}tests/golden/agents/${scenario}`);
      return assertNotEquals(await answered(text), text);
    }
    for (let seed = firstSeed; seed < firstSeed + MOST_SEEDS; seed++) {
      const { violation } = await simulate(seed, { rights, trust });
      if (violation === undefined) continue;
      assert(!violation.startsWith("no exception"), violation);
      if (Deno.env.get("MGMT_SHOW_CATCHES")) console.log(`seed ${seed}: ${violation}`);
      // Fleets change with what agents do, and then a search costs more than all the rest.
      if (seed - firstSeed >= FEW_SEEDS) console.log(`firstSeed: ${seed} would save much time`);
      return;
    }
    throw new Error(`${MOST_SEEDS} fleets lived with it`);
  });
}

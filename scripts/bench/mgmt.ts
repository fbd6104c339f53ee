/**
 * How the program is called by the benchmark.
 *
 * @module
 */

import { ensureDirSync } from "@std/fs";
import { join } from "node:path";
import type { Programs } from "./programs.ts";
import { Resident, timed } from "./processes.ts";

/** A graph on disk, with a prefix of its own. */
export class Subject {
  readonly graph: string;

  constructor(
    readonly programs: Programs,
    readonly directory: string,
    graph: string,
    readonly flags: readonly string[] = [],
    language: "yaml" | "ts" = "yaml",
  ) {
    ensureDirSync(directory);
    this.graph = join(directory, `graph.${language}`);
    Deno.writeTextFileSync(this.graph, graph);
  }

  /** One run until converged; milliseconds. */
  oneShot(): number {
    return timed(this.programs.mgmt, this.#run("0"));
  }

  /** Reads the graph and does nothing; milliseconds. */
  validate(): number {
    return timed(this.programs.mgmt, ["validate", this.graph]);
  }

  /** Says what a run would do; milliseconds. Exits with 0, as all is right. */
  plan(): number {
    const prefix = join(this.directory, "prefix");
    return timed(this.programs.mgmt, ["plan", this.graph, "--prefix", prefix]);
  }

  /** An agent that goes on. */
  agent(): Resident {
    return new Resident(this.programs.mgmt, this.#run("-1"));
  }

  #run(timeout: string): string[] {
    const prefix = join(this.directory, "prefix");
    const converged = `--converged-timeout=${timeout}`;
    return ["run", "--file", this.graph, converged, "--prefix", prefix, ...this.flags];
  }
}

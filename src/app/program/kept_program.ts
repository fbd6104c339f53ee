import type { ProgramGraph } from "../../program/protocol.ts";
import { lastGoodReading } from "../graph/earlier_reading.ts";
import type { EarlierReading } from "../graph/graph_source.ts";
import type { ProgramOptions } from "./program_options.ts";
import type { SafeReader } from "./safe_reader.ts";
import { graphOfValue } from "./with_earlier.ts";

/** What a program evaluated to, for later starts, in the form of a graph file. */
export class KeptProgram {
  readonly #options: ProgramOptions;
  readonly #wayTo: SafeReader["wayTo"];

  /** `wayTo`: how its file was reached last. */
  constructor(options: ProgramOptions, wayTo: SafeReader["wayTo"]) {
    this.#options = options;
    this.#wayTo = wayTo;
  }

  /** What it evaluated to last that was good. */
  async lastGood(): Promise<EarlierReading | undefined> {
    const found = this.#wayTo(this.#options.path);
    return found && await lastGoodReading(found.way, found.isUnsafe, this.#options);
  }

  /** The same, as a graph. */
  async earlierGraph(): Promise<ProgramGraph | undefined> {
    const { earlier = () => this.lastGood() } = this.#options;
    return graphOfValue((await earlier())?.document?.value);
  }

  keep(text: string): void {
    const { kept, path: name } = this.#options;
    const found = this.#wayTo(name);
    if (found === undefined) return;
    kept?.keep({ name, path: found.way.realPath, openings: found.openings, text });
  }
}

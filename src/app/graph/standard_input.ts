import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { isEvaluated } from "../../lang/values/evaluate.ts";
import { graphDirectory, readGraphBytes } from "../../os/graph_text.ts";
import type { GraphInputs } from "../facts/graph_inputs.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";
import { GraphValues } from "./graph_values.ts";
import { takeApart } from "./take_apart.ts";
import { valuedReading } from "./valued_reading.ts";

/** The name of the standard input. */
export const STANDARD_INPUT = "-";

/** A graph from the standard input: it is read once, and what it says changes with its values only. */
export class StandardInput implements GraphSource {
  readonly file = STANDARD_INPUT;
  readonly directory = graphDirectory(STANDARD_INPUT);
  readonly #values: GraphValues;
  #isRead = false;
  /** Only of a graph that may say something else later. */
  #bytes: Uint8Array | undefined;

  constructor(options: { readonly inputs?: GraphInputs | undefined }) {
    const { directory } = this;
    this.#values = new GraphValues({ ...options, file: this.file, directory, shownDirectory: "." });
  }

  async read(): Promise<SourceReading> {
    if (this.#isRead && (this.#bytes === undefined || !await this.#values.isStale())) {
      return { same: true, problems: [] };
    }
    this.#isRead = true;
    if (this.#bytes !== undefined) return await this.#take(this.#bytes, true);
    const { bytes } = await readGraphBytes(STANDARD_INPUT, LIMITS.graphFileBytes);
    if (bytes.ok) return await this.#take(bytes.value, false);
    const { message, hint } = bytes.failure;
    const problem: Diagnostic = { severity: "error", file: this.file, message };
    return { problems: [hint === undefined ? problem : { ...problem, hint }] };
  }

  async #take(bytes: Uint8Array, again: boolean): Promise<SourceReading> {
    const { file } = this;
    const reading = await takeApart(bytes, { file, again });
    if (reading.document === undefined || !isEvaluated(reading.document)) return reading;
    this.#bytes = bytes;
    return await valuedReading(reading, { file, path: file }, this.#values);
  }

  watch(changed: () => void): void {
    this.#values.watch(changed);
  }

  close(): Promise<void> {
    this.#values.close();
    return Promise.resolve();
  }
}

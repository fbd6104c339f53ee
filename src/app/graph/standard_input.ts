import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { graphDirectory, readGraphBytes } from "../../os/graph_text.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";
import { takeApart } from "./take_apart.ts";

/** The name of the standard input. */
export const STANDARD_INPUT = "-";

/** A graph from the standard input: it is read once, and says the same for ever. */
export class StandardInput implements GraphSource {
  readonly file = STANDARD_INPUT;
  readonly directory = graphDirectory(STANDARD_INPUT);
  #isRead = false;

  async read(): Promise<SourceReading> {
    if (this.#isRead) return { same: true, problems: [] };
    this.#isRead = true;
    const { bytes } = await readGraphBytes(STANDARD_INPUT, LIMITS.graphFileBytes);
    if (bytes.ok) return await takeApart(bytes.value, { file: this.file });
    const { message, hint } = bytes.failure;
    const problem: Diagnostic = { severity: "error", file: this.file, message };
    return { problems: [hint === undefined ? problem : { ...problem, hint }] };
  }

  watch(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

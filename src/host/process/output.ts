/**
 * What a command prints, as lines with limits.
 *
 * @module
 */

import { LineSplitter, lineText, type RawLine } from "../../base/line_splitter.ts";
import { LIMITS } from "../../base/limits.ts";

type Stream = "stdout" | "stderr";

/** Lines of the end that are remembered for a failure. */
const TAIL_LINES = 5;

export interface OutputOptions {
  readonly line: ((line: string, stream: Stream) => void) | undefined;
  readonly lineLimit: number;
}

/** Collects the output of one command. */
export class Output {
  readonly #options: OutputOptions;
  readonly #splitters: Readonly<Record<Stream, LineSplitter>>;
  readonly #tail: RawLine[] = [];
  #lines = 0;
  #ended = false;
  /** Counts the pieces that came, to see whether more still come. */
  pieces = 0;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#splitters = { stdout: this.#splitter("stdout"), stderr: this.#splitter("stderr") };
  }

  get lines(): number {
    return this.#lines;
  }

  /** The last few lines. */
  tail(): string[] {
    return this.#tail.map(lineText);
  }

  push(stream: Stream, chunk: Uint8Array): void {
    if (this.#ended) return;
    this.pieces++;
    this.#splitters[stream].push(chunk);
  }

  /** Nothing more will be taken; says how much was not shown. */
  end(): void {
    if (this.#ended) return;
    this.#splitters.stdout.end();
    this.#splitters.stderr.end();
    this.#ended = true;
    const { line, lineLimit } = this.#options;
    const hidden = this.#lines - lineLimit;
    if (hidden > 0) line?.(`… ${hidden} more line${hidden === 1 ? "" : "s"}`, "stdout");
  }

  #splitter(stream: Stream): LineSplitter {
    return new LineSplitter(LIMITS.outputLineBytes, (raw) => {
      this.#lines++;
      this.#tail.push(raw);
      if (this.#tail.length > TAIL_LINES) this.#tail.shift();
      if (this.#lines <= this.#options.lineLimit) this.#options.line?.(lineText(raw), stream);
    });
  }
}

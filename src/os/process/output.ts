/**
 * What a command prints, as lines with limits.
 *
 * @module
 */

import { LineSplitter, lineText, type RawLine } from "../../base/line_splitter.ts";
import type { OutputFilter, ProcessCommand } from "./processes.ts";

type OutputStream = "stdout" | "stderr";

const LINE_FEED = 0x0a;
/** Lines of the end that are remembered for a failure. */
const TAIL_LINES = 5;

export interface ProcessOutputOptions {
  readonly line: ((line: string, stream: OutputStream) => void) | undefined;
  readonly lineLimit: number;
  readonly lineBytes: number;
  readonly filter?: ProcessCommand["filter"];
}

/** Collects the output of one command. */
export class ProcessOutput {
  readonly #options: ProcessOutputOptions;
  readonly #splitters: Readonly<Record<OutputStream, LineSplitter>>;
  readonly #filters: Readonly<Record<OutputStream, OutputFilter>> | undefined;
  readonly #tail: RawLine[] = [];
  #lines = 0;
  #ended = false;
  /** Counts the pieces that came, to see whether more still come. */
  pieces = 0;

  constructor(options: ProcessOutputOptions) {
    this.#options = options;
    this.#splitters = { stdout: this.#splitter("stdout"), stderr: this.#splitter("stderr") };
    const { filter } = options;
    this.#filters = filter && { stdout: filter(), stderr: filter() };
  }

  get lines(): number {
    return this.#lines;
  }

  /** The last few lines. */
  tail(): string[] {
    return this.#tail.map(lineText);
  }

  push(stream: OutputStream, chunk: Uint8Array): void {
    if (this.#ended) return;
    this.pieces++;
    this.#take(stream, this.#filters?.[stream].push(chunk) ?? chunk);
  }

  #take(stream: OutputStream, chunk: Uint8Array): void {
    const splitter = this.#splitters[stream];
    // Beyond the limit only the number of lines and the last ones are wanted.
    const start = this.#lines < this.#options.lineLimit ? 0 : startOfLast(TAIL_LINES, chunk);
    if (start > 0) this.#lines += splitter.skip(chunk.subarray(0, start));
    splitter.push(chunk.subarray(start));
  }

  /** Nothing more will be taken; says how much was not shown. */
  end(): void {
    if (this.#ended) return;
    for (const stream of ["stdout", "stderr"] as const) {
      const rest = this.#filters?.[stream].end();
      if (rest !== undefined) this.#take(stream, rest);
    }
    this.#splitters.stdout.end();
    this.#splitters.stderr.end();
    this.#ended = true;
    const { line, lineLimit } = this.#options;
    const hidden = this.#lines - lineLimit;
    if (hidden > 0) line?.(`… ${hidden} more line${hidden === 1 ? "" : "s"}`, "stdout");
  }

  #splitter(stream: OutputStream): LineSplitter {
    return new LineSplitter(this.#options.lineBytes, (raw) => {
      this.#lines++;
      this.#tail.push(raw);
      if (this.#tail.length > TAIL_LINES) this.#tail.shift();
      if (this.#lines <= this.#options.lineLimit) this.#options.line?.(lineText(raw), stream);
    });
  }
}

/** Where the last so many lines of a piece begin; 0 if it has no more of them. */
function startOfLast(lines: number, chunk: Uint8Array): number {
  let at = chunk.length;
  for (let found = 0; found <= lines; found++) {
    at = at === 0 ? -1 : chunk.lastIndexOf(LINE_FEED, at - 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

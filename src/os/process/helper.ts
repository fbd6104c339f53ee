/**
 * A process of this program that helps the agent, and is spoken to in lines. It has an environment of nothing, and
 * ends when the agent does.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { LineSplitter } from "../../base/line_splitter.ts";
import { helperCommand, helperProcess } from "./helper_process.ts";
import { spawnFailure } from "./spawn_failure.ts";
import { processorMs } from "./table.ts";

/** A helper that runs. */
export interface Helper {
  /** Says a line to it; one that is gone does not hear it. */
  writeLine(text: string): void;
  /** Ends it at once, wherever it is. */
  kill(): void;
  /** Processor time that it has used, in milliseconds; undefined: nobody knows. */
  processorMs(): number | undefined;
  /** Resolves with how it ended, when it has. */
  readonly gone: Promise<HelperEnd>;
}

/** How a helper ended. */
export interface HelperEnd {
  readonly code?: number;
  readonly signal?: string;
  /** What it wrote to its standard error at last. */
  readonly said: string;
}

/** What is heard of a helper. */
export interface HelperListener {
  /** A line that it wrote. One that is longer than the limit is the end of it. */
  line(text: string): void;
  readonly lineBytes: number;
}

/** What is kept of a helper's last words. */
const SAID_CHARACTERS = 2000;

/** Starts this program with `word` as its only argument. */
export function startHelper(word: string, listener: HelperListener): Result<Helper> {
  try {
    return ok(helperOf(helperProcess(word), listener));
  } catch (thrown) {
    return spawnFailure(thrown, { argv: helperCommand(word) });
  }
}

function helperOf(process: Deno.ChildProcess, { line, lineBytes }: HelperListener): Helper {
  const kill = () => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It is gone.
    }
  };
  const decoder = new TextDecoder();
  const lines = new LineSplitter(lineBytes, ({ bytes, cutBytes }) => {
    if (cutBytes > 0) kill();
    else line(decoder.decode(bytes));
  });
  let said = "";
  const heard = Promise.all([
    each(process.stdout, (chunk) => lines.push(chunk)),
    each(process.stderr, (chunk) => {
      said = (said + decoder.decode(chunk)).slice(-SAID_CHARACTERS);
    }),
  ]);
  const gone = heard.then(() => process.status).then(({ code, signal }): HelperEnd => ({
    ...(signal === null ? { code } : { signal }),
    said,
  }));
  const stdin = process.stdin.getWriter();
  stdin.closed.catch(() => {});
  const encoder = new TextEncoder();
  return {
    writeLine: (text) => void stdin.write(encoder.encode(`${text}\n`)).catch(() => {}),
    kill,
    processorMs: () => processorMs(process.pid),
    gone,
  };
}

/** What cannot be read any more has ended. */
async function each(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (chunk: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  try {
    for await (const chunk of stream) take(chunk);
  } catch {
    // So it is.
  }
}

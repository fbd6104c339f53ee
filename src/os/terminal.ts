/**
 * Standard output, standard error, and the end of the program.
 *
 * @module
 */

import { setTimeout } from "node:timers";

/** A pipe or terminal that somebody set to not wait says so when it is full. */
const FULL_PAUSE_MS = 10;
const encoder = new TextEncoder();

/** Writes all of a text to the standard output; rejects when nobody reads any more. */
export function writeData(text: string): Promise<void> {
  return writeAll(Deno.stdout, text);
}

/** Writes all of a text to the standard error; rejects when nobody reads any more. */
export function writeTalk(text: string): Promise<void> {
  return writeAll(Deno.stderr, text);
}

/** Whether a write failed because its reader has gone, as `head` does when it has enough. */
export function isReaderGone(thrown: unknown): boolean {
  return thrown instanceof Deno.errors.BrokenPipe;
}

/** Ends the program at once. */
export function exitNow(code: number): never {
  Deno.exit(code);
}

async function writeAll(
  output: { write(bytes: Uint8Array): Promise<number> },
  text: string,
): Promise<void> {
  let rest = encoder.encode(text);
  while (rest.length > 0) {
    try {
      // Not the synchronous call: a reader that pauses must not stop the program.
      rest = rest.subarray(await output.write(rest));
    } catch (thrown) {
      if (thrown instanceof Deno.errors.Interrupted) continue;
      if (!isFull(thrown)) throw thrown;
      await new Promise<void>((resolve) => setTimeout(resolve, FULL_PAUSE_MS));
    }
  }
}

function isFull(thrown: unknown): boolean {
  if (thrown instanceof Deno.errors.WouldBlock) return true;
  return thrown instanceof Error && "code" in thrown && thrown.code === "EAGAIN";
}

/** Asks whoever sits at the terminal; undefined: nobody does, or nothing more comes. */
export async function ask(question: string): Promise<string | undefined> {
  if (!Deno.stdin.isTerminal()) return undefined;
  await writeTalk(question);
  const buffer = new Uint8Array(1024);
  const length = await Deno.stdin.read(buffer);
  return length === null ? undefined : new TextDecoder().decode(buffer.subarray(0, length));
}

/**
 * What somebody enters at the standard input while the program does something else.
 *
 * @module
 */

import { setTimeout } from "node:timers";
import { type InputWatch, watchInput } from "./native/input_watch.ts";

/** In the background of a terminal, between two looks at whether it came back, where a line for somebody else waits. */
const BACKGROUND_MS = 1000;

/**
 * One for each line that somebody enters, whatever it says. In the background of a terminal it hears none until it is
 * in the foreground again: who reads there is stopped.
 */
export async function* enteredLines(): AsyncIterable<void> {
  const isTerminal = Deno.stdin.isTerminal();
  const watch = isTerminal ? watchInput() : undefined;
  const buffer = new Uint8Array(1024);
  for (;;) {
    if (isTerminal && !await isForUs(watch)) return;
    const length = await Deno.stdin.read(buffer);
    if (length === null) return;
    for (const byte of buffer.subarray(0, length)) if (byte === 10) yield;
  }
}

/** Waits until the terminal has a line for this program; false: there will be none. */
async function isForUs(watch: InputWatch | undefined): Promise<boolean> {
  for (;;) {
    if (await watch?.() === "end") return false;
    if (isInForeground()) return true;
    if (watch === undefined) return false;
    await new Promise<void>((resolve) => setTimeout(resolve, BACKGROUND_MS));
  }
}

/** Whether the terminal's group of processes is this one's (proc(5), fields 5 and 8 of stat). */
function isInForeground(): boolean {
  try {
    const stat = Deno.readTextFileSync("/proc/self/stat");
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return group === foreground;
  } catch {
    return false;
  }
}

/**
 * The terminal as a screen: its size, whose turn on it is, and the signals that are about it.
 *
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import { suspend } from "./native/suspend.ts";
import { ignores } from "./signals.ts";

/** What a terminal that does not say how large it is counts as. */
const USUAL = { columns: 80, rows: 24 };

/** What happens to it. */
interface TerminalHooks {
  resized(): void;
  /** The program is to be stopped, when this has resolved. */
  leaving(): Promise<void>;
  /** It goes on, also where it was not stopped at all. */
  back(): void;
}

/** How large the terminal is that this program has. */
export function terminalSize(): typeof USUAL {
  try {
    const found = Deno.consoleSize();
    return found.columns > 0 && found.rows > 0 ? found : USUAL;
  } catch {
    return USUAL;
  }
}

/** Whether this program may write all over the standard error: not while a shell has it in the background. */
export function isInForeground(): boolean {
  try {
    // Behind the name, which may have blanks and brackets: state, parent, group, session, terminal, its group.
    const stat = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1) ?? "";
    const [, , group, , terminal, foreground] = stat.split(" ").map(Number);
    // Of another terminal than that of its session the kernel says nothing.
    if (statSync("/proc/self/fd/2").rdev !== terminal) return true;
    return foreground === group || (foreground ?? -1) < 1;
  } catch {
    return true;
  }
}

/** Says what happens to the terminal until the result is called. */
export function followTerminal({ resized, leaving, back }: TerminalHooks): () => void {
  const listeners: readonly (readonly [Deno.Signal, () => void])[] = [
    ["SIGWINCH", resized],
    ["SIGCONT", back],
    ...ignores("SIGTSTP") ? [] : [["SIGTSTP", () => void leave()] as const],
  ];
  let isLeaving = false;
  async function leave(): Promise<void> {
    if (isLeaving) return;
    isLeaving = true;
    await leaving();
    suspend();
    isLeaving = false;
    back();
  }
  for (const [signal, heard] of listeners) Deno.addSignalListener(signal, heard);
  return () => {
    for (const [signal, heard] of listeners) Deno.removeSignalListener(signal, heard);
  };
}

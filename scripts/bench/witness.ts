/**
 * Runs the witness of healing, a separate process: that of witness.c where there is a compiler, else
 * that of watcher.ts.
 *
 * @module
 */

import { join } from "node:path";
import { ROOT } from "./programs.ts";

/** One try: which file is harmed how. */
export interface Try {
  readonly how: "remove" | "overwrite";
  readonly path: string;
}

/** Carries out the tries in their order; milliseconds of each, `limitMs` where it was not healed. */
export function witness(
  directory: string,
  tries: readonly Try[],
  pauseMs: number,
  limitMs: number,
): number[] {
  const plan = join(directory, "plan");
  Deno.writeTextFileSync(plan, tries.map(({ how, path }) => `${how} ${path}\n`).join(""));
  const [program = "", ...args] = [...command(directory), plan, `${pauseMs}`, `${limitMs}`];
  const output = new Deno.Command(program, { args }).outputSync();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return new TextDecoder().decode(output.stdout).trim().split("\n").map(Number);
}

function command(directory: string): string[] {
  const program = join(directory, "witness");
  const args = ["-O2", "-o", program, join(ROOT, "scripts/bench/witness.c")];
  try {
    if (new Deno.Command("gcc", { args }).outputSync().success) return [program];
  } catch {
    // There is no compiler.
  }
  return [Deno.execPath(), "run", "-A", "--quiet", join(ROOT, "scripts/bench/watcher.ts")];
}

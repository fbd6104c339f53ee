/**
 * What the tests were asked for. Run by itself it says whether that can be: before anything is built for it.
 *
 * @module
 */

import { existsSync } from "@std/fs";
import { plan } from "./plan.ts";

/** What is to be run. */
export interface Asked {
  /** Files and folders; none: all. */
  readonly paths: readonly string[];
  /** What `deno test` gets. */
  readonly flags: readonly string[];
  /** The static checks, too. */
  readonly isWhole: boolean;
}

/** Reads the arguments; a text says what is wrong with them: whoever names a test that is not there wants no other. */
export function readArguments(given: readonly string[]): Asked | string {
  const paths: string[] = [];
  const flags: string[] = [];
  for (const [index, argument] of given.entries()) {
    if (argument === "--static") continue;
    if (argument.startsWith("-") || given[index - 1] === "--filter") flags.push(argument);
    else paths.push(argument.replace(/^\.\//, "").replace(/(?<=.)\/+$/, ""));
  }
  for (const path of paths) {
    if (!existsSync(path)) return `there is no ${path}`;
    if (plan([path], false).length === 0) return `there are no tests in ${path}`;
  }
  return { paths, flags, isWhole: given.includes("--static") };
}

if (import.meta.main) {
  const asked = readArguments(Deno.args);
  if (typeof asked === "string") {
    console.error(`mgmt: ${asked}: nothing was tested`);
    Deno.exit(2);
  }
}

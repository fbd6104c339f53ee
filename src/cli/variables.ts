/**
 * Environment variables that look like the program's own and are not.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { ENVIRONMENT } from "../app/run_flags.ts";
import { suggestion } from "./args.ts";
import type { Command, CommandIO } from "./command.ts";

/** Variables that nobody types: of the agent's commands, of this project's scripts and tests. */
const OTHERS = new RegExp(
  "^MGMT_(COMMAND_MARK|CACHE|FALLBACK_DENO|TEST(_.*)?|ON_TEST_HOST|" +
    "NO_(TEST_HOSTS|DNF|SUDO|BROWSER)|UPDATE_GOLDENS|SHOW_CATCHES|HUB_(SEED|ROUNDS))$",
);
/** So many are named. */
const NAMED = 5;

/** What to say of variables that a command which takes some does not know: most likely a slip. */
export function oddVariables(
  { flags, otherFlags = [] }: Pick<Command, "flags" | "otherFlags">,
  { environment, environmentNames }: Pick<CommandIO, "environment" | "environmentNames">,
): string[] {
  if (![...flags, ...otherFlags].some((flag) => flag.environment !== undefined)) return [];
  const known = Object.values(ENVIRONMENT);
  const odd = environmentNames().filter((name) =>
    name.startsWith("MGMT_") && !known.includes(name) && !OTHERS.test(name) &&
    environment(name) !== ""
  );
  return odd.slice(0, NAMED).map((name) =>
    `the variable ${printable(name)} means nothing to mgmt${suggestion(name, known)}`
  );
}

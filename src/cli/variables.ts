/**
 * Environment variables that look like the program's own and are not.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { ENVIRONMENT } from "../app/run_flags.ts";
import { OPERATOR_FLAG } from "../app/trust_flags.ts";
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
  { name: command, flags, otherFlags = [] }: Pick<Command, "name" | "flags" | "otherFlags">,
  { environment, environmentNames }: Pick<CommandIO, "environment" | "environmentNames">,
): string[] {
  if (![...flags, ...otherFlags].some((flag) => flag.environment !== undefined)) return [];
  const takesOperator = flags.some(({ environment }) => environment === OPERATOR_FLAG.environment);
  const known = [
    ...Object.values(ENVIRONMENT),
    ...(takesOperator ? [OPERATOR_FLAG.environment] : []),
  ];
  const odd = environmentNames().filter((name) =>
    name.startsWith("MGMT_") && !known.includes(name) && !OTHERS.test(name) &&
    environment(name) !== ""
  );
  return odd.slice(0, NAMED).map((name) =>
    name === OPERATOR_FLAG.environment
      ? notAsOperator(command)
      : `the variable ${printable(name)} means nothing to mgmt${suggestion(name, known)}`
  );
}

/** What an operator does is asked for by hosts, too; the rest is theirs alone. */
function notAsOperator(command: string): string {
  return `the variable ${OPERATOR_FLAG.environment} counts for nothing here: mgmt ${command} is for hosts of ` +
    "the cluster; an operator gives members, status --fleet, wait --fleet, cluster status, cluster size " +
    "and cluster env";
}

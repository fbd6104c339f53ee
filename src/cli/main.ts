/**
 * The command line on the real machine.
 *
 * @module
 */

import { environment, isTerminal } from "../host/environment.ts";
import { createLocalRandom } from "../host/local_random.ts";
import { restrictToReading } from "../host/permissions.ts";
import { writeData, writeTalk } from "../host/terminal.ts";
import { SEED_MAX } from "../app/settings.ts";
import { dispatch } from "./dispatch.ts";

/** Runs the command that `argv` names; the result is the exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  return await dispatch(argv, {
    print: (text) => untilUnread(writeData(text)),
    complain: (text) => untilUnread(writeTalk(text)),
    environment,
    talkIsTerminal: isTerminal("stderr"),
    randomSeed: () => createLocalRandom().below(SEED_MAX),
    restrictToReading,
  });
}

/** Whoever reads may stop early, as `head` does: that is no mistake. */
function untilUnread(writing: Promise<void>): Promise<void> {
  return writing.catch(() => {});
}

/**
 * The command line on the real machine.
 *
 * @module
 */

import { reasonOf } from "../base/result.ts";
import { environment, environmentNames, isTerminal } from "../os/environment.ts";
import { createLocalRandom } from "../os/local_random.ts";
import { restrictToReading } from "../os/permissions.ts";
import { isReaderGone, writeData, writeTalk } from "../os/terminal.ts";
import { SEED_MAX } from "../app/run_flags.ts";
import { dispatch } from "./dispatch.ts";

/** Runs the command that `argv` names; the result is the exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  let lost: unknown;
  const code = await dispatch(argv, {
    // Whoever reads may stop early: that is no mistake. A full disk is one.
    print: (text) =>
      writeData(text).catch((thrown) => {
        if (!isReaderGone(thrown)) lost ??= thrown;
      }),
    complain: (text) => writeTalk(text).catch(() => {}),
    environment,
    environmentNames,
    talkIsTerminal: isTerminal("stderr"),
    randomSeed: () => createLocalRandom().below(SEED_MAX),
    restrictToReading,
  });
  if (lost === undefined) return code;
  await writeTalk(`mgmt: the output cannot be written: ${reasonOf(lost)}\n`).catch(() => {});
  return code === 0 ? 1 : code;
}

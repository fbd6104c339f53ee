/**
 * Commands of mgmt without a start of the executable, which takes a third of a second of a core: for what is asked
 * again and again, or has been asked of the executable already.
 *
 * @module
 */

import { dispatch } from "../../src/cli/dispatch.ts";
import type { Ended } from "./program.ts";

/** Runs a command that only reads, and prints what is no secret, to its end. */
export async function inProcess(args: readonly string[]): Promise<Omit<Ended, "tookMs">> {
  let [stdout, stderr] = ["", ""];
  const code = await dispatch(args, {
    print: (text) => Promise.resolve(void (stdout += text)),
    complain: (text) => Promise.resolve(void (stderr += text)),
    environment: () => undefined,
    environmentNames: () => [],
    talkIsTerminal: false,
    randomSeed: () => 1,
    // The rest of the test does more than that.
    restrictToReading: () => {},
  });
  return { code, stdout, stderr };
}

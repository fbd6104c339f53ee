/**
 * Commands that change the state of a host while its agent does not run.
 *
 * @module
 */

import { fail, type Failure, failure, type Result } from "../base/result.ts";
import { createLocalHost, type LocalHost } from "../host/local.ts";
import { takeStateLock } from "../os/state/state_lock.ts";
import { ask } from "../os/terminal.ts";
import { trustByHand } from "./graph/graph_trust.ts";
import { unsafePrefix } from "./prefix_trust.ts";

/** How it is done. */
interface OfflineOptions {
  /** What is overwritten is kept below the prefix, as by an agent. */
  readonly keeps?: boolean;
  readonly warn?: (text: string) => void;
}

/** Does it under the lock of the prefix; refused while an agent runs there. */
export async function whileNoAgentRuns<T>(
  prefix: string,
  command: string,
  work: (host: LocalHost) => Promise<Result<T>>,
  { keeps = false, warn = () => {} }: OfflineOptions = {},
): Promise<Result<T>> {
  const unsafe = await unsafePrefix(prefix, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const host = createLocalHost({ prefix: keeps ? prefix : undefined, warn });
  try {
    const lock = await takeStateLock(prefix, command, host.clock);
    if (!lock.ok) return { ok: false, failure: agentRuns(lock.failure) };
    try {
      return await work(host);
    } finally {
      lock.value.close();
    }
  } finally {
    await host.close();
  }
}

function agentRuns(found: Failure): Failure {
  if (found.code !== "locked") return found;
  return failure(found.message, { code: "locked", hint: "stop that agent first" });
}

/** Has that word typed; undefined: it was, or nothing is to be asked. */
export async function notConfirmed(word: string, yes: boolean): Promise<Result<never> | undefined> {
  if (yes) return undefined;
  const typed = await ask(`Type ${word} to do it: `);
  if (typed === undefined) return fail("there is no terminal to ask on", { hint: "say --yes" });
  if (typed.trim() === word) return undefined;
  return fail("nothing was changed", { hint: "nothing is needed" });
}

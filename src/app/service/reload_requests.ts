/**
 * How `systemctl reload` learns what became of it: the command that it runs leaves a request below
 * the prefix, signals the agent, and finds the answer beside the request. All of these files are
 * empty, so that they can be made where the disk is full; their names say everything.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { sendSignal } from "../../os/process/send_signal.ts";
import type { Random } from "../../os/random.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";

const REQUEST = /^[0-9a-f]{16}$/;
/** Answers that nobody has fetched, of commands that were killed. */
const UNFETCHED = 100;
const LOOK_MS = 20;
/** systemd waits for 90 s, unless it was told otherwise. */
const WAIT_MS = 80_000;

/** The agent's side: takes up what was requested so far; the result answers it. */
export function reloadRequests(prefix: string | undefined): (taken: boolean) => void {
  if (prefix === undefined) return () => {};
  const directory = directoryOf(prefix);
  const found = directory.readAll();
  const names = found.ok ? [...found.value.keys()] : [];
  if (names.length > UNFETCHED) {
    for (const name of names) if (!REQUEST.test(name)) directory.remove(name);
  }
  return (taken) => {
    for (const name of names.filter((each) => REQUEST.test(each))) {
      directory.write(answerOf(name, taken), "");
      directory.remove(name);
    }
  };
}

/** Has the agent `pid` of a prefix read its graph again; a failure where it does not take it. */
export async function requestReload(
  prefix: string,
  pid: number,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<Result<void>> {
  const directory = directoryOf(prefix);
  const id = random.hex(8);
  const written = directory.write(id, "");
  if (!written.ok) return written;
  try {
    const endMs = clock.nowMs() + WAIT_MS;
    if (!sendSignal(pid, "SIGHUP")) return gone(pid);
    for (;;) {
      if (directory.read(answerOf(id, true)) !== undefined) return ok(undefined);
      if (directory.read(answerOf(id, false)) !== undefined) return refused();
      if (!sendSignal(pid, 0)) return gone(pid);
      if (clock.nowMs() > endMs) return fail("the agent did not answer", { code: "silent" });
      await clock.sleep(LOOK_MS);
    }
  } finally {
    for (const name of [id, answerOf(id, true), answerOf(id, false)]) directory.remove(name);
  }
}

function directoryOf(prefix: string): StateDirectory {
  return stateDirectory(`${prefix}/reload`);
}

function answerOf(request: string, taken: boolean): string {
  return `${request}.${taken ? "taken" : "refused"}`;
}

function gone(pid: number): Result<never> {
  return fail(`no agent runs as process ${pid}`, { code: "no-agent" });
}

function refused(): Result<never> {
  return fail("the graph file was refused: the graph before stays in force", {
    code: "refused",
    hint: "journalctl -u mgmt says why",
  });
}

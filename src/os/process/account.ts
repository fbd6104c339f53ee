/**
 * Running a command as another user.
 *
 * `setpriv` of util-linux does it: the runtimes' own way sets no supplementary groups (Deno 2.9) or
 * does nothing at all (Deno 2.6), and `su` and `runuser` stay between the agent and the command and
 * start a login session.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { ProcessCommand, Processes } from "./processes.ts";

/** A line of the user database. */
export interface Account {
  readonly name: string;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** A command, and whom it runs as where that is another user than the agent and is known. */
export interface AsAccount {
  readonly command: ProcessCommand;
  readonly account?: Account;
}

const PLACES = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/local/bin/setpriv"];
const LOOKUP_MS = 10_000;

/** The command as root has to start it, so that it runs as the user and group it asks for. */
export async function asAccount(
  command: ProcessCommand,
  processes: Processes,
): Promise<Result<AsAccount>> {
  const { uid, gid, ...rest } = command;
  const ownUid = Deno.uid();
  if ((uid ?? ownUid) === ownUid && (gid ?? Deno.gid()) === Deno.gid()) {
    return ok({ command: rest });
  }
  if (ownUid !== 0) {
    return fail("only root can run a command as another user or group", {
      code: "not-allowed",
      hint: "run mgmt as root, or leave user and group out",
    });
  }
  const setpriv = PLACES.find(isFile);
  if (setpriv === undefined) {
    return fail("there is no setpriv to run the command as another user with", {
      code: "not-found",
      hint: "install util-linux",
    });
  }
  const through = (...options: string[]): ProcessCommand => ({
    ...rest,
    argv: [setpriv, ...options, "--", ...rest.argv],
  });
  if (uid === undefined) return ok({ command: through(`--regid=${gid}`, "--clear-groups") });
  const account = await accountOf(uid, processes);
  if (account === undefined && gid === undefined) {
    return fail(`user ${uid} is not in the user database, so that its group is not known`, {
      code: "not-allowed",
      hint: "say which group, or make the user",
    });
  }
  const groups = account === undefined ? "--clear-groups" : "--init-groups";
  return ok({
    command: through(`--reuid=${uid}`, `--regid=${gid ?? account?.gid}`, groups),
    ...(account === undefined ? {} : { account }),
  });
}

async function accountOf(uid: number, processes: Processes): Promise<Account | undefined> {
  const local = localAccount(uid);
  if (local !== undefined) return local;
  let found: Account | undefined;
  await processes.run({
    argv: ["getent", "passwd", String(uid)],
    timeoutMs: LOOKUP_MS,
    line: (line) => found ??= findAccount(line, uid),
  });
  return found;
}

/** The account of the host's own database. */
export function localAccount(uid: number): Account | undefined {
  return findAccount(readPasswd(), uid);
}

/** The entry of a user in the format of /etc/passwd. */
function findAccount(text: string, uid: number): Account | undefined {
  for (const line of text.split("\n")) {
    const [name, , number, gid, , home = "", shell = ""] = line.split(":");
    if (name === undefined || name === "" || Number(number) !== uid || number === "") continue;
    if (gid === undefined || !/^[0-9]+$/.test(gid)) continue;
    return { name, gid: Number(gid), home: home === "" ? "/" : home, shell };
  }
  return undefined;
}

function readPasswd(): string {
  try {
    return Deno.readTextFileSync("/etc/passwd");
  } catch {
    return "";
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

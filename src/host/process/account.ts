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
import type { Command, Processes } from "../processes.ts";

/** A line of the user database. */
interface Account {
  readonly name: string;
  readonly gid: number;
  readonly home: string;
}

const PLACES = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/local/bin/setpriv"];
const LOOKUP_MS = 10_000;

/** The command as root has to start it, so that it runs as the user and group it asks for. */
export async function asAccount(command: Command, processes: Processes): Promise<Result<Command>> {
  const { uid, gid, ...rest } = command;
  const ownUid = Deno.uid();
  if ((uid ?? ownUid) === ownUid && (gid ?? Deno.gid()) === Deno.gid()) return ok(rest);
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
  if (uid === undefined) {
    return ok({ ...rest, argv: [setpriv, `--regid=${gid}`, "--clear-groups", "--", ...rest.argv] });
  }
  const account = await accountOf(uid, processes);
  if (account === undefined && gid === undefined) {
    return fail(`user ${uid} is not in the user database, so that its group is not known`, {
      code: "not-allowed",
      hint: "say which group, or make the user",
    });
  }
  const groups = account === undefined ? "--clear-groups" : "--init-groups";
  const options = [`--reuid=${uid}`, `--regid=${gid ?? account?.gid}`, groups, "--"];
  const env = account === undefined
    ? {}
    : { HOME: account.home, USER: account.name, LOGNAME: account.name };
  return ok({ ...rest, argv: [setpriv, ...options, ...rest.argv], env: { ...env, ...rest.env } });
}

async function accountOf(uid: number, processes: Processes): Promise<Account | undefined> {
  const local = findAccount(readPasswd(), uid);
  if (local !== undefined) return local;
  let found: Account | undefined;
  await processes.run({
    argv: ["getent", "passwd", String(uid)],
    timeoutMs: LOOKUP_MS,
    line: (line) => found ??= findAccount(line, uid),
  });
  return found;
}

/** The entry of a user in the format of /etc/passwd. */
export function findAccount(text: string, uid: number): Account | undefined {
  for (const line of text.split("\n")) {
    const [name, , number, gid, , home] = line.split(":");
    if (name === undefined || name === "" || Number(number) !== uid || number === "") continue;
    if (gid === undefined || !/^[0-9]+$/.test(gid)) continue;
    return { name, gid: Number(gid), home: home === undefined || home === "" ? "/" : home };
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

/**
 * Who has accounts on this host, as far as its own files tell.
 *
 * @module
 */

import { parseGroups, parseUsers } from "../base/account_files.ts";
import { LIMITS } from "../base/limits.ts";
import { programPath } from "./files/attributes.ts";
import { environment } from "./environment.ts";

/** Users and groups of the host by number. */
export interface AccountNames {
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
  groupId(name: string): number | undefined;
  /** The users in a group, also those whose own group it is; undefined: it is not known here. */
  members(gid: number): readonly number[] | undefined;
}

/** Reads the files of the host. */
export function readAccounts(directory = "/etc"): AccountNames {
  const users = [...parseUsers(readSmall(`${directory}/passwd`)).values()];
  const groups = [...parseGroups(readSmall(`${directory}/group`)).values()];
  const numberOf = (name: string) => users.find((user) => user.name === name)?.uid;
  return {
    userName: (uid) => users.find((user) => user.uid === uid)?.name,
    groupName: (gid) => groups.find((group) => group.gid === gid)?.name,
    groupId: (name) => groups.find((group) => group.name === name)?.gid,
    members(gid) {
      const same = groups.filter((group) => group.gid === gid);
      if (same.length === 0) return undefined;
      const named = same.flatMap(({ members }) => members).map(numberOf);
      // Somebody who is not in these files is in that group.
      if (named.includes(undefined)) return undefined;
      const own = users.filter((user) => user.gid === gid).map(({ uid }) => uid);
      return [...new Set([...own, ...named as number[]])];
    },
  };
}

/** The user that the program runs as. */
export function ownUid(): number {
  return Deno.uid() ?? 0;
}

/** The user who had root start the program; undefined: nobody. */
export function sudoUid(): number | undefined {
  const text = environment("SUDO_UID") ?? "";
  return ownUid() === 0 && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Which of some entries have an access list, where that can be told. */
export async function withAccessList(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const program = programPath("ls");
  if (program === undefined || paths.length === 0) return new Set();
  const found = new Set<string>();
  for (const path of paths) {
    try {
      const args = ["-dnL", "--", path];
      const streams = { stdin: "null", stderr: "null" } as const;
      const ls = new Deno.Command(program, { args, ...streams, detached: true });
      const { stdout } = await ls.output();
      // `-rw-rw-r--+`: the sign after the nine permissions.
      if (stdout[10] === "+".charCodeAt(0)) found.add(path);
    } catch {
      // Without the permission to run a program nobody can tell.
      return found;
    }
  }
  return found;
}

function readSmall(path: string): string {
  try {
    return Deno.statSync(path).size > LIMITS.accountFileBytes ? "" : Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

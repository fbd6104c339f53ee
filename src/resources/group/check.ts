/**
 * Comparing a group with what it should be.
 *
 * @module
 */

import type { GroupEntry } from "../../base/account_files.ts";
import { chainOk } from "../../base/chain.ts";
import { didYouMean } from "../../base/nearest.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { type AccountDatabases, readAccounts } from "../shared/accounts/databases.ts";
import { listed } from "../shared/accounts/names.ts";
import type { AccountCall } from "../shared/accounts/tools.ts";
import type { GroupParams } from "./params.ts";

/** What has to be done, in words and as calls of programs. */
export interface GroupChange {
  readonly reason: string;
  readonly calls: readonly AccountCall[];
  /** What should be known once it is done. */
  readonly warning?: string;
}

/** Names of users that a message shows. */
const NAMED_MAX = 3;

/** What has to change now; undefined: nothing. */
export function findGroupChange(
  params: GroupParams,
  context: KindContext,
): Awaitable<Result<GroupChange | undefined>> {
  return chainOk(readAccounts(context), (accounts) => {
    const entry = accounts.groups.get(params.name);
    if (params.absent) {
      return entry === undefined ? ok(undefined) : removal(params, entry, accounts);
    }
    const wrong = gidTaken(params, accounts) ?? memberMissing(params, accounts, context);
    if (wrong !== undefined) return wrong;
    // Who is still to be made is put in when that has happened.
    const members = params.members?.filter((name) => accounts.users.has(name));
    const now = members === undefined ? params : { ...params, members };
    return entry === undefined ? ok(making(now)) : ok(changing(now, entry));
  });
}

function making({ name, gid, members = [], system }: GroupParams): GroupChange {
  const options = [
    ...(gid === undefined ? [] : ["--gid", String(gid)]),
    ...(system ? ["--system"] : []),
  ];
  const calls: AccountCall[] = [{ argv: ["groupadd", ...options, "--", name] }];
  if (members.length > 0) calls.push(setMembers(name, members));
  return { reason: `there is no group ${name}`, calls };
}

function changing(
  { name, gid, members, append }: GroupParams,
  entry: GroupEntry,
): GroupChange | undefined {
  const words: string[] = [];
  const calls: AccountCall[] = [];
  if (gid !== undefined && gid !== entry.gid) {
    words.push(`gid ${entry.gid} → ${gid}`);
    calls.push({ argv: ["groupmod", "--gid", String(gid), "--", name] });
  }
  if (members !== undefined) {
    const has = [...new Set(entry.members)].sort();
    const wanted = append ? [...new Set([...has, ...members])].sort() : members;
    if (has.join() !== wanted.join()) {
      words.push(`members ${listed(has)} → ${listed(wanted)}`);
      calls.push(setMembers(name, wanted));
    }
  }
  if (words.length === 0) return undefined;
  const renumbered = gid !== undefined && gid !== entry.gid;
  return {
    reason: words.join(", "),
    calls,
    ...(renumbered ? { warning: `files that belonged to gid ${entry.gid} still do` } : {}),
  };
}

function setMembers(name: string, members: readonly string[]): AccountCall {
  return { argv: ["gpasswd", "--members", members.join(","), name] };
}

function removal(
  { name }: GroupParams,
  { gid }: GroupEntry,
  { users }: AccountDatabases,
): Result<GroupChange> {
  if (gid === 0) {
    return fail(`${name} cannot be absent: it is the group of the superuser (gid 0)`, {
      code: "own-user",
      final: true,
    });
  }
  const whose = [...users.values()].filter((user) => user.gid === gid).map((user) => user.name);
  if (whose.length > 0) {
    const rest = whose.length - NAMED_MAX;
    const names = whose.slice(0, NAMED_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
    return fail(`the group ${name} cannot be removed: it is the primary group of ${names}`, {
      code: "group-in-use",
      hint: "give them another group, or remove them first",
    });
  }
  return ok({
    reason: `the group ${name} is there and should not be`,
    calls: [{ argv: ["groupdel", "--", name] }],
  });
}

function gidTaken(
  { name, gid }: GroupParams,
  { groups }: AccountDatabases,
): Result<never> | undefined {
  if (gid === undefined) return undefined;
  const other = [...groups.values()].find((group) => group.gid === gid && group.name !== name);
  if (other === undefined) return undefined;
  return fail(`gid ${gid} is the number of ${other.name} already`, {
    code: "taken",
    hint: "choose another gid",
  });
}

function memberMissing(
  { members = [] }: GroupParams,
  { users }: AccountDatabases,
  { claimed }: KindContext,
): Result<never> | undefined {
  // One that is made after the group is put in then.
  const missing = members.find((name) => !users.has(name) && !claimed(`user:${name}`));
  if (missing === undefined) return undefined;
  const similar = didYouMean(missing, users.keys());
  return fail(`there is no user ${missing}, who should be a member`, {
    code: "no-account",
    hint: `make it with a user resource${similar === undefined ? "" : `; ${similar}`}`,
  });
}

/**
 * The groups that a user is in, and should be in.
 *
 * @module
 */

import type { GroupEntry, UserEntry } from "../../base/account_files.ts";
import { chain } from "../../base/chain.ts";
import { didYouMean } from "../../base/nearest.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { AccountDatabases } from "../shared/accounts/databases.ts";
import { listed } from "../shared/accounts/names.ts";
import type { UserParams } from "./params.ts";

/** What has to change in the groups of a user. */
export interface Memberships {
  readonly words: readonly string[];
  /** For usermod. */
  readonly args: readonly string[];
  /** For useradd. */
  readonly argsOfNew: readonly string[];
  /** The number of the primary group that is wanted, if one is. */
  readonly gid: number | undefined;
}

/** Compares the groups of a user, if there is one, with what they should be. */
export function groupDrift(
  params: UserParams,
  { accounts, entry }: {
    readonly accounts: AccountDatabases;
    readonly entry: UserEntry | undefined;
  },
  context: KindContext,
): Awaitable<Result<Memberships>> {
  const { group, groups } = params;
  const missing = [...groups ?? []].find((name) => isMissing(name, accounts, context));
  if (missing !== undefined) return noGroup(missing, accounts);
  const primary = group ?? (entry === undefined ? ownGroup(params, accounts) : undefined);
  if (primary === undefined) return ok(driftOf(params, entry, undefined, undefined, accounts));
  return chain(gidOf(primary, accounts, context), (gid) => {
    if (gid === undefined) return noGroup(primary, accounts);
    return ok(driftOf(params, entry, primary, gid === "later" ? undefined : gid, accounts));
  });
}

/** A new user gets a group of its name; where there is one already, that has to be said. */
function ownGroup({ name }: UserParams, { groups }: AccountDatabases): string | undefined {
  return groups.has(name) ? name : undefined;
}

function driftOf(
  { name, groups, append }: UserParams,
  entry: UserEntry | undefined,
  primary: string | undefined,
  gid: number | undefined,
  accounts: AccountDatabases,
): Memberships {
  const words: string[] = [];
  const args: string[] = [];
  if (entry !== undefined && primary !== undefined && gid !== entry.gid) {
    words.push(`group ${nameOf(entry.gid, accounts)} → ${primary}`);
    args.push("--gid", primary);
  }
  const primaryGid = gid ?? entry?.gid;
  // The primary group counts as a membership whether it lists the user or not.
  const further = (all: Iterable<string>) =>
    [...all].filter((each) => accounts.groups.get(each)?.gid !== primaryGid).sort();
  if (entry !== undefined && groups !== undefined) {
    const has = further(groupsOf(name, accounts));
    const wanted = further(append ? new Set([...has, ...groups]) : groups);
    if (has.join() !== wanted.join()) {
      words.push(`groups ${listed(has)} → ${listed(wanted)}`);
      args.push("--groups", wanted.join(","));
    }
  }
  return {
    words,
    args,
    argsOfNew: [
      ...(primary === undefined ? [] : ["--gid", primary]),
      ...(groups === undefined || groups.length === 0 ? [] : ["--groups", groups.join(",")]),
    ],
    gid,
  };
}

function groupsOf(user: string, { groups }: AccountDatabases): string[] {
  return [...groups.values()].filter(({ members }) => members.includes(user))
    .map(({ name }) => name);
}

function nameOf(gid: number, { groups }: AccountDatabases): string {
  return [...groups.values()].find((group) => group.gid === gid)?.name ?? String(gid);
}

/** A further group has to be one of the host's own. */
function isMissing(name: string, { groups }: AccountDatabases, { comes }: KindContext): boolean {
  return !groups.has(name) && !comes(`group:${name}`);
}

/** The number of a primary group; undefined: there is none; `later`: another resource makes it. */
function gidOf(
  group: string,
  { groups }: AccountDatabases,
  { host, comes }: KindContext,
): Awaitable<number | "later" | undefined> {
  const entry: GroupEntry | undefined = groups.get(group) ??
    [...groups.values()].find(({ gid }) => String(gid) === group);
  if (entry !== undefined) return entry.gid;
  if (comes(`group:${group}`)) return "later";
  // A number that no group of the host has may be one of LDAP, but nobody could tell a mistake.
  if (/^[0-9]+$/.test(group)) return undefined;
  return chain(host.users.gid(group), (found) => found.ok ? found.value : undefined);
}

function noGroup(group: string, { groups }: AccountDatabases): Result<never> {
  const similar = didYouMean(group, groups.keys());
  return fail(`there is no group ${group}`, {
    code: "no-account",
    hint: `make it with a group resource${similar === undefined ? "" : `; ${similar}`}`,
  });
}

/**
 * The users and groups that the host keeps in its own files.
 *
 * @module
 */

import {
  type GroupEntry,
  parseGroups,
  parseShadow,
  parseUsers,
  type ShadowEntry,
  type UserEntry,
} from "../../../base/account_files.ts";
import { chainOk } from "../../../base/chain.ts";
import { LIMITS } from "../../../base/limits.ts";
import { fail, ok } from "../../../base/result.ts";
import type { Awaitable, Result } from "../../../base/result.ts";
import type { Watch } from "../../../os/watch/watcher.ts";
import type { Claim } from "../../../kind/claim.ts";
import type { WatchContext } from "../../../kind/kind.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import { lookAtRecent } from "../files/recent.ts";

/** Users and groups by name. */
export interface AccountDatabases {
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly groups: ReadonlyMap<string, GroupEntry>;
}

/** Where the host keeps its users. */
export const USERS = "/etc/passwd";
const GROUPS = "/etc/group";
const PASSWORDS = "/etc/shadow";
const GROUP_PASSWORDS = "/etc/gshadow";

/** All of them. */
export const DATABASES: readonly string[] = [USERS, GROUPS, PASSWORDS, GROUP_PASSWORDS];

/** Each user and each group is a part of these. */
export const DATABASE_CLAIMS: readonly Claim[] = DATABASES
  .map((path) => ({ path, says: "part", type: "file", entry: "needed" }));

/** What was read last, for the many resources that ask for the same after one event. */
const parsed = new Map<string, { readonly bytes: Uint8Array; readonly entries: unknown }>();

/** Reads users and groups. */
export function readAccounts(context: WorkContext): Awaitable<Result<AccountDatabases>> {
  return chainOk(
    readUsers(context),
    (users) => chainOk(read(GROUPS, parseGroups, context), (groups) => ok({ users, groups })),
  );
}

/** Reads users. */
export function readUsers(context: WorkContext): Awaitable<Result<AccountDatabases["users"]>> {
  return read(USERS, parseUsers, context);
}

/** Reads the hashes of passwords and how long these hold, which only root can. */
export function readShadow(
  context: WorkContext,
): Awaitable<Result<ReadonlyMap<string, ShadowEntry>>> {
  return read(PASSWORDS, parseShadow, context);
}

function read<Entry>(
  path: string,
  parse: (text: string) => ReadonlyMap<string, Entry>,
  context: WorkContext,
): Awaitable<Result<ReadonlyMap<string, Entry>>> {
  const seen = lookAtRecent(path, LIMITS.accountFileBytes, context);
  return chainOk(seen, (sight) => {
    if (sight.type === "absent") return ok(new Map<string, Entry>());
    if (sight.type !== "file" || sight.content === undefined) {
      const is = sight.type === "file" ? `has ${sight.stat.size} bytes` : "is no regular file";
      return fail(`cannot read the accounts of this host: ${path} ${is}`, { code: "wrong-type" });
    }
    const last = parsed.get(path);
    if (last !== undefined && sameBytes(last.bytes, sight.content)) {
      return ok(last.entries as ReadonlyMap<string, Entry>);
    }
    const entries = parse(new TextDecoder().decode(sight.content));
    parsed.set(path, { bytes: sight.content, entries });
    return ok(entries);
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Hears of changes of users, groups and passwords, and of these paths. */
export function watchAccounts(
  { host, changed }: Pick<WatchContext, "host" | "changed">,
  paths: readonly string[] = [],
): Watch {
  const watches = [USERS, GROUPS, PASSWORDS, ...paths].map((path) =>
    host.watcher.watch({ path, tree: false, changed })
  );
  return { close: () => watches.forEach((watch) => watch.close()) };
}

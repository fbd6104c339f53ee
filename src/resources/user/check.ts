/**
 * Comparing a user with what it should be.
 *
 * @module
 */

import type { PasswordAges, ShadowEntry, UserEntry } from "../../base/account_files.ts";
import { chainOk } from "../../base/chain.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { type AccountDatabases, readAccounts, readShadow } from "../shared/accounts/databases.ts";
import { ageDrift } from "./ages.ts";
import { type HomeDrift, homeDrift, type Homes, lookAtHomes, whoElseNeeds } from "./home.ts";
import { groupDrift, type Memberships } from "./memberships.ts";
import type { UserParams } from "./params.ts";
import { nothingToUnlock, passwordDrift } from "./password.ts";

/** What has to be done, in words and in arguments. */
export interface UserChange {
  readonly reason: string;
  readonly do: "make" | "change" | "remove";
  /** Arguments of useradd, usermod or userdel, without the name. */
  readonly args: readonly string[];
  /** What is to stand in /etc/shadow. */
  readonly password?: string;
  /** Arguments of chage, without the name. */
  readonly ages?: readonly string[];
  /** The home directory to make, and for whom. */
  readonly home?: { readonly path: string; readonly uid: number; readonly gid: number };
  /** What should be known once it is done. */
  readonly warnings?: readonly string[];
  /** The number that no process may have while it is done. */
  readonly idleUid?: number;
}

/** What is known of the host. */
interface KnownUser {
  readonly accounts: AccountDatabases;
  readonly entry: UserEntry | undefined;
  /** Read only where it matters. */
  readonly password: string | undefined;
  /** Read only where it matters. */
  readonly ages: PasswordAges | undefined;
  /** Looked at only where it matters. */
  readonly homes: Homes | undefined;
}

const NO_HOME: HomeDrift = { moves: false, missing: false };
/** What stands in passwd where the password is kept in shadow. */
const IN_SHADOW = "x";

/** What has to change now; undefined: nothing. */
export function findUserChange(
  params: UserParams,
  context: KindContext,
): Awaitable<Result<UserChange | undefined>> {
  return chainOk(readAccounts(context), (accounts) => {
    const entry = accounts.users.get(params.name);
    if (params.absent) {
      return entry === undefined ? ok(undefined) : removal(params, entry, accounts, context);
    }
    return chainOk(know(params, accounts, entry, context), (known) => {
      return chainOk(
        groupDrift(params, known, context),
        (groups) =>
          known.entry === undefined
            ? making(params, groups, known)
            : changing(params, known.entry, groups, known),
      );
    });
  });
}

function know(
  params: UserParams,
  accounts: AccountDatabases,
  entry: UserEntry | undefined,
  context: KindContext,
): Awaitable<Result<KnownUser>> {
  const { name, passwordHash, locked, ages, manageHome } = params;
  const isSecret = passwordHash !== undefined || locked !== undefined;
  const isNeeded = entry !== undefined &&
    ((isSecret && entry.password === IN_SHADOW) || Object.keys(ages).length > 0);
  const shadow = isNeeded ? readShadow(context) : ok(undefined);
  return chainOk<ReadonlyMap<string, ShadowEntry> | undefined, KnownUser>(shadow, (entries) => {
    const own = entries?.get(name);
    const password = entry?.password === IN_SHADOW ? own?.password : entry?.password;
    const known = { accounts, entry, password, ages: own?.ages, homes: undefined };
    if (entry === undefined || !manageHome) return ok(known);
    return chainOk(lookAtHomes(params, entry, context), (homes) => ok({ ...known, homes }));
  });
}

function making(
  params: UserParams,
  groups: Memberships,
  { accounts }: KnownUser,
): Result<UserChange> {
  const { name, uid, home, shell, comment, system, manageHome } = params;
  const taken = uid === undefined ? undefined : uidTaken(params, uid, accounts);
  if (taken !== undefined) return taken;
  if (nothingToUnlock(params, "!")) return noPassword(params);
  const args = [
    ...(uid === undefined ? [] : ["--uid", String(uid)]),
    ...groups.argsOfNew,
    ...(home === undefined ? [] : ["--home-dir", home]),
    ...(shell === undefined ? [] : ["--shell", shell]),
    ...(comment === undefined ? [] : ["--comment", comment]),
    ...(system ? ["--system"] : []),
    manageHome ? "--create-home" : "--no-create-home",
  ];
  const password = passwordDrift(params, undefined).hash;
  const ages = ageDrift(params.ages, undefined).args;
  return ok({
    reason: `there is no user ${name}`,
    do: "make",
    args,
    ...(password === undefined ? {} : { password }),
    ...(ages.length === 0 ? {} : { ages }),
  });
}

function changing(
  params: UserParams,
  entry: UserEntry,
  groups: Memberships,
  { accounts, password, ages, homes }: KnownUser,
): Result<UserChange | undefined> {
  const { uid } = params;
  const words: string[] = [];
  const args: string[] = [];
  const compare = (name: "uid" | "home" | "shell" | "comment", option: string): void => {
    const wanted = params[name];
    if (wanted === undefined || wanted === entry[name]) return;
    words.push(`${name} ${shown(entry[name])} → ${shown(wanted)}`);
    args.push(option, String(wanted));
  };
  if (uid !== undefined && uid !== entry.uid) {
    const taken = uidTaken(params, uid, accounts);
    if (taken !== undefined) return taken;
  }
  compare("uid", "--uid");
  words.push(...groups.words);
  args.push(...groups.args);
  compare("home", "--home");
  const home = homes === undefined ? ok(NO_HOME) : homeDrift(params, entry, homes, accounts);
  if (!home.ok) return home;
  const { moves, missing, warning } = home.value;
  if (moves) args.push("--move-home");
  compare("shell", "--shell");
  compare("comment", "--comment");
  if (nothingToUnlock(params, password)) return noPassword(params);
  const secret = passwordDrift(params, password);
  words.push(...secret.words);
  args.push(...secret.args);
  const age = ageDrift(params.ages, ages ?? {});
  words.push(...age.words);
  const homePath = params.home ?? entry.home;
  if (missing && !moves) words.push(`the home directory ${homePath} does not exist`);
  if (words.length === 0) return ok(undefined);
  const warnings = [
    ...(uid === undefined || uid === entry.uid
      ? []
      : [`files outside of its home that belonged to uid ${entry.uid} still do`]),
    ...(warning === undefined ? [] : [warning]),
  ];
  return ok({
    reason: words.join(", "),
    do: "change",
    args,
    ...(secret.hash === undefined ? {} : { password: secret.hash }),
    ...(age.args.length === 0 ? {} : { ages: age.args }),
    ...(missing
      ? { home: { path: homePath, uid: uid ?? entry.uid, gid: groups.gid ?? entry.gid } }
      : {}),
    warnings,
    ...(args.includes("--uid") || args.includes("--home") ? { idleUid: entry.uid } : {}),
  });
}

function removal(
  { name, removeHome }: UserParams,
  entry: UserEntry,
  accounts: AccountDatabases,
  { host: { users: { own } } }: KindContext,
): Result<UserChange> {
  const { uid } = entry;
  if (uid === 0 || uid === own) {
    const whose = uid === 0 ? "the superuser" : "the user that the agent runs as";
    return fail(`${name} cannot be absent: it is ${whose} (uid ${uid})`, {
      code: "own-user",
      final: true,
    });
  }
  const other = removeHome ? whoElseNeeds(entry, accounts) : undefined;
  if (other !== undefined) {
    return fail(`the home directory ${entry.home} of ${name} cannot be removed: ${other}`, {
      code: "home-in-use",
      hint: "leave remove_home out; the user alone can go",
    });
  }
  return ok({
    reason: `the user ${name} is there and should not be`,
    do: "remove",
    args: removeHome ? ["--remove"] : [],
    idleUid: uid,
  });
}

function uidTaken(
  { name }: UserParams,
  uid: number,
  { users }: AccountDatabases,
): Result<never> | undefined {
  const other = [...users.values()].find((each) => each.uid === uid && each.name !== name);
  if (other === undefined) return undefined;
  return fail(`uid ${uid} is the number of ${other.name} already`, {
    code: "taken",
    hint: "choose another uid",
  });
}

function noPassword({ name }: UserParams): Result<never> {
  return fail(`${name} has no password that could be unlocked`, {
    code: "no-password",
    hint: "set password_hash, or leave locked out",
  });
}

function shown(value: string | number): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/**
 * A file of ssh that is a user's own: where it is, who may own it, and what ssh asks of the directory
 * around it. A home is its user's to change, so nothing there is followed that is a link, and nothing of
 * another owner is written to.
 *
 * @module
 */

import { chainOk } from "../../../base/chain.ts";
import {
  type Awaitable,
  fail,
  type Failure,
  failure,
  ok,
  type Result,
} from "../../../base/result.ts";
import type { KindContext, ResolveContext } from "../../../kind/kind.ts";
import type { Attributes, Sight } from "../../../os/files/files.ts";
import { readUsers } from "../accounts/databases.ts";
import { nameMistake } from "../accounts/names.ts";
import { checkPath, joinPath, parentOf } from "../files/path.ts";
import type { PartParams } from "../parts/part.ts";

/** Which file; plain data. */
export interface OwnFileParams extends PartParams {
  /** Where it most likely is, where only the home tells. */
  readonly path: string;
  readonly user?: string;
  /** Its path below the home of the user; absent: it is at `path`. */
  readonly below?: string;
}

/** Where the file is. */
export interface OwnPlace {
  readonly path: string;
  /** The numbers of those whose file it may be. */
  readonly owners: readonly number[];
  /** What a new file gets. */
  readonly fresh: Attributes;
  /** The directory around it, where that is made, and mended, too. */
  readonly directory?: { readonly path: string; readonly seen: Sight };
  /** The home lets others write, so that sshd believes nothing in it. */
  readonly openHome?: string;
}

/** The place, or what has to be made first by another resource. */
export type FoundPlace = { readonly place: OwnPlace } | { readonly later: string };

/** Others may write. */
const OPEN = 0o022;

/** The mode that ssh accepts; undefined: it has it. */
export function closedMode(seen: Sight): number | undefined {
  const isEntry = seen.type === "file" || seen.type === "directory";
  return isEntry && (seen.stat.mode & OPEN) !== 0 ? seen.stat.mode & ~OPEN : undefined;
}

/** Finds out where the file is. */
export function findPlace(
  params: OwnFileParams,
  context: KindContext,
): Awaitable<Result<FoundPlace>> {
  return params.below === undefined ? placeByPath(params, context) : placeInHome(params, context);
}

/** A new file is of whoever has the directory. */
function placeByPath(
  { path, user }: OwnFileParams,
  context: KindContext,
): Awaitable<Result<FoundPlace>> {
  const { host: { files, users }, signal } = context;
  return chainOk(
    files.look(parentOf(path), { signal }),
    (parent) =>
      chainOk(readUsers(context), (accounts): Result<FoundPlace> => {
        if (parent.type !== "directory") {
          return ok({ place: { path, owners: [0, users.own], fresh: {} } });
        }
        const { uid, gid } = parent.stat;
        const own = user === undefined ? undefined : accounts.get(user)?.uid;
        const owners = [uid, 0, users.own, ...(own === undefined ? [] : [own])];
        const fresh = uid === 0 || uid === users.own ? { mode: 0o644 } : { uid, gid, mode: 0o600 };
        return ok({ place: { path, owners, fresh } });
      }),
  );
}

function placeInHome(
  { user = "", below = "", absent }: OwnFileParams,
  context: KindContext,
): Awaitable<Result<FoundPlace>> {
  const { host: { files, users: { own } }, signal, comes } = context;
  return chainOk(readUsers(context), (users) => {
    const entry = users.get(user);
    if (entry === undefined) {
      if (absent || comes(`user:${user}`)) {
        return ok({ later: `the user ${user} is still to be made` });
      }
      return fail(`there is no user ${user} in /etc/passwd`, {
        code: "no-user",
        needs: [`user:${user}`],
        hint: "make it with a user resource; of a user that is known elsewhere, say path",
      });
    }
    const { uid, gid } = entry;
    const checked = checkPath(entry.home);
    if (!checked.ok || checked.path === "/") {
      return fail(`the user ${user} has no home directory of its own: ${entry.home}`, {
        code: "no-home",
        hint: "say path",
      });
    }
    const home = checked.path;
    return chainOk(files.look(home, { signal }), (around) => {
      if (around.type === "absent") return noHome(user, home, absent, context);
      const path = `${home}/${below}`;
      return chainOk(files.look(parentOf(path), { signal }), (seen) => {
        const owners = [uid, 0, own];
        const wrong = directoryMistake(parentOf(path), seen, owners);
        if (wrong !== undefined) return { ok: false, failure: wrong };
        return ok({
          place: {
            path,
            owners,
            fresh: { uid, gid, mode: 0o600 },
            directory: { path: parentOf(path), seen },
            ...(closedMode(around) === undefined ? {} : { openHome: home }),
          },
        });
      });
    });
  });
}

function noHome(
  user: string,
  home: string,
  absent: boolean,
  { comes }: KindContext,
): Result<FoundPlace> {
  if (absent || comes(home)) return ok({ later: `the home directory ${home} is still to be made` });
  return fail(`the home directory ${home} of ${user} does not exist`, {
    code: "no-home",
    needs: [home],
    hint: "set manage_home: true in its user resource",
  });
}

function directoryMistake(
  path: string,
  seen: Sight,
  owners: readonly number[],
): Failure | undefined {
  if (seen.type === "absent") return undefined;
  if (seen.type !== "directory") {
    const is = seen.type === "symlink" ? `a symbolic link to ${seen.target}` : "no directory";
    return failure(`${path} is ${is}`, {
      code: "wrong-type",
      hint: "remove it, so that the directory can be made",
    });
  }
  return owners.includes(seen.stat.uid) ? undefined : notTheirs(path, seen.stat.uid);
}

/** Why what is there is not to be written to; undefined: it may be. */
export function ownerMistake({ path, owners }: OwnPlace, seen: Sight): Failure | undefined {
  return seen.type !== "file" || owners.includes(seen.stat.uid)
    ? undefined
    : notTheirs(path, seen.stat.uid);
}

function notTheirs(path: string, uid: number): Failure {
  return failure(`${path} belongs to another user (uid ${uid}), and ssh does not believe it`, {
    code: "foreign",
    hint: "look at what is in it, and give it to its user, or remove it",
  });
}

/** From the fields that say where it is; mistakes are recorded in the context. */
export function resolvePlace(
  { user, path }: { readonly user?: string; readonly path?: string },
  { below, common }: {
    /** The path in a home. */
    readonly below: string;
    /** The file of all users, if there is one. */
    readonly common?: string;
  },
  { issue }: ResolveContext,
): Pick<OwnFileParams, "path" | "below"> {
  const mistake = user === undefined ? undefined : nameMistake(user);
  if (mistake !== undefined) issue({ path: ["user"], message: `the user's name ${mistake}` });
  if (path === undefined) {
    if (user !== undefined) {
      return { path: joinPath(user === "root" ? "/root" : `/home/${user}`, below), below };
    }
    if (common !== undefined) return { path: common };
    issue({ path: ["user"], message: "user is missing", hint: "write whose it is, or path" });
  }
  const checked = checkPath(path ?? "/");
  if (!checked.ok) {
    const hint = checked.hint === undefined ? {} : { hint: checked.hint };
    issue({ path: ["path"], message: `path ${checked.message}`, ...hint });
    return { path: "/" };
  }
  if (path !== undefined && checked.slash) {
    issue({ path: ["path"], message: "path must name a file, not a directory" });
  }
  return { path: checked.path };
}

/**
 * Cloning beside the place of the clone, or bringing one that is there to another commit.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { joinPath, parentOf } from "../shared/files/path.ts";
import { commitOf, type GitPlan, short, unquoted } from "./check.ts";
import { type GitParams, isCommit } from "./params.ts";
import { gitFailed, mustGit, noGit, runGit } from "./run.ts";

/** Rights that would let others lead git elsewhere. */
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
/** A lock that is so old is that of a git that was killed. */
const LOCK_MS = 10 * 60_000;

/** Why it would not be cloned there. */
export async function refuseGit(
  { whole, seen }: GitPlan,
  { path }: GitParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const missing = await noGit(context);
  if (missing !== undefined || !whole) return missing;
  return await foreseeChange({ path, seen, does: "make" }, context) ??
    await othersCouldLead(path, context);
}

/**
 * git goes by names, so on the way nobody else may be able to put something in their place; nor in the directory
 * itself, where one is there: it stays whose it is, and in somebody else's git does nothing.
 */
async function othersCouldLead(
  path: string,
  { host: { files, users: { own } }, signal }: KindContext,
): Promise<Failure | undefined> {
  for (let at = path;; at = parentOf(at)) {
    const seen = await files.look(at, { signal });
    if (!seen.ok) return seen.failure;
    if (seen.value.type === "directory") {
      const { uid, gid, mode } = seen.value.stat;
      const writers = mode & OTHERS_WRITE & (gid === 0 ? ~0o020 : ~0);
      const isOpen = writers !== 0 && (mode & STICKY) === 0;
      if (isOpen || (uid !== 0 && uid !== own)) {
        return failure(`other users can write ${at}, so git is not run there`, {
          code: "untrusted-directory",
          hint: "clone to a directory that only root can write, or take their right away",
        });
      }
    }
    if (at === "/") return undefined;
  }
}

/** Does what is to be done. */
export async function applyGit(
  plan: GitPlan,
  params: GitParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const done = plan.whole
    ? await clone(plan, params, context)
    : await change(plan, params, context);
  return done.ok ? undefined : done.failure;
}

async function clone(
  { seen }: GitPlan,
  params: GitParams,
  context: KindContext,
): Promise<Result<void>> {
  const staged = await context.host.files.stage(params.path);
  if (!staged.ok) return staged;
  const inside = { ...params, path: staged.value.path };
  const filled = await fill(inside, context);
  const attributes = seen.type === "directory"
    ? { uid: seen.stat.uid, gid: seen.stat.gid, mode: seen.stat.mode }
    : {};
  const placed = filled.ok ? await staged.value.place(attributes) : filled;
  if (!placed.ok) await staged.value.discard();
  return placed;
}

async function fill(params: GitParams, context: KindContext): Promise<Result<void>> {
  const { path, url, env } = params;
  const what = `clone ${url}`;
  for (const given of [["init", "--quiet"], ["remote", "add", "origin", url]]) {
    const made = await mustGit(what, path, given, env, context);
    if (!made.ok) return made;
  }
  const commit = await fetched(params, context);
  return commit.ok ? await checkOut(commit.value, params, context) : commit;
}

async function change(
  { commit, head, edited }: GitPlan,
  params: GitParams,
  context: KindContext,
): Promise<Result<void>> {
  const there = commit === undefined ? ok(undefined) : await commitOf(commit, params, context);
  if (!there.ok) return there;
  const wanted = there.value === undefined ? await fetched(params, context) : ok(there.value);
  if (!wanted.ok) return wanted;
  const inTheWay = await addedBy(wanted.value, head, params, context);
  if (!inTheWay.ok) return inTheWay;
  const kept = await keepEdited(params.path, [...edited, ...inTheWay.value], context);
  return kept.ok ? await checkOut(wanted.value, params, context) : kept;
}

/** Names that a commit has and the one checked out has not: what stands there is untracked, and overwritten. */
async function addedBy(
  commit: string,
  head: string | undefined,
  { path, env }: GitParams,
  context: KindContext,
): Promise<Result<readonly string[]>> {
  if (head === commit) return ok([]);
  const given = head === undefined
    ? ["ls-tree", "-r", "--name-only", commit]
    : ["diff-tree", "-r", "--name-only", "--diff-filter=A", "--no-renames", head, commit, "--"];
  const lines = await mustGit(`compare ${short(commit)} in ${path}`, path, given, env, context);
  return lines.ok ? ok(lines.value.map(unquoted)) : lines;
}

/** What somebody has edited or put there is kept as all that is overwritten. */
async function keepEdited(
  path: string,
  names: readonly string[],
  { host: { files }, signal }: KindContext,
): Promise<Result<void>> {
  for (const name of names) {
    const at = joinPath(path, name);
    const seen = await files.look(at, { signal });
    if (!seen.ok || seen.value.type !== "file") continue;
    const kept = await files.backup(at, seen.value);
    if (!kept.ok) return kept;
  }
  return ok(undefined);
}

/** Has the commit come, with no more history than the other side makes necessary. */
async function fetched(params: GitParams, context: KindContext): Promise<Result<string>> {
  const { path, url, ref, env } = params;
  const unlocked = await removeOldLocks(path, context);
  if (!unlocked.ok) return unlocked;
  const what = `fetch ${url}`;
  const wish = isCommit(ref) ? ref : `+refs/tags/${ref}:refs/tags/${ref}`;
  const tries = [
    ["--depth=1", "--no-tags", "--", url, wish],
    isCommit(ref)
      ? ["--tags", "--", url, "+refs/heads/*:refs/remotes/origin/*"]
      : ["--no-tags", "--", url, wish],
  ];
  context.progress({ text: "fetching" });
  for (const [index, given] of tries.entries()) {
    const answer = await runGit(path, ["fetch", "--quiet", ...given], env, context);
    if (!answer.ok) return answer;
    if (answer.value.code === 0) break;
    const said = answer.value.errors.join("\n");
    if (/couldn't find remote ref/i.test(said)) return noRef(params);
    // Not every server hands out a commit by its name, or a part of the history.
    const isRefusal = /shallow|unadvertised|not our ref|upload-pack: not/i.test(said);
    if (index > 0 || !isRefusal) return gitFailed(what, answer.value);
  }
  const commit = await commitOf(isCommit(ref) ? ref : `refs/tags/${ref}`, params, context);
  if (!commit.ok) return commit;
  return commit.value === undefined ? noRef(params) : ok(commit.value);
}

function noRef({ url, ref }: GitParams): Result<never> {
  if (isCommit(ref)) {
    return fail(`${url} has no commit ${short(ref)} in any of its branches and tags`, {
      code: "ref",
    });
  }
  return fail(`${url} has no tag ${ref}`, {
    code: "ref",
    hint: /^[0-9a-f]{7,63}$/i.test(ref)
      ? "a commit is written whole: git rev-parse COMMIT says all its digits"
      : "a branch is not taken, since it moves: write the commit that it is at",
  });
}

/** Brings all tracked files to a commit. */
export async function checkOut(
  commit: string,
  { path, env }: Pick<GitParams, "path" | "env">,
  context: WorkContext,
): Promise<Result<void>> {
  const unlocked = await removeOldLocks(path, context);
  if (!unlocked.ok) return unlocked;
  const given = ["checkout", "--quiet", "--force", "--detach", commit, "--"];
  const done = await mustGit(`check out ${short(commit)} in ${path}`, path, given, env, context);
  return done.ok ? ok(undefined) : done;
}

/** What git locks when it fetches and checks out; one that is left keeps every later git from its work. */
const LOCKS = ["index.lock", "HEAD.lock", "shallow.lock", "packed-refs.lock"];

async function removeOldLocks(path: string, context: WorkContext): Promise<Result<void>> {
  for (const name of LOCKS) {
    const removed = await removeOldLock(path, joinPath(path, `.git/${name}`), context);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

async function removeOldLock(
  path: string,
  lock: string,
  { host: { files, clock }, signal }: WorkContext,
): Promise<Result<void>> {
  const seen = await files.look(lock, { signal });
  if (!seen.ok || seen.value.type !== "file") return ok(undefined);
  const ageMs = clock.wall().getTime() - seen.value.stat.mtimeMs;
  if (ageMs > LOCK_MS) return await files.remove(lock, seen.value, { tree: false });
  return fail(`another git works in ${path}, or was killed there: ${lock} is there`, {
    code: "locked",
    hint: "it is tried again, and what is older than ten minutes is removed; or remove it",
  });
}

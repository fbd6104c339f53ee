/**
 * Comparing a clone with the commit that it should be at.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import type { Sight } from "../../os/files/files.ts";
import { joinPath } from "../shared/files/path.ts";
import { type GitParams, isCommit } from "./params.ts";
import { gitFailed, mustGit, noGit, runGit } from "./run.ts";

/** What has to be done. */
export interface GitPlan {
  readonly seen: Sight;
  /** Nothing is there, or an empty directory. */
  readonly whole: boolean;
  /** Undefined: only the other side knows. */
  readonly commit: string | undefined;
  /** What is checked out now. */
  readonly head: string | undefined;
  /** Tracked files that are not as the commit has them, as git writes their names. */
  readonly edited: readonly string[];
}

/** Finds what has to change now; undefined: nothing. */
export async function checkGit(
  params: GitParams,
  context: KindContext,
): Promise<Drift<GitPlan> | Failure | undefined> {
  const { path, ref, env } = params;
  const { host: { files }, signal } = context;
  const looked = await files.look(path, { signal });
  if (!looked.ok) return looked.failure;
  const seen = looked.value;
  const asked = { unknown: { why: `which commit ${ref} is was not asked`, isDue: true } };
  const isNew = await nothingThere(path, seen, context);
  if (!isNew.ok) return isNew.failure;
  if (isNew.value) {
    const commit = isCommit(ref) ? ref : undefined;
    const reason = `${path} ${seen.type === "absent" ? "does not exist" : "is empty"}`;
    const plan = { seen, whole: true, commit, head: undefined, edited: [] };
    return drift(reason, plan, commit === undefined ? asked : {});
  }
  const clone = await files.look(joinPath(path, ".git"), { signal });
  if (!clone.ok) return clone.failure;
  if (seen.type !== "directory" || clone.value.type !== "directory") {
    return failure(`${path} is no clone of git`, { code: "wrong-type", hint: "move it away" });
  }
  const missing = await noGit(context);
  if (missing !== undefined) return missing;
  const [head, wanted, edited] = [
    await commitOf("HEAD", params, context),
    isCommit(ref) ? ok(ref) : await commitOf(`refs/tags/${ref}`, params, context),
    await editedIn(path, env, context),
  ];
  if (!head.ok) return head.failure;
  if (!wanted.ok) return wanted.failure;
  if (!edited.ok) return edited.failure;
  const plan = { seen, whole: false, commit: wanted.value, head: head.value, edited: edited.value };
  const words = [
    ...(head.value === wanted.value && wanted.value !== undefined
      ? []
      : [`is at ${short(head.value)}, not ${isCommit(ref) ? short(ref) : ref}`]),
    ...(edited.value.length === 0 ? [] : [editedText(edited.value)]),
  ];
  if (words.length === 0) return undefined;
  return drift(words.join(", "), plan, wanted.value === undefined ? asked : {});
}

async function nothingThere(
  path: string,
  seen: Sight,
  { host: { files }, signal }: KindContext,
): Promise<Result<boolean>> {
  if (seen.type !== "directory") return ok(seen.type === "absent");
  const listed = await files.list(path, signal);
  if (!listed.ok) return listed;
  return ok(listed.value.entries.length + listed.value.unnameable.length === 0);
}

/** The commit that a name means in a clone; undefined: it is not there. */
export async function commitOf(
  name: string,
  { path, env }: Pick<GitParams, "path" | "env">,
  context: WorkContext,
): Promise<Result<string | undefined>> {
  const given = ["rev-parse", "--verify", "--quiet", `${name}^{commit}`];
  const answer = await runGit(path, given, env, context);
  if (!answer.ok) return answer;
  const { code, lines: [commit], errors } = answer.value;
  if (code === 0) return ok(commit);
  return code === 1 && errors.length === 0
    ? ok(undefined)
    : gitFailed(`look at ${path}`, answer.value);
}

/** Names of tracked files that are edited or missing; and of others, or even of those that git is to ignore. */
export async function editedIn(
  path: string,
  env: GitParams["env"],
  context: WorkContext,
  others: "none" | "untracked" | "ignored" = "none",
): Promise<Result<readonly string[]>> {
  const given = [
    "status",
    "--porcelain",
    "--no-renames",
    `--untracked-files=${others === "none" ? "no" : "all"}`,
    ...(others === "ignored" ? ["--ignored"] : []),
    "--ignore-submodules=all",
  ];
  const lines = await mustGit(`look at ${path}`, path, given, env, context);
  return lines.ok ? ok(lines.value.map((line) => unquoted(line.slice(3)))) : lines;
}

/** Signs that git writes by a letter. */
const BY_LETTER: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
};

/** A name as it is: one with a blank, for instance, git writes in quotes. */
export function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  return name.slice(1, -1).replace(
    /\\([0-7]{3}|.)/g,
    (_, sign: string) =>
      sign.length > 1 ? String.fromCharCode(parseInt(sign, 8)) : BY_LETTER[sign] ?? sign,
  );
}

const NAMED = 3;

function editedText(names: readonly string[]): string {
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : "";
  return `edited: ${names.slice(0, NAMED).join(", ")}${more}`;
}

/** A commit as people read it. */
export function short(commit: string | undefined): string {
  return commit === undefined ? "no commit" : commit.slice(0, 12);
}

/**
 * From the fields of a clone to its parameters.
 *
 * @module
 */

import type { ResolveContext } from "../../kind/kind.ts";
import type { Relations } from "../../kind/relations.ts";
import { namedPath } from "../shared/files/named_path.ts";
import type { GitFields } from "./fields.ts";

/** What a clone asks for; plain data. */
export interface GitParams {
  readonly path: string;
  readonly url: string;
  readonly ref: string;
  readonly env: Readonly<Record<string, string>>;
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** What git takes for the name of a tag, as far as it could mean something else. */
const TAG = /^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{))[^\s~^:?*[\\]+(?<![/.]|\.lock)$/;

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveGit(
  { path: said, url, ref, env = {} }: GitFields,
  context: ResolveContext,
): GitParams {
  const { path } = namedPath(said, context);
  const { issue } = context;
  if (path === "/") issue({ path: ["path"], message: "nothing is cloned to /: name a directory" });
  checkUrl(url, issue);
  const name = ref.replace(/^refs\/tags\//, "");
  if (!TAG.test(name)) {
    issue({ path: ["ref"], message: "ref must be a whole commit, or the name of a tag" });
  } else if (/^refs\/|^HEAD$/.test(name)) {
    const hint = "write the commit that it is at now, or a tag";
    issue({ path: ["ref"], message: "ref must not be a branch, since that moves", hint });
  }
  return { path, url, ref: name, env };
}

function checkUrl(text: string, issue: ResolveContext["issue"]): void {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
  const isPath = text.startsWith("/");
  const isScp = /^(?:[A-Za-z0-9_.-]+@)?[A-Za-z0-9_.-]+:(?!:)[^\s]+$/.test(text) &&
    !text.startsWith("-");
  const isKnown = scheme === undefined
    ? isPath || isScp
    : /^(https?|ssh|git|file)$/.test(scheme) && URL.canParse(text);
  if (!isKnown) {
    const hint = "write https://…, ssh://…, HOST:PATH or an absolute path";
    issue({ path: ["url"], message: "url must be one that git can clone", hint });
  } else if (scheme !== undefined && holdsSecret(new URL(text))) {
    issue({
      path: ["url"],
      message: "url must not contain a password or a token: URLs are shown",
      hint: "give it to git by env, for instance with GIT_CONFIG_COUNT and http.extraHeader",
    });
  }
}

/** Over http a user is often a token. */
function holdsSecret({ protocol, username, password }: URL): boolean {
  return password !== "" || (/^https?:$/.test(protocol) && username !== "");
}

/** Whether it names a commit, which is the same for ever. */
export function isCommit(ref: string): boolean {
  return COMMIT.test(ref);
}

/** It comes after what it is in, after git, and after a repository on this host. */
export function relationsOf({ path, url }: GitParams): Relations {
  const from = url.startsWith("/") ? [`path:${url}` as const] : [];
  return {
    entry: path,
    provides: [`tree:${path}`],
    needs: ["package:git", "package-of:/usr/bin/git", ...from],
  };
}

/**
 * The kind `git`: a clone at a commit or a tag, by the host's git.
 *
 * @module
 */

import { ATTRIBUTES, type Claim } from "../../kind/claim.ts";
import { defineKind } from "../../kind/kind.ts";
import { applyGit, refuseGit } from "./apply.ts";
import { checkGit, type GitPlan } from "./check.ts";
import { GIT_EXAMPLES } from "./examples.ts";
import { GIT_FIELDS, type GitFields } from "./fields.ts";
import { type GitParams, relationsOf, resolveGit } from "./params.ts";
import { GIT_UNDO } from "./undo.ts";

/** A clone of a repository. */
export default defineKind<GitFields, GitParams, GitPlan, undefined>({
  kind: "git",
  summary: "a clone of a repository at a commit or a tag, by the host's git",
  fields: GIT_FIELDS,
  otherFields: {
    repo: "write url",
    dest: "write path",
    version: "write ref",
    revision: "write ref",
    tag: "write ref",
    source: "write url",
    branch: "write ref, with the commit that the branch is at, or a tag",
  },
  examples: GIT_EXAMPLES,
  resolve: resolveGit,
  identity: ({ path }) => path,
  remains: ({ path }) => ({ at: "path", paths: [path] }),
  claims: ({ path }): readonly Claim[] => [
    { path, says: "presence", type: "directory", attributes: ATTRIBUTES, below: "all" },
  ],
  relations: relationsOf,
  controls: ({ path }) => [{ subject: path, part: false }],
  memory: () => undefined,
  check: checkGit,
  refuses: refuseGit,
  apply: applyGit,
  undo: GIT_UNDO,
  watch: ({ path }, { host, changed }) => host.watcher.watch({ path, tree: true, changed }),
  heals: true,
  changesHost: false,
  preview: "full",
});

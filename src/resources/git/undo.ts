/**
 * How a clone is brought back to the commit that it was at, or taken away.
 *
 * @module
 */

import { failure, ok } from "../../base/result.ts";
import type { KindUndo } from "../../kind/undo.ts";
import { checkOut } from "./apply.ts";
import { commitOf, editedIn, type GitPlan } from "./check.ts";
import type { GitParams } from "./params.ts";

const CHECKOUT = "checkout";
const NO_ENV = {};

/** Of clones: whether they are there, and the commit. */
export const GIT_UNDO: KindUndo<GitParams, GitPlan, undefined> = {
  touches: ({ seen, head, edited }, { path }) => {
    const before = seen.type === "absent" || head === undefined
      ? { type: seen.type }
      : { type: seen.type, commit: head };
    const lacks = "what was edited is in the copies of the files alone";
    return ok([{ is: CHECKOUT, name: path, before, ...(edited.length === 0 ? {} : { lacks }) }]);
  },
  look: async ({ name: path }, _fields, context) => {
    const seen = await context.host.files.look(path, { signal: context.signal });
    if (!seen.ok) return seen;
    if (seen.value.type !== "directory") return ok({ type: seen.value.type });
    const head = await commitOf("HEAD", { path, env: NO_ENV }, context);
    if (!head.ok) return head;
    return ok({ type: "directory", ...(head.value === undefined ? {} : { commit: head.value }) });
  },
  restore: async ({ name: path }, { type, commit }, context) => {
    const { host: { files }, signal } = context;
    // With the clone what git ignores would go, too, such as settings of this host.
    const others = typeof commit === "string" ? "untracked" : "ignored";
    const edited = await editedIn(path, NO_ENV, context, others);
    if (!edited.ok) return edited.failure;
    if (edited.value.length > 0) {
      return failure(`${path} has files of its own (${edited.value[0]})`, {
        code: "changed",
        hint: "move them away, and say it again",
      });
    }
    if (typeof commit === "string") {
      const done = await checkOut(commit, { path, env: NO_ENV }, context);
      return done.ok ? undefined : done.failure;
    }
    if (type !== "absent") return failure(`${path} was empty, and is left`, { code: "not-made" });
    const seen = await files.look(path, { signal });
    if (!seen.ok) return seen.failure;
    const removed = await files.remove(path, seen.value, { tree: true });
    return removed.ok ? undefined : removed.failure;
  },
};

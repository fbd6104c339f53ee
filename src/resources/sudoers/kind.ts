/**
 * The kind `sudoers`: a file of what users may run as others, never in force before visudo has seen it.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import type { Claim } from "../../kind/claim.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import { ATTRIBUTES } from "../../kind/claim.ts";
import { showing } from "../shared/files/difference.ts";
import { hiddenOf } from "../shared/files/private.ts";
import { foreseePath, lookAtPath, pathBefore, restorePath } from "../shared/undo/paths.ts";
import { applySudoers, refuseSudoers } from "./apply.ts";
import { findSudoersChange, SUDOERS_MODE, type SudoersChange } from "./check.ts";
import { SUDOERS_EXAMPLES } from "./examples.ts";
import { SUDOERS_FIELDS, type SudoersFields } from "./fields.ts";
import { relationsOf, resolveSudoers, type SudoersParams } from "./params.ts";

/** A file of sudoers. */
export default defineKind<SudoersFields, SudoersParams, SudoersChange, undefined>({
  kind: "sudoers",
  summary:
    "a file in /etc/sudoers.d, mode 0440, that takes its place only when visudo finds it right with all that sudo reads",
  fields: SUDOERS_FIELDS,
  otherFields: {
    mode: "leave it out: sudo reads a file with mode 0440",
    owner: "leave it out: sudo reads a file of root's",
    validate: "leave it out: visudo is always asked",
  },
  examples: SUDOERS_EXAMPLES,
  resolve: resolveSudoers,
  identity: ({ path }) => path,
  remains: ({ path, absent }) => absent ? undefined : { at: "path", paths: [path] },
  claims: ({ path, absent }): readonly Claim[] => [
    { path, says: "all", type: absent ? "absent" : "file", attributes: ATTRIBUTES },
  ],
  relations: relationsOf,
  controls: ({ path }) => [{ subject: path, part: false }],
  memory: () => undefined,
  check: (params, context) =>
    chain(findSudoersChange(params, context), (found) => {
      if (!found.ok) return found.failure;
      if (found.value === undefined) return undefined;
      const { seen, reason, isOther } = found.value;
      if (params.absent || !isOther) return drift(reason, found.value);
      const content = new TextEncoder().encode(params.content);
      const hidden = hiddenOf(params.sensitive, seen, { mode: SUDOERS_MODE });
      return drift(reason, found.value, showing({ seen, content, size: content.length, hidden }));
    }),
  refuses: refuseSudoers,
  apply: (_plan, params, context) => applySudoers(params, context),
  undo: {
    touches: async ({ seen }, { path }, context) => {
      const before = await pathBefore(path, seen, context);
      return before.ok ? { ok: true, value: [before.value] } : before;
    },
    look: lookAtPath,
    foresees: foreseePath,
    restore: restorePath,
  },
  watch: ({ path }, { host, changed }) => host.watcher.watch({ path, tree: false, changed }),
  heals: true,
  changesHost: true,
  preview: "full",
});

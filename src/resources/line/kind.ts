/**
 * The kind `line`: one line, or one block of lines, in a file that also holds others.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import { defineKind } from "../../kind/kind.ts";
import type { WatchContext } from "../../kind/kind.ts";
import { LinkedFiles } from "../../kind/linked_files.ts";
import { apply, refuses } from "./apply.ts";
import { check, type LineMemory } from "./check.ts";
import { contradiction } from "./contradiction.ts";
import { LINE_EXAMPLES } from "./examples.ts";
import { LINE_FIELDS } from "./fields.ts";
import type { LineFields } from "./fields.ts";
import { claimsOf, identityOf, resolveLine } from "./params.ts";
import type { LineParams } from "./params.ts";
import { loadPatterns } from "./pattern.ts";
import { changeOfLines, LINES_UNDO } from "../shared/undo/lines.ts";

/** A line or a block in a file. */
export default defineKind<LineFields, LineParams, Sight, LineMemory>({
  kind: "line",
  summary: "a line, or a block of lines, in a file; the rest of the file is left as it is",
  fields: LINE_FIELDS,
  otherFields: Object.fromEntries(
    ["mode", "owner", "group"].map((field) => [
      field,
      "write it in a file resource of the same path, without content",
    ]),
  ),
  examples: LINE_EXAMPLES,
  prepare: loadPatterns,
  resolve: resolveLine,
  identity: identityOf,
  identityHasContent: true,
  remains: ({ path, absent }) => absent ? undefined : { at: "inside", path },
  claims: claimsOf,
  relations: ({ path, create }) => ({
    needs: [`path:${path}`, `package-of:${path}`, ...(create ? [`within:${path}` as const] : [])],
  }),
  controls: ({ path }) => [{ subject: path, part: true }],
  contradicts: (params, other) =>
    other.kind === "line" ? contradiction(params, other.params as LineParams) : undefined,
  memory: () => ({}),
  check,
  refuses,
  apply: (_plan, params, context) => apply(params, context),
  undo: {
    made: async (memory, context) => {
      const { written } = memory;
      delete memory.written;
      if (written === undefined) return ok([]);
      return await changeOfLines(written.path, written.seen, written.content, context);
    },
    ...LINES_UNDO,
  },
  watch,
  heals: true,
  changesHost: false,
  preview: "full",
});

function watch({ path }: LineParams, context: WatchContext<LineMemory>): Watch {
  const { host, changed, memory } = context;
  const watched = host.watcher.watch({ path, tree: false, changed });
  const linked = memory.linked = new LinkedFiles(context);
  return {
    close: () => {
      delete memory.linked;
      linked.close();
      watched.close();
    },
  };
}

/**
 * The kind `line`: one line, or one block of lines, in a file that also holds others.
 *
 * @module
 */

import type { Sight } from "../../os/files/files.ts";
import { defineKind } from "../../kind/kind.ts";
import type { PartMemory } from "../shared/parts/check.ts";
import { partKind } from "../shared/parts/part_kind.ts";
import { contradiction } from "./contradiction.ts";
import { editText } from "./edit.ts";
import { LINE_EXAMPLES } from "./examples.ts";
import { LINE_FIELDS } from "./fields.ts";
import type { LineFields } from "./fields.ts";
import { identityOf, resolveLine } from "./params.ts";
import type { LineParams } from "./params.ts";
import { loadPatterns } from "./pattern.ts";

/** A line or a block in a file. */
export default defineKind<LineFields, LineParams, Sight, PartMemory>({
  ...partKind(editText),
  kind: "line",
  summary: "a line, or a block of lines, in a file; the rest of the file is left as it is",
  fields: LINE_FIELDS,
  examples: LINE_EXAMPLES,
  prepare: loadPatterns,
  resolve: resolveLine,
  identity: identityOf,
  contradicts: (params, other) =>
    other.kind === "line" ? contradiction(params, other.params as LineParams) : undefined,
});

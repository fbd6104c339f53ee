/**
 * The kind `ini`: one value in a file of sections and keys.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import type { Sight } from "../../os/files/files.ts";
import type { PartMemory } from "../shared/parts/check.ts";
import { partKind } from "../shared/parts/part_kind.ts";
import { editIni } from "./edit.ts";
import { INI_EXAMPLES } from "./examples.ts";
import { INI_FIELDS, type IniFields } from "./fields.ts";
import { contradiction, identityOf, type IniParams, resolveIni } from "./params.ts";

/** A value in an ini file. */
export default defineKind<IniFields, IniParams, Sight, PartMemory>({
  ...partKind(editIni),
  kind: "ini",
  summary:
    "one value in a file of sections and keys (ini, systemd, git, PHP, …); comments, order and layout stay as they are",
  fields: INI_FIELDS,
  examples: INI_EXAMPLES,
  resolve: resolveIni,
  identity: identityOf,
  contradicts: (params, other) =>
    other.kind === "ini" ? contradiction(params, other.params as IniParams) : undefined,
});

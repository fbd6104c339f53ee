/**
 * The kind `toml`: one value in a file of TOML.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import type { Sight } from "../../os/files/files.ts";
import type { PartMemory } from "../shared/parts/check.ts";
import { dataKind } from "../shared/parts/data/data_kind.ts";
import type { DataFields } from "../shared/parts/data/data_fields.ts";
import type { DataParams } from "../shared/parts/data/data_part.ts";
import { TOML_EXAMPLES } from "./examples.ts";

/** A value in a file of TOML. */
export default defineKind<DataFields, DataParams, Sight, PartMemory>({
  ...dataKind("toml", async () => (await import("./format.ts")).TOML_FORMAT),
  kind: "toml",
  summary: "one value in a file of TOML; comments, order and layout stay as they are",
  examples: TOML_EXAMPLES,
});

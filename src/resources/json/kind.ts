/**
 * The kind `json`: one value in a file of JSON, with or without comments.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import type { Sight } from "../../os/files/files.ts";
import type { PartMemory } from "../shared/parts/check.ts";
import { dataKind } from "../shared/parts/data/data_kind.ts";
import type { DataFields } from "../shared/parts/data/data_fields.ts";
import type { DataParams } from "../shared/parts/data/data_part.ts";
import { JSON_EXAMPLES } from "./examples.ts";

/** A value in a file of JSON. */
export default defineKind<DataFields, DataParams, Sight, PartMemory>({
  ...dataKind("json", async () => (await import("./format.ts")).JSON_FORMAT),
  kind: "json",
  summary: "one value in a file of JSON; comments, order and layout stay as they are",
  examples: JSON_EXAMPLES,
});

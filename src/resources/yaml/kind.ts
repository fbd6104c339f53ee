/**
 * The kind `yaml`: one value in a file of YAML.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import type { Sight } from "../../os/files/files.ts";
import type { PartMemory } from "../shared/parts/check.ts";
import { dataKind } from "../shared/parts/data/data_kind.ts";
import type { DataFields } from "../shared/parts/data/data_fields.ts";
import type { DataParams } from "../shared/parts/data/data_part.ts";
import { YAML_EXAMPLES } from "./examples.ts";

/** A value in a file of YAML. */
export default defineKind<DataFields, DataParams, Sight, PartMemory>({
  ...dataKind("yaml", async () => (await import("./format.ts")).YAML_FORMAT),
  kind: "yaml",
  summary: "one value in a file of YAML; comments, order and layout stay as they are",
  examples: YAML_EXAMPLES,
});

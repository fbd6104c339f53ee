/**
 * What the kinds that set a value in a file of data have in common: all but the format.
 *
 * @module
 */

import { assert } from "../../../../base/assert.ts";
import type { Kind } from "../../../../kind/kind.ts";
import type { Sight } from "../../../../os/files/files.ts";
import type { PartMemory } from "../check.ts";
import { partKind } from "../part_kind.ts";
import { DATA_FIELDS, type DataFields } from "./data_fields.ts";
import {
  contradictionOfValues,
  type DataParams,
  editValueBy,
  type Format,
  identityOfValue,
  resolveValue,
} from "./data_part.ts";

type DataKind = Kind<DataFields, DataParams, Sight, PartMemory>;

/** All of a kind but its words; `load`: brings what reads and writes the format, once. */
export function dataKind(
  name: string,
  load: () => Promise<Format>,
): Omit<DataKind, "kind" | "summary" | "examples"> {
  let loaded: Format | undefined;
  const format = () => {
    assert(loaded !== undefined, `what reads ${name} is not loaded`);
    return loaded;
  };
  return {
    ...partKind(editValueBy(format)),
    fields: DATA_FIELDS,
    prepare: async () => void (loaded ??= await load()),
    resolve: resolveValue,
    identity: identityOfValue,
    contradicts: (params, other) =>
      other.kind === name ? contradictionOfValues(params, other.params as DataParams) : undefined,
  };
}

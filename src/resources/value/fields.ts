/**
 * The fields of a shared value.
 *
 * @module
 */

import { refine, unknown } from "zod/mini";
import { LIMITS } from "../../base/limits.ts";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

export const VALUE_FIELDS = defineFields({
  value: {
    type: unknown().check(
      refine(isJson, "must be what JSON can say: no bytes, no infinite number"),
      refine(
        (value) => !isJson(value) || JSON.stringify(value).length <= LIMITS.sharedValueLength,
        `is longer than ${LIMITS.sharedValueLength / 1024} KiB as JSON`,
      ),
    ),
    typeText: "anything that JSON can say, up to 64 KiB",
    summary: "what the hosts of the cluster can read of this one under the resource's name",
    required: true,
  },
});

/** What a graph file says of a shared value. */
export type ValueFields = FieldsOf<typeof VALUE_FIELDS>;

function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object" || value instanceof Uint8Array) return false;
  return Object.values(value).every(isJson);
}

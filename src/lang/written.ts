/**
 * Fields that are what stands in the file, and no number: `mode: 0644` means what `mode: "0644"` means,
 * whatever number a parser makes of it.
 *
 * @module
 */

import type { FieldSchemas } from "../kind/schema.ts";
import type { WrittenNumbers } from "./document.ts";

type Entry = Readonly<Record<string, unknown>>;

/** The names of those fields. */
export function writtenFields(schemas: FieldSchemas): readonly string[] {
  return Object.keys(schemas).filter((field) => schemas[field]?.asWritten);
}

/** An entry with the texts of its numbers in those fields; without texts the numbers stay. */
export function asWritten(
  entry: Entry,
  fields: readonly string[],
  written: WrittenNumbers | undefined,
): Entry {
  if (written === undefined) return entry;
  let copy: Record<string, unknown> | undefined;
  for (const field of fields) {
    const value = Object.hasOwn(entry, field) ? entry[field] : undefined;
    if (typeof value !== "number") continue;
    copy ??= { ...entry };
    copy[field] = written.get(entry)?.get(field) ?? String(value);
  }
  return copy ?? entry;
}

import type { FieldSchemas } from "../../kind/schema.ts";
import type { WrittenNumbers } from "../document.ts";

/**
 * An entry with texts where its fields want some, and numbers or truth values came in the place of
 * `${name}`. `holder` is the entry as the document has it.
 */
export function asTexts(
  entry: Readonly<Record<string, unknown>>,
  schemas: FieldSchemas,
  { texts, holder }: { readonly texts: WrittenNumbers | undefined; readonly holder: object },
): Readonly<Record<string, unknown>> {
  if (texts === undefined || texts.size === 0) return entry;
  let copy: Record<string, unknown> | undefined;
  const own = texts.get(holder);
  for (const field of Object.keys(entry)) {
    const value = entry[field];
    if (typeof value === "string") continue;
    const text = texted(value, texts, own?.get(field));
    if (text === value || !Object.hasOwn(schemas, field)) continue;
    const type = schemas[field]?.type;
    if (type === undefined) continue;
    const asNumber = type.safeParse(value);
    if (asNumber.success) continue;
    const asText = type.safeParse(text);
    // What is wrong with one entry of a map makes no mistakes of its numbers.
    const isBetter = asText.success ||
      asText.error.issues.length < asNumber.error.issues.length;
    if (!isBetter) continue;
    copy ??= { ...entry };
    copy[field] = text;
  }
  return copy ?? entry;
}

/** The same with all such texts in it. */
function texted(value: unknown, texts: WrittenNumbers, own: string | undefined): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return own !== undefined && typeof value !== "string" ? own : value;
  }
  const inside = texts.get(value);
  const before = Object.entries(value);
  const after = before.map(([key, each]) => [key, texted(each, texts, inside?.get(key))] as const);
  if (after.every(([, each], index) => each === before[index]?.[1])) return value;
  return Array.isArray(value) ? after.map(([, each]) => each) : Object.fromEntries(after);
}

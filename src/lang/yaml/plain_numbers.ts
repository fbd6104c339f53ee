import type { WrittenNumbers } from "../document.ts";
import { WrittenNumber } from "./plain_types.ts";

/** A value in which numbers are nothing but numbers, and how they were written. */
export interface PlainNumbers {
  readonly value: unknown;
  readonly written: WrittenNumbers;
}

/** Puts plain numbers in place of those that keep their texts; what aliases share is looked at once. */
export function plainNumbers(value: unknown): PlainNumbers {
  if (value instanceof WrittenNumber) return { value: value.valueOf(), written: new Map() };
  const written = new Map<object, Map<string, string>>();
  replaceIn(value, written, new Set());
  return { value, written };
}

function replaceIn(
  value: unknown,
  written: Map<object, Map<string, string>>,
  seen: Set<object>,
): void {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  if (seen.has(value)) return;
  seen.add(value);
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (!(member instanceof WrittenNumber)) {
      replaceIn(member, written, seen);
      continue;
    }
    members[key] = member.valueOf();
    const texts = written.get(value) ?? new Map<string, string>();
    written.set(value, texts.set(key, member.text));
  }
}

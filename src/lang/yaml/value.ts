/**
 * From text to plain values: YAML 1.2 with its core schema and `!!binary`.
 *
 * @module
 */

import { parse } from "@std/yaml/unstable-parse";
import { LIMITS } from "../../base/limits.ts";
import type { WrittenNumbers } from "../document.ts";
import { type PlainNumbers, plainNumbers } from "./plain_numbers.ts";
import { plainTypes } from "./plain_types.ts";
import type { SyntaxMistake } from "./syntax.ts";

/**
 * Reads one document. What is refused, or is deep, is read once more by the parser that knows why and
 * where, and what that one says counts. `duplicateKeys`: the last one wins, otherwise they are an error.
 */
export async function readValue(
  text: string,
  { duplicateKeys = false } = {},
): Promise<ReadText> {
  let odd = false;
  const value = parseOrNot(text, duplicateKeys, () => odd = true);
  if (value !== REFUSED && !isDeep(value, text)) {
    return { ok: true, ...(odd ? plainNumbers(value) : { value, written: NOTHING_ODD }) };
  }
  const { parseYaml } = await import("./syntax.ts");
  const parsed = parseYaml(text, { duplicateKeys });
  return parsed.ok ? { ok: true, ...plainNumbers(parsed.value) } : parsed;
}

/** The value that a text describes, or why it describes none. */
export type ReadText =
  | ({ readonly ok: true } & PlainNumbers)
  | { readonly ok: false; readonly error: SyntaxMistake };

const NOTHING_ODD: WrittenNumbers = new Map();
const REFUSED = Symbol("no YAML");

function parseOrNot(text: string, allowDuplicateKeys: boolean, kept: () => void): unknown {
  const extraTypes = [...plainTypes(kept)];
  try {
    return parse(text, { schema: "failsafe", allowDuplicateKeys, extraTypes });
  } catch (thrown) {
    // The second: of a parser without a limit, where the nesting is deeper than the stack.
    if (thrown instanceof SyntaxError || thrown instanceof RangeError) return REFUSED;
    throw thrown;
  }
}

/** Whether a value may be nested too deeply: half of what is allowed is more than a graph needs. */
function isDeep(value: unknown, text: string): boolean {
  const seen = text.includes("&") && text.includes("*") ? new Set<object>() : undefined;
  return nestsBeyond(value, LIMITS.graphFileDepth / 2, seen);
}

/** `seen`: what aliases share is looked at where it is written, which comes first. */
function nestsBeyond(value: unknown, levels: number, seen: Set<object> | undefined): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return false;
  if (seen?.has(value)) return false;
  seen?.add(value);
  if (levels <= 0) return true;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => nestsBeyond(member, levels - 1, seen));
}

import { quoted } from "../../base/words.ts";
import type { JsonValue } from "../../base/input.ts";

/** Why a value cannot be one of a graph, and where in it. */
export interface NotPlain {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** What a text or an object means that stands for something else: a text, or why it cannot be here. */
export type MeaningOf = (
  value: object | string,
) => { readonly text: string } | { readonly message: string } | undefined;

const DEPTH = 32;
/** Characters of a text that a message repeats. */
const SHOWN = 60;

/** Takes a value apart into what JSON can say; what is undefined in a map is left out. */
export function toPlain(
  value: unknown,
  meaningOf: MeaningOf,
  path: readonly (string | number)[] = [],
): { readonly value: JsonValue } | NotPlain {
  if (value === null || typeof value === "boolean") return { value };
  if (typeof value === "number") {
    if (Number.isFinite(value)) return { value };
    return { path, message: `${value} is no number that a graph can have` };
  }
  if (typeof value !== "object" && typeof value !== "string") {
    return { path, message: `${nameOf(value)} is nothing that a graph can have` };
  }
  const meaning = meaningOf(value);
  if (meaning !== undefined) {
    return "text" in meaning ? { value: meaning.text } : { path, ...meaning };
  }
  if (typeof value === "string") return { value };
  if (path.length > DEPTH) {
    return { path, message: `what is nested more than ${DEPTH} times, or in itself, is too deep` };
  }
  if (Array.isArray(value)) return plainList(value, meaningOf, path);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return { path, message: `${nameOf(value)} is nothing that a graph can have` };
  }
  return plainMap(value as Record<string, unknown>, meaningOf, path);
}

function plainList(list: readonly unknown[], meaningOf: MeaningOf, path: NotPlain["path"]) {
  const plain: JsonValue[] = [];
  for (let index = 0; index < list.length; index++) {
    const each = toPlain(list[index], meaningOf, [...path, index]);
    if ("message" in each) return each;
    plain.push(each.value);
  }
  return { value: plain };
}

function plainMap(
  map: Readonly<Record<string, unknown>>,
  meaningOf: MeaningOf,
  path: NotPlain["path"],
) {
  const plain: Record<string, JsonValue> = {};
  for (const key of Object.keys(map)) {
    const inside = map[key];
    if (inside === undefined) continue;
    const each = toPlain(inside, meaningOf, [...path, key]);
    if ("message" in each) return each;
    // A key may be __proto__.
    Object.defineProperty(plain, key, { value: each.value, enumerable: true });
  }
  return { value: plain };
}

/** What a value is, as a reader would say it. */
export function nameOf(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "string") return quoted(value, SHOWN);
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "bigint") return "a big integer";
  if (value instanceof Promise) return "a promise";
  if (typeof value !== "object" || value === null) return `${value}`;
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== ""
    ? `an object of ${constructor.name}`
    : "an object with a prototype of its own";
}

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
): { readonly value: JsonValue } | NotPlain {
  const path: NotPlain["path"][number][] = [];
  try {
    return { value: plainOf(value, meaningOf, path) };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { path, message: thrown.why };
    throw thrown;
  }
}

/** Thrown at what is not plain, so that the path is that of it. */
class Refusal {
  constructor(readonly why: string) {}
}

function plainOf(
  value: unknown,
  meaningOf: MeaningOf,
  path: NotPlain["path"][number][],
): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new Refusal(`${value} is no number that a graph can have`);
  }
  if (typeof value !== "object" && typeof value !== "string") throw nothingPlain(value);
  const meaning = meaningOf(value);
  if (meaning !== undefined) {
    if ("text" in meaning) return meaning.text;
    throw new Refusal(meaning.message);
  }
  if (typeof value === "string") return value;
  if (path.length > DEPTH) {
    throw new Refusal(`what is nested more than ${DEPTH} times, or in itself, is too deep`);
  }
  const isList = Array.isArray(value);
  const prototype = Object.getPrototypeOf(value);
  if (!isList && prototype !== Object.prototype && prototype !== null) throw nothingPlain(value);
  const inside: TakeInside = (key, held) => {
    path.push(key);
    const plain = plainOf(held, meaningOf, path);
    path.pop();
    return plain;
  };
  return isList ? plainList(value, inside) : plainMap(value as Record<string, unknown>, inside);
}

type TakeInside = (key: string | number, held: unknown) => JsonValue;

function plainList(list: readonly unknown[], inside: TakeInside): JsonValue[] {
  const plain: JsonValue[] = [];
  for (let index = 0; index < list.length; index++) plain.push(inside(index, list[index]));
  return plain;
}

function plainMap(map: Readonly<Record<string, unknown>>, inside: TakeInside) {
  const plain: Record<string, JsonValue> = {};
  for (const key of Object.keys(map)) {
    const held = map[key];
    if (held === undefined) continue;
    const value = inside(key, held);
    if (key === "__proto__") Object.defineProperty(plain, key, { value, enumerable: true });
    else plain[key] = value;
  }
  return plain;
}

function nothingPlain(value: unknown): Refusal {
  return new Refusal(`${nameOf(value)} is nothing that a graph can have`);
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

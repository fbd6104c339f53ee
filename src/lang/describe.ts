import { hasSecret, showSecrets } from "../base/secret_token.ts";

/** Characters of a text that a message repeats. */
const SHOWN_MAX = 60;

/** A value in the middle of a sentence: `the number 12`, `"abc"`, `a list`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return value === "" ? "an empty text" : shown(value);
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  if (typeof value === "boolean") return String(value);
  if (value instanceof Uint8Array) return "bytes";
  return Array.isArray(value) ? "a list" : "a map";
}

/** A text in quotes, cut when it is long. */
export function shown(said: string): string {
  const text = hasSecret(said) ? showSecrets(said) : said;
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text;
  return JSON.stringify(cut);
}

/** A map as a YAML file means it: no list, no bytes, not nothing. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Uint8Array);
}

/** Absent, or written down with nothing behind it. */
export function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

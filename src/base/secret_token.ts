/**
 * Secrets in texts: a token stands where the value will be, so that whoever handles the text never has
 * it. A token is `\0secret:NAME\0`, with what is to be made of the value (`:trim`, `:base64`) before its
 * end, in this order.
 *
 * @module
 */

import { didYouMean } from "./nearest.ts";
import { fail, ok, type Result } from "./result.ts";

/** What can be made of a value before it is put in. */
const SECRET_TRANSFORMS = ["trim", "base64", "json", "sha512crypt"] as const;

/** One of {@linkcode SECRET_TRANSFORMS}. */
export type SecretTransform = (typeof SECRET_TRANSFORMS)[number];

/** A secret by its name, and what is made of its value, one after the other. */
export interface SecretReference {
  readonly name: string;
  readonly transforms: readonly SecretTransform[];
}

const BEGIN = "\0secret:";
const END = "\0";
const TOKEN = /\0secret:([^\0]*)\0/g;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const NAME_RULE = "letters, digits and _ . - (not first: . -), 128 at most";

/** Whether a text holds a token, be it a good one or not. */
export function hasSecret(text: string): boolean {
  return text.includes(BEGIN);
}

/** Whether a token is somewhere in what a document says: a text, a list or a map of them. */
export function holdsSecret(value: unknown): boolean {
  if (typeof value === "string") return hasSecret(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return false;
  if (Array.isArray(value)) return value.some(holdsSecret);
  for (const [key, each] of Object.entries(value)) {
    if (hasSecret(key) || holdsSecret(each)) return true;
  }
  return false;
}

/** Whether something can be a secret's name. */
export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** The token for `NAME` or `NAME:TRANSFORM…`, right or wrong: the parser of the text judges it. */
export function secretToken(words: string): string {
  return `${BEGIN}${words.replaceAll("\0", "")}${END}`;
}

/** What `NAME` or `NAME:TRANSFORM…` means. */
export function parseSecret(words: string): Result<SecretReference> {
  const [name = "", ...transforms] = words.split(":");
  if (!isSecretName(name)) {
    return fail(`${JSON.stringify(name)} is no name of a secret`, { hint: NAME_RULE });
  }
  for (const transform of transforms) {
    if (isTransform(transform)) continue;
    const hint = didYouMean(transform, SECRET_TRANSFORMS) ??
      `there are: ${SECRET_TRANSFORMS.join(", ")}`;
    return fail(`nothing called ${JSON.stringify(transform)} can be made of a secret`, { hint });
  }
  return ok({ name, transforms: transforms.filter(isTransform) });
}

function isTransform(word: string): word is SecretTransform {
  return (SECRET_TRANSFORMS as readonly string[]).includes(word);
}

/** A text as its parts: plain ones, and what stands in tokens (as {@linkcode parseSecret} takes it). */
export function splitSecrets(text: string): readonly ({ text: string } | { words: string })[] {
  const parts: ({ text: string } | { words: string })[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index) });
    parts.push({ words: match[1] ?? "" });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** All tokens of a value, as {@linkcode splitSecrets} gives them. */
export function secretWords(value: unknown): readonly string[] {
  if (typeof value === "string") {
    if (!hasSecret(value)) return [];
    return splitSecrets(value).flatMap((part) => "words" in part ? [part.words] : []);
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.values(value).flatMap(secretWords);
}

/** A text as people see it: `(secret NAME)` in place of each token. */
export function showSecrets(text: string): string {
  return text.replaceAll(TOKEN, (_token, words: string) => `(secret ${words})`);
}

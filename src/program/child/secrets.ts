/**
 * What a program has in the place of a secret: its name, and what is to be made of its value.
 *
 * @module
 */

import { hasSecret, holdsSecret, parseSecret, secretToken } from "../../base/secret_token.ts";
import { mistakeHere } from "./mistake.ts";
import { nameOf } from "./plain.ts";

/** What stands for secrets in texts of this evaluation; functions may have made something else of it. */
const shown = new Set<string>();

/** Ends what stands for a secret in texts: what a program reads cannot know it, and so name none. */
let mark = "#";

/** Says what nobody else can guess. */
export function markSecrets(nonce: string): void {
  mark = `#${nonce}`;
}

/** Forgets what was made of secrets so far: another evaluation begins. */
export function forgetShownSecrets(): void {
  shown.clear();
}

/** A secret, wherever text goes; also a part of a longer text. The program cannot see its value. */
class SecretText {
  readonly #words: string;

  constructor(words: string) {
    this.#words = words;
    Object.freeze(this);
  }

  base64(): SecretText {
    return new SecretText(`${this.#words}:base64`);
  }

  trim(): SecretText {
    return new SecretText(`${this.#words}:trim`);
  }

  json(): SecretText {
    return new SecretText(`${this.#words}:json`);
  }

  sha512crypt(): SecretText {
    return new SecretText(`${this.#words}:sha512crypt`);
  }

  toString(): string {
    shown.add(this.#words);
    return secretToken(this.#words + mark);
  }

  /** What stands for it outside of the program. */
  static token(secret: SecretText): string {
    return secretToken(secret.#words);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** What a program calls: `secret("app-key")`. */
export function secret(name: unknown): object {
  if (typeof name !== "string") {
    throw mistakeHere(`secret() takes the name of a secret, not ${nameOf(name)}`);
  }
  const parsed = parseSecret(name);
  if (parsed.ok) return new SecretText(name);
  const { message, hint } = parsed.failure;
  throw mistakeHere(message, hint === undefined ? {} : { hint });
}

/** The text that a value means if it is a secret. */
export function secretTextOf(value: object): { readonly text: string } | undefined {
  return value instanceof SecretText ? { text: SecretText.token(value) } : undefined;
}

/** What stands for a secret in a text, also as JSON.stringify writes it. */
const STANDING = /(\0|\\u0000)secret:([^\0\\]*)\1/g;
/** Its beginning as an address, in hexadecimal, and in base64, wherever it begins in a group of three bytes. */
const DISGUISED = /%00secret%3A|007365637265743a|AHNlY3JldD|BzZWNyZXQ6|Ac2VjcmV0O/i;

/** A text with its secrets as tokens; undefined: nothing is to be done to it. */
export function textWithSecrets(
  text: string,
): { readonly text: string } | { readonly message: string } | undefined {
  if (shown.size === 0) return hasSecret(text) ? { message: FOREIGN } : undefined;
  let rest = "";
  let done = 0;
  let whole = "";
  for (const { 0: found, 1: end, 2: words = "", index } of text.matchAll(STANDING)) {
    if (!words.endsWith(mark)) continue;
    rest += `${text.slice(done, index)} `;
    // What JSON.stringify was given belongs into JSON, with its signs for quotes and line breaks.
    const own = words.slice(0, -mark.length) + (end === "\0" ? "" : ":json");
    whole += text.slice(done, index) + secretToken(own);
    done = index + found.length;
  }
  rest += text.slice(done);
  if (hasSecret(rest) && !rest.includes(mark)) return { message: FOREIGN };
  const isChanged = rest.includes("\0") || DISGUISED.test(rest) ||
    [...shown].some((words) => rest.toLowerCase().includes(`secret:${words}`.toLowerCase()));
  if (isChanged) return { message: CHANGED };
  return done === 0 ? undefined : { text: whole + text.slice(done) };
}

const FOREIGN =
  "a text holds what would stand for a secret, and is not of secret(): it was read from somewhere";
const CHANGED =
  "a text with a secret was changed by a function, which has only what stands for the value; " +
  "join it with texts, give it to JSON.stringify, or use its own base64()";

/** What comes from elsewhere must not name secrets: somebody else would have them written somewhere. */
export function refuseSecrets(value: unknown, what: string): void {
  if (holdsSecret(value)) {
    throw mistakeHere(`${what} holds what stands for a secret, which only a program may say`);
  }
}

/** A text for people: with the names of secrets in place of what stands for them. */
export function withSecretNames(text: string): string {
  return text.replaceAll(STANDING, (_found, _end, words: string) => `secret(${nameIn(words)})`);
}

function nameIn(words: string): string {
  return words.endsWith(mark) ? words.slice(0, -mark.length) : words;
}

/**
 * What a program has in the place of a secret: its name, and what is to be made of its value.
 *
 * @module
 */

import { holdsSecret, parseSecret, secretToken } from "../../base/secret_token.ts";
import { mistakeHere } from "./mistake.ts";
import { nameOf } from "./plain.ts";

/** What stands for secrets in texts of this evaluation; functions may have made something else of it. */
const shown = new Set<string>();

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
    return secretToken(this.#words);
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
  return value instanceof SecretText ? { text: value.toString() } : undefined;
}

/** Tokens as JSON.stringify writes them. */
const IN_JSON = /\\u0000secret:([^\0\\]*)\\u0000/g;
const WHOLE = /\0secret:[^\0]*\0/g;
/** The same as an address, in hexadecimal, and in base64, wherever it begins in a group of three bytes. */
const DISGUISED = /%00secret%3A|007365637265743a|AHNlY3JldD|BzZWNyZXQ6|Ac2VjcmV0O/i;

/** A text with its secrets as tokens; undefined: nothing is to be done to it. */
export function textWithSecrets(
  text: string,
): { readonly text: string } | { readonly message: string } | undefined {
  if (shown.size === 0) return undefined;
  // What JSON.stringify was given belongs into JSON, with its signs for quotes and line breaks.
  const whole = text.replaceAll(IN_JSON, (_found, words: string) => secretToken(`${words}:json`));
  const rest = whole.replaceAll(WHOLE, "");
  const isChanged = rest.includes("\0") || DISGUISED.test(rest) ||
    [...shown].some((words) => rest.toLowerCase().includes(`secret:${words}`.toLowerCase()));
  if (isChanged) return { message: CHANGED };
  return whole === text ? undefined : { text: whole };
}

const CHANGED =
  "a text with a secret was changed by a function, which has only what stands for the value; " +
  "join it with texts, give it to JSON.stringify, or use its own base64()";

/** What comes from elsewhere must not name secrets: somebody else would have them written somewhere. */
export function refuseSecrets(value: unknown, what: string): void {
  if (holdsSecret(value)) {
    throw mistakeHere(`${what} holds what stands for a secret, which only a program may say`);
  }
}

/** A token, also as JSON writes it. */
const TOKEN = /(?:\0|\\u0000)secret:([^\0\\]*)(?:\0|\\u0000)/g;

/** A text for people: with the names of secrets in place of tokens. */
export function withSecretNames(text: string): string {
  return text.replaceAll(TOKEN, "secret($1)");
}

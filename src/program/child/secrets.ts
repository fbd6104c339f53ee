/**
 * What a program has in the place of a secret: its name, and what is to be made of its value.
 *
 * @module
 */

import { holdsSecret, parseSecret, secretToken } from "../../base/secret_token.ts";
import { mistakeHere } from "./mistake.ts";
import { nameOf } from "./plain.ts";

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

  sha512crypt(): SecretText {
    return new SecretText(`${this.#words}:sha512crypt`);
  }

  toString(): string {
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

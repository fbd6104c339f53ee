/**
 * The text by which a host joins: whom to believe, where to ask, and as whom. It is one word that people
 * paste, so it says by itself what became of it on the way.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { asPem, bytesOf, certificatesIn, type CertifiedKey } from "./pem.ts";

/** What a host may become with a token. */
export type JoinRole = "agent" | "server";

/** What a token carries. */
export interface JoinToken {
  readonly role: JoinRole;
  /** Certificates of the authorities to believe, PEM. */
  readonly believed: string;
  /** Where members answer, as addresses are written. */
  readonly addresses: readonly string[];
  /** What to show there. */
  readonly shown: CertifiedKey;
  /** Public keys (PEM) of those whose signatures count. */
  readonly operators: readonly string[];
}

const MARK = "mgmt1-";
const ROLES: readonly JoinRole[] = ["agent", "server"];
const SUM_BYTES = 4;
/** A line that is typed at a terminal ends at 4095 characters. */
const MOST_CHARACTERS = 4000;
const MOST_ADDRESSES = 16;
const MOST_OPERATORS = 4;
const MOST_AUTHORITIES = 2;
const ADDRESS = /^https:\/\/[^\s/]+$/;

const WHERE_FROM = "mgmt token create, on a host that runs etcd, prints one";

/** Writes a token as text. */
export async function tokenText(token: JoinToken): Promise<Result<string>> {
  const { addresses, operators } = token;
  const authorities = certificatesIn(token.believed);
  if (!isSane({ authorities, addresses, operators })) {
    return fail("a token with so many addresses, authorities or operators would be too long");
  }
  const parts = [
    new Uint8Array([ROLES.indexOf(token.role)]),
    listed(authorities.map(bytesOf)),
    listed(addresses.map((address) => new TextEncoder().encode(address))),
    listed([bytesOf(token.shown.cert), bytesOf(token.shown.key)]),
    listed(operators.map(bytesOf)),
  ];
  const body = joined(parts);
  const text = MARK + encode(joined([body, await sumOf(body)]));
  if (text.length <= MOST_CHARACTERS) return ok(text);
  return fail(`the token would have ${text.length} characters, more than ${MOST_CHARACTERS}`);
}

/** Reads one, or says what is wrong with it; never repeats it. */
export async function readToken(text: string): Promise<Result<JoinToken>> {
  // A terminal or a mail may have broken it into lines.
  const word = text.replace(/\s+/g, "");
  if (word === "") return wrong("it is empty");
  if (!word.startsWith(MARK)) return wrong(whatElse(word));
  if (word.length > MOST_CHARACTERS) {
    return wrong(`it has ${word.length} characters, and a token at most ${MOST_CHARACTERS}`);
  }
  const odd = /[^A-Za-z0-9_-]/.exec(word);
  if (odd !== null) return wrong(`character ${odd.index + 1} is none of a token`);
  const bytes = decode(word.slice(MARK.length));
  const body = bytes?.subarray(0, -SUM_BYTES);
  if (
    bytes === undefined || body === undefined ||
    !isSame(bytes.subarray(-SUM_BYTES), await sumOf(body))
  ) {
    return wrong("a part of it is missing or was changed");
  }
  const token = readBody(body);
  return token === undefined ? wrong("it does not hold what a token holds") : ok(token);
}

function whatElse(word: string): string {
  const [, version] = /^mgmt(\d{1,6})-/.exec(word) ?? [];
  if (version !== undefined) return `it is of version ${version}, and this mgmt reads version 1`;
  if (word.includes("-----BEGIN")) return "it is a file of certificates or keys";
  return `it does not begin with ${MARK}`;
}

function readBody(body: Uint8Array): JoinToken | undefined {
  const reader = new PartReader(body);
  const role = ROLES[reader.byte() ?? -1];
  const authorities = reader.list()?.map((der) => asPem(der, "CERTIFICATE"));
  const addresses = reader.list()?.map((bytes) => new TextDecoder().decode(bytes));
  const [cert, key, ...more] = reader.list() ?? [];
  const operators = reader.list()?.map((der) => asPem(der, "PUBLIC KEY"));
  if (
    role === undefined || cert === undefined || key === undefined || more.length > 0 ||
    !reader.isAtEnd || authorities === undefined || addresses === undefined ||
    operators === undefined || !isSane({ authorities, addresses, operators })
  ) return undefined;
  return {
    role,
    believed: authorities.join(""),
    addresses,
    shown: { cert: asPem(cert, "CERTIFICATE"), key: asPem(key, "PRIVATE KEY") },
    operators,
  };
}

function isSane(
  lists: Record<"authorities" | "addresses" | "operators", readonly string[]>,
): boolean {
  const { authorities, addresses, operators } = lists;
  return authorities.length > 0 && authorities.length <= MOST_AUTHORITIES &&
    addresses.length > 0 && addresses.length <= MOST_ADDRESSES &&
    operators.length <= MOST_OPERATORS && addresses.every((address) => ADDRESS.test(address));
}

/** A list of parts: how many, then each after its length. */
function listed(parts: readonly Uint8Array[]): Uint8Array {
  return joined([
    new Uint8Array([parts.length]),
    ...parts.flatMap((part) => [new Uint8Array([part.length >> 8, part.length & 0xff]), part]),
  ]);
}

/** Reads what {@linkcode listed} wrote; whatever is missing is undefined. */
class PartReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number | undefined {
    return this.#bytes[this.#at++];
  }

  list(): Uint8Array[] | undefined {
    const length = this.byte();
    const parts: Uint8Array[] = [];
    for (let index = 0; index < (length ?? 0); index++) {
      const [high, low] = [this.byte(), this.byte()];
      if (high === undefined || low === undefined) return undefined;
      const end = this.#at + high * 256 + low;
      if (end > this.#bytes.length) return undefined;
      parts.push(this.#bytes.slice(this.#at, end));
      this.#at = end;
    }
    return length === undefined ? undefined : parts;
  }
}

async function sumOf(body: Uint8Array): Promise<Uint8Array> {
  const sum = await crypto.subtle.digest("SHA-256", new Uint8Array(body));
  return new Uint8Array(sum).subarray(0, SUM_BYTES);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function encode(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function decode(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}

function wrong(why: string): Result<never> {
  return fail(`the token cannot be used: ${why}`, {
    code: "no-token",
    hint: `copy the whole of it; ${WHERE_FROM}`,
  });
}

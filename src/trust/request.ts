/**
 * What a host that wants a certificate asks for, and how that is checked. It names no identity: whose
 * certificate it becomes follows from the public key alone, so nobody can ask for another's.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import { parseJson } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { ALGORITHM } from "./profiles.ts";
import type { JoinRole } from "./token.ts";

/** What is asked for. */
export interface RequestWish {
  readonly role: JoinRole;
  /** What the host is to be called in the cluster. */
  readonly host: string;
  /** For whom to encrypt what is secret in the answer: a recipient of age. Empty: nothing of it is. */
  readonly recipient: string;
}

/** A request whose sender has the private key. */
export interface CheckedRequest extends RequestWish {
  readonly publicKey: CryptoKey;
  /** The hash of the public key: where the request and its answer are. */
  readonly key: string;
  /** The id that the host has in the cluster. */
  readonly id: string;
}

const VERSION = 1;
const RECIPIENT = /^age1[a-z0-9]{50,80}$/;
const NOBODY = "";
const HOST = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})$/;
/** A public key on P-256 has 91 bytes. */
const OPEN_KEY = /^[A-Za-z0-9+/]{122}==$/;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;
const ID_DIGITS = 32;

/** Where a request with that public key (SPKI, DER) is put, as hexadecimal digits. */
async function requestKey(publicKey: Uint8Array): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", new Uint8Array(publicKey));
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same of a key. */
export async function keyHash(publicKey: CryptoKey): Promise<string> {
  return await requestKey(new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)));
}

/** The id of the host that has the key of which this is the hash. */
export function idOfKey(key: string): string {
  return key.slice(0, ID_DIGITS);
}

/** What the request of a host counts for that has a certificate and wants it anew. */
export function renewalOf(host: string): string {
  return `renewal ${host}`;
}

/** Writes a request; `purpose` says what it counts for (a token's user, a renewal) and nothing else. */
export async function requestText(
  { publicKey, privateKey }: CryptoKeyPair,
  wish: RequestWish,
  purpose: string,
): Promise<{ readonly key: string; readonly text: string }> {
  const open = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
  const publicText = open.toBase64();
  const signed = signedBytes(wish, publicText, purpose);
  const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM, privateKey, signed));
  const { role, host, recipient } = wish;
  const proof = signature.toBase64();
  const text = JSON.stringify({
    version: VERSION,
    role,
    host,
    recipient,
    publicKey: publicText,
    proof,
  });
  return { key: await requestKey(open), text };
}

/** Reads a request that stands below `key`; all that it says beside what is asked for here is ignored. */
export async function readRequest(
  text: string,
  key: string,
  purpose: string,
): Promise<Result<CheckedRequest>> {
  const said = text.length > LIMITS.joinRequestLength ? undefined : parseJson(text);
  const fields = said as Partial<Record<string, unknown>> | null | undefined;
  const { version, role, host, recipient, publicKey: open, proof } = fields ?? {};
  if (version !== VERSION) return wrong("it is no request of this version");
  if (role !== "agent" && role !== "server") return wrong("it asks for no role that there is");
  if (!matches(host, HOST)) return wrong("it says no name of a host");
  const isOpen = role === "agent" && recipient === NOBODY;
  if (!isOpen && !matches(recipient, RECIPIENT)) {
    return wrong("it does not say for whom to encrypt");
  }
  if (!matches(open, OPEN_KEY) || !matches(proof, SIGNATURE)) {
    return wrong("it has no key and proof");
  }
  const bytes = Uint8Array.fromBase64(open);
  if (await requestKey(bytes) !== key) return wrong("it stands where that of another key belongs");
  const wish: RequestWish = { role, host, recipient: recipient as string };
  const publicKey = await importOpen(bytes);
  if (publicKey === undefined) return wrong("its key is none on P-256");
  const signed = signedBytes(wish, open, purpose);
  if (!await crypto.subtle.verify(ALGORITHM, publicKey, Uint8Array.fromBase64(proof), signed)) {
    return wrong("its sender does not have the key");
  }
  return ok({ ...wish, publicKey, key, id: idOfKey(key) });
}

/** What the proof is about: everything that is asked for, each on its line. */
function signedBytes(
  { role, host, recipient }: RequestWish,
  publicKey: string,
  purpose: string,
): Uint8Array<ArrayBuffer> {
  const lines = ["mgmt request 1", purpose, role, host, recipient, publicKey];
  return new TextEncoder().encode(lines.join("\n"));
}

async function importOpen(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey("spki", bytes, ALGORITHM, true, ["verify"]);
  } catch {
    return undefined;
  }
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === "string" && form.test(value);
}

function wrong(why: string): Result<never> {
  return fail(`the request is refused: ${why}`, { code: "bad-request" });
}

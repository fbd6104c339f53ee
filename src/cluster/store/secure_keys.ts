/** The keys of a plain cluster that becomes one with TLS. */

import { isHostName, type KeyRange, prefixRange, ROOT_KEY } from "./keys.ts";

/** A plain cluster becomes one with TLS: how far it is, and who takes part. */
export function secureKey(): string {
  return `${ROOT_KEY}ctl/secure`;
}

/** What a host asks for then, and how far it is itself. */
export function secureAskedKey(host: string): string {
  return `${secureRange().from}asked/${host}`;
}

/** What it was answered. */
export function secureAnswerKey(host: string): string {
  return `${secureRange().from}answers/${host}`;
}

/** Whose the request at that key is; undefined: it is none. */
export function secureAskedHost(key: string): string | undefined {
  return hostIn(secureAskedKey(""), key);
}

/** Whose the answer at that key is; undefined: it is none. */
export function secureAnsweredHost(key: string): string | undefined {
  return hostIn(secureAnswerKey(""), key);
}

function hostIn(folder: string, key: string): string | undefined {
  const host = key.startsWith(folder) ? key.slice(folder.length) : "";
  return isHostName(host) ? host : undefined;
}

/** All of both. */
export function secureRange(): KeyRange {
  return prefixRange(`${secureKey()}/`);
}

/**
 * What of a snapshot a new cluster begins with: all keys of others, the wished size, and the exports,
 * which are marked: they count until their hosts have spoken. Who was there, what was under way and
 * what went with leases is left out: whoever is there says so again.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import { parseKey, ROOT_KEY } from "../store/keys.ts";
import { isSealed } from "../exchange/seal.ts";

interface RestoredEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly leased: boolean;
}

/** What is taken, and how many others are not. */
export interface Restored {
  readonly entries: readonly Pick<RestoredEntry, "key" | "value">[];
  /** Exports among them. */
  readonly exports: number;
  /** Keys of other programs that would have gone with a lease. */
  readonly leased: number;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Chooses. */
export function restorable(all: readonly RestoredEntry[]): Restored {
  const entries: Pick<RestoredEntry, "key" | "value">[] = [];
  let [exports, leased] = [0, 0];
  for (const entry of all) {
    const name = decoder.decode(entry.key);
    const isOurs = name.startsWith(ROOT_KEY);
    const parsed = isOurs ? parseKey(name) : undefined;
    if (!isOurs && entry.leased) leased++;
    else if (parsed?.type === "exported") {
      const value = marked(decoder.decode(entry.value));
      if (value === undefined) continue;
      exports++;
      entries.push({ key: entry.key, value: encoder.encode(value) });
    } else if (!entry.leased && (!isOurs || parsed?.type === "idealSize")) entries.push(entry);
  }
  return { entries, exports, leased };
}

/** What has a MAC is for one cluster of one machine, whose hosts write it again. */
function marked(value: string): string | undefined {
  if (isSealed(value)) return undefined;
  const data = parseJson(value);
  if (!isJsonObject(data)) return undefined;
  const text = JSON.stringify({ ...data, restored: true });
  return text.length <= LIMITS.exportedBytes ? text : undefined;
}

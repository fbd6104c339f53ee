/**
 * What changes in a file, as lines for a reader.
 *
 * @module
 */

import { LIMITS } from "../../../base/limits.ts";
import type { Content, Sight } from "../../../os/files/files.ts";
import type { Drift } from "../../../kind/kind.ts";
import { type Hidden, WHY_HIDDEN } from "./private.ts";

const EMPTY = new Uint8Array();
/** Signs of a hash: enough to tell two contents apart. */
const HASH_SIGNS = 12;

/** What a difference is made of. */
export interface Compared {
  readonly seen: Sight;
  /** What should be there. */
  readonly content: Content;
  readonly size: number;
  readonly hidden: Hidden;
}

/** The difference of a drift: lines between what was seen and what should be there, if any may be shown. */
export function showing(compared: Compared): Pick<Drift, "difference"> {
  return compared.hidden === "sensitive" ? {} : { difference: () => differenceOf(compared) };
}

/** The lines, or what may be said instead of them. */
export async function differenceOf(
  { seen, content, size, hidden }: Compared,
): Promise<readonly string[]> {
  const oldSize = seen.type === "file" ? seen.stat.size : 0;
  const old = seen.type === "file" && oldSize > 0 ? seen.content : EMPTY;
  const sizes = `${oldSize} → ${size} bytes`;
  if (hidden !== undefined) return [await hiddenText(sizes, old, content, hidden)];
  if (old === undefined || !(content instanceof Uint8Array) || size > LIMITS.diffBytes) {
    return [`(too large to show; ${sizes})`];
  }
  const [oldText, newText] = [asText(old), asText(content)];
  if (oldText === undefined || newText === undefined) {
    const at = firstDifference(old, content);
    return [`(no text; ${sizes}; the first difference is at byte ${at})`];
  }
  // Only a file that differs needs this; it is not loaded at the start.
  const { textDifference } = await import("./text_difference.ts");
  return textDifference(oldText, newText);
}

/** Sizes and, of what is at hand, hashes. */
async function hiddenText(
  sizes: string,
  old: Uint8Array | undefined,
  content: Content,
  hidden: "sensitive" | "private",
): Promise<string> {
  const hashes = old === undefined || !(content instanceof Uint8Array)
    ? ""
    : `; sha256 ${await shortHash(old)} → ${await shortHash(content)}`;
  return `(not shown, as ${WHY_HIDDEN[hidden]}; ${sizes}${hashes})`;
}

async function shortHash(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  const signs = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return signs.join("").slice(0, HASH_SIGNS);
}

/** The text that bytes are, or undefined where they are none. */
function asText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return index;
  return length;
}

/**
 * What changes in a file, as lines for a reader.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Sight } from "../../host/files/files.ts";
import type { Content } from "./plan.ts";

const EMPTY = new Uint8Array();

/** Lines of difference between what was seen and the content that should be there. */
export async function differenceOf(
  seen: Sight,
  content: Content,
  size: number,
): Promise<readonly string[]> {
  const oldSize = seen.type === "file" ? seen.stat.size : 0;
  const old = seen.type === "file" && oldSize > 0 ? seen.content : EMPTY;
  const sizes = `${oldSize} → ${size} bytes`;
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

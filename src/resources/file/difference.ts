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
  return await textDifference(oldText, newText);
}

async function textDifference(oldText: string, newText: string): Promise<string[]> {
  // Only a file that differs needs this; it is not loaded at the start.
  const { structuredPatch } = await import("diff");
  const options = { context: 2, maxEditLength: 4000 };
  const patch = structuredPatch("old", "new", oldText, newText, undefined, undefined, options);
  if (patch === undefined) return ["(too much differs to show)"];
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]).map(printable);
  if (lines.length <= LIMITS.diffLines) return lines;
  const rest = lines.length - LIMITS.diffLines;
  return [...lines.slice(0, LIMITS.diffLines), `(${rest} more lines)`];
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

/** Control characters would change the reader's terminal. */
function printable(line: string): string {
  const cut = line.length > LIMITS.outputLineBytes
    ? `${line.slice(0, LIMITS.outputLineBytes)}…`
    : line;
  // deno-lint-ignore no-control-regex -- these are what must go
  return cut.replace(
    /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return index;
  return length;
}

/**
 * Paths in graph files.
 *
 * @module
 */

import { quoted } from "../../../base/words.ts";

export { parentOf } from "../../../base/parent.ts";

/** A path that can be used, or why it cannot. */
export type CheckedPath =
  | { readonly ok: true; readonly path: string; readonly slash: boolean }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

const COMPONENT_BYTES = 255;
const PATH_BYTES = 4095;
/** Components that are empty or begin with a dot, a slash at the end, NUL. */
const UNUSUAL = /\/[/.]|\/$|\0/;
const SHOWN_LENGTH = 80;
const encoder = new TextEncoder();

/** Normalises an absolute path: no double slashes, no `.`, no slash at the end. */
export function checkPath(text: string): CheckedPath {
  if (!text.startsWith("/")) {
    return {
      ok: false,
      message: `must be absolute, not ${quoted(text, SHOWN_LENGTH)}`,
      hint: "begin it with /",
    };
  }
  // Most are in order; seeing that costs less than taking them apart.
  if (text.length * 3 <= COMPONENT_BYTES && !UNUSUAL.test(text)) {
    return { ok: true, path: text, slash: false };
  }
  if (text.includes("\0")) return { ok: false, message: "must not contain a NUL character" };
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    return {
      ok: false,
      message: `must not contain .., as ${quoted(text, SHOWN_LENGTH)} does`,
      hint: "write the path it leads to",
    };
  }
  const long = parts.find((part) => byteLength(part) > COMPONENT_BYTES);
  if (long !== undefined) {
    return { ok: false, message: `has a component of more than ${COMPONENT_BYTES} bytes` };
  }
  const path = `/${parts.join("/")}`;
  if (byteLength(path) > PATH_BYTES) {
    return { ok: false, message: `is longer than ${PATH_BYTES} bytes` };
  }
  return { ok: true, path, slash: /\/\.?$/.test(text) };
}

/** The path of `text` seen from a directory; `..` is taken as it is written. */
export function resolvePath(directory: string, text: string): string {
  const parts: string[] = [];
  for (const part of `${text.startsWith("/") ? "" : `${directory}/`}${text}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The path of an entry of a directory. */
export function joinPath(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

function byteLength(text: string): number {
  // Most are short; only long ones need counting.
  return text.length * 3 <= COMPONENT_BYTES ? text.length : encoder.encode(text).length;
}

/**
 * The forms in which a value may turn up in what others print.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { otherEscapes } from "./escapes.ts";
import { trimmed } from "./transforms.ts";

/** A line of a value counts by itself from so many bytes on; a part of base64 from so many signs on. */
const LINE_BYTES = 12;
const PART_SIGNS = 12;
const HEX_BYTES = 6;
/** What is longer is looked for in the most usual forms only: each is a search through all output. */
const ESCAPED_BYTES = 8 * 1024;

/** All byte sequences that are to be hidden because of a value, each once, the longest first. */
export function patternsOf(values: Iterable<Uint8Array>): readonly Uint8Array[] {
  const found = new Map<string, Buffer>();
  for (const value of values) {
    for (const pattern of formsOf(Buffer.from(value))) {
      if (pattern.length > 0) found.set(pattern.toString("latin1"), pattern);
    }
  }
  return [...found.values()].sort((a, b) => b.length - a.length);
}

function* formsOf(value: Buffer): Iterable<Buffer> {
  const whole = Buffer.from(trimmed(value));
  yield whole;
  yield* linesOf(whole);
  for (const bytes of [value, whole]) yield* base64Of(bytes);
  if (whole.length >= HEX_BYTES) {
    yield Buffer.from(whole.toString("hex"));
    yield Buffer.from(whole.toString("hex").toUpperCase());
  }
  yield* escapedForms(whole);
}

function* linesOf(value: Buffer): Iterable<Buffer> {
  if (!value.includes("\n")) return;
  for (let at = 0; at < value.length;) {
    const end = value.indexOf("\n", at);
    const line = Buffer.from(trimmed(value.subarray(at, end < 0 ? value.length : end)));
    if (line.length >= LINE_BYTES) yield line;
    at = end < 0 ? value.length : end + 1;
  }
}

/** By itself, and inside of something longer, where it begins at any of three places of a group. */
function* base64Of(value: Buffer): Iterable<Buffer> {
  for (const alphabet of ["base64", "base64url"] as const) {
    yield Buffer.from(value.toString(alphabet));
    for (const before of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(before), value]).toString(alphabet);
      const signs = Math.floor((before + value.length) * 8 / 6);
      const part = text.slice(Math.ceil(before * 8 / 6), signs);
      if (part.length >= PART_SIGNS) yield Buffer.from(part);
    }
  }
}

/** As programs write texts: in JSON, in an address, between quotes of a shell. */
function* escapedForms(value: Buffer): Iterable<Buffer> {
  const text = value.toString("utf8");
  if (!Buffer.from(text).equals(value)) return;
  yield Buffer.from(JSON.stringify(text).slice(1, -1));
  yield Buffer.from(encodeURIComponent(text));
  yield Buffer.from(text.replaceAll("'", `'\\''`));
  if (value.length > ESCAPED_BYTES) return;
  for (const form of otherEscapes(text)) yield Buffer.from(form);
}

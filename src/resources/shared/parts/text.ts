/**
 * A text as lines that keep their bytes, so that what is not touched stays what it was: other
 * encodings, other line ends, a missing last one.
 *
 * @module
 */

/** One line. */
export interface TextLine {
  /** What it says, without its end; what is no UTF-8 in it is replaced by signs. */
  readonly text: string;
  /** Its bytes without its end. */
  readonly bytes: Uint8Array;
  /** Empty only for the last line of a text. */
  readonly end: "" | "\n" | "\r\n";
}

/** A text taken apart. */
export interface Lines {
  /** The byte order mark, if there is one. */
  readonly mark: Uint8Array;
  readonly lines: readonly TextLine[];
}

/** A change of lines, and why. */
export interface Edit {
  readonly lines: readonly TextLine[];
  readonly reason: string;
}

const LF = 10;
const CR = 13;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Several resources look at one file, one after the other: all but the first have it from here. */
let last: { readonly whole: string; readonly lines: Lines } | undefined;
const known = new WeakMap<Uint8Array, Lines>();

/** Takes a text apart. */
export function splitLines(bytes: Uint8Array): Lines {
  const had = known.get(bytes);
  if (had !== undefined) return had;
  const lines = splitAnew(bytes);
  known.set(bytes, lines);
  return lines;
}

function splitAnew(bytes: Uint8Array): Lines {
  const marked = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
  const start = marked ? BYTE_ORDER_MARK.length : 0;
  // Where each byte is a sign of its own, all are decoded in one go.
  const whole = decoder.decode(bytes);
  const isPlain = whole.length === bytes.length && !whole.includes("\ufffd");
  if (isPlain && last?.whole === whole) return last.lines;
  const textOf = isPlain
    ? (from: number, to: number) => whole.slice(from, to)
    : (from: number, to: number) => decoder.decode(bytes.subarray(from, to));
  const lines: TextLine[] = [];
  for (let from = start; from < bytes.length;) {
    const at = bytes.indexOf(LF, from);
    const to = at < 0 ? bytes.length : at;
    const returns = at > from && bytes[at - 1] === CR;
    const behind = returns ? to - 1 : to;
    const end = at < 0 ? "" : returns ? "\r\n" : "\n";
    lines.push({ text: textOf(from, behind), bytes: bytes.subarray(from, behind), end });
    from = to + 1;
  }
  const made = { mark: bytes.subarray(0, start), lines };
  if (isPlain) last = { whole, lines: made };
  return made;
}

/** Puts a text together. */
export function joinLines({ mark, lines }: Lines): Uint8Array<ArrayBuffer> {
  let size = mark.length;
  for (const { bytes, end } of lines) size += bytes.length + end.length;
  const joined = new Uint8Array(size);
  joined.set(mark);
  let at = mark.length;
  for (const { bytes, end } of lines) {
    joined.set(bytes, at);
    at += bytes.length;
    if (end === "\r\n") joined[at++] = CR;
    if (end !== "") joined[at++] = LF;
  }
  return joined;
}

/** A line of our own. */
export function newLine(text: string, end: TextLine["end"]): TextLine {
  return { text, bytes: encoder.encode(text), end };
}

/** How lines of this text end: as most do; of as many of each, as the first. */
export function usualEnd(lines: readonly TextLine[]): "\n" | "\r\n" {
  let surplus = 0;
  for (const { end } of lines) surplus += end === "\r\n" ? 1 : end === "\n" ? -1 : 0;
  if (surplus !== 0) return surplus > 0 ? "\r\n" : "\n";
  return lines[0]?.end === "\r\n" ? "\r\n" : "\n";
}

/** Puts lines before the one at `index`, or after all; a last line without an end gets one. */
export function insertLines(
  lines: readonly TextLine[],
  index: number,
  texts: readonly string[],
): readonly TextLine[] {
  const end = usualEnd(lines);
  const before = lines.slice(0, index);
  const last = before.at(-1);
  if (last?.end === "") before[before.length - 1] = { ...last, end };
  return [...before, ...texts.map((text) => newLine(text, end)), ...lines.slice(index)];
}

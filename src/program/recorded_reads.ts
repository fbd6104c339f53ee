import type { InputReading, InputSource, JsonValue } from "../base/input.ts";

/** The families of inputs, by the first word of their paths. */
export type InputSources = Readonly<Record<string, InputSource>>;

/** What is read of an input: what it is, or which keys a map has. Of what a map holds nothing is read. */
export type ReadAspect = "look" | "keys";

/** What was said to a read. */
export type InputSaying =
  | { readonly isKnown: true; readonly isMap: true }
  /** Without a value: it is known not to be there. */
  | { readonly isKnown: true; readonly value?: JsonValue }
  | { readonly isKnown: false; readonly why: string };

/** One read: the path of an input with its family, and what was said then. */
export interface RecordedRead {
  readonly path: readonly string[];
  readonly of: ReadAspect;
  readonly said: InputSaying;
}

/** What an input says now; a family that is not there is known not to be. */
export function readInput(sources: InputSources, path: readonly string[]): InputReading {
  const [family = "", ...below] = path;
  const source = Object.hasOwn(sources, family) ? sources[family] : undefined;
  return source?.read(below) ?? { isKnown: true, value: undefined };
}

/** What is said to a read now. */
export function sayOf(
  sources: InputSources,
  { path, of }: Pick<RecordedRead, "path" | "of">,
): InputSaying {
  const reading = readInput(sources, path);
  if (!reading.isKnown) return reading;
  const { value } = reading;
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (of === "keys") {
    return isMap ? { isKnown: true, value: Object.keys(value) } : { isKnown: true };
  }
  if (isMap) return { isKnown: true, isMap };
  return value === undefined ? { isKnown: true } : { isKnown: true, value };
}

/** The first of what was read that is said otherwise now; undefined: evaluating again would give the same. */
export function changedRead(
  reads: readonly RecordedRead[],
  sources: InputSources,
): RecordedRead | undefined {
  return reads.find((read) => !isSameSaying(read.said, sayOf(sources, read)));
}

function isSameSaying(one: InputSaying, other: InputSaying): boolean {
  if (!one.isKnown || !other.isKnown) return one.isKnown === other.isKnown;
  return isSameJson(one, other);
}

/** Whether two JSON values are equal, whatever the order of their keys. */
function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length &&
    keys.every((key) =>
      Object.hasOwn(other, key) &&
      isSameJson((one as JsonMap)[key], (other as JsonMap)[key])
    );
}

type JsonMap = Readonly<Record<string, unknown>>;

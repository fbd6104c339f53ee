import type { InputReading, InputSource } from "../base/input.ts";

/** The families of inputs, by the first word of their paths. */
export type InputSources = Readonly<Record<string, InputSource>>;

/** A path of an input, with its family, and what it said when it was read. */
export interface RecordedRead {
  readonly path: readonly string[];
  readonly reading: InputReading;
}

/** What an input says now; a family that is not there is known not to be. */
export function readInput(sources: InputSources, path: readonly string[]): InputReading {
  const [family = "", ...below] = path;
  const source = Object.hasOwn(sources, family) ? sources[family] : undefined;
  return source?.read(below) ?? { isKnown: true, value: undefined };
}

/** The first of what was read that reads differently now; undefined: evaluating again would give the same. */
export function changedRead(
  reads: readonly RecordedRead[],
  sources: InputSources,
): RecordedRead | undefined {
  return reads.find(({ path, reading }) => !isSameReading(reading, readInput(sources, path)));
}

function isSameReading(one: InputReading, other: InputReading): boolean {
  if (!one.isKnown || !other.isKnown) return one.isKnown === other.isKnown;
  return isSameJson(one.value, other.value);
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
      isSameJson((one as Values)[key], (other as Values)[key])
    );
}

type Values = Readonly<Record<string, unknown>>;

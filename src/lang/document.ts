import { lostDigits } from "../base/lost_digits.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { KnownResources } from "./known_resources.ts";
import type { Path, Spot } from "./path.ts";

/** What of a map's entry is meant: its key, or what stands behind it. */
export type PlacePart = "key" | "value";

/** Where a path leads, or the nearest place on the way to it; undefined: nobody knows. */
export type Locate = (path: Path, part: PlacePart) => Promise<Spot | undefined>;

/** How numbers are written that say less than their text, by the map that holds them and its key. */
export type WrittenNumbers = ReadonlyMap<object, ReadonlyMap<string, string>>;

/** A graph as somebody wrote it, in whatever language: plain values, and where each of them is. */
export interface GraphDocument {
  readonly value: unknown;
  /** Absent: the language tells nothing but numbers; else the text of a number that is not there is its own. */
  readonly written?: WrittenNumbers;
  /** Of numbers and truth values that stand for a value of the graph: their texts, where a text is wanted. */
  readonly texts?: WrittenNumbers;
  /** Only asked when something is wrong. Calls that are made together share the work. */
  readonly locate: Locate;
  /** What came of those of its entries that are the same objects as before; absent: each time there are others. */
  readonly known?: KnownResources;
  /** What is wrong with how it is written; its value is then good for nothing but finding more. */
  readonly mistakes?: readonly Diagnostic[];
}

/** One of several files. */
export interface DocumentPart {
  /** As messages name it. */
  readonly file: string;
  /** Where it is, absolute. */
  readonly path: string;
  readonly document: GraphDocument;
  /** What it says is what it means: no values are put in. */
  readonly isFinal?: true;
}

/** What is wrong with the first number of a document that cannot be kept as it is written. */
export function lostNumber({ written }: Pick<GraphDocument, "written">): string | undefined {
  for (const texts of written?.values() ?? []) {
    for (const text of texts.values()) {
      const lost = lostDigits(text);
      if (lost !== undefined) return lost;
    }
  }
  return undefined;
}

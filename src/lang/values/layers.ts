/**
 * Reads what a graph says below `values:`: maps, and files of maps.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { describeValue, isMap, isNothing, shown } from "../describe.ts";
import type { DocumentPart, GraphDocument } from "../document.ts";
import type { Path } from "../path.ts";
import type { ValueScope } from "./scope.ts";
import type { ValueProblem } from "./input_values.ts";

/** What a graph file says of its values. */
export type ValuesFields = ValueMap | readonly (ValueMap | string)[];
type ValueMap = Readonly<Record<string, unknown>>;

/** A file of values as it was read. */
export type ValueFile =
  | {
    readonly ok: true;
    readonly part: DocumentPart;
  }
  | {
    readonly ok: false;
    /** What is wrong with its text; empty: `problem` says why there is none. */
    readonly diagnostics: readonly Diagnostic[];
    readonly problem?: ValueProblem;
  };

/** What reading the layers needs. */
export interface LayerScope {
  readonly scope: ValueScope;
  /** The documents that values can be written in: the graph's, and those of files, as they come. */
  readonly documents: DocumentPart[];
  /** Words that are no names of values. */
  readonly taken: readonly string[];
  /** Reads a file by the name that the graph has for it. */
  readonly file: (name: string) => Promise<ValueFile>;
  /** A name of a file with the values that there are so far. */
  readonly fill: (text: string, path: Path) => string | undefined;
  /** Tells of a mistake in one of the documents. */
  readonly report: (document: number, path: Path, problem: ValueProblem) => void;
  readonly diagnose: (diagnostics: readonly Diagnostic[]) => void;
}

const EXAMPLE = "for instance values: {port: 80}";

/** Reads the values of the document with that number. */
export async function readLayers(
  document: number,
  { value }: Pick<GraphDocument, "value">,
  layers: LayerScope,
): Promise<void> {
  const values = isMap(value) ? value.values : undefined;
  if (isNothing(values)) return;
  if (isMap(values)) return addMap(values, document, ["values"], layers);
  if (!Array.isArray(values)) {
    const message = `values must be a map, or a list of maps and files, not ${
      describeValue(values)
    }`;
    const hint = typeof values === "string" ? `write it as a list: values: [${values}]` : EXAMPLE;
    return layers.report(document, ["values"], { message, hint });
  }
  for (const [index, entry] of values.entries()) {
    const path = ["values", index];
    if (isMap(entry)) addMap(entry, document, path, layers);
    else if (typeof entry === "string" && entry !== "") {
      await addFile(entry, document, path, layers);
    } else if (!isNothing(entry)) {
      const message = `an entry of values is a map or the name of a file, not ${
        describeValue(entry)
      }`;
      layers.report(document, path, { message, hint: EXAMPLE });
    }
  }
}

async function addFile(
  entry: string,
  document: number,
  path: Path,
  layers: LayerScope,
): Promise<void> {
  const name = layers.fill(entry, path);
  if (name === undefined) return;
  if (layers.documents.length > LIMITS.graphFiles + LIMITS.valueFiles) {
    const message = `more than ${LIMITS.valueFiles} files of values`;
    return layers.report(document, path, { message });
  }
  const read = await layers.file(name);
  if (!read.ok) {
    if (read.problem !== undefined) layers.report(document, path, read.problem);
    return layers.diagnose(read.diagnostics);
  }
  const { part } = read;
  const own = layers.documents.push(part) - 1;
  layers.diagnose(part.document.mistakes ?? []);
  const { value } = part.document;
  if (isMap(value)) addMap(value, own, [], layers);
  else if (isNothing(value)) {
    // It is being written, perhaps, and defaults would come in force meanwhile.
    const message = "the file of values is empty";
    layers.report(own, [], { message, hint: "write {} into it if it is to say nothing" });
  } else {
    const message = `a file of values must be a map, not ${describeValue(value)}`;
    layers.report(own, [], { message, hint: "for instance port: 80" });
  }
}

function addMap(
  map: Readonly<Record<string, unknown>>,
  document: number,
  path: Path,
  { scope, documents, taken, report }: LayerScope,
): void {
  for (const key of Object.keys(map)) {
    if (taken.includes(key)) {
      const message =
        `no value can be called ${key}: that is what is known of the host or its fleet`;
      report(document, [...path, key], { message, hint: "give it another name" });
    } else if (!/^[A-Za-z_][\w-]*$/.test(key)) {
      const message = `${shown(key)} is no name of a value`;
      const hint = "letters, digits, _ and -, beginning with a letter or _";
      report(document, [...path, key], { message, hint });
    }
  }
  for (const at of mergeKeys(map, path)) {
    report(document, at, {
      message: "<< merges nothing: YAML 1.2 has no such key",
      hint: "values are a list of maps, which are put together key by key",
    });
  }
  scope.add(map, { document, path }, documents[document]?.document.written);
}

/** Where maps inside of a map have `<<`; at its top it is no name anyway. */
function mergeKeys(map: ValueMap, path: Path): readonly Path[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (!isMap(value)) return [];
    const at = [...path, key];
    return [...Object.hasOwn(value, "<<") ? [[...at, "<<"]] : [], ...mergeKeys(value, at)];
  });
}

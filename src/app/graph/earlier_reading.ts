/**
 * From a reading that was kept to a document, whether a file or a directory said it.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import { second } from "../../base/words.ts";
import type { DocumentPart } from "../../lang/document.ts";
import { mergeDocuments } from "../../lang/merge.ts";
import { evaluate, type ValueSurroundings } from "../../lang/values/evaluate.ts";
import type { ValueFile } from "../../lang/values/layers.ts";
import { readDocument } from "../../lang/yaml/document.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { fileIn, PROGRAMS } from "./directory_names.ts";
import type { EarlierReading } from "./graph_source.ts";
import type { GraphInputs } from "../facts/graph_inputs.ts";
import type { TrustRule } from "./graph_trust.ts";
import { GraphValues, valueFile } from "./graph_values.ts";
import type { KeptGraph, KeptGraphs } from "./kept_graphs.ts";

/** What the source at that end of the way said when it was last good, to this host; undefined: nothing is kept. */
export async function lastGoodReading(
  { realPath: path }: FileWay,
  unsafe: boolean,
  options: {
    readonly file: string;
    readonly path: string;
    readonly hostName: string;
    readonly kept?: Pick<KeptGraphs, "find"> | undefined;
    readonly trust?: TrustRule | undefined;
    readonly inputs?: GraphInputs | undefined;
  },
): Promise<EarlierReading | undefined> {
  const { path: name, kept, trust: rule } = options;
  const found = await kept?.find({ name, path, unsafe, rule });
  return found && await earlierReading(found, options);
}

/** What a kept reading of the source that the user calls `file` says to this host. */
async function earlierReading(
  { name, at, text, files, values: valueFiles = [] }: KeptGraph,
  { file, hostName, inputs }: {
    readonly file: string;
    readonly hostName: string;
    readonly inputs?: GraphInputs | undefined;
  },
): Promise<EarlierReading> {
  const asOf = (each: string) => `${each} (as of ${second(at)})`;
  const directory = files === undefined ? dirname(name) : name;
  const earlier = { file: asOf(file), path: name, directory, at };
  const values: ValueSurroundings = {
    ...new GraphValues({ file, directory, shownDirectory: directory, inputs }).begin(),
    file: async (each): Promise<ValueFile> => {
      const kept = valueFiles.find((one) => one.name === each);
      const path = resolve(directory, each);
      if (kept !== undefined) return await valueFile(kept.text, { file: asOf(each), path });
      return { ok: false, diagnostics: [], problem: { message: `${each} was not kept` } };
    },
  };
  if (files === undefined) {
    const read = await readDocument(text, earlier);
    const part = read.ok ? [{ file: earlier.file, path: name, document: read.document }] : [];
    const [evaluated] = await evaluate(part, values);
    return { ...earlier, document: evaluated?.document };
  }
  const parts: DocumentPart[] = [];
  for (const each of files) {
    const shown = asOf(fileIn(file, each.name));
    const read = await readDocument(each.text, { file: shown });
    if (!read.ok) return { ...earlier, document: undefined };
    const isFinal = each.name === PROGRAMS ? { isFinal: true } as const : {};
    parts.push({ file: shown, path: fileIn(name, each.name), document: read.document, ...isFinal });
  }
  const graph = { name: nameOfDirectory(name), host: hostName, values };
  const { document, leftOut } = await mergeDocuments(parts, graph);
  const isNone = document.mistakes !== undefined || leftOut.length === parts.length;
  return { ...earlier, document: isNone ? undefined : document };
}

/** What the graph of a directory is called. */
export function nameOfDirectory(path: string): string {
  return basename(path) || "/";
}

/**
 * A graph file from its name to a graph, or to the text that says what is wrong with it.
 *
 * @module
 */

import type { Diagnostic } from "../base/diagnostic.ts";
import { renderDiagnostic } from "../base/diagnostic_render.ts";
import { LIMITS } from "../base/limits.ts";
import { graphTextPath, readGraphBytes } from "../host/graph_text.ts";
import type { Registry } from "../kind/kind.ts";
import { decodeGraphFile } from "../lang/decode.ts";
import { type LoadedGraph, loadGraph } from "../lang/load.ts";

/** What came of reading a graph file. */
export interface GraphReading {
  /** The text of the file; absent where it could not be read. */
  readonly source?: string;
  /** Absent where the file has mistakes, or still has the text that was known. */
  readonly loaded?: LoadedGraph;
  /** Mistakes and warnings, rendered, without a final line break; empty where there are none. */
  readonly text: string;
  readonly errors: number;
  readonly warnings: number;
}

/** How to read a graph file. */
export interface ReadGraphOptions {
  readonly registry: Registry;
  readonly color: boolean;
  /** Where the file is, if that was found out before. */
  readonly path?: string;
  /** The text it had when it was read last; if it still has, nothing more is done. */
  readonly known?: string | undefined;
}

/** Reads the graph file that a user named; `-` is the standard input. */
export async function readGraph(file: string, options: ReadGraphOptions): Promise<GraphReading> {
  const { registry, color, path = graphTextPath(file), known } = options;
  const read = await readGraphBytes(path, LIMITS.graphFileBytes);
  if (!read.ok) return rendered([{ severity: "error", file, ...read.failure }], undefined, color);
  const { bytes, directory } = read.value;
  const decoded = decodeGraphFile(bytes, file);
  if (!decoded.ok) return rendered(decoded.diagnostics, undefined, color);
  const { text: source } = decoded;
  if (source === known) return { source, ...NOTHING_SAID };
  const outcome = await loadGraph(source, { file, directory, registry });
  if (!outcome.ok) return { source, ...rendered(outcome.diagnostics, source, color) };
  const { loaded } = outcome;
  return { source, loaded, ...rendered(loaded.warnings, source, color) };
}

const NOTHING_SAID = { text: "", errors: 0, warnings: 0 } as const;

function rendered(
  diagnostics: readonly Diagnostic[],
  source: string | undefined,
  color: boolean,
): Pick<GraphReading, "text" | "errors" | "warnings"> {
  const count = (severity: Diagnostic["severity"]) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return {
    text: diagnostics.map((each) => renderDiagnostic(each, source, { color })).join("\n"),
    errors: count("error"),
    warnings: count("warning"),
  };
}

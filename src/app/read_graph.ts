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
  /** Absent where the file has mistakes. */
  readonly loaded?: LoadedGraph;
  /** Mistakes and warnings, rendered, without a final line break; empty where there are none. */
  readonly text: string;
  readonly errors: number;
  readonly warnings: number;
}

/** Reads the graph file that a user named; `-` is the standard input. */
export async function readGraph(
  file: string,
  { registry, color }: { readonly registry: Registry; readonly color: boolean },
): Promise<GraphReading> {
  const read = await readGraphBytes(graphTextPath(file), LIMITS.graphFileBytes);
  if (!read.ok) return reading([{ severity: "error", file, ...read.failure }], undefined, color);
  const { bytes, directory } = read.value;
  const decoded = decodeGraphFile(bytes, file);
  if (!decoded.ok) return reading(decoded.diagnostics, undefined, color);
  const { text } = decoded;
  const outcome = await loadGraph(text, { file, directory, registry });
  if (!outcome.ok) return reading(outcome.diagnostics, text, color);
  return { loaded: outcome.loaded, ...reading(outcome.loaded.warnings, text, color) };
}

function reading(
  diagnostics: readonly Diagnostic[],
  source: string | undefined,
  color: boolean,
): GraphReading {
  const count = (severity: Diagnostic["severity"]) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return {
    text: diagnostics.map((each) => renderDiagnostic(each, source, { color })).join("\n"),
    errors: count("error"),
    warnings: count("warning"),
  };
}

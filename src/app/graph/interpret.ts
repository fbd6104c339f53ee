import type { Diagnostic } from "../../base/diagnostic.ts";
import { renderDiagnostic } from "../../base/diagnostic_render.ts";
import type { Registry } from "../../kind/kind.ts";
import { type LoadedGraph, loadGraph } from "../../lang/load.ts";
import type { PassObserver } from "../../lang/passes.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";

/** What a reading of a source means. */
export interface GraphReading {
  /** Absent where there are mistakes. */
  readonly loaded?: LoadedGraph;
  /** Mistakes and warnings, rendered, without a final line break; empty where there are none. */
  readonly text: string;
  readonly errors: number;
  readonly warnings: number;
}

/** What must be known for it. */
export interface InterpretOptions {
  readonly registry: Registry;
  readonly color: boolean;
  /** Hears of the graph after each pass that changes it. */
  readonly seen?: PassObserver | undefined;
}

/** From what a source says to a graph, or to the text that says what is wrong with it. */
export async function interpret(
  { document, problems, text }: SourceReading,
  { file, directory }: Pick<GraphSource, "file" | "directory">,
  { registry, color, seen }: InterpretOptions,
): Promise<GraphReading> {
  if (document === undefined) return rendered(problems, text, color);
  const outcome = await loadGraph(document, { file, directory, registry, seen });
  if (!outcome.ok) return rendered([...problems, ...outcome.diagnostics], text, color);
  const { loaded } = outcome;
  return { loaded, ...rendered([...problems, ...loaded.warnings], text, color) };
}

function rendered(
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

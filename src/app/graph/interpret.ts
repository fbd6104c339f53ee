import { META_FIELDS } from "../../kind/meta.ts";
import { valueInForce } from "../../lang/values/in_force.ts";
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
  /** What else is good to know. */
  readonly notes: readonly string[];
  readonly warnings: number;
  /** What its source says, as plain values; only where it was asked for. */
  readonly value?: unknown;
}

/** What must be known for it. */
export interface InterpretOptions {
  readonly registry: Registry;
  readonly color: boolean;
  /** The name of the host that it is to run on; absent: whichever. */
  readonly host?: string | undefined;
  /** Hears of the graph after each pass that changes it. */
  readonly seen?: PassObserver | undefined;
  /** What the source says is wanted, besides the graph that it is. */
  readonly withValue?: boolean | undefined;
}

/** From what a source says to a graph, or to the text that says what is wrong with it. */
export async function interpret(
  { document, problems, text, textOf = () => text, notes = [], input, seen: edit }: SourceReading,
  { file, directory }: Pick<GraphSource, "file" | "directory">,
  { registry, color, host, seen, withValue }: InterpretOptions,
): Promise<GraphReading> {
  const say = (diagnostics: readonly Diagnostic[]) => ({
    ...rendered(diagnostics, textOf, color),
    notes,
  });
  if (document === undefined) return say(problems);
  const outcome = await loadGraph(document, { file, directory, registry, host, seen });
  if (!outcome.ok) return say([...problems, ...outcome.diagnostics]);
  const { graph } = outcome.loaded;
  const loaded = {
    ...outcome.loaded,
    ...(input === undefined ? {} : { graph: { ...graph, input } }),
    ...(edit === undefined ? {} : { edit }),
  };
  const value = withValue && {
    value: valueInForce(document, {
      fieldsOf: (kind) => registry.has(kind) ? registry.get(kind)?.fields : undefined,
      metaFields: META_FIELDS,
    }),
  };
  return { loaded, ...say([...problems, ...loaded.warnings]), ...value };
}

function rendered(
  diagnostics: readonly Diagnostic[],
  textOf: (file: string) => string | undefined,
  color: boolean,
) {
  const count = (severity: Diagnostic["severity"]) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return {
    text: diagnostics.map((each) => renderDiagnostic(each, textOf(each.file), { color })).join(
      "\n",
    ),
    errors: count("error"),
    warnings: count("warning"),
  };
}

/**
 * A graph file from its name to a graph, or to the text that says what is wrong with it.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { renderDiagnostic } from "../../base/diagnostic_render.ts";
import { LIMITS } from "../../base/limits.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { graphDirectory, graphTextPath, readGraphBytes } from "../../os/graph_text.ts";
import type { Registry } from "../../kind/kind.ts";
import { decodeGraphFile } from "../../lang/yaml/decode.ts";
import { type LoadedGraph, loadGraph } from "../../lang/load.ts";
import { judge, type Opening, openingsOf, type TrustRule } from "./graph_trust.ts";

/** What came of reading a graph file. */
export interface GraphReading {
  /** The text of the file; absent where it could not be read, or is not to be. */
  readonly source?: string;
  /** Absent where the file has mistakes, or still has the text that was known. */
  readonly loaded?: LoadedGraph;
  /** It still has the text that was known. */
  readonly same?: true;
  /** How it was found; absent: it was not, or it is the standard input. */
  readonly way?: FileWay;
  /** What lets others than root change it. */
  readonly openings: readonly Opening[];
  /** It was refused because of them. */
  readonly unsafe?: true;
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
  /** Who may write it; absent: everybody. */
  readonly trust?: TrustRule | undefined;
  /** What would be refused because others can write it is only warned of. */
  readonly onlyWarn?: boolean;
}

/** Reads the graph file that a user named; `-` is the standard input. */
export async function readGraph(file: string, options: ReadGraphOptions): Promise<GraphReading> {
  const { registry, color, path = graphTextPath(file), known, trust, onlyWarn } = options;
  const { way, bytes } = await readGraphBytes(path, LIMITS.graphFileBytes);
  const openings = way === undefined ? [] : await openingsOf(way);
  const facts = { ...(way && { way }), openings };
  const distrust = trust && judge(openings, trust);
  const doubts: Diagnostic[] = distrust === undefined
    ? []
    : [{ file, ...distrust, severity: onlyWarn ? "warning" : distrust.severity }];
  if (doubts.some(({ severity }) => severity === "error")) {
    return { ...facts, unsafe: true, ...rendered(doubts, undefined, color) };
  }
  if (!bytes.ok) {
    const { message, hint } = bytes.failure;
    const problem: Diagnostic = { severity: "error", file, message, ...(hint && { hint }) };
    return { ...facts, ...rendered([...doubts, problem], undefined, color) };
  }
  const decoded = decodeGraphFile(bytes.value, file);
  if (!decoded.ok) return { ...facts, ...rendered(decoded.diagnostics, undefined, color) };
  const { text: source } = decoded;
  if (source === known) return { ...facts, source, same: true, text: "", errors: 0, warnings: 0 };
  const directory = graphDirectory(path);
  const again = known !== undefined;
  const outcome = await loadGraph(source, { file, directory, registry, again });
  if (!outcome.ok) {
    return { ...facts, source, ...rendered([...doubts, ...outcome.diagnostics], source, color) };
  }
  const { loaded } = outcome;
  const said = rendered([...doubts, ...loaded.warnings], source, color);
  return { ...facts, source, loaded, ...said };
}

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

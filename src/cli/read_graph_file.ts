import type { TrustRule } from "../app/graph/graph_trust.ts";
import type { GraphReading } from "../app/graph/interpret.ts";
import { COLOR_FLAG } from "../app/run_flags.ts";
import { wantsColor } from "../app/settings.ts";
import type { PassObserver } from "../lang/passes.ts";
import type { CommandIO, CommandLine } from "./command.ts";

/** Whether a command that has the flag for colours uses them. */
export function usesColor(
  { values }: CommandLine,
  { environment, talkIsTerminal }: CommandIO,
): boolean {
  return wantsColor(values.of(COLOR_FLAG), environment, talkIsTerminal);
}

/** Reads a graph file for a command that only reads; says what is wrong with it. */
export async function readGraphFile(
  file: string,
  color: boolean,
  { complain }: CommandIO,
  how: {
    readonly trust?: TrustRule | undefined;
    readonly onlyWarn?: boolean;
    readonly seen?: PassObserver;
  } = {},
): Promise<GraphReading> {
  const { readGraph } = await import("../app/graph/read_graph.ts");
  const { registry } = await import("../resources/registry.ts");
  const reading = await readGraph(file, { registry, color, ...how });
  if (reading.text !== "") await complain(`${reading.text}\n`);
  return reading;
}

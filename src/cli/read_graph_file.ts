import type { TrustRule } from "../app/graph/graph_trust.ts";
import type { GraphReading } from "../app/graph/interpret.ts";
import { wantsColor } from "../app/settings.ts";
import type { PassObserver } from "../lang/passes.ts";
import type { CommandIO, CommandLine } from "./command.ts";

/** Reads a graph file for a command that only reads; says what is wrong with it. */
export async function readGraphFile(
  file: string,
  { flags }: CommandLine,
  { complain, environment, talkIsTerminal }: CommandIO,
  how: {
    readonly trust?: TrustRule | undefined;
    readonly onlyWarn?: boolean;
    readonly seen?: PassObserver;
  } = {},
): Promise<GraphReading> {
  const { readGraph } = await import("../app/graph/read_graph.ts");
  const { registry } = await import("../resources/registry.ts");
  const color = wantsColor(flags.get("color"), environment, talkIsTerminal);
  const reading = await readGraph(file, { registry, color, ...how });
  if (reading.text !== "") await complain(`${reading.text}\n`);
  return reading;
}

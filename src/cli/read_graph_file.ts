import type { TrustRule } from "../app/graph/graph_trust.ts";
import type { GraphReading } from "../app/graph/interpret.ts";
import type { Flag, FlagValues } from "../app/flags.ts";
import { COLOR_FLAG, FACTS_FLAG, HOSTNAME_FLAG, LABEL_FLAG } from "../app/run_flags.ts";
import { wantsColor } from "../app/settings.ts";
import type { Labels } from "../facts/labels.ts";
import { printable } from "../base/printable.ts";
import type { PassObserver } from "../lang/passes.ts";
import type { CommandIO, CommandLine } from "./command.ts";

/** For whom a graph is read that is only looked at. */
export const FOR_HOST_FLAG = {
  ...HOSTNAME_FLAG,
  summary: "read it as that host would, where it says which hosts it is for",
  defaultText: "a file: as its own hosts; a directory: as this machine",
} as const satisfies Flag;

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
  { values, surface }: { readonly values: FlagValues; readonly surface: CommandIO },
  how: {
    readonly trust?: TrustRule | undefined;
    readonly onlyWarn?: boolean;
    readonly seen?: PassObserver;
    /** The host that it is for; absent: whichever. */
    readonly host?: string | undefined;
    readonly withValue?: boolean;
    readonly program?: { readonly checksState: boolean };
    readonly labels?: Labels | undefined;
    readonly color: boolean;
  },
): Promise<GraphReading> {
  const { complain } = surface;
  const { readGraph } = await import("../app/graph/read_graph.ts");
  const { kindsOnDemand: registry } = await import("../resources/on_demand.ts");
  const reading = await readGraph(file, {
    registry,
    labels: values.of(LABEL_FLAG),
    factsFile: values.of(FACTS_FLAG),
    warn: (text) => void complain(`mgmt: warning: ${printable(text)}\n`),
    ...how,
  });
  if (reading.text !== "") await complain(`${reading.text}\n`);
  if (reading.loaded !== undefined) {
    for (const note of reading.notes) await complain(`note: ${printable(note)}\n`);
  }
  return reading;
}

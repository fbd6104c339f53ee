import { resolve } from "node:path";
import type { TrustRule } from "../app/graph/graph_trust.ts";
import type { GraphReading } from "../app/graph/interpret.ts";
import type { Flag, FlagValues } from "../app/flags.ts";
import { AS_FLAG } from "../app/facts/as_flag.ts";
import {
  COLOR_FLAG,
  FACTS_FLAG,
  HOSTNAME_FLAG,
  LABEL_FLAG,
  PREFIX_FLAG,
  SEEDS_FLAG,
} from "../app/run_flags.ts";
import { wantsColor } from "../app/settings.ts";
import type { Labels } from "../facts/labels.ts";
import type { FixedFacts } from "../facts/fixed_facts.ts";
import { ok, type Result } from "../base/result.ts";
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

/** What says for a command that only reads whose facts a graph is read with. */
export const WHOSE_FLAGS = [LABEL_FLAG, FACTS_FLAG, AS_FLAG] as const;

/** Where it is asked for those of another host. */
export const ASKED_FLAGS = [PREFIX_FLAG, SEEDS_FLAG] as const;

/** Where the agent of this host keeps its state, as flags say it. */
export function prefixOfLine({ values }: Pick<CommandLine, "values">): string | undefined {
  const prefix = values.of(PREFIX_FLAG);
  return prefix === undefined ? undefined : resolve(prefix);
}

/** The facts that flags name; undefined: this host's own. Says what there is to be said of them. */
export async function factsOfLine(
  { values, flags }: Pick<CommandLine, "values" | "flags">,
  surface: CommandIO,
): Promise<Result<FixedFacts | undefined>> {
  const [factsFile, as] = [values.of(FACTS_FLAG), values.of(AS_FLAG)];
  if (factsFile === undefined && as === undefined) return ok(undefined);
  const { givenFacts } = await import("../app/facts/facts_given.ts");
  const { environment } = surface;
  // Whom the graph is read for is not whose agent is asked.
  const which = new Map([...flags].filter(([name]) => name !== FOR_HOST_FLAG.name));
  const given = await givenFacts({ factsFile, as }, { flags: which, environment });
  if (!given.ok) return given;
  const { facts, note } = given.value ?? {};
  if (note !== undefined) await surface.complain(`note: ${printable(note)}\n`);
  return ok(facts);
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
    readonly facts?: FixedFacts | undefined;
    /** Where what an agent got of this host's programs of facts is kept; absent: the default. */
    readonly prefix?: string | undefined;
    readonly color: boolean;
  },
): Promise<GraphReading> {
  const { complain } = surface;
  const { readGraph } = await import("../app/graph/read_graph.ts");
  const { kindsOnDemand: registry } = await import("../resources/on_demand.ts");
  const reading = await readGraph(file, {
    registry,
    labels: values.of(LABEL_FLAG),
    warn: (text) => void complain(`mgmt: warning: ${printable(text)}\n`),
    ...how,
  });
  if (reading.text !== "") await complain(`${reading.text}\n`);
  if (reading.loaded !== undefined) {
    for (const note of reading.notes) await complain(`note: ${printable(note)}\n`);
  }
  return reading;
}

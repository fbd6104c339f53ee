import { graphTextPath } from "../../os/graph_text.ts";
import { defaultPrefix } from "../../os/state/state_directory.ts";
import type { FixedFacts } from "../../facts/fixed_facts.ts";
import type { Labels } from "../../facts/labels.ts";
import { type GraphInputs, inputsOfRun } from "../facts/graph_inputs.ts";
import type { TrustRule } from "./graph_trust.ts";
import { type GraphReading, interpret, type InterpretOptions } from "./interpret.ts";
import { openGraphSource, type SourceOptions } from "./open_source.ts";

/** How to read a graph once. */
export interface ReadGraphOptions extends InterpretOptions {
  /** Who may write it; absent: everybody. */
  readonly trust?: TrustRule | undefined;
  /** What would be refused because others can write it is only warned of. */
  readonly onlyWarn?: boolean;
  /** What was said of this host by flags. */
  readonly labels?: Labels | undefined;
  /** Those of another host. */
  readonly facts?: FixedFacts | undefined;
  /** Where what an agent got of programs of facts is kept, absolute; absent: the default. */
  readonly prefix?: string | undefined;
  readonly warn?: (text: string) => void;
  /** What it may ask for, in place of what is known of this host, or of that file. */
  readonly inputs?: GraphInputs;
  /** What a program is read with besides. */
  readonly program?: SourceOptions["program"];
}

/** Reads the graph that a user named, once; `-` is the standard input. */
export async function readGraph(file: string, options: ReadGraphOptions): Promise<GraphReading> {
  const { trust, onlyWarn, host: named, labels, facts, warn = () => {}, program } = options;
  const host = named ?? facts?.name;
  const fallback = defaultPrefix();
  const earlier = options.prefix ?? (fallback.ok ? fallback.value : undefined);
  const inputs = options.inputs ??
    inputsOfRun({ labels, facts, hostname: host, plan: { probes: false } }, {
      earlier,
      warn,
    });
  const source = openGraphSource({
    file,
    path: graphTextPath(file),
    trust,
    onlyWarn,
    inputs,
    ...(program !== undefined && { program }),
    ...(host !== undefined && { hostName: host }),
  });
  try {
    return await interpret(await source.read(), source, { ...options, host });
  } finally {
    await source.close();
  }
}

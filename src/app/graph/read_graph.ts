import { graphTextPath } from "../../os/graph_text.ts";
import type { TrustRule } from "./graph_trust.ts";
import { type GraphReading, interpret, type InterpretOptions } from "./interpret.ts";
import { openGraphSource, type SourceOptions } from "./open_source.ts";

/** How to read a graph once. */
export interface ReadGraphOptions extends InterpretOptions {
  /** Who may write it; absent: everybody. */
  readonly trust?: TrustRule | undefined;
  /** What would be refused because others can write it is only warned of. */
  readonly onlyWarn?: boolean;
  /** What a program is read with besides. */
  readonly program?: SourceOptions["program"];
}

/** Reads the graph that a user named, once; `-` is the standard input. */
export async function readGraph(file: string, options: ReadGraphOptions): Promise<GraphReading> {
  const { trust, onlyWarn, host, program } = options;
  const source = openGraphSource({
    file,
    path: graphTextPath(file),
    trust,
    onlyWarn,
    ...(program !== undefined && { program }),
    ...(host !== undefined && { hostName: host }),
  });
  return await interpret(await source.read(), source, options);
}

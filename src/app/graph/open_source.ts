import { GraphFile, type GraphFileOptions } from "./graph_file.ts";
import type { GraphSource } from "./graph_source.ts";
import { STANDARD_INPUT, StandardInput } from "./standard_input.ts";

/** The source that a user named; the only place that knows which one it is. */
export function openGraphSource(options: GraphFileOptions): GraphSource {
  return options.path === STANDARD_INPUT ? new StandardInput() : new GraphFile(options);
}

import type { ProgramOptions } from "../program/program_options.ts";
import { hostName } from "../../os/host_name.ts";
import type { GraphFileOptions } from "./graph_file.ts";
import type { GraphSource } from "./graph_source.ts";
import { isProgram } from "./program_name.ts";
import type { OpenPrograms } from "./directory_programs.ts";
import { LateSource } from "./late_source.ts";
import { NamedSource } from "./named_source.ts";
import { STANDARD_INPUT, StandardInput } from "./standard_input.ts";

/** How a source is opened; without a name, this host has that of the machine. */
export type SourceOptions = Omit<GraphFileOptions, "hostName" | "programs"> & {
  readonly hostName?: string;
  /** What a program is read with besides. */
  readonly program?: Pick<ProgramOptions, "sources" | "checksState" | "waitMs" | "isPlan">;
};

/** The source that a user named; the only place that knows which one it is. */
export function openGraphSource(options: SourceOptions): GraphSource {
  if (options.path === STANDARD_INPUT) return new StandardInput(options);
  const { program, ...file } = options;
  const { inputs } = options;
  const sources = inputs && (async () => (await inputs.open()).sources);
  const named = { ...file, hostName: options.hostName ?? hostName() };
  const open = (how: Parameters<OpenPrograms>[0] | undefined) =>
    new LateSource(named, async () => {
      const { ProgramSource } = await import("../program/program_source.ts");
      const kept = how === undefined ? named.kept : undefined;
      return new ProgramSource({ ...named, sources, ...program, ...how, kept });
    });
  return isProgram(options.path) ? open(undefined) : new NamedSource({ ...named, programs: open });
}

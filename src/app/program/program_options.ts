import type { EarlierReading } from "../graph/graph_source.ts";
import type { GraphFileOptions } from "../graph/graph_file.ts";
import type { EvaluationAnswer } from "../../program/loaded_program.ts";
import type { RecordedRead } from "../../program/recorded_reads.ts";
import type { ProgramSources } from "./program_inputs.ts";

/** What a program needs besides its file. */
export interface ProgramOptions extends Omit<GraphFileOptions, "programs"> {
  /** The path is a directory, and these files of it are programs: as they are now, absolute; absent: it is one. */
  readonly programs?: (() => readonly string[]) | undefined;
  /** What they evaluated to in an earlier run, where whoever has them keeps that. */
  readonly earlier?: (() => Promise<EarlierReading | undefined>) | undefined;
  /** Opens what it can read besides files; once, when it is evaluated first. */
  readonly sources?: (() => Promise<ProgramSources>) | undefined;
  /** It is also looked for what its modules keep from one evaluation to the next. */
  readonly checksState?: boolean | undefined;
  /** That only the beginning of its graph is known is a warning: nobody goes on until it is. */
  readonly isPlan?: boolean | undefined;
  /** So long is an input waited for that is not known, at a start; absent: that is a mistake at once. */
  readonly waitMs?: number | undefined;
}

/** What an evaluation waits for that is not known. */
export type SuspendedEvaluation = Extract<EvaluationAnswer, { type: "suspended" }>;

/** What is known of the last evaluation. */
export interface LastEvaluation {
  readonly reads: readonly RecordedRead[];
  /** Its graph as a text; absent: it gave none. */
  readonly said?: string;
  /** What it waits for. */
  readonly waits?: SuspendedEvaluation;
}

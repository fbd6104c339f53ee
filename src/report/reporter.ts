import type { Reporter } from "./event.ts";
import { HumanReporter } from "./human.ts";
import type { HumanOptions } from "./human.ts";
import { droppedRecord, JsonReporter } from "./json.ts";
import { Output } from "./output.ts";

/** What a reporter is made of. */
export interface ReporterOptions extends Omit<HumanOptions, "output"> {
  readonly format: "human" | "json";
  /** Write all of a text to the standard output, or the standard error. */
  readonly writeData: (text: string) => Promise<void>;
  readonly writeTalk: (text: string) => Promise<void>;
  readonly breathe: () => Promise<void>;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

/** Text that may wait for a slow reader; a program that reads data gets more time than a terminal. */
const LIMIT = { human: 4 * 1024 * 1024, json: 32 * 1024 * 1024 } as const;

/** The reporter that the settings ask for: lines for people, or objects for programs. */
export function createReporter(options: ReporterOptions): Reporter {
  const { format, wall, breathe, sleep } = options;
  const limit = LIMIT[format];
  if (format === "json") {
    const dropped = (count: number) => droppedRecord(wall(), count);
    const output = new Output({ write: options.writeData, breathe, sleep, dropped, limit });
    return new JsonReporter({ ...options, output });
  }
  const dropped = (count: number) =>
    `(${count} lines were left out: they came faster than they could be written)\n`;
  const output = new Output({ write: options.writeTalk, breathe, sleep, dropped, limit });
  return new HumanReporter({ ...options, output });
}

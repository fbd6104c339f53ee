import type { Reporter } from "./event.ts";
import { type HumanOptions, HumanReporter } from "./human.ts";
import { droppedRecord, JsonReporter } from "./json.ts";
import { type Output, textOutput } from "./output.ts";
import type { LineSink } from "./line_sink.ts";
import { palette } from "./palette.ts";
import { ScreenSink } from "./screen_sink.ts";

/** What a reporter is made of. */
export interface ReporterOptions extends Omit<HumanOptions, "page" | "paint" | "interactive"> {
  readonly format: "human" | "json";
  readonly color: boolean;
  /** The time of day. */
  readonly wall: () => Date;
  /** Where lines for people go instead of the standard error. */
  readonly journal?: LineSink | undefined;
  /** Write all of a text to the standard output, or the standard error. */
  readonly writeData: (text: string) => Promise<void>;
  readonly writeTalk: (text: string) => Promise<void>;
  readonly yieldTurn: () => Promise<void>;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

/** Text that may wait for a slow reader; a program that reads data gets more time than a terminal. */
const LIMIT = { human: 4 * 1024 * 1024, json: 32 * 1024 * 1024 } as const;

/** The reporter that the settings ask for: lines for people, or objects for programs. */
export function createReporter(options: ReporterOptions): Reporter {
  const { format, wall, yieldTurn, sleep, journal } = options;
  if (format === "json") {
    const limit = LIMIT.json;
    const dropped = (count: number) => droppedRecord(wall(), count);
    const output = textOutput({ write: options.writeData, yieldTurn, sleep, dropped, limit });
    return new JsonReporter({ ...options, output });
  }
  const interactive = journal === undefined;
  const paint = palette(options.color && interactive);
  if (journal !== undefined) {
    return new HumanReporter({ ...options, page: journal, paint, interactive });
  }
  const page = new ScreenSink({ output: humanOutput(options), paint, wall });
  return new HumanReporter({ ...options, page, paint, interactive });
}

/** Where lines for people are written. */
export function humanOutput(
  { writeTalk, yieldTurn, sleep }: Pick<ReporterOptions, "writeTalk" | "yieldTurn" | "sleep">,
): Output<string> {
  const dropped = (count: number) =>
    `(${count} lines were left out: they came faster than they could be written)\n`;
  return textOutput({ write: writeTalk, yieldTurn, sleep, dropped, limit: LIMIT.human });
}

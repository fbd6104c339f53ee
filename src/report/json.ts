import { clusterSentence } from "./cluster_text.ts";
import type { Reporter, ReportEvent } from "./event.ts";
import type { HumanOptions } from "./human.ts";
import type { Output } from "./output.ts";

/** What records are made with. */
export interface RecordOptions extends Pick<HumanOptions, "placeOf"> {
  /** The time of day. */
  readonly wall: () => Date;
}

/** What a sink for programs needs. */
export interface JsonOptions extends RecordOptions, Pick<HumanOptions, "verbosity"> {
  readonly output: Output<string>;
}

/** The version of the lines; it changes when a field changes its meaning or goes. */
const VERSION = 2;

/** Prints each event as one JSON object a line. */
export class JsonReporter implements Reporter {
  readonly #options: JsonOptions;

  constructor(options: JsonOptions) {
    this.#options = options;
  }

  event(event: ReportEvent): void {
    const { output, verbosity, wall } = this.#options;
    if (event.type === "undo-record") return;
    // Who wants to hear less has no use for it; somebody else may.
    if (event.type === "difference" && verbosity === "quiet") return;
    const record = jsonRecord(event, wall(), this.#options);
    const line = (made: unknown) => JSON.stringify(made) + "\n";
    output.add(record instanceof Promise ? record.then(line) : line(record));
  }

  flush(): Promise<void> {
    return this.#options.output.flush();
  }
}

/** An event of that moment as an object for programs; a failure's place is read from the graph first. */
export function jsonRecord(
  event: ReportEvent,
  at: Date,
  { placeOf }: Pick<RecordOptions, "placeOf">,
): object | Promise<object> {
  const said = event.type === "cluster" ? clusterSentence(event) : undefined;
  const record = { v: VERSION, time: at.toISOString(), ...event, ...said };
  if (event.type !== "failed") return record;
  return placeOf(event.key).then(
    (place) => place === undefined ? record : { ...record, place },
    () => record,
  );
}

/** How the agent is, as the first object for whoever reads what happens from then on. */
export function snapshotRecord(at: Date, status: object): object {
  return { v: VERSION, time: at.toISOString(), type: "snapshot", status };
}

/** The line that says how many lines were left out because nobody read them. */
export function droppedRecord(wall: Date, count: number): string {
  return JSON.stringify({ v: VERSION, time: wall.toISOString(), type: "dropped", count }) + "\n";
}

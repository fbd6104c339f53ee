import { clusterSentence } from "./cluster_text.ts";
import type { Reporter, ReportEvent } from "./event.ts";
import type { HumanOptions } from "./human.ts";
import type { Output } from "./output.ts";

/** What a sink for programs needs. */
export interface JsonOptions extends Pick<HumanOptions, "placeOf"> {
  readonly output: Output<string>;
  /** The time of day. */
  readonly wall: () => Date;
}

/** The version of the lines; it changes when a field changes its meaning or goes. */
const VERSION = 1;

/** Prints each event as one JSON object a line. */
export class JsonReporter implements Reporter {
  readonly #options: JsonOptions;

  constructor(options: JsonOptions) {
    this.#options = options;
  }

  event(event: ReportEvent): void {
    const { output, placeOf, wall } = this.#options;
    const said = event.type === "cluster" ? clusterSentence(event) : undefined;
    const record = { v: VERSION, time: wall().toISOString(), ...event, ...said };
    if (event.type !== "failed") {
      output.add(JSON.stringify(record) + "\n");
      return;
    }
    output.add(
      placeOf(event.key).then(
        (place) => JSON.stringify(place === undefined ? record : { ...record, place }) + "\n",
        () => JSON.stringify(record) + "\n",
      ),
    );
  }

  flush(): Promise<void> {
    return this.#options.output.flush();
  }
}

/** The line that says how many lines were left out because nobody read them. */
export function droppedRecord(wall: Date, count: number): string {
  return JSON.stringify({ v: VERSION, time: wall.toISOString(), type: "dropped", count }) + "\n";
}

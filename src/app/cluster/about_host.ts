/**
 * What this host says of itself to the others: its labels, which programs read, and its facts, with which
 * somebody elsewhere may look at a graph as this host.
 *
 * @module
 */

import type { InputReading, JsonValue } from "../../base/input.ts";
import { LIMITS } from "../../base/limits.ts";
import type { SharedValues } from "../../cluster/exchange/shared_values.ts";
import { ABOUT_KEY, FACTS_KEY } from "../../kind/shared_value.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import { lstat } from "../../os/files/stat.ts";
import type { AgentParts } from "../agent_parts.ts";
import { FACT_DIRECTORIES } from "../facts/fact_directories.ts";
import { factsJson } from "../facts/facts_text.ts";
import { isProgram } from "../graph/program_name.ts";

/** Nobody waits for them, and all of them are learned for it: not beside the first graph. */
const FIRST_MS = 2000;
/** Each change is a write to the store that is kept for a while. */
const PAUSE_MS = 60_000;

/** Where it is heard of: until `signal` aborts. */
type AboutParts =
  & Pick<AgentParts, "settings" | "graphPath" | "inputs">
  & { readonly host: { readonly clock: Pick<Clock, "after" | "nowMs"> } };

/**
 * Says it, and each change of it, where this host has labels or its graph asks for facts: others do not
 * have facts opened for it. Resolves when it is known what the labels are.
 */
export async function shareAbout(
  parts: AboutParts,
  values: SharedValues,
  signal: AbortSignal,
): Promise<void> {
  const { settings, graphPath, inputs } = parts;
  const hasLabels = settings.labels !== undefined && settings.labels.size > 0 ||
    lstat(FACT_DIRECTORIES.labels) !== undefined;
  const share = () => shareOpened(parts, values, signal);
  if (hasLabels || isProgram(graphPath) || inputs.isOpen) return await share();
  inputs.whenOpen(() => void share());
}

async function shareOpened(
  { settings, inputs, host: { clock } }: AboutParts,
  values: SharedValues,
  signal: AbortSignal,
): Promise<void> {
  const { sources: { host }, shareable } = await inputs.open();
  if (host === undefined || signal.aborted) return;
  const shareLabels = () => {
    const labels = host.read(["labels"]);
    if (!labels.isKnown) values.aboutNotKnown(ABOUT_KEY);
    else values.about(ABOUT_KEY, { labels: labels.value ?? {} });
  };
  shareLabels();
  host.watch(shareLabels);
  if (shareable === undefined || settings.noop) return;
  // What it said last stays until then.
  values.aboutNotKnown(FACTS_KEY);
  const pace = new Pace(clock, signal);
  const shareFacts = () => pace.soon(() => values.about(FACTS_KEY, toldFacts(shareable())));
  shareFacts();
  host.watch(shareFacts);
}

/** Does something once in a while, the last time after the last time that it was asked for. */
class Pace {
  readonly #clock: AboutParts["host"]["clock"];
  #timer: Timer | undefined;
  #nextMs: number;

  constructor(clock: AboutParts["host"]["clock"], signal: AbortSignal) {
    this.#clock = clock;
    this.#nextMs = clock.nowMs() + FIRST_MS;
    signal.addEventListener("abort", () => this.#timer?.cancel(), { once: true });
  }

  soon(work: () => void): void {
    this.#timer ??= this.#clock.after(Math.max(0, this.#nextMs - this.#clock.nowMs()), () => {
      this.#timer = undefined;
      this.#nextMs = this.#clock.nowMs() + PAUSE_MS;
      work();
    });
  }
}

/** Facts as others are told of them; the longest are left out where all are too long. */
export function toldFacts(facts: ReadonlyMap<string, InputReading>): JsonValue {
  const told = new Map(facts);
  for (;;) {
    const record = factsJson(told);
    const [longest] = [...told].sort(([, one], [, other]) => lengthOf(other) - lengthOf(one));
    if (longest === undefined || lengthOf(record) <= LIMITS.toldFactsLength) return record;
    const [name, { isKnown }] = longest;
    if (isKnown) told.set(name, { isKnown: false, why: "it is too long to be told to others" });
    else told.delete(name);
  }
}

function lengthOf(value: unknown): number {
  return JSON.stringify(value).length;
}

/**
 * `mgmt events`: what happens at a running agent, as the agent itself would say it, or as objects.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { printable } from "../../base/printable.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { kindOf, label, nameOf } from "../../base/words.ts";
import { readStatus } from "../../control/status_answer.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { watchReader } from "../../os/native/reader_gone.ts";
import { isReaderGone, writeData } from "../../os/terminal.ts";
import type { EventSink, ReportEvent } from "../../report/event.ts";
import { HumanReporter } from "../../report/human.ts";
import { textOutput } from "../../report/output.ts";
import { palette } from "../../report/palette.ts";
import { ScreenSink } from "../../report/screen_sink.ts";
import { RunState } from "../../report/state.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { askReading } from "../control/ask_reading.ts";
import { headLine } from "./status_text.ts";
import { unknownKind, wantedResources } from "./wanted_resources.ts";

/** What of the events is wanted, and how. */
export interface EventsWish {
  readonly asJson: boolean;
  /** Also what is as it should be. */
  readonly verbose: boolean;
  /** Only of resources of this kind. */
  readonly kind?: string | undefined;
  /** Only of these resources, as people name them. */
  readonly words: readonly string[];
  /** Hears of what the graph has not: it may come, so that this is no failure. */
  readonly warn: (why: Failure) => Promise<unknown>;
}

/** One line of the agent. */
interface TellingLine {
  readonly type: string;
  readonly key?: string;
  readonly status?: unknown;
  readonly count?: number;
}

/** Prints events until the agent ends, or nobody reads them any more. */
export async function followEvents(
  given: Pick<PlaceFlags, "flags">,
  wish: EventsWish,
): Promise<Result<void>> {
  const unread = new AbortController();
  const watch = watchReader(() => unread.abort());
  try {
    const followed = await followUntil(unread.signal, given, wish);
    return unread.signal.aborted ? ok(undefined) : followed;
  } finally {
    await watch?.close();
  }
}

async function followUntil(
  signal: AbortSignal,
  given: Pick<PlaceFlags, "flags">,
  wish: EventsWish,
): Promise<Result<void>> {
  const question = { method: "GET", path: "/v1/events", signal } as const;
  const asked = await askReading(given, question, createLocalClock());
  if (!asked.ok) return asked;
  using answer = asked.value;
  const tell = wish.asJson ? write : humanTelling(wish);
  const { keys, unknown } = await wantedResources(given, wish.words, createLocalClock());
  for (const each of unknown) await wish.warn(each);
  let isOver = false;
  for (let line = await answer.line(); line !== undefined; line = await answer.line()) {
    const event = parseJson(line);
    if (!isJsonObject(event)) continue;
    const told = tellingLine(event);
    isOver ||= told.type === "stop";
    if (told.type === "snapshot") await warnOfKind(told, wish);
    if (isWanted(told, wish, keys) && !await tell(`${line}\n`, told)) return ok(undefined);
  }
  if (isOver) return ok(undefined);
  return fail("the agent has ended without a word, or has let go of this reader", {
    code: "closed",
    hint: "mgmt status says whether it runs",
  });
}

/** Names of resources are looked into; all else is only shown. */
function tellingLine({ key, ...event }: Readonly<Record<string, unknown>>): TellingLine {
  const line = typeof key === "string" ? { ...event, key } : event;
  return line as unknown as TellingLine;
}

async function warnOfKind({ status }: TellingLine, { kind, warn }: EventsWish): Promise<void> {
  const read = isJsonObject(status) ? readStatus(status) : undefined;
  const why = read?.ok ? unknownKind(kind, read.value) : undefined;
  if (why !== undefined) await warn(why);
}

/** `keys`: of what the words mean. */
function isWanted(
  { type, key }: TellingLine,
  { kind, words }: EventsWish,
  keys: ReadonlySet<string>,
): boolean {
  if (kind === undefined && words.length === 0) return true;
  if (key === undefined) return type === "snapshot" || type === "dropped";
  if (kind !== undefined && kindOf(key) !== kind) return false;
  return words.length === 0 || keys.has(key) ||
    words.some((word) => word === key || word === label(key) || word === nameOf(key));
}

/** False: nobody reads any more. */
async function write(text: string): Promise<boolean> {
  try {
    await writeData(text);
    return true;
  } catch (thrown) {
    if (isReaderGone(thrown)) return false;
    throw thrown;
  }
}

function humanTelling({ verbose }: EventsWish) {
  const clock = createLocalClock();
  let isRead = true;
  const output = textOutput({
    // Nothing is painted here, so that whatever a terminal would obey is of the agent, which may be hostile.
    write: async (text) => void (isRead = await write(text.split("\n").map(printable).join("\n"))),
    yieldTurn: () => clock.yieldTurn(),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    dropped: () => "",
    // Each line is written before the next one is read.
    limit: Infinity,
  });
  const paint = palette(false);
  const reporter = new HumanReporter({
    page: new ScreenSink({ output, paint, wall: () => clock.wall() }),
    ...{ paint, interactive: false, endsByItself: false },
    verbosity: verbose ? "verbose" : "normal",
    state: new RunState(() => clock.wall().getTime()),
    placeOf: () => Promise.resolve(undefined),
  });
  return async (line: string, event: TellingLine): Promise<boolean> => {
    if (event.type === "snapshot") {
      const status = isJsonObject(event.status) ? readStatus(event.status) : undefined;
      const head = status?.ok ? headLine(status.value, clock.wall().getTime()) : "the agent runs";
      output.add(`${head}\n`);
    } else if (event.type === "dropped") {
      output.add(`(${event.count} events were left out: they came faster than they were read)\n`);
    } else say(reporter, event, () => output.add(line));
    await output.flush();
    return isRead;
  };
}

/** What this mgmt does not know, as an agent of another version may say it, is shown as it came. */
function say(reporter: EventSink, event: TellingLine, otherwise: () => void): void {
  try {
    const whole = event.type === "graph" ? { ...event, keys: () => [] } : event;
    reporter.event(whole as unknown as ReportEvent);
  } catch {
    otherwise();
  }
}

/**
 * What happens, for readers that come and go. Each line is made once for all of them (without what is
 * private once for all who may only read), in the form of `--output json`; one that does not read loses
 * lines, and holds up nobody.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import type { EventSink, ReportEvent } from "./event.ts";
import { EventReader, type ReadingClock } from "./event_reader.ts";
import { forReaders, type PrivateThings } from "./for_readers.ts";
import { droppedRecord, jsonRecord, type RecordOptions, snapshotRecord } from "./json.ts";

/** What lines are made with. */
export interface EventFeedOptions extends Pick<RecordOptions, "placeOf">, PrivateThings {
  readonly clock: ReadingClock;
}

/** Who reads along. */
export interface EventListener {
  /** Aborts when he is gone. */
  readonly signal: AbortSignal;
  /** He may only read, so that he hears nothing private. */
  readonly mayOnlyRead: boolean;
}

/** A line, or the promise of one. */
type EventLine = string | Promise<string>;

/** How many read, and what they missed. */
export interface EventFeedCounts {
  readonly readers: number;
  readonly dropped: number;
}

/** At the same time. */
export const EVENT_READERS_MAX = 128;

/** At the end of the agent readers that take nothing are waited for so long. */
const END_MS = 1000;

/** See the module. */
export class EventFeed implements EventSink {
  readonly #options: EventFeedOptions;
  readonly #readers = new Map<EventReader, { gone: Promise<void>; mayOnlyRead: boolean }>();
  #dropped = 0;
  #closed = false;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  /** So far. */
  get counts(): EventFeedCounts {
    return { readers: this.#readers.size, dropped: this.#dropped };
  }

  /**
   * Lines from now on, some at once, until the signal aborts or the agent ends; the first is a snapshot
   * with that status. A failure's code is `busy` where too many read, or `stopping`.
   */
  read(
    status: object,
    { signal, mayOnlyRead }: EventListener,
  ): Result<AsyncIterable<string>> {
    const { clock } = this.#options;
    if (this.#closed) return fail("the agent is about to end", { code: "stopping" });
    if (this.#readers.size >= EVENT_READERS_MAX) {
      return fail(`${EVENT_READERS_MAX} readers of events are the most`, {
        code: "busy",
        hint: "end one of them first",
      });
    }
    const dropped = (count: number) => droppedRecord(clock.wall(), count).trimEnd();
    const reader = new EventReader({ clock, dropped });
    const gone = Promise.withResolvers<void>();
    this.#readers.set(reader, { gone: gone.promise, mayOnlyRead });
    reader.add(JSON.stringify(snapshotRecord(clock.wall(), status)));
    const leave = () => {
      this.#readers.delete(reader);
      gone.resolve();
    };
    signal.addEventListener("abort", leave, { once: true });
    return ok(untilLeft(reader.texts(signal), leave));
  }

  event(event: ReportEvent): void {
    if (this.#readers.size === 0 || event.type === "undo-record") return;
    const lines = new Map<ReportEvent, EventLine>();
    let masked: ReportEvent | undefined;
    for (const [reader, { mayOnlyRead }] of this.#readers) {
      if (mayOnlyRead) masked ??= forReaders(event, this.#options);
      const told = mayOnlyRead ? masked! : event;
      const line = lines.get(told) ?? this.#lineOf(told);
      lines.set(told, line);
      if (!reader.add(line)) this.#dropped++;
    }
  }

  #lineOf(event: ReportEvent): EventLine {
    const record = jsonRecord(event, this.#options.clock.wall(), this.#options);
    return record instanceof Promise
      ? record.then((made) => JSON.stringify(made))
      : JSON.stringify(record);
  }

  /** Lets readers read what waits; resolves when they have, or after a moment. */
  async close(): Promise<void> {
    this.#closed = true;
    const stop = new AbortController();
    const left = Promise.all([...this.#readers.values()].map(({ gone }) => gone));
    for (const reader of this.#readers.keys()) reader.close();
    await Promise.race([left, this.#options.clock.sleep(END_MS, stop.signal)]);
    stop.abort();
  }
}

async function* untilLeft(
  texts: AsyncIterable<string>,
  leave: () => void,
): AsyncIterable<string> {
  try {
    yield* texts;
  } finally {
    leave();
  }
}

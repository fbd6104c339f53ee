/** A recorder on a real file, with a clock that a test moves, and what is read there. */

import { assert } from "@std/assert";
import { join } from "node:path";
import { openToRead } from "../../src/journal/database.ts";
import { JournalReader } from "../../src/journal/reader.ts";
import { Recorder, type RecorderOptions } from "../../src/journal/recorder.ts";
import type { ReportEvent } from "../../src/report/event.ts";
import { ManualClock } from "./manual_clock.ts";

/** 2026-11-29 00:00 UTC. */
export const DAY = Date.UTC(2026, 10, 29);

/** A clock whose time of day a test sets as it likes. */
export class JumpingClock extends ManualClock {
  jumpMs = DAY;

  override wall(): Date {
    return new Date(this.jumpMs + this.nowMs());
  }
}

/** One journal and one run that records into it. */
export class JournalWorld {
  readonly clock = new JumpingClock();
  readonly path: string;
  readonly told: ReportEvent[] = [];
  recorder: Recorder;

  constructor(readonly directory: string, readonly more: Partial<RecorderOptions> = {}) {
    this.path = join(directory, "journal.db");
    this.recorder = this.#run();
  }

  #run(): Recorder {
    return new Recorder({
      path: this.path,
      clock: this.clock,
      endsByItself: false,
      limitBytes: 64 * 1024 * 1024,
      limitAgeMs: 365 * 86_400_000,
      pathOf: () => undefined,
      placeOf: () => Promise.resolve(undefined),
      tell: (event) => this.told.push(event),
      ...this.more,
    });
  }

  /** The run ends, and another one begins. */
  async restart(): Promise<void> {
    await this.recorder.close();
    this.recorder = this.#run();
  }

  event(...events: readonly ReportEvent[]): void {
    for (const event of events) this.recorder.event(event);
  }

  /** Something was changed, from its beginning to its end. */
  changed(
    key: string,
    reason: string,
    more: Partial<ReportEvent & { type: "changed" }> = {},
  ): void {
    this.event(
      { type: "apply", key, reason, refresh: false },
      { type: "changed", key, reason, tookMs: 1, worldless: false, ...more },
    );
  }

  /** The same of a refresh. */
  refreshed(
    key: string,
    by: readonly string[],
    more: Partial<ReportEvent & { type: "changed" }> = {},
  ) {
    this.event(
      { type: "apply", key, reason: "reload", refresh: true, askedBy: by },
      { type: "changed", key, reason: "reload", tookMs: 1, worldless: false, ...more },
    );
  }

  /** What is written, read as a command does. */
  async read<T>(work: (reader: JournalReader) => T): Promise<T> {
    await this.recorder.written();
    return readJournal(this.path, work);
  }

  async entries() {
    return await this.read((reader) => reader.history({ limit: 10_000 }).entries);
  }
}

/** What is read in the journal of that path. */
export function readJournal<T>(path: string, work: (reader: JournalReader) => T): T {
  const opened = openToRead(path);
  assert(opened.ok, opened.ok ? "" : opened.failure.message);
  try {
    return work(new JournalReader(opened.value));
  } finally {
    opened.value.close();
  }
}

/** Runs a test with a journal of its own. */
export async function inJournal(
  test: (world: JournalWorld) => Promise<void>,
  more: Partial<RecorderOptions> = {},
): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-journal-" });
  const world = new JournalWorld(directory, more);
  try {
    await test(world);
  } finally {
    await world.recorder.close();
    Deno.removeSync(directory, { recursive: true });
  }
}

/**
 * Records what happens in a run: takes events, keeps what comes of them for a moment, and has it written
 * when nobody waits any more. Whatever is wrong with the journal, the run goes on.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../base/result.ts";
import type { Clock, Timer } from "../os/clock.ts";
import type { EventSink, ReportEvent } from "../report/event.ts";
import type { JournalFigures } from "../report/metrics/source.ts";
import type { ReportPlace } from "../report/phrases.ts";
import { NewEntry } from "./entry.ts";
import { Folding } from "./folding.ts";
import type { JournalWriter } from "./writer.ts";

/** What a recorder is made of. */
export interface RecorderOptions {
  readonly path: string;
  readonly clock: Clock;
  /** A run that ends by itself and has no news writes nothing at all. */
  readonly endsByItself: boolean;
  /** How large the file may be, in bytes, and how old an entry, in milliseconds. */
  readonly limitBytes: number;
  readonly limitAgeMs: number;
  /** Where a resource is written in the graph file. */
  readonly placeOf: (key: string) => Promise<ReportPlace | undefined>;
  /** The path of the file that a resource decides; undefined: there is none, or it is its name. */
  readonly pathOf: (key: string) => string | undefined;
  /** Says something to people; must not call back. */
  readonly tell: (event: ReportEvent) => void;
}

/** Entries wait for so long, at the start until the first graph has had the machine to itself. */
const DELAY_MS = 200;
const FIRST_DELAY_MS = 1000;
/** Entries that may wait for room on the disk, or because there are so many. */
const WAITING_MAX = { failing: 2000, writing: 20_000 };
/** So many are written at once. */
const MANY = 1000;
/** Graphs of so many resources are small enough to look where each is written. */
const SMALL_GRAPH = 500;
/** Entries of one transaction: a millisecond or two. */
const BATCH = 100;
/** After a failure it is tried again so much later. */
const AGAIN_MS = 15_000;
/** Between two steps of what nobody waits for. */
const PAUSE_MS = 50;
/** How often it is looked whether entries are too old, and from when on. */
const AGE_LOOK_MS = 3_600_000;
/** A clock that has gone so much faster or slower than time is not asked how old something is. */
const CLOCK_JUMP_MS = 300_000;

/** The journal of one run. */
export class Recorder implements EventSink {
  readonly #options: RecorderOptions;
  readonly #folding: Folding;
  #waiting: NewEntry[] = [];
  readonly #different = new Set<NewEntry>();
  readonly #places = new Map<string, Promise<ReportPlace | undefined>>();
  #isSmall = false;
  #lost = 0;
  #lostInAll = 0;
  #hasNews = false;
  #hasSettled = false;
  #timer: Timer | undefined;
  #writer: JournalWriter | undefined;
  #working: Promise<void> | undefined;
  /** Why nothing can be written. */
  #failure: Failure | undefined;
  #closed = false;
  #run: number | undefined;
  readonly #startMs: { readonly wall: number; readonly own: number };
  /** When the last entry before this run was written. */
  #newestMs: number | undefined;
  #ageLookMs = AGE_LOOK_MS;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { clock } = options;
    this.#startMs = { wall: clock.wall().getTime(), own: clock.nowMs() };
    this.#folding = new Folding(() => clock.wall().getTime(), {
      add: (entry) => this.#add(entry),
      again: (entry) => {
        if (entry.id !== undefined) this.#different.add(entry);
        this.#soon();
      },
    });
  }

  event(event: ReportEvent): void {
    this.#folding.event(event);
    if (event.type === "graph") {
      this.#isSmall = event.vertices <= SMALL_GRAPH;
      this.#places.clear();
    }
    if (event.type !== "settled" || this.#hasSettled) return;
    this.#hasSettled = true;
    if (this.#timer === undefined || this.#failure !== undefined) return;
    this.#timer.cancel();
    this.#after(DELAY_MS);
  }

  /** Resolves when all that was said is written; a failure where it cannot be. */
  async written(): Promise<Result<JournalWriter>> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#working;
    await this.#work();
    if (this.#writer !== undefined) return ok(this.#writer);
    return { ok: false, failure: this.#failure ?? failure("nothing is recorded yet") };
  }

  /** Writes entries that are no events, new ones or what became of them; a failure where it cannot be. */
  async note(entries: readonly NewEntry[]): Promise<Failure | undefined> {
    for (const entry of entries) {
      if (entry.id === undefined) this.#add(entry);
      else this.#different.add(entry);
    }
    const written = await this.written();
    return written.ok ? undefined : written.failure;
  }

  /** How it is with the journal; before anything is written only what was lost is known. */
  figures(): JournalFigures {
    const { limitBytes } = this.#options;
    return { ...this.#writer?.size(), limitBytes, lost: this.#lostInAll };
  }

  /** Writes what is left; nothing is recorded after that. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.written();
    await this.#writer?.close();
  }

  #add(entry: NewEntry): void {
    if (this.#closed) return;
    this.#hasNews ||= entry.isNews;
    if (entry.key !== undefined) {
      const path = entry.type === "changed" ? this.#options.pathOf(entry.key) : undefined;
      if (path !== undefined) entry.detail = { ...entry.detail, path };
      this.#findPlace(entry, entry.key);
    }
    this.#waiting.push(entry);
    this.#makeRoom();
    if (this.#waiting.length === MANY && this.#failure === undefined) void this.#work();
    else this.#soon();
  }

  /** The oldest go: what has just happened is asked for. */
  #makeRoom(): void {
    const most = this.#failure === undefined ? WAITING_MAX.writing : WAITING_MAX.failing;
    const tooMany = this.#waiting.length - most;
    if (tooMany <= 0) return;
    this.#waiting.splice(0, tooMany);
    this.#lost += tooMany;
    this.#lostInAll += tooMany;
  }

  /**
   * Looks where the resource is written: of a large graph only when it has failed, for then people are
   * told, too, and both share one reading of the file.
   */
  #findPlace(entry: NewEntry, key: string): void {
    if (!this.#isSmall && entry.type !== "failed") return;
    const look = () => {
      const found = this.#places.get(key) ?? this.#options.placeOf(key);
      if (this.#isSmall) this.#places.set(key, found);
      return found;
    };
    const looking = this.#isSmall ? undefined : look();
    entry.completes = async () => {
      const place = await (looking ?? look()).catch(() => undefined);
      if (place === undefined) return;
      const { file, line, column } = place;
      entry.detail = { ...entry.detail, place: `${file}:${line}:${column}` };
    };
  }

  #soon(): void {
    if (this.#timer !== undefined || this.#closed || this.#failure !== undefined) return;
    if (this.#options.endsByItself && !this.#hasNews) return;
    this.#after(this.#hasSettled ? DELAY_MS : FIRST_DELAY_MS);
  }

  #after(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#timer = undefined;
      void this.#work();
    });
  }

  #work(): Promise<void> {
    this.#working ??= this.#writeAll().finally(() => this.#working = undefined);
    return this.#working;
  }

  async #writeAll(): Promise<void> {
    if (this.#options.endsByItself && !this.#hasNews) return;
    const writer = await this.#open();
    if (writer === undefined) return;
    while (this.#waiting.length + this.#different.size > 0) {
      const failure = await this.#writeSome(writer);
      if (failure !== undefined) return this.#failed(failure);
      await this.#options.clock.yieldTurn();
    }
    this.#succeeded();
    await this.#upkeep(writer);
  }

  /** An entry that is counted up meanwhile is written again. */
  async #writeSome(writer: JournalWriter): Promise<Failure | undefined> {
    // Together, for then they share what they read.
    const incomplete = this.#waiting.filter((entry) => entry.completes !== undefined);
    await Promise.all(incomplete.map((entry) => entry.completes?.()));
    for (const entry of incomplete) entry.completes = undefined;
    // What came meanwhile is not complete, and what comes behind it waits for its turn.
    const from = this.#waiting.findIndex((entry) => entry.completes !== undefined);
    const added = this.#waiting.slice(0, from === -1 ? BATCH : Math.min(BATCH, from));
    const changed = [...this.#different].slice(0, BATCH);
    const failure = writer.write(added, changed);
    if (failure !== undefined) return failure;
    this.#run = writer.run;
    this.#waiting = this.#waiting.slice(added.length);
    for (const entry of changed) this.#different.delete(entry);
    return undefined;
  }

  /** Loaded when it is first needed: a start is too short for that. */
  async #open(): Promise<JournalWriter | undefined> {
    if (this.#writer?.isGone === true) {
      this.#writer.discard();
      this.#writer = undefined;
    }
    if (this.#writer !== undefined) return this.#writer;
    const { JournalWriter } = await import("./writer.ts");
    const opened = JournalWriter.open(this.#options.path, this.#run);
    if (!opened.ok) {
      this.#failed(opened.failure);
      return undefined;
    }
    return this.#writer = opened.value;
  }

  /** Said once, until it works again. */
  #failed(why: Failure): void {
    this.#writer?.discard();
    this.#writer = undefined;
    if (this.#failure === undefined) {
      const { message, hint } = why;
      const advice = hint === undefined ? "" : ` (${hint})`;
      const text = `${message}; goes on without, and tries again${advice}`;
      this.#options.tell({ type: "warning", text });
    }
    this.#failure = why;
    this.#makeRoom();
    if (this.#closed) return;
    this.#timer?.cancel();
    this.#after(AGAIN_MS);
  }

  #succeeded(): void {
    if (this.#failure === undefined && this.#lost === 0) return;
    this.#failure = undefined;
    const count = this.#lost;
    this.#lost = 0;
    const text = `is written again; ${count === 0 ? "nothing was" : `${count} entries were`} lost`;
    this.#options.tell({ type: "notice", topic: "Journal", text });
    if (count === 0) return;
    this.#add(new NewEntry("lost", this.#options.clock.wall().getTime(), undefined, { count }));
  }

  /** One step of what nobody waits for: what comes meanwhile is written before the next. */
  async #upkeep(writer: JournalWriter): Promise<void> {
    const { clock, limitBytes: bytes } = this.#options;
    const isMore = writer.prune(
      { bytes, beforeMs: this.#oldBeforeMs(writer) },
      () => clock.nowMs(),
    );
    if (writer.isDue) await writer.checkpoint();
    if (isMore && !this.#closed && this.#timer === undefined) this.#after(PAUSE_MS);
  }

  /** Entries from before that are too old; undefined: none is, or the clock cannot be trusted. */
  #oldBeforeMs({ newestMs }: JournalWriter): number | undefined {
    const { clock, limitAgeMs } = this.#options;
    this.#newestMs ??= newestMs ?? this.#startMs.wall;
    if (Math.abs(this.#startMs.wall - this.#newestMs) > limitAgeMs) return undefined;
    const ownMs = clock.nowMs() - this.#startMs.own;
    const wallMs = clock.wall().getTime() - this.#startMs.wall;
    if (ownMs < this.#ageLookMs || Math.abs(wallMs - ownMs) > CLOCK_JUMP_MS) return undefined;
    this.#ageLookMs = ownMs + AGE_LOOK_MS;
    return clock.wall().getTime() - limitAgeMs;
  }
}

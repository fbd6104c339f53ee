/**
 * The screen of a run that somebody watches: what is said scrolls above, who works or waits and how all
 * is stands below. It writes only where that is another than what is there: nothing while nothing
 * happens, and a terminal that takes nothing keeps nobody waiting, for what is to be written next is
 * made when the last has been taken.
 *
 * @module
 */

import type { WorkNow, WorkQuestion } from "../../engine/at_work.ts";
import type { ReportEvent } from "../event.ts";
import type { Palette } from "../palette.ts";
import type { Snapshot } from "../state.ts";
import { frame } from "./frame.ts";
import { liveRows, roomFor } from "./rows.ts";
import type { Screen, ScreenClock } from "./screen.ts";

/** A run that is over sooner needs none of this. */
const BEGIN_MS = 300;
/** What is said within so long is seen at once. */
const SOON_MS = 100;
/** Who is at it for less long is not shown; ages are counted in the same steps. */
const SECOND_MS = 1000;
/** What comes faster is written together: more nobody sees. */
const FRAME_MS = 40;
/** A terminal that takes nothing does not keep the program from being stopped. */
const LEAVE_MS = 200;

/** Whom to ask who works. */
export interface WorkSource {
  workNow(question: WorkQuestion): WorkNow;
}

/** What a {@linkcode LiveScreen} is made of. */
export interface LiveScreenOptions {
  readonly screen: Screen;
  readonly clock: ScreenClock;
  readonly paint: Palette;
  /** The graph file as the user named it. */
  readonly file: string;
  /** How the run is; it has taken up an event before the screen hears of it. */
  readonly state: { readonly snapshot: Snapshot };
  readonly timeOf: (atMs: number) => string;
  /** Writes all of a text to the terminal; rejects when that is gone. */
  readonly write: (text: string) => Promise<void>;
  /** Has {@linkcode LiveScreen.write} called soon. */
  readonly touch: () => void;
}

type LiveTimer = ReturnType<ScreenClock["after"]>;

const NOBODY: WorkNow = { vertices: [], count: 0, isAny: false };

/** See the module. */
export class LiveScreen {
  readonly #options: LiveScreenOptions;
  readonly #stopFollowing: () => void;
  readonly #ended = new AbortController();
  #source: WorkSource | undefined;
  #soon: LiveTimer | undefined;
  #tick: LiveTimer | undefined;
  /** Whether there are to be rows. */
  #visible = false;
  /** Rows that are on the terminal; what is there is another when it is stale. */
  #shown: readonly string[] = [];
  #stale = false;
  #writtenMs = -Infinity;
  #converged = false;
  /** Resolves when the next frame is written. */
  #frame: PromiseWithResolvers<void> | undefined;

  constructor(options: LiveScreenOptions) {
    this.#options = options;
    this.#soon = options.clock.after(BEGIN_MS, () => {
      this.#soon = undefined;
      this.#begin();
    });
    this.#stopFollowing = options.screen.follow({
      resized: () => this.#resized(),
      leaving: () => this.#leave(),
      back: () => this.#back(),
    });
  }

  /** Whom to ask who works. */
  follow(source: WorkSource): void {
    this.#source = source;
  }

  /** Whether who works can be seen. */
  get isVisible(): boolean {
    return this.#visible;
  }

  /** Something has happened. */
  event({ type }: ReportEvent): void {
    if (type === "converged") this.#converged = true;
    else if (type === "apply" || type === "graph" || type === "failed") this.#converged = false;
    if (this.#visible) this.#soon ??= this.#later(SOON_MS, () => this.#soon = undefined);
  }

  /** Writes lines (each with its line break) above what stands at the bottom. */
  readonly write = async (lines: string): Promise<void> => {
    const { clock, write } = this.#options;
    const early = this.#writtenMs + FRAME_MS - clock.nowMs();
    if (early > 0) await clock.sleep(early, this.#ended.signal);
    const rows = this.#visible ? this.#look() : [];
    const frameWritten = this.#frame;
    this.#frame = undefined;
    const isSame = !this.#stale && isEqual(rows, this.#shown);
    if (lines !== "" || !isSame) {
      const erases = this.#stale || this.#shown.length > 0;
      this.#stale = false;
      this.#shown = rows;
      try {
        await write(frame(lines, rows, erases));
      } catch (thrown) {
        this.#end();
        throw thrown;
      }
      this.#writtenMs = clock.nowMs();
    }
    frameWritten?.resolve();
  };

  /** Takes the rows away for good: what is said from now on are lines. */
  close(): void {
    this.#end();
    if (this.#shown.length > 0) this.#options.touch();
  }

  #end(): void {
    this.#visible = false;
    this.#soon?.cancel();
    this.#tick?.cancel();
    this.#stopFollowing();
    this.#ended.abort();
  }

  #later(delayMs: number, due: () => void): LiveTimer {
    return this.#options.clock.after(delayMs, () => {
      due();
      this.#options.touch();
    });
  }

  #look(): readonly string[] {
    const { screen, state: { snapshot }, ...options } = this.#options;
    const size = screen.size();
    const most = roomFor(size);
    const work = this.#source?.workNow({ leastMs: SECOND_MS, most }) ?? NOBODY;
    if (work.isAny) this.#tick ??= this.#later(SECOND_MS, () => this.#tick = undefined);
    return liveRows({ ...options, size, snapshot, work, converged: this.#converged });
  }

  #begin(): void {
    this.#visible = this.#options.screen.isOurs();
    if (this.#visible) this.#options.touch();
    else this.#waitForTurn();
  }

  #resized(): void {
    if (!this.#visible) return;
    this.#stale = true;
    this.#options.touch();
  }

  /** Whatever came between is above; from the cursor on nothing is anybody's. */
  #back(): void {
    if (this.#ended.signal.aborted) return;
    this.#visible = this.#options.screen.isOurs();
    this.#stale = this.#visible;
    if (!this.#visible) this.#shown = [];
    if (this.#visible) this.#options.touch();
    else this.#waitForTurn();
  }

  /** A shell tells nobody that it brings what runs to the foreground. */
  #waitForTurn(): void {
    this.#tick?.cancel();
    this.#tick = this.#options.clock.after(SECOND_MS, () => {
      this.#tick = undefined;
      this.#back();
    });
  }

  async #leave(): Promise<void> {
    if (!this.#visible) return;
    this.#visible = false;
    this.#frame ??= Promise.withResolvers<void>();
    const { promise } = this.#frame;
    this.#options.touch();
    const limit = new AbortController();
    await Promise.race([promise, this.#options.clock.sleep(LEAVE_MS, limit.signal)]);
    limit.abort();
  }
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((row, index) => row === others[index]);
}

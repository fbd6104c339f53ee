/**
 * The terminal as a live screen needs it; the real one is made elsewhere.
 *
 * @module
 */

/** How large a terminal is. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal to draw on. */
export interface Screen {
  size(): ScreenSize;
  /** Whether this program may draw: not while a shell has it in the background. */
  isOurs(): boolean;
  /** Says what happens to it until the result is called. */
  follow(hooks: ScreenHooks): () => void;
}

/** What happens to a screen. */
export interface ScreenHooks {
  resized(): void;
  /** The program is to be stopped (^Z), when this has resolved. */
  leaving(): Promise<void>;
  /** It goes on, also where it was not stopped at all. */
  back(): void;
}

/** Time, as far as a screen needs it. */
export interface ScreenClock {
  nowMs(): number;
  after(delayMs: number, run: () => void): { cancel(): void };
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

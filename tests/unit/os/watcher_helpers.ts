import { assert } from "@std/assert";
import {
  createLocalWatcher,
  type LocalWatcherOptions,
} from "../../../src/os/watch/local_watcher.ts";
import type { SeenPathChange, Watch, Watcher } from "../../../src/os/watch/watcher.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";

/** A subscription that counts how often it was told to look again. */
export interface Counter extends Watch {
  readonly path: string;
  count: number;
  /** Whether it was told so the last time. */
  moved: boolean;
  /** What it was told the last time. */
  seen: SeenPathChange | undefined;
}

export interface WatcherTest {
  readonly watcher: Watcher;
  /** A directory of the test's own, a real path. */
  readonly directory: string;
  readonly warnings: string[];
  /** Subscribes to a path; `settle` is up to the test. */
  want(path: string, tree?: boolean, follow?: boolean): Counter;
}

/** Runs a test with a watcher and a temporary directory, and cleans up after it. */
export async function withWatcher(
  run: (test: WatcherTest) => Promise<void>,
  options: Partial<LocalWatcherOptions> = {},
): Promise<void> {
  const directory = Deno.realPathSync(Deno.makeTempDirSync());
  const warnings: string[] = [];
  const watcher = createLocalWatcher({
    clock: createLocalClock(),
    warn: (text) => warnings.push(text),
    ...options,
  });
  function want(path: string, tree = false, follow = false): Counter {
    const counter: Counter = {
      path,
      count: 0,
      moved: false,
      seen: undefined,
      close: () => watch.close(),
    };
    const changed = (seen: SeenPathChange) => {
      counter.count++;
      counter.moved = seen.moved;
      counter.seen = seen;
    };
    const request = { path, tree, follow, changed };
    const watch = watcher.watch(request);
    return counter;
  }
  try {
    await run({ watcher, directory, warnings, want });
  } finally {
    await watcher.close();
    Deno.removeSync(directory, { recursive: true });
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** Waits until something is true. */
export async function until(what: string, isTrue: () => boolean, limitMs = 60_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!isTrue()) {
    assert(performance.now() < endMs, `${what} within ${limitMs} ms`);
    await pause(1);
  }
}

/** Does something and waits until the subscriber hears of it. */
export async function hears(counter: Counter, what: string, act: () => void): Promise<void> {
  await quiet([counter]);
  const before = counter.count;
  act();
  await until(`${counter.path} hears of ${what}`, () => counter.count > before);
}

/** So many turns of the event loop: one alone may come late, and before what came meanwhile. */
const QUIET_TURNS = 5;

/** Waits until no subscriber was told anything for a while. */
export async function quiet(counters: readonly Counter[], pauseMs = 20): Promise<void> {
  for (let before = -1;;) {
    const now = counters.reduce((sum, counter) => sum + counter.count, 0);
    if (now === before) return;
    before = now;
    for (let turn = 0; turn < QUIET_TURNS; turn++) await pause(pauseMs / QUIET_TURNS);
  }
}

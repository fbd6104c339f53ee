/**
 * Looks at what the kernel will not watch, again and again.
 *
 * @module
 */

import type { Clock, Timer } from "../clock.ts";
import { type DirectoryReading, openDirectory } from "../files/directory_reading.ts";
import { entryPath } from "./directory.ts";
import type { Polling, WatchedDirectory } from "./path_tree.ts";
import { leadsOn, type PathNode } from "./path_tree.ts";

/** Between two rounds; longer where a round takes long, so that a core never has to work much. */
const PAUSE_MS = 1000;
const PAUSE_PER_ROUND_TIME = 20;
/** Time for looking in one go. */
const SLICE_MS = 5;
const LOOKS_PER_SLICE_CHECK = 16;
/** A look on another machine that takes longer is not waited for. */
const FAR_LOOK_MS = 10_000;
/** Looks that may hang at the same time: each takes a thread until it comes back. */
const FAR_LOOKS_HANGING = 4;
/** Between two calls to look through a whole tree on another machine. */
const FAR_TREE_MS = 60_000;
/** Between two tries to have the kernel watch what it refused. */
const RETRY_MS = 30_000;

const ABSENT = "absent";

export interface Poller {
  /** Starts the rounds if there is something to poll. */
  start(): void;
  stop(): void;
}

export interface PollerOptions {
  readonly clock: Clock;
  readonly polled: () => Iterable<WatchedDirectory>;
  /** Whether somebody else answers for what is mounted there. */
  readonly mayHang: (path: string) => boolean;
  /** An entry is not what it was. */
  readonly changed: (directory: WatchedDirectory, name: string) => void;
  /** Something below this node may have changed. */
  readonly wake: (node: PathNode) => void;
  /** Called after each slice in which something may have been reported. */
  readonly flush: () => void;
  /** Time to try the kernel again for this directory. */
  readonly retry: (directory: WatchedDirectory) => void;
}

/** Makes a poller that sleeps while there is nothing to poll. */
export function createPoller(options: PollerOptions): Poller {
  const { clock } = options;
  /** Directories with a look that has not come back. */
  const hanging = new Set<WatchedDirectory>();
  let timer: Timer | undefined;
  let running = false;
  let lookingFar = false;
  let stopped = false;
  let retriedMs = clock.nowMs();
  let farTreesMs = clock.nowMs();

  function start(): void {
    if (stopped || running || timer !== undefined || [...options.polled()].length === 0) return;
    arm(PAUSE_MS);
  }

  function arm(delayMs: number): void {
    timer = clock.after(delayMs, () => {
      timer = undefined;
      running = true;
      void round();
    });
  }

  async function round(): Promise<void> {
    const startMs = clock.nowMs();
    const directories = [...options.polled()];
    let sliceEndMs = startMs + SLICE_MS;
    let looks = 0;
    let workedMs = 0;
    for (const directory of directories) {
      const polling = directory.polling;
      if (polling === undefined || polling.remote) continue;
      const seen = new Map<string, string>();
      for (const name of names(directory, polling)) {
        const now = sight(directory, name);
        if (polling.seen.get(name) !== now) options.changed(directory, name);
        seen.set(name, now);
        if (++looks % LOOKS_PER_SLICE_CHECK !== 0 || clock.nowMs() < sliceEndMs) continue;
        options.flush();
        workedMs += SLICE_MS;
        await clock.yieldTurn();
        if (stopped) return;
        sliceEndMs = clock.nowMs() + SLICE_MS;
      }
      polling.seen = seen;
    }
    void lookFar(directories);
    retry(directories);
    wakeFarTrees(directories);
    options.flush();
    running = false;
    if (!stopped && directories.length > 0) {
      arm(Math.max(PAUSE_MS, workedMs * PAUSE_PER_ROUND_TIME));
    }
  }

  function retry(directories: readonly WatchedDirectory[]): void {
    if (clock.nowMs() - retriedMs < RETRY_MS) return;
    retriedMs = clock.nowMs();
    for (const directory of directories) options.retry(directory);
  }

  function wakeFarTrees(directories: readonly WatchedDirectory[]): void {
    if (clock.nowMs() - farTreesMs < FAR_TREE_MS) return;
    farTreesMs = clock.nowMs();
    for (const directory of directories) {
      if (directory.polling?.remote !== true) continue;
      for (const node of directory.branch?.trees.keys() ?? []) options.wake(node);
    }
  }

  /** Looks at what is on other machines, one after the other; what hangs is left to hang. */
  async function lookFar(directories: readonly WatchedDirectory[]): Promise<void> {
    if (lookingFar) return;
    lookingFar = true;
    for (const directory of directories) {
      const polling = directory.polling;
      if (polling?.remote !== true || hanging.has(directory)) continue;
      for (const name of names(directory, polling)) {
        if (stopped || hanging.size >= FAR_LOOKS_HANGING) break;
        const now = await farSight(directory, name);
        if (stopped || now === undefined) break;
        if (polling.seen.get(name) === now) continue;
        polling.seen.set(name, now);
        options.changed(directory, name);
        options.flush();
      }
    }
    lookingFar = false;
  }

  /** What stands there, or undefined when the other machine does not answer in time. */
  async function farSight(directory: WatchedDirectory, name: string): Promise<string | undefined> {
    hanging.add(directory);
    const looking = Deno.lstat(entryPath(directory.path, name)).then(
      (info) => fingerprint(info, directory.branch !== undefined),
      unseen,
    ).finally(() => hanging.delete(directory));
    const answered = new AbortController();
    const late = clock.sleep(FAR_LOOK_MS, answered.signal).then(() => undefined);
    const seen = await Promise.race([looking, late]);
    answered.abort();
    return seen;
  }

  function sight(directory: WatchedDirectory, name: string): string {
    const path = entryPath(directory.path, name);
    if (options.mayHang(path)) return "a mount";
    try {
      return fingerprint(Deno.lstatSync(path), isOnTheWay(directory, name));
    } catch (thrown) {
      return unseen(thrown);
    }
  }

  return {
    start,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

/** The names in a directory that matter to somebody, each once. */
function* names(directory: WatchedDirectory, polling: Polling): Iterable<string> {
  const wanted = new Set<string>(directory.hops?.keys());
  for (const node of directory.nodes) {
    for (const name of node.children?.keys() ?? []) wanted.add(name);
  }
  yield* wanted;
  if (directory.branch === undefined || polling.remote) return;
  for (const name of entries(directory.path)) {
    if (wanted.has(name)) continue;
    wanted.add(name);
    yield name;
  }
  for (const [name, was] of polling.seen) if (was !== ABSENT && !wanted.has(name)) yield name;
}

/** What is in a directory now, read as it is asked for. */
function* entries(path: string): Iterable<string> {
  let reading: DirectoryReading | undefined;
  try {
    reading = openDirectory(path);
    for (let piece = reading.next(); piece !== undefined; piece = reading.next()) {
      for (const { name } of piece) if (name !== undefined) yield name;
    }
  } catch {
    // It is gone, or not to be read: what is known of it is looked at all the same.
  } finally {
    reading?.close();
  }
}

/** Whether something below this entry is wanted. */
function isOnTheWay(directory: WatchedDirectory, name: string): boolean {
  if (directory.branch !== undefined || directory.hops?.has(name) === true) return true;
  return directory.nodes.some((node) => {
    const child = node.children?.get(name);
    return child !== undefined && leadsOn(child);
  });
}

function unseen(thrown: unknown): string {
  return thrown instanceof Deno.errors.NotFound ? ABSENT : "unreadable";
}

/** What changes when the entry does. The times of a directory on the way tell of strangers. */
function fingerprint(info: Deno.FileInfo, onTheWay: boolean): string {
  const identity = `${info.dev} ${info.ino} ${info.mode} ${info.uid} ${info.gid}`;
  if (info.isDirectory && onTheWay) return identity;
  return `${identity} ${info.nlink} ${info.size} ${info.mtime?.getTime()} ${info.ctime?.getTime()}`;
}

/**
 * Polls what another machine answers for: each look may hang, so none is waited for long, and few hang at once.
 *
 * @module
 */

import type { WatcherContext } from "./context.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { fingerprint, namesOf, unseen } from "./fingerprints.ts";
import { entryPath, PathChange, type WatchedDirectory } from "./model.ts";
import type { Notifier } from "./notifier.ts";

/** A look that takes longer is not waited for. */
const LOOK_MS = 10_000;
/** Looks that may hang at the same time: each takes a thread until it comes back. */
const LOOKS_HANGING = 4;
/** Between two calls to look through a whole tree on another machine. */
const TREE_MS = 60_000;

/** Looks at directories on other machines. */
export class RemotePoller {
  readonly #context: WatcherContext;
  readonly #dispatcher: Dispatcher;
  readonly #notifier: Notifier;
  /** Directories with a look that has not come back. */
  readonly #hanging = new Set<WatchedDirectory>();
  #looking = false;
  #treesMs: number;

  constructor(context: WatcherContext, dispatcher: Dispatcher, notifier: Notifier) {
    this.#context = context;
    this.#dispatcher = dispatcher;
    this.#notifier = notifier;
    this.#treesMs = context.clock.nowMs();
  }

  /** Looks at what is wanted, one after the other; what hangs is left to hang. */
  async look(directories: readonly WatchedDirectory[]): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    for (const directory of directories) {
      const { polling } = directory;
      if (polling?.remote !== true || this.#hanging.has(directory)) continue;
      for (const name of namesOf(directory, polling)) {
        if (this.#context.closed || this.#hanging.size >= LOOKS_HANGING) break;
        const now = await this.#sight(directory, name);
        if (this.#context.closed || now === undefined) break;
        if (polling.seen.get(name) === now) continue;
        polling.seen.set(name, now);
        this.#dispatcher.replaced(directory, name, "found changed");
        this.#context.work();
      }
    }
    this.#looking = false;
  }

  /** Has those look themselves, now and then, who want a whole tree there. */
  wakeTrees(directories: readonly WatchedDirectory[]): void {
    const nowMs = this.#context.clock.nowMs();
    if (nowMs - this.#treesMs < TREE_MS) return;
    this.#treesMs = nowMs;
    for (const directory of directories) {
      if (directory.polling?.remote !== true) continue;
      const seen = new PathChange(directory.path, "", "looked at now and then");
      for (const node of directory.branch?.trees.keys() ?? []) {
        this.#notifier.wakeTree(node, seen);
      }
    }
  }

  /** What stands there, or undefined when the other machine does not answer in time. */
  async #sight(directory: WatchedDirectory, name: string): Promise<string | undefined> {
    this.#hanging.add(directory);
    const looking = Deno.lstat(entryPath(directory.path, name)).then(
      (info) => fingerprint(info, directory.branch !== undefined),
      unseen,
    ).finally(() => this.#hanging.delete(directory));
    const answered = new AbortController();
    const late = this.#context.clock.sleep(LOOK_MS, answered.signal).then(() => undefined);
    const seen = await Promise.race([looking, late]);
    answered.abort();
    return seen;
  }
}

/**
 * The watcher of this machine: the kernel's watches, and polling where the kernel will not watch.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { yielderOf } from "../../base/yielder.ts";
import type { Clock } from "../clock.ts";
import { createMounts } from "../mounts/mounts.ts";
import { openInotify } from "../native/inotify.ts";
import { openNativeLstat } from "../native/lstat.ts";
import { closeNativeNames } from "../native/names.ts";
import { lookMeanwhile, type MountTable, type WatcherContext } from "./context.ts";
import { Directories } from "./directories.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Inodes } from "./inodes.ts";
import type { KernelEvent } from "./kernel.ts";
import { watchLimit } from "./machine.ts";
import type { Subscription } from "./model.ts";
import { MountWatch } from "./mount_watch.ts";
import { Notifier } from "./notifier.ts";
import {
  addSubscription,
  createNode,
  neededNode,
  pathOf,
  removeSubscription,
  wantsTree,
} from "./path_tree.ts";
import { Planner } from "./planner.ts";
import { Poller } from "./poller.ts";
import { Refusals } from "./refusals.ts";
import { Trees } from "./trees.ts";
import type {
  AuthorsSeen,
  FileWatch,
  SeenChange,
  Watch,
  Watcher,
  WatcherStatus,
  WatchRequest,
} from "./watcher.ts";
import { WorkLoop } from "./work_loop.ts";

export interface LocalWatcherOptions {
  readonly clock: Clock;
  /** Tells the user about what is watched less well than it should be. */
  readonly warn: (text: string) => void;
  /** Kernel watches to use at most; by default most of what the kernel allows one user. */
  readonly watchLimit?: number;
  /** What is mounted where; by default what the kernel says. */
  readonly mounts?: MountTable;
  /** Hears first when the way to something wanted is another one, a link that leads elsewhere. */
  readonly wayChanged?: () => void;
}

/** Makes the watcher; the kernel's watches are opened by the first `settle` with a subscription. */
export function createLocalWatcher(options: LocalWatcherOptions): Watcher {
  return new LocalWatcher(options);
}

/** Wires the parts: what the kernel tells goes in at `#report`, and comes out of the notifier. */
class LocalWatcher implements Watcher {
  readonly #context: WatcherContext;
  readonly #root = createNode("", undefined);
  readonly #unsettled = new Set<Subscription>();
  readonly #directories: Directories;
  readonly #inodes: Inodes;
  readonly #trees: Trees;
  readonly #planner: Planner;
  readonly #dispatcher: Dispatcher;
  readonly #mountWatch: MountWatch;
  readonly #poller: Poller;
  readonly #loop: WorkLoop;
  #started = false;
  #authors: Result<AuthorsSeen> | undefined;
  /** What `start` opened besides the kernel. */
  readonly #opened: (() => void)[] = [];

  constructor({ clock, warn, mounts, watchLimit: limit, wayChanged }: LocalWatcherOptions) {
    const context: WatcherContext = this.#context = {
      clock,
      mounts: mounts ?? createMounts(clock),
      kernel: "the watcher has not started",
      authors: undefined,
      closed: false,
      wayChanged: wayChanged ?? (() => {}),
      work: () => this.#loop.work(),
    };
    const root = this.#root;
    const refusals = new Refusals(warn);
    const notifier = new Notifier(context);
    const directories = this.#directories = new Directories(
      context,
      refusals,
      limit ?? watchLimit(),
    );
    const trees = this.#trees = new Trees(context, directories, notifier);
    const planner = this.#planner = new Planner(context, { directories, trees, notifier });
    const dispatcher = this.#dispatcher = new Dispatcher({
      context,
      root,
      directories,
      planner,
      trees,
      notifier,
    });
    const poller = this.#poller = new Poller(context, directories, dispatcher, notifier);
    this.#inodes = new Inodes(context);
    this.#mountWatch = new MountWatch(context, directories, dispatcher);
    const parts = { root, directories, planner, trees, refusals, poller, notifier };
    this.#loop = new WorkLoop(context, parts);
  }

  watch(request: WatchRequest): Watch {
    const subscription = addSubscription(this.#root, request);
    this.#unsettled.add(subscription);
    return { close: () => this.#end(subscription) };
  }

  watchFile(path: string, changed: (seen: SeenChange) => void): FileWatch | undefined {
    return this.#inodes.watch(path, changed);
  }

  watchMounts(changed: (seen: SeenChange) => void): Watch {
    return this.#mountWatch.watch(changed);
  }

  async settle(): Promise<void> {
    if (this.#context.closed) return;
    if (!this.#started && (this.#unsettled.size > 0 || this.#mountWatch.wanted)) this.#start();
    for (const subscription of this.#unsettled) {
      const node = neededNode(subscription);
      if (node !== undefined) this.#planner.add(node, undefined);
    }
    this.#unsettled.clear();
    while (this.#loop.working !== undefined) await this.#loop.working;
    this.#loop.work();
    while (this.#loop.working !== undefined) await this.#loop.working;
  }

  async seeAuthors(programs: boolean): Promise<Result<AuthorsSeen>> {
    const { openAuthors } = await import("./authors.ts");
    const context = this.#context;
    if (context.closed || typeof context.kernel === "string" || context.authors !== undefined) {
      return this.#authors ?? fail("the kernel watches nothing for this program");
    }
    const opened = openAuthors(context, this.#directories, programs);
    if (!opened.ok) return this.#authors = opened;
    context.authors = opened.value;
    return this.#authors = ok({ programs: opened.value.programs });
  }

  status(): WatcherStatus {
    const polled = new Map<string, string>();
    for (const { path, polling } of this.#directories.polled()) {
      polled.set(path, polling?.reason ?? "");
    }
    const watched = [...this.#directories.watched()];
    return {
      directories: watched.map(({ path }) => path),
      roots: watched.flatMap(({ nodes }) => nodes.filter(wantsTree).map(pathOf)),
      polled,
      authors: this.#authors,
    };
  }

  async close(): Promise<void> {
    const { kernel } = this.#context;
    this.#context.closed = true;
    this.#context.kernel = "the watcher is closed";
    this.#loop.stop();
    this.#mountWatch.stop();
    this.#poller.stop();
    const kernelEnds = typeof kernel === "string" ? undefined : kernel.close();
    this.#context.mounts.tell?.(false);
    this.#trees.close();
    closeNativeNames();
    for (const close of this.#opened.splice(0)) close();
    await Promise.all([kernelEnds, this.#context.authors?.close()]);
  }

  #start(): void {
    const context = this.#context;
    this.#started = true;
    this.#mountWatch.start();
    const opened = openInotify((events) => this.#report(events));
    context.kernel = opened.ok ? opened.value : opened.failure.message;
    this.#mountWatch.promise(opened.ok && opened.value.tellsMounts);
    const look = () => lookMeanwhile(context);
    this.#opened.push(openNativeLstat(), yielderOf(context.clock).each(look));
  }

  #end(subscription: Subscription): void {
    if (subscription.closed) return;
    subscription.closed = true;
    this.#unsettled.delete(subscription);
    for (const node of removeSubscription(subscription)) this.#planner.forget(node);
    if (subscription.tree) this.#trees.place(subscription.node, undefined);
  }

  /** One batch of events, in one synchronous step: nothing that heals may wait here. */
  #report(events: readonly KernelEvent[]): void {
    if (this.#context.closed) return;
    for (const event of events) {
      if (event.type === "overflow") this.#loop.rescan();
      else if (event.type === "mounts") this.#mountWatch.changed();
      else this.#dispatch(event);
    }
    this.#loop.work();
  }

  #dispatch(event: Extract<KernelEvent, { id: number }>): void {
    const directory = this.#directories.byId(event.id);
    if (directory === undefined) {
      if (event.type === "gone") this.#inodes.gone(event.id);
      else this.#inodes.changed(event.id, event.what);
    } else if (event.type === "gone") this.#dispatcher.gone(directory);
    else {
      const { name, entry, directory: isDirectory, what } = event;
      this.#dispatcher.changed(directory, name, entry, isDirectory, what);
    }
  }
}

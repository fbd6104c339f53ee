/**
 * The watch watcher of this machine.
 *
 * @module
 */

import { yielderOf } from "../../base/yielder.ts";
import type { Clock, Timer } from "../clock.ts";
import { createMounts } from "../mounts/mounts.ts";
import { closeNativeNames } from "../native/names.ts";
import { openNativeLstat } from "../native/lstat.ts";
import { createDirectories, type MountTable } from "./directories.ts";
import { createDispatcher } from "./dispatcher.ts";
import type { Watch, Watcher, WatcherStatus, WatchRequest } from "./watcher.ts";
import { createInodes } from "./inodes.ts";
import { openInotify } from "../native/inotify.ts";
import type { Kernel, KernelEvent } from "./kernel.ts";
import { listDirectories, readLink, watchLimit } from "./machine.ts";
import { createMountWatch } from "./mount_watch.ts";
import { createPlanner } from "./planner.ts";
import { createPoller } from "./poller.ts";
import { createRefusals } from "./refusals.ts";
import { createTrees } from "./trees.ts";
import {
  createNode,
  leadsOn,
  nodeAt,
  type PathNode,
  pathOf,
  removeSubscription,
  type Subscription,
  wantsTree,
} from "./path_tree.ts";

/** Time for planning in one go, so that everything else has its turns. */
const PLAN_SLICE_MS = 5;
/** Time for telling in one go: who is told often heals at once. */
const TELL_SLICE_MS = 5;
/** Time between two looks at everything while events are being lost. */
const RESCAN_PAUSE_MS = 100;
/** Where the kernel does not tell of mounts, whoever wants to know of them looks so often. */
const MOUNTS_POLL_MS = 5000;

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

/** Makes the watcher; the kernel's watches are opened by the first `settle` with a wish. */
export function createLocalWatcher(options: LocalWatcherOptions): Watcher {
  const { clock } = options;
  const root = createNode("", undefined);
  /** Wishes to tell at the end of the batch. */
  const due = new Set<Subscription>();
  const unsettled = new Set<Subscription>();
  const mountListeners = new Set<() => void>();
  let mountsTimer: Timer | undefined;
  let kernel: Kernel | string = "the watcher has not started";
  let rescanTimer: Timer | undefined;
  let lastRescanMs = -Infinity;
  let working: Promise<void> | undefined;
  let flushing = false;
  let closed = false;
  let started = false;
  let closeNativeLstat: (() => void) | undefined;
  let stopLooking: (() => void) | undefined;

  const mounts: MountTable = options.mounts ?? createMounts(clock);
  const wayChanged = () => options.wayChanged?.();
  const refusals = createRefusals(options.warn);
  const directories = createDirectories({
    kernel: () => kernel,
    mounts,
    watchLimit: options.watchLimit ?? watchLimit(),
    refused: refusals.add,
  });
  const inodes = createInodes(() => kernel);
  const trees = createTrees({ directories, listDirectories, wake: wakeTree, wayChanged });
  const planner = createPlanner({
    directories,
    nowMs: () => clock.nowMs(),
    readLink,
    wake: wakeAgain,
    placed: trees.place,
    wayChanged,
  });
  const dispatcher = createDispatcher({
    root,
    directories,
    planner,
    trees,
    wake,
    prepare,
    wakeTree,
  });
  const mountWatch = createMountWatch({
    clock,
    mounts,
    directories,
    changed: (directory, name) => {
      dispatcher.changed(directory, name, true, true);
      work();
    },
  });
  const poller = createPoller({
    clock,
    polled: directories.polled,
    mayHang: (path) => mounts.on(path)?.remote === true,
    changed: (directory, name) => dispatcher.changed(directory, name, true, true),
    wake: wakeTree,
    retry: dispatcher.retry,
    flush: work,
  });

  function wake(node: PathNode, moved = false): void {
    for (const wish of node.wishes ?? []) tell(wish, moved);
  }

  function prepare(node: PathNode, moved: boolean): void {
    for (const wish of node.wishes ?? []) wish.moved = moved;
  }

  /** After planning. */
  function wakeAgain(node: PathNode): void {
    for (const wish of node.wishes ?? []) due.add(wish);
  }

  function tell(wish: Subscription, moved: boolean): void {
    wish.moved = moved;
    due.add(wish);
  }

  function wakeTree(node: PathNode): void {
    for (const wish of node.wishes ?? []) if (wish.tree) tell(wish, false);
  }

  /** Tells whom it can in a moment, and the others after a turn of the loop. */
  function flush(): void {
    if (due.size === 0 || closed) return;
    const untilMs = clock.nowMs() + TELL_SLICE_MS;
    for (const wish of due) {
      due.delete(wish);
      const { moved } = wish;
      wish.moved = false;
      if (!wish.closed) wish.changed(moved);
      if (due.size > 0 && clock.nowMs() >= untilMs) return flushLater();
    }
  }

  function flushLater(): void {
    if (flushing) return;
    flushing = true;
    void clock.yieldTurn().then(() => {
      flushing = false;
      look();
      flush();
    });
  }

  /** In the turns of long work: nobody waits until it is over. */
  function look(): void {
    if (typeof kernel !== "string") kernel.look();
  }

  /** One batch of events, in one synchronous step: nothing that heals may wait here. */
  function report(events: readonly KernelEvent[]): void {
    if (closed) return;
    for (const event of events) {
      if (event.type === "overflow") rescan();
      else if (event.type === "mounts") {
        mounts.changed?.();
        mountWatch.check();
        tellOfMounts();
      } else {
        const directory = directories.byId(event.id);
        if (directory === undefined) {
          if (event.type === "gone") inodes.gone(event.id);
          else inodes.changed(event.id);
        } else if (event.type === "gone") dispatcher.gone(directory);
        else dispatcher.changed(directory, event.name, event.entry, event.directory, event.moved);
      }
    }
    work();
  }

  /** Finds everything again and tells everybody, but not without a pause in between. */
  function rescan(): void {
    if (rescanTimer !== undefined) return;
    const waitMs = lastRescanMs + RESCAN_PAUSE_MS - clock.nowMs();
    if (waitMs <= 0) {
      lastRescanMs = clock.nowMs();
      planner.add(root, true);
      return;
    }
    rescanTimer = clock.after(waitMs, () => {
      rescanTimer = undefined;
      if (closed) return;
      rescan();
      work();
    });
  }

  /** Plans for a moment at once, and the rest later; tells the wishes concerned. */
  function work(): void {
    if (closed) return;
    if (working === undefined && !advance()) working = workOn();
    flush();
  }

  async function workOn(): Promise<void> {
    for (let done = false; !done;) {
      await clock.yieldTurn();
      look();
      done = closed || advance();
      if (done) working = undefined;
      flush();
    }
  }

  /** Works for a moment; true when nothing is left to be done. */
  function advance(): boolean {
    if (planner.idle() && trees.idle() && directories.swept()) return true;
    const untilMs = clock.nowMs() + PLAN_SLICE_MS;
    if (!planner.advance(untilMs)) return false;
    while (trees.step()) if (clock.nowMs() >= untilMs) return false;
    directories.sweep();
    refusals.tell();
    poller.start();
    return true;
  }

  function watch(request: WatchRequest): Watch {
    const node = nodeAt(root, request.path);
    const { tree, follow = false, changed } = request;
    const wish: Subscription = { node, tree, follow, changed, moved: false, closed: false };
    node.wishes = [...node.wishes ?? [], wish];
    unsettled.add(wish);
    return { close: () => end(wish) };
  }

  function end(wish: Subscription): void {
    if (wish.closed) return;
    wish.closed = true;
    unsettled.delete(wish);
    for (const node of removeSubscription(wish)) planner.forget(node);
    if (wish.tree) trees.place(wish.node, false);
  }

  function watchMounts(changed: () => void): Watch {
    const listener = () => changed();
    mountListeners.add(listener);
    return { close: () => void mountListeners.delete(listener) };
  }

  function tellOfMounts(): void {
    for (const listener of [...mountListeners]) listener();
  }

  function pollMounts(): void {
    tellOfMounts();
    mountsTimer = clock.after(MOUNTS_POLL_MS, pollMounts);
  }

  async function settle(): Promise<void> {
    if (closed) return;
    if (!started && (unsettled.size > 0 || mountListeners.size > 0)) start();
    for (const wish of unsettled) {
      const node = neededNode(wish);
      if (node !== undefined) planner.add(node, false);
    }
    unsettled.clear();
    while (working !== undefined) await working;
    work();
    while (working !== undefined) await working;
  }

  function start(): void {
    started = true;
    mountWatch.start();
    const opened = openInotify(report);
    kernel = opened.ok ? opened.value : opened.failure.message;
    const told = opened.ok && opened.value.tellsMounts;
    mounts.tell?.(told);
    if (!told) mountsTimer = clock.after(MOUNTS_POLL_MS, pollMounts);
    closeNativeLstat = openNativeLstat();
    stopLooking = yielderOf(clock).each(look);
  }

  async function close(): Promise<void> {
    closed = true;
    rescanTimer?.cancel();
    mountsTimer?.cancel();
    mountWatch.stop();
    poller.stop();
    const kernelEnds = typeof kernel === "string" ? undefined : kernel.close();
    kernel = "the watcher is closed";
    mounts.tell?.(false);
    stopLooking?.();
    trees.close();
    closeNativeNames();
    closeNativeLstat?.();
    closeNativeLstat = undefined;
    await kernelEnds;
  }

  function status(): WatcherStatus {
    const polled = new Map<string, string>();
    for (const { path, polling } of directories.polled()) polled.set(path, polling?.reason ?? "");
    const watched = [...directories.watched()];
    return {
      directories: watched.map(({ path }) => path),
      roots: watched.flatMap(({ nodes }) => nodes.filter(wantsTree).map(pathOf)),
      polled,
    };
  }

  return { watch, watchFile: inodes.watch, watchMounts, settle, status, close };
}

/** The highest node on the way of a wish that has to be found, or found again. */
function neededNode(wish: Subscription): PathNode | undefined {
  const parent = wish.node.parent ?? wish.node;
  let needed = parent.place?.content ? undefined : parent;
  for (let at: PathNode | undefined = parent; at !== undefined; at = at.parent) {
    if (at.place === undefined) needed = at;
  }
  return needed ?? (leadsOn(wish.node) ? wish.node : undefined);
}

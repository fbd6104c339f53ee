/**
 * The watch hub of this machine.
 *
 * @module
 */

import type { Clock, Timer } from "../clock.ts";
import type { Directory } from "./directory.ts";
import { createDirectories } from "./directories.ts";
import type { Hub, HubStatus, Watch, WatchRequest } from "./hub.ts";
import { openInotify } from "./inotify.ts";
import type { Kernel, KernelEvent } from "./kernel.ts";
import { createPlanner } from "./planner.ts";
import { createNode, leadsOn, nodeAt, type PathNode, removeWish, type Wish } from "./wishes.ts";

/** Time for planning in one go, so that everything else has its turns. */
const PLAN_SLICE_MS = 5;
/** Time between two looks at everything while events are being lost. */
const RESCAN_PAUSE_MS = 100;

export interface LocalHubOptions {
  readonly clock: Clock;
  /** Tells the user about what is watched less well than it should be. */
  readonly warn: (text: string) => void;
}

/** Makes the hub; the kernel's watches are opened by the first `settle`. */
export function createLocalHub(options: LocalHubOptions): Hub {
  const { clock } = options;
  const root = createNode("", undefined);
  /** Wishes to tell at the end of the batch. */
  const due = new Set<Wish>();
  const unsettled = new Set<Wish>();
  let rescanTimer: Timer | undefined;
  let lastRescanMs = -Infinity;
  let kernel: Kernel | undefined;
  let working: Promise<void> | undefined;
  let closed = false;
  let started = false;

  const directories = createDirectories({
    add: (path, content) => kernel?.add(path, content) ?? { type: "other", reason: "no inotify" },
    remove: (id) => kernel?.remove(id),
    close: () => Promise.resolve(),
  }, refused);
  const planner = createPlanner({
    directories,
    nowMs: () => clock.nowMs(),
    readLink,
    wake,
    treePlaced: () => {},
  });

  function refused(directory: Directory): void {
    options.warn(`${directory.path} cannot be watched: ${directory.reason}`);
  }

  function wake(node: PathNode): void {
    for (const wish of node.wishes ?? []) due.add(wish);
  }

  function flush(): void {
    if (due.size === 0) return;
    const wishes = [...due];
    due.clear();
    for (const wish of wishes) if (!wish.closed) wish.changed();
  }

  /** One batch of events, in one synchronous step. */
  function report(events: readonly KernelEvent[]): void {
    if (closed) return;
    let lost = false;
    for (const event of events) {
      if (event.type === "overflow") lost = true;
      else if (event.type === "gone") gone(event.id);
      else changed(event);
    }
    if (lost) rescan();
    work();
  }

  function changed(event: KernelEvent & { type: "change" }): void {
    const directory = directories.byId(event.id);
    if (directory === undefined || isTemporary(event.name)) return;
    if (event.name === "") {
      if (directory === root.place) wake(root);
      return;
    }
    for (const node of directory.nodes) {
      const child = node.children?.get(event.name);
      if (child !== undefined) touch(child, event.entry);
    }
    if (!event.entry) return;
    for (const node of directory.hops?.get(event.name) ?? []) planner.add(node, true);
  }

  function touch(node: PathNode, entry: boolean): void {
    wake(node);
    if (entry && leadsOn(node)) planner.add(node, true);
  }

  function gone(id: number): void {
    const directory = directories.byId(id);
    if (directory === undefined) return;
    directories.drop(directory);
    for (const node of directory.nodes) planner.add(node, true);
    for (const nodes of directory.hops?.values() ?? []) {
      for (const node of nodes) planner.add(node, true);
    }
  }

  function rescan(): void {
    const waitMs = lastRescanMs + RESCAN_PAUSE_MS - clock.nowMs();
    if (waitMs > 0) {
      rescanTimer ??= clock.after(waitMs, () => {
        rescanTimer = undefined;
        if (closed) return;
        rescan();
        work();
      });
      return;
    }
    lastRescanMs = clock.nowMs();
    planner.add(root, true);
  }

  /** Plans for a moment at once, and the rest later; tells the wishes concerned. */
  function work(): void {
    if (working !== undefined) return flush();
    const done = planner.advance(clock.nowMs() + PLAN_SLICE_MS);
    if (done) directories.sweep();
    else working = workOn();
    flush();
  }

  async function workOn(): Promise<void> {
    for (let done = false; !done && !closed;) {
      await clock.breathe();
      done = closed || planner.advance(clock.nowMs() + PLAN_SLICE_MS);
      if (done) {
        working = undefined;
        if (!closed) directories.sweep();
      }
      flush();
    }
  }

  function watch(request: WatchRequest): Watch {
    const node = nodeAt(root, request.path);
    const { tree, changed } = request;
    const wish: Wish = { node, tree, changed, settled: false, closed: false };
    node.wishes = [...node.wishes ?? [], wish];
    unsettled.add(wish);
    return {
      close() {
        if (wish.closed) return;
        wish.closed = true;
        unsettled.delete(wish);
        for (const unneeded of removeWish(wish)) planner.forget(unneeded);
      },
    };
  }

  /** The highest nodes that the new wishes need and that nobody found before. */
  function addUnsettled(): void {
    for (const wish of unsettled) {
      wish.settled = true;
      const node = neededNode(wish);
      if (node !== undefined) planner.add(node, false);
    }
    unsettled.clear();
  }

  async function settle(): Promise<void> {
    if (closed) return;
    if (!started && unsettled.size > 0) start();
    addUnsettled();
    while (working !== undefined) await working;
    work();
    while (working !== undefined) await working;
  }

  function start(): void {
    started = true;
    const opened = openInotify(report);
    if (opened.ok) kernel = opened.value;
    else options.warn(opened.failure.message);
  }

  function close(): void {
    closed = true;
    rescanTimer?.cancel();
    void kernel?.close();
  }

  function status(): HubStatus {
    const polled = new Map<string, string>();
    for (const each of directories.polled()) polled.set(each.path, each.reason ?? "");
    return { directories: [...directories.watched()].map((each) => each.path), roots: [], polled };
  }

  return { watch, settle, status, close };
}

/** The highest node on the way of a wish that has to be found, or found again. */
function neededNode(wish: Wish): PathNode | undefined {
  const parent = wish.node.parent ?? wish.node;
  let needed = parent.place?.content ? undefined : parent;
  for (let at: PathNode | undefined = parent; at !== undefined; at = at.parent) {
    if (at.place === undefined) needed = at;
  }
  return needed ?? (leadsOn(wish.node) ? wish.node : undefined);
}

function readLink(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}

/** Names of our own temporary files. */
function isTemporary(name: string): boolean {
  return name.length === 23 && name.startsWith(".mgmt-") && name.endsWith("~");
}

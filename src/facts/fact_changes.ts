/**
 * Sees when facts become others: each is watched from when somebody first reads it.
 *
 * @module
 */

import type { Clock, Timer } from "../os/clock.ts";
import type { HostEvent, HostEvents } from "../os/native/host_events.ts";
import type { SeenPathChange, Watch, Watcher, WatchRequest } from "../os/watch/watcher.ts";

/** What changes together. */
export type FactGroup =
  | "name"
  | "machineId"
  | "os"
  | "network"
  | "timezone"
  | "labels"
  | "own"
  | "fixed";

/** Several changes often come together, and files are written in steps. */
const SETTLE_MS = 50;
/** What never comes to rest is told of after so long. */
const SETTLE_MOST_MS = 1000;
/** Where the kernel tells nothing, it is asked so often. */
const POLL_MS = 10_000;

/** By what changes are seen. */
export interface FactChangesOptions {
  readonly host: { readonly watcher: Pick<Watcher, "watch" | "settle">; readonly clock: Clock };
  readonly directories: Readonly<Record<"labels" | "own", string>>;
  /** Something of a group may be different. */
  readonly changed: (group: FactGroup) => void;
}

/** Watches the groups that were asked for. */
export class FactChanges {
  readonly #options: FactChangesOptions;
  readonly #groups = new Set<FactGroup>();
  readonly #watches: Watch[] = [];
  readonly #due = new Map<FactGroup, { timer: Timer; sinceMs: number }>();
  #events: Promise<HostEvents | undefined> | undefined;
  #poll: Timer | undefined;
  #closed = false;

  constructor(options: FactChangesOptions) {
    this.#options = options;
  }

  /** From now on changes of this group are told, and once more those that came before. */
  follow(group: FactGroup): void {
    if (this.#groups.has(group) || this.#closed || group === "fixed") return;
    this.#groups.add(group);
    for (const request of this.#requests(group)) {
      // What was moved here is there as a whole.
      const changed = ({ moved }: SeenPathChange) => this.#soon(group, moved ? 0 : SETTLE_MS);
      this.#watches.push(this.#options.host.watcher.watch({ tree: false, ...request, changed }));
    }
    if (group === "name" || group === "network") this.#events ??= this.#listen();
    void Promise.all([this.#options.host.watcher.settle(), this.#events]).then(() => {
      this.#soon(group, 0);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#poll?.cancel();
    for (const { timer } of this.#due.values()) timer.cancel();
    this.#due.clear();
    for (const watch of this.#watches.splice(0)) watch.close();
    await (await this.#events)?.close();
  }

  #requests(group: FactGroup): readonly Pick<WatchRequest, "path" | "follow" | "entries">[] {
    const { labels, own } = this.#options.directories;
    const paths = (...found: readonly string[]) => found.map((path) => ({ path }));
    if (group === "labels" || group === "own") {
      const path = group === "labels" ? labels : own;
      return [{ path, follow: true, entries: () => true }];
    }
    if (group === "name") return [{ path: "/etc/hosts", follow: true }];
    if (group === "machineId") return [{ path: "/etc/machine-id", follow: true }];
    if (group === "os") return [{ path: "/etc/os-release", follow: true }];
    return group === "timezone" ? paths("/etc/localtime", "/etc/timezone") : [];
  }

  async #listen(): Promise<HostEvents | undefined> {
    const { openHostEvents } = await import("../os/native/host_events.ts");
    const events = openHostEvents((event: HostEvent) => {
      if (this.#groups.has(event)) this.#soon(event, event === "name" ? 0 : SETTLE_MS);
    });
    const untold = events?.untold ?? ["name", "network"];
    if (untold.length > 0) this.#look(untold);
    return events;
  }

  /** What nobody tells of is looked at now and then. */
  #look(groups: readonly HostEvent[]): void {
    if (this.#closed) return;
    this.#poll = this.#options.host.clock.after(POLL_MS, () => {
      for (const group of groups) if (this.#groups.has(group)) this.#options.changed(group);
      this.#look(groups);
    });
  }

  #soon(group: FactGroup, settleMs: number): void {
    if (this.#closed) return;
    const { clock } = this.#options.host;
    const nowMs = clock.nowMs();
    const waiting = this.#due.get(group);
    waiting?.timer.cancel();
    const sinceMs = waiting?.sinceMs ?? nowMs;
    const leftMs = Math.max(0, Math.min(settleMs, sinceMs + SETTLE_MOST_MS - nowMs));
    const timer = clock.after(leftMs, () => {
      this.#due.delete(group);
      this.#options.changed(group);
    });
    this.#due.set(group, { timer, sinceMs });
  }
}

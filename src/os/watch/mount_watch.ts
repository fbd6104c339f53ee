import type { Timer } from "../clock.ts";
import type { WatcherContext } from "./context.ts";
import type { Directories } from "./directories.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { SeenChange, Watch } from "./watcher.ts";

/** Several mounts often come together. */
const PAUSE_MS = 50;
/** Where the kernel does not tell of mounts, whoever wants to know of them looks so often. */
const POLL_MS = 5000;

const TOLD: SeenChange = { source: "mount", what: "the list of mounts changed" };
const LOOKED: SeenChange = { source: "mount", what: "looked at now and then" };

/** Tells of mounts, and notices what is mounted over something wanted, which no event of a directory tells. */
export class MountWatch {
  readonly #context: WatcherContext;
  readonly #directories: Directories;
  readonly #dispatcher: Dispatcher;
  readonly #listeners = new Set<(seen: SeenChange) => void>();
  #known: ReadonlySet<string> = new Set();
  #compareTimer: Timer | undefined;
  #pollTimer: Timer | undefined;

  /** Nothing is done before `start`. */
  constructor(context: WatcherContext, directories: Directories, dispatcher: Dispatcher) {
    this.#context = context;
    this.#directories = directories;
    this.#dispatcher = dispatcher;
  }

  /** Whether somebody wants to know of mounts. */
  get wanted(): boolean {
    return this.#listeners.size > 0;
  }

  /** Calls back at each change of what is mounted. */
  watch(changed: (seen: SeenChange) => void): Watch {
    const listener = (seen: SeenChange) => changed(seen);
    this.#listeners.add(listener);
    return { close: () => void this.#listeners.delete(listener) };
  }

  /** Takes note of what is mounted now. */
  start(): void {
    this.#known = this.#mountPoints();
  }

  /** Whether the kernel tells of mounts; otherwise those who want to know are told to look now and then. */
  promise(told: boolean): void {
    this.#context.mounts.tell?.(told);
    if (!told) this.#armPoll();
  }

  /** The kernel says that something was mounted or unmounted. */
  changed(): void {
    this.#context.mounts.changed?.();
    this.#compareTimer ??= this.#context.clock.after(PAUSE_MS, () => this.#compare());
    this.#tell(TOLD);
  }

  stop(): void {
    this.#compareTimer?.cancel();
    this.#pollTimer?.cancel();
  }

  #tell(seen: SeenChange): void {
    for (const listener of [...this.#listeners]) listener(seen);
  }

  #armPoll(): void {
    this.#pollTimer = this.#context.clock.after(POLL_MS, () => {
      this.#tell(LOOKED);
      this.#armPoll();
    });
  }

  #compare(): void {
    this.#compareTimer = undefined;
    const former = this.#known;
    const now = this.#known = this.#mountPoints();
    const different = new Set([...now, ...former].filter((at) => now.has(at) !== former.has(at)));
    const byParent = Map.groupBy(different, (at) => at.slice(0, at.lastIndexOf("/")) || "/");
    for (const each of [...this.#directories.watched(), ...this.#directories.polled()]) {
      for (const point of byParent.get(each.path) ?? []) {
        const what = now.has(point) ? "mounted" : "unmounted";
        this.#dispatcher.replaced(each, point.slice(point.lastIndexOf("/") + 1), what);
        this.#context.work();
      }
    }
  }

  #mountPoints(): ReadonlySet<string> {
    return new Set(this.#context.mounts.below("/").map(({ point }) => point));
  }
}

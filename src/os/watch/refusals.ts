import type { WatchedDirectory } from "./model.ts";

/** Collects what is polled because the kernel will not watch it, and says so once a reason. */
export class Refusals {
  readonly #warn: (text: string) => void;
  readonly #told = new Set<string>();
  #collected = new Map<string, string[]>();

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  add({ path, polling }: WatchedDirectory): void {
    const reason = polling?.reason ?? "";
    if (this.#told.has(reason)) return;
    const paths = this.#collected.get(reason);
    if (paths === undefined) this.#collected.set(reason, [path]);
    else paths.push(path);
  }

  /** Says what was collected since the last time. */
  tell(): void {
    for (const [reason, [first, ...others]] of this.#collected) {
      this.#told.add(reason);
      const more = others.length > 0 ? ` and ${others.length} more` : "";
      this.#warn(`${first}${more}: polled, as the kernel does not watch it: ${reason}`);
    }
    if (this.#collected.size > 0) this.#collected = new Map();
  }
}

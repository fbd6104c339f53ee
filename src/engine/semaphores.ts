import { onAbort } from "../base/either.ts";

/** Named counting semaphores that passes hold while they work. */
export class Semaphores {
  readonly #held = new Map<string | symbol, number>();
  readonly #waiting: (() => void)[] = [];

  /**
   * Takes one place in each; resolves with the function that gives them back, or with undefined
   * when `signal` aborts first. All or none are taken, so two takers cannot block each other.
   */
  async acquire(
    wanted: readonly { readonly name: string | symbol; readonly size: number }[],
    signal: AbortSignal,
  ): Promise<(() => void) | undefined> {
    while (!wanted.every(({ name, size }) => (this.#held.get(name) ?? 0) < size)) {
      if (signal.aborted) return undefined;
      await this.#change(signal);
    }
    if (signal.aborted) return undefined;
    for (const { name } of wanted) this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
    return () => {
      for (const { name } of wanted) this.#held.set(name, (this.#held.get(name) ?? 1) - 1);
      for (const wake of this.#waiting.splice(0)) wake();
    };
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        letGo();
        resolve();
      };
      const letGo = onAbort(signal, wake);
      this.#waiting.push(wake);
    });
  }
}

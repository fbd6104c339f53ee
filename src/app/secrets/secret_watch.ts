/**
 * Hears when a secret in use may have another value.
 *
 * @module
 */

import type { Timer } from "../../os/clock.ts";
import type { SecretSource } from "../../secrets/source.ts";
import type { SecretStore } from "../../secrets/store.ts";
import { SourceWatch, type WatchHost } from "../graph/source_watch.ts";

/** What cannot be read may depend on what nobody watches: on who may write on the way to it. */
const LOOK_AGAIN_MS = 30_000;

/** Watches where secrets come from, and has them read again. */
export class SecretWatch {
  readonly #host: WatchHost;
  readonly #store: SecretStore;
  readonly #changed: () => void;
  readonly #watches: readonly { readonly source: SecretSource; readonly watch: SourceWatch }[];
  /** Of each source, those that matter now: what was watched first goes on being watched. */
  readonly #entries = new Map<SecretSource, ReadonlySet<string>>();
  #timer: Timer | undefined;
  #isClosed = false;

  /** `changed` is called when a secret in use has another value. */
  constructor(
    host: WatchHost,
    { sources, store, changed }: {
      readonly sources: readonly SecretSource[];
      readonly store: SecretStore;
      readonly changed: () => void;
    },
  ) {
    this.#host = host;
    this.#store = store;
    this.#changed = changed;
    this.#watches = sources.map((source) => {
      const watch = new SourceWatch(host, { several: true });
      watch.open(() => void this.#lookAgain());
      return { source, watch };
    });
  }

  /** These are in use from now on. */
  follow(names: ReadonlySet<string>): void {
    if (this.#isClosed) return;
    for (const { source, watch } of this.#watches) {
      const { watched, entryOf } = source;
      const entries = (entry: string) => this.#entries.get(source)?.has(entry) === true;
      this.#entries.set(source, new Set([...names].map(entryOf)));
      const directory = { path: watched.directory, entries };
      watch.follow({ files: watched.files, directory, ways: [] });
    }
    this.#arm();
  }

  async #lookAgain(): Promise<void> {
    const names = await this.#store.reread();
    if (this.#isClosed) return;
    this.#arm();
    if (names.length > 0) this.#changed();
  }

  #arm(): void {
    this.#timer?.cancel();
    if (!this.#store.lacksSome()) return;
    this.#timer = this.#host.clock.after(LOOK_AGAIN_MS, () => void this.#lookAgain());
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const { watch } of this.#watches) watch.close();
  }
}

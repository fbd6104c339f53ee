/**
 * Hears of what is written into files through other names (hard links), for kinds whose checks look
 * at files.
 *
 * @module
 */

import { chainOk } from "../base/chain.ts";
import { LIMITS } from "../base/limits.ts";
import { ok } from "../base/result.ts";
import type { Files, Sight } from "../os/files/files.ts";
import type { Host } from "../host/host.ts";
import type { FileWatch, SeenChange } from "../os/watch/watcher.ts";
import type { KindContext, WatchContext } from "./kind.ts";

/** The files with several names that the checks of one vertex saw. */
export class LinkedFiles {
  readonly #watches = new Map<string, { readonly inode: number; readonly watch: FileWatch }>();
  readonly #host: Host;
  readonly #changed: (seen: SeenChange) => void;
  readonly #heard: Host;

  constructor({ host, changed }: Pick<WatchContext, "host" | "changed">) {
    this.#host = host;
    this.#changed = changed;
    const files: Files = Object.assign(Object.create(host.files), {
      look: (...[path, options]: Parameters<Files["look"]>) =>
        chainOk(host.files.look(path, options), (sight) => {
          this.#see(path, sight);
          return ok(sight);
        }),
    });
    this.#heard = Object.create(host, { files: { value: files } });
  }

  /** The context for a check: what it looks at is heard of from then on. */
  context<Memory>(context: KindContext<Memory>): KindContext<Memory> {
    return { ...context, host: this.#heard };
  }

  close(): void {
    for (const { watch } of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  #see(path: string, sight: Sight): void {
    const known = this.#watches.get(path);
    const stat = sight.type === "file" && sight.stat.links > 1 ? sight.stat : undefined;
    // A file that was made anew often gets the number of the one before.
    if (known?.inode === stat?.inode && known?.watch.isOver !== true) return;
    known?.watch.close();
    this.#watches.delete(path);
    if (stat === undefined || this.#watches.size >= LIMITS.linkedFiles) return;
    const watch = this.#host.watcher.watchFile(path, this.#changed);
    if (watch === undefined) return;
    this.#watches.set(path, { inode: stat.inode, watch });
    // It may have changed, or been replaced, since it was looked at.
    this.#changed({ source: "file", path, what: "found to have several names" });
  }
}

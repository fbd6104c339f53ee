/**
 * Whether what resources left is still there, as far as a look tells.
 *
 * @module
 */

import { parseNames } from "../../base/account_files.ts";
import { LIMITS } from "../../base/limits.ts";
import type { Host } from "../../host/host.ts";
import type { Remains } from "../../kind/remains.ts";

const DATABASES = { user: "/etc/passwd", group: "/etc/group" } as const;

/** Looks, and reads what serves for several only once. */
export class Existence {
  readonly #host: Pick<Host, "files" | "mounts">;
  readonly #names = new Map<string, Promise<ReadonlyMap<string, number> | undefined>>();
  #points: ReadonlySet<string> | undefined;

  constructor(host: Pick<Host, "files" | "mounts">) {
    this.#host = host;
  }

  /** Undefined: a look does not tell. */
  async of(remains: Remains): Promise<boolean | undefined> {
    switch (remains.at) {
      case "path": {
        const found = await Promise.all(remains.paths.map((path) => this.#path(path)));
        if (found.includes(true)) return true;
        return found.includes(undefined) ? undefined : false;
      }
      case "inside":
        return await this.#path(remains.path) === false ? false : undefined;
      case "mount":
        return this.#mounts()?.has(remains.path);
      case "user":
      case "group":
        return (await this.#accounts(DATABASES[remains.at]))?.has(remains.name);
      default:
        return undefined;
    }
  }

  async #path(path: string): Promise<boolean | undefined> {
    const seen = await this.#host.files.look(path.replace(/(?<=.)\/+$/, ""));
    return seen.ok ? seen.value.type !== "absent" : undefined;
  }

  #mounts(): ReadonlySet<string> | undefined {
    if (this.#points === undefined) {
      const mounts = this.#host.mounts.read();
      if (mounts.ok) this.#points = new Set(mounts.value.map(({ point }) => point));
    }
    return this.#points;
  }

  #accounts(path: string): Promise<ReadonlyMap<string, number> | undefined> {
    let names = this.#names.get(path);
    if (names === undefined) this.#names.set(path, names = this.#readNames(path));
    return names;
  }

  async #readNames(path: string): Promise<ReadonlyMap<string, number> | undefined> {
    const how = { contentUpToBytes: LIMITS.accountFileBytes };
    const seen = await this.#host.files.look(path, how);
    if (!seen.ok || seen.value.type !== "file" || seen.value.content === undefined) {
      return undefined;
    }
    return parseNames(new TextDecoder().decode(seen.value.content));
  }
}

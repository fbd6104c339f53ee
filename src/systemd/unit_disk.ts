/**
 * Whether unit files on the disk are others than the manager has read. Its own word on that
 * (`NeedDaemonReload`) knows of no directory and no file that was not there when it last looked: no
 * first drop-in, no file in /etc in place of the distribution's, no mask that was made by hand.
 *
 * @module
 */

import type { BusScope } from "./bus/address.ts";
import type { Properties } from "./manager.ts";
import { dropInNames, unitDirectories } from "./unit_names.ts";

/** What is listed of one directory; the rest says nothing. */
const ENTRIES_MAX = 20_000;
/** A directory may change twice while its time stays the same. */
const TICK_MS = 50;

interface UnitListing {
  readonly names: ReadonlySet<string>;
  readonly changedMs: number;
  readonly readMs: number;
}

/** The directories of unit files, listed once as long as they stay the same. */
export class UnitDisk {
  readonly #directories: readonly string[];
  readonly #listings = new Map<string, UnitListing>();
  /** What was found against a unit when the manager had just read all: it thinks otherwise of that. */
  readonly #settled = new Map<string, string>();

  constructor(scope: BusScope) {
    this.#directories = unitDirectories(scope);
  }

  /** Whether there is something that the manager has not read. */
  differs(properties: Properties): boolean {
    const found = this.#difference(properties);
    return found !== "" && this.#settled.get(String(properties["Id"])) !== found;
  }

  /** The manager has just read all: what is found against it now is no reason to have it read again. */
  settle(properties: Properties): void {
    const [unit, found] = [String(properties["Id"]), this.#difference(properties)];
    if (found === "") this.#settled.delete(unit);
    else this.#settled.set(unit, found);
  }

  /** Files that should have been read, or were and are not there any more; empty: none. */
  #difference(properties: Properties): string {
    const names = (properties["Names"] ?? []) as string[];
    const fragment = merged(String(properties["FragmentPath"]));
    const read = new Set(((properties["DropInPaths"] ?? []) as string[]).map(merged));
    const unread = this.#dropIns(names).filter((path) => !read.has(path));
    return [...this.#better(String(properties["Id"]), fragment), ...unread].join("\n");
  }

  /** A file that comes before the one that was read. */
  #better(unit: string, fragment: string): string[] {
    for (const directory of this.#directories) {
      const path = `${directory}/${unit}`;
      if (path === fragment) return [];
      if (this.#list(directory).has(unit)) return [path];
      // Those of a lower rank are not looked at.
      if (fragment.startsWith(`${directory}/`)) return [];
    }
    return [];
  }

  /** Drop-ins of these names, without those that another of the same name hides. */
  #dropIns(names: readonly string[]): string[] {
    const chosen = new Map<string, string>();
    for (const name of new Set(names.flatMap(dropInNames))) {
      for (const directory of this.#directories) {
        if (!this.#list(directory).has(name)) continue;
        for (const file of this.#list(`${directory}/${name}`)) {
          if (file.endsWith(".conf") && !chosen.has(file)) {
            chosen.set(file, `${directory}/${name}/${file}`);
          }
        }
      }
    }
    return [...chosen.values()].filter((path) => !isNothing(path));
  }

  #list(directory: string): ReadonlySet<string> {
    const changedMs = modifiedMs(directory);
    if (changedMs === undefined) return NONE;
    const known = this.#listings.get(directory);
    if (known?.changedMs === changedMs && known.readMs - changedMs > TICK_MS) return known.names;
    const readMs = Date.now();
    const names = namesIn(directory);
    this.#listings.set(directory, { names, changedMs, readMs });
    return names;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** `/lib` is `/usr/lib` where both are known. */
function merged(path: string): string {
  return path.startsWith("/lib/") ? `/usr${path}` : path;
}

function modifiedMs(directory: string): number | undefined {
  try {
    return Deno.statSync(directory).mtime?.getTime() ?? 0;
  } catch {
    return undefined;
  }
}

function namesIn(directory: string): ReadonlySet<string> {
  const names = new Set<string>();
  try {
    for (const { name } of Deno.readDirSync(directory)) {
      if (names.size < ENTRIES_MAX) names.add(name);
    }
  } catch {
    // It went away, or is none: then nothing is in it.
  }
  return names;
}

/** A link to nothing takes a drop-in of this name away. */
function isNothing(path: string): boolean {
  try {
    return Deno.readLinkSync(path) === "/dev/null";
  } catch {
    return false;
  }
}

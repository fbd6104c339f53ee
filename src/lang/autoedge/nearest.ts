import { parentOf } from "../../base/parent.ts";

/** What was found, and at which path. */
export interface Hit<Found> {
  readonly path: string;
  readonly found: Found;
}

/**
 * Looks for something at a path, or else at the nearest one above it. What is found above a path is
 * kept by its directory, as most have that in common.
 */
export class Nearest<Found> {
  readonly #at: (path: string) => Found | undefined;
  readonly #from = new Map<string, Hit<Found> | "nothing">();

  constructor(at: (path: string) => Found | undefined) {
    this.#at = at;
  }

  /** The nearest at or above a path. */
  from(path: string): Hit<Found> | undefined {
    const found = this.#at(path);
    return found === undefined ? this.above(path) : { path, found };
  }

  /** The nearest above a path. */
  above(path: string): Hit<Found> | undefined {
    if (path === "/") return undefined;
    const directory = parentOf(path);
    let hit = this.#from.get(directory);
    if (hit === undefined) {
      hit = this.#walk(directory);
      this.#from.set(directory, hit);
    }
    return hit === "nothing" ? undefined : hit;
  }

  /** Each directory on the way is remembered, too. */
  #walk(directory: string): Hit<Found> | "nothing" {
    const walked: string[] = [];
    let hit: Hit<Found> | "nothing" | undefined;
    for (let at = directory; hit === undefined; at = parentOf(at)) {
      walked.push(at);
      const found = this.#at(at);
      if (found !== undefined) hit = { path: at, found };
      else if (at === "/") hit = "nothing";
      else hit = this.#from.get(parentOf(at));
    }
    for (const each of walked) this.#from.set(each, hit);
    return hit;
  }
}

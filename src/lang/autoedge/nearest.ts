import { parentOf } from "../../base/parent.ts";

/** What was found, and at which path. */
export interface Hit<Found> {
  readonly path: string;
  readonly found: Found;
}

/** Looks for something at a path, or else at the nearest one above it; each is looked at once. */
export class Nearest<Found> {
  readonly #at: (path: string) => Found | undefined;
  readonly #known = new Map<string, Hit<Found> | undefined>();

  constructor(at: (path: string) => Found | undefined) {
    this.#at = at;
  }

  /** The nearest at or above a path. */
  from(path: string): Hit<Found> | undefined {
    const walked: string[] = [];
    let hit: Hit<Found> | undefined;
    for (let at = path;; at = parentOf(at)) {
      if (this.#known.has(at)) {
        hit = this.#known.get(at);
        break;
      }
      walked.push(at);
      const found = this.#at(at);
      if (found !== undefined) hit = { path: at, found };
      if (hit !== undefined || at === "/") break;
    }
    for (const each of walked) this.#known.set(each, hit);
    return hit;
  }
}

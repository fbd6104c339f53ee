import { parentOf } from "../../base/parent.ts";

/** What was found, and at which path. */
export interface Hit<Found> {
  readonly path: string;
  readonly found: Found;
}

/** Looks for something at a directory, or else at the nearest one above it; each is looked at once. */
export class Nearest<Found> {
  readonly #at: (path: string) => Found | undefined;
  readonly #known = new Map<string, Hit<Found> | "nothing">();

  constructor(at: (path: string) => Found | undefined) {
    this.#at = at;
  }

  /** The nearest at or above a directory. */
  from(directory: string): Hit<Found> | undefined {
    const hit = this.#known.get(directory) ?? this.#walk(directory);
    return hit === "nothing" ? undefined : hit;
  }

  #walk(directory: string): Hit<Found> | "nothing" {
    const walked: string[] = [];
    let hit: Hit<Found> | "nothing" | undefined;
    for (let at = directory; hit === undefined; at = parentOf(at)) {
      walked.push(at);
      const found = this.#at(at);
      if (found !== undefined) hit = { path: at, found };
      else if (at === "/") hit = "nothing";
      else hit = this.#known.get(parentOf(at));
    }
    for (const each of walked) this.#known.set(each, hit);
    return hit;
  }
}

/**
 * Where things stand in the texts of graphs with values.
 *
 * @module
 */

import type { DocumentPart, Locate } from "../document.ts";
import type { Path } from "../path.ts";
import type { ValuePlace } from "./scope.ts";
import { namesIn } from "./template.ts";

/** Of lists of which entries are left out: what those that are there were before. */
export class EntryShifts {
  readonly #resources = new Map<string, readonly number[]>();
  edges: readonly number[] | undefined;

  kind(kind: string, indexes: readonly number[]): void {
    this.#resources.set(kind, indexes);
  }

  /** A path of what is left, as the text has it. */
  asWritten(path: Path): Path {
    const [top, second, third] = path;
    if (top === "edges" && typeof second === "number" && this.edges !== undefined) {
      return [top, this.edges[second] ?? second, ...path.slice(2)];
    }
    const list = top === "resources" ? this.#resources.get(String(second)) : undefined;
    if (list === undefined || typeof third !== "number") return path;
    return [top!, second!, list[third] ?? third, ...path.slice(3)];
  }
}

/** Where values are written; keeps nothing of what the graph says. */
export class ValuePlaces {
  #places: ReadonlyMap<string, ValuePlace> = new Map();
  #documents: readonly { readonly file: string; readonly locate: Locate }[] = [];

  set(places: ReadonlyMap<string, ValuePlace>, documents: readonly DocumentPart[]): void {
    this.#places = places;
    this.#documents = documents.map(({ file, document: { locate } }) => ({ file, locate }));
  }

  /** Finds places in a document's text, of which entries are left out, and says whence its values are. */
  locating(locate: Locate, shifts: EntryShifts): Locate {
    return async (path, part) => {
      const spot = await locate(shifts.asWritten(path), part);
      if (spot === undefined || !spot.source.includes("${")) return spot;
      const note = await this.#whereFrom(spot.source);
      return note === undefined ? spot : { ...spot, note };
    };
  }

  /** Where the first value of a piece of the graph is written. */
  async #whereFrom(source: string): Promise<string | undefined> {
    for (const name of namesIn(source)) {
      const place = this.#places.get(name);
      const document = place && this.#documents[place.document];
      const spot = place && await document?.locate(place.path, "value");
      if (spot !== undefined && document !== undefined) {
        return `${name} is written in ${spot.file ?? document.file}, line ${spot.line}`;
      }
    }
    return undefined;
  }
}

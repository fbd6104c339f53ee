/**
 * What everybody may get at, by the modes of the entry and of the directories that lead to it.
 *
 * @module
 */

import { dirname } from "node:path";

/** Others may go through the directory. */
const ENTER = 0o001;

/** Answers about many places, each directory looked at once. */
export class Openness {
  readonly #known = new Map<string, boolean>();

  /**
   * Whether others may get to where the path leads, links followed; of what does not exist yet, to the nearest
   * directory that does. Throws where it cannot be looked at.
   */
  isReachable(path: string): boolean {
    return this.#isOpen(directoryOf(path));
  }

  #isOpen(directory: string): boolean {
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    const above = dirname(directory);
    const may = ((Deno.statSync(directory).mode ?? 0) & ENTER) !== 0;
    const answer = may && (above === directory || this.#isOpen(above));
    this.#known.set(directory, answer);
    return answer;
  }
}

/** Where it really is; of what is not there yet the nearest directory that is. */
function directoryOf(path: string): string {
  try {
    return dirname(Deno.realPathSync(path));
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    return nearest(dirname(path));
  }
}

function nearest(directory: string): string {
  try {
    return Deno.realPathSync(directory);
  } catch (thrown) {
    const above = dirname(directory);
    if (!(thrown instanceof Deno.errors.NotFound) || above === directory) throw thrown;
    return nearest(above);
  }
}

/** The mode of what is where links lead to; undefined: there is nothing. */
export function modeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).mode ?? 0;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw thrown;
  }
}

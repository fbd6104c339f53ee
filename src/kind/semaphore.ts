/**
 * Semaphores as a graph file says them: `NAME:SIZE`. What follows the last colon is the size if it is a
 * number; a name may be of any characters, also of none. What begins with `fleet:` is one of all hosts.
 *
 * @module
 */

/** A semaphore, and how many may hold it. */
export interface Semaphore {
  readonly name: string;
  readonly size: number;
}

/** The greatest size. */
export const SEMAPHORE_MOST = 999_999;

const FLEET = "fleet:";
const SIZED = /^(.*):([0-9]+)$/s;
/** One of the fleet is part of a key; its name is no number, so that no size is taken for it. */
const FLEET_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;

/** Whether the size of a semaphore, if it says one, can be. */
export function hasGoodSize(text: string): boolean {
  const { size } = semaphoreOf(text);
  return size >= 1 && size <= SEMAPHORE_MOST;
}

/** Whether a semaphore, if it is one of the fleet, has a name that all hosts understand. */
export function hasGoodName(text: string): boolean {
  return !isOfFleet(text) || FLEET_NAME.test(ofFleet(text).name);
}

/** Those of this host, and those that all hosts share, of each name the smallest. */
export function semaphoresOf(
  texts: readonly string[],
): { readonly sema: readonly Semaphore[]; readonly fleet: readonly Semaphore[] } {
  return {
    sema: texts.filter((text) => !isOfFleet(text)).map(semaphoreOf),
    fleet: smallest(texts.filter(isOfFleet).map(ofFleet)),
  };
}

function isOfFleet(text: string): boolean {
  return text.startsWith(FLEET);
}

function ofFleet(text: string): Semaphore {
  return semaphoreOf(text.slice(FLEET.length));
}

function semaphoreOf(text: string): Semaphore {
  const [, name, size] = SIZED.exec(text) ?? [];
  return name === undefined ? { name: text, size: 1 } : { name, size: Number(size) };
}

/** One of each name: who names one twice would wait for itself. */
function smallest(all: readonly Semaphore[]): readonly Semaphore[] {
  const sizes = new Map<string, number>();
  for (const { name, size } of all) sizes.set(name, Math.min(size, sizes.get(name) ?? size));
  return [...sizes].map(([name, size]) => ({ name, size }));
}

/**
 * Semaphores as a graph file says them.
 *
 * @module
 */

/** A semaphore, and how many may hold it. */
export interface Semaphore {
  readonly name: string;
  readonly size: number;
}

/** A semaphore as text: a name, or a name and how many may hold it. */
const LOCAL = /^(?!fleet(?::|$))([^:\s]+)(?::([1-9][0-9]{0,5}))?$/;
/** One of the fleet; its name is no number, so that no size is taken for it. */
const OF_FLEET = /^fleet:([A-Za-z_][A-Za-z0-9_.-]{0,99})(?::([1-9][0-9]{0,5}))?$/;

/** Whether a text says a semaphore. */
export function isSemaphore(text: string): boolean {
  return LOCAL.test(text) || OF_FLEET.test(text);
}

/** Those of this host, and those that all hosts share, of each name the smallest. */
export function semaphoresOf(
  texts: readonly string[],
): { readonly sema: readonly Semaphore[]; readonly fleet: readonly Semaphore[] } {
  return { sema: matching(texts, LOCAL), fleet: smallest(matching(texts, OF_FLEET)) };
}

function matching(texts: readonly string[], pattern: RegExp): readonly Semaphore[] {
  return texts.flatMap((text) => {
    const [, name, size = 1] = pattern.exec(text) ?? [];
    return name === undefined ? [] : [{ name, size: Number(size) }];
  });
}

/** One of each name: who names one twice would wait for itself. */
function smallest(all: readonly Semaphore[]): readonly Semaphore[] {
  const sizes = new Map<string, number>();
  for (const { name, size } of all) sizes.set(name, Math.min(size, sizes.get(name) ?? size));
  return [...sizes].map(([name, size]) => ({ name, size }));
}

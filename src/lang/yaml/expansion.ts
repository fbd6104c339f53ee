import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";

/** What is wrong with the aliases of a text. */
export type Expansion = "fine" | "too large" | "endless";

/**
 * Whether a value, with every alias written out, stays within the limit. Only a text that has both
 * an anchor and an alias can be larger than it looks, so the others are not counted.
 */
export function checkExpansion(value: unknown, text: string): Expansion {
  if (!text.includes("&") || !text.includes("*")) return "fine";
  try {
    return countNodes(value, new Map()) > LIMITS.graphFileNodes ? "too large" : "fine";
  } catch (thrown) {
    if (thrown === ENDLESS) return "endless";
    throw thrown;
  }
}

/** What is said of aliases that are not fine. */
export function expansionMistake(found: Exclude<Expansion, "fine">, file: string): Diagnostic {
  const mistake = { severity: "error", file } as const;
  if (found === "endless") {
    return { ...mistake, message: "an alias in the file refers to something that contains it" };
  }
  const message = `with its aliases written out, the file has more than ` +
    `${LIMITS.graphFileNodes} values`;
  return { ...mistake, message, hint: "use fewer aliases of aliases" };
}

const ENDLESS = Symbol("a node that contains itself");

/** Counts shared nodes as often as they occur, and visits each of them once. */
function countNodes(value: unknown, counts: Map<object, number | undefined>): number {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return 1;
  if (counts.has(value)) {
    const known = counts.get(value);
    if (known === undefined) throw ENDLESS;
    return known;
  }
  counts.set(value, undefined);
  let count = 1;
  for (const inside of Object.values(value)) count += countNodes(inside, counts);
  counts.set(value, count);
  return count;
}

/** Ends the program with a bug report when an invariant of its own does not hold. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Error(`bug: ${invariant}`);
}

import type { Path } from "./path.ts";

/** All texts in plain values, with where they are. */
export function* textsIn(
  value: unknown,
  path: Path = [],
): Iterable<{ readonly path: Path; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (typeof value !== "object" || value === null) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, each] of entries) yield* textsIn(each, [...path, key]);
}

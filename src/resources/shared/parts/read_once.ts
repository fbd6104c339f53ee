import type { TextLine } from "./text.ts";

/**
 * The same reader, which reads the same lines once: of a file that many resources have a part in, all of
 * them get what the first one has read. What it reads must follow from the lines alone.
 */
export function readingOnce<Read extends object>(
  read: (lines: readonly TextLine[]) => Read,
): (lines: readonly TextLine[]) => Read {
  const known = new WeakMap<readonly TextLine[], Read>();
  return (lines) => {
    const had = known.get(lines);
    if (had !== undefined) return had;
    const made = read(lines);
    known.set(lines, made);
    return made;
  };
}

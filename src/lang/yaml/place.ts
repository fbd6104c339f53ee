/** Line and column of an offset; what is underlined ends with the line. */
export function placeAt(
  text: string,
  start: number,
  end: number,
): { line: number; column: number; length: number } {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf("\n") + 1;
  const lineEnd = text.indexOf("\n", start);
  const shown = text.slice(start, Math.min(end, lineEnd < 0 ? text.length : lineEnd)).trimEnd();
  return {
    line: before.split("\n").length,
    column: [...before.slice(lineStart)].length + 1,
    length: Math.max(1, [...shown].length),
  };
}

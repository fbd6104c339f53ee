/** Reads the text format of Prometheus as its readers do, as far as tests look at it. */

/** Values by name and labels as they are written, for instance `mgmt_resources{kind="file"}`. */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const at = line.lastIndexOf(" ");
    const name = line.slice(0, at);
    if (values.has(name)) throw new Error(`${name} is there twice`);
    values.set(name, Number(line.slice(at + 1).replace("Inf", "Infinity")));
  }
  return values;
}

/** Those whose names begin so, without that: what a test compares as a whole. */
export function valuesOf(text: string, name: string): Record<string, number> {
  return Object.fromEntries(
    [...readMetrics(text)].filter(([each]) => each === name || each.startsWith(`${name}{`))
      .map(([each, value]) => [each.slice(name.length), value]),
  );
}

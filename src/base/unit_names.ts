/**
 * The names that files and drop-ins of a unit may go by: its own, its template's, and, for drop-ins,
 * `foo-.service` for all that begin so and `service` for all of its type.
 */
export function namesOfUnit(unit: string): readonly string[] {
  const dot = unit.lastIndexOf(".");
  const [stem, suffix] = [unit.slice(0, dot), unit.slice(dot)];
  const names = [unit];
  const at = stem.indexOf("@");
  if (at >= 0 && at < stem.length - 1) names.push(stem.slice(0, at + 1) + suffix);
  for (let dash = stem.indexOf("-"); dash >= 0; dash = stem.indexOf("-", dash + 1)) {
    if (dash < stem.length - 1) names.push(stem.slice(0, dash + 1) + suffix);
  }
  names.push(suffix.slice(1));
  return names;
}

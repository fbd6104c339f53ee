/** The order of two texts for `sort`, the same in every language of a host. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

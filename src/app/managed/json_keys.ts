/** Whether a value from JSON is a map that has text at these keys. */
export function hasKeys(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  const map = value as Record<string, unknown>;
  return keys.every((key) => typeof map[key] === "string");
}

const sizes = new WeakMap<object, number>();

/** How much of a graph a value would take: what stands in it twice counts twice, and is looked at once. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 1;
  if (value instanceof Uint8Array) return value.length;
  let size = sizes.get(value);
  if (size === undefined) {
    size = Object.values(value).reduce((sum: number, each) => sum + sizeOf(each), 1);
    sizes.set(value, size);
  }
  return size;
}

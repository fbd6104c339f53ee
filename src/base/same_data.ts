/** Whether two values are the same data: bytes count, and what is undefined in a map is not there. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Number.isNaN(a) && Number.isNaN(b);
  }
  if (Array.isArray(a) || a instanceof Uint8Array) {
    return Object.getPrototypeOf(a) === Object.getPrototypeOf(b) && sameList(a, b as typeof a);
  }
  return !Array.isArray(b) && !(b instanceof Uint8Array) && sameMap(a, b);
}

function sameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameData(a[i], b[i])) return false;
  return true;
}

/** Called for each resource whenever a graph is read again, so nothing is copied. */
function sameMap(a: object, b: object): boolean {
  const [one, other] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  for (const key of Object.keys(one)) {
    if (!sameData(one[key], Object.hasOwn(other, key) ? other[key] : undefined)) return false;
  }
  for (const key of Object.keys(other)) {
    if (other[key] !== undefined && !Object.hasOwn(one, key)) return false;
  }
  return true;
}

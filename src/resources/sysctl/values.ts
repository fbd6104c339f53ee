/**
 * Values of settings: when two texts mean the same. Pure.
 *
 * @module
 */

/** Settings whose words are a set, which the kernel shows in an order of its own. */
const WORD_SETS = new Set([
  "/proc/sys/kernel/seccomp/actions_avail",
  "/proc/sys/kernel/seccomp/actions_logged",
  "/proc/sys/net/ipv4/tcp_allowed_congestion_control",
  "/proc/sys/net/ipv4/tcp_available_congestion_control",
]);
/** Numbers and ranges with commas between: the kernel keeps a bit for each number. */
const NUMBER_SET = /^\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?)*$/;

/** The kernel puts tabs between some values, and a line end behind all. */
export function normalized(value: string): string {
  return value.trim().replace(/\s+/g, " ");
}

/** Whether two normalized values of a setting mean the same; `path`: where it is. */
export function sameValue(path: string, a: string, b: string): boolean {
  if (a === b) return true;
  if (WORD_SETS.has(path)) return sortedWords(a) === sortedWords(b);
  const [setA, setB] = [numberSet(a), numberSet(b)];
  return setA !== undefined && setA === setB;
}

function sortedWords(value: string): string {
  return [...new Set(value.split(" "))].sort().join(" ");
}

/** The ranges in order, those that touch put together; undefined: it is no set of numbers. */
function numberSet(value: string): string | undefined {
  if (!NUMBER_SET.test(value)) return undefined;
  const ranges = value.split(",").map((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return { first, last };
  }).sort((a, b) => a.first - b.first);
  const merged: { first: number; last: number }[] = [];
  for (const range of ranges) {
    const before = merged.at(-1);
    if (before !== undefined && range.first <= before.last + 1) {
      before.last = Math.max(before.last, range.last);
    } else merged.push({ ...range });
  }
  return merged.map(({ first, last }) => `${first}-${last}`).join();
}

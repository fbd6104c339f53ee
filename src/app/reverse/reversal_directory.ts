/** Where the records of reversals are, below a prefix; it is made with the first. */
export function reversalDirectory(prefix: string): string {
  return `${prefix}/reverse`;
}

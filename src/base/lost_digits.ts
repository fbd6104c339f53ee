/** What is wrong with a number that is not there as it is written; undefined: nothing that matters. */
export function lostDigits(text: string): string | undefined {
  const value = Number(text);
  const isInteger = /^[-+]?(\d+|0[xo].*)$/.test(text);
  const isKept = isInteger ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isKept ? undefined : `a number cannot be ${text}: write it as a text, in quotes`;
}

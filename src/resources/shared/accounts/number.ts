import { gte, int, lte } from "zod/mini";

/** The two largest numbers mean "nobody" and "no change". */
const LARGEST_ID = 2 ** 32 - 3;

/** A field for the number of a user or group. */
export const accountNumber = {
  type: int().check(gte(0), lte(LARGEST_ID)),
  typeText: "a whole number",
};

/** A name, or a number in the one form in which others say it, too. */
export function plainAccount(text: string): string {
  return text.replace(/^0+(?=[0-9]+$)/, "");
}

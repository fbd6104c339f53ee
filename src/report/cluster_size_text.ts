/** How many members a cluster has, and how many of them may fail. */

import { count } from "../base/words.ts";

/** In the words that its leader has for it. */
export function sizeText(
  { members, voters, mayFail }: Readonly<Record<"members" | "voters" | "mayFail", number>>,
): string {
  const survives = mayFail === 0 ? "none" : mayFail;
  return `${count(members, "member")}, ${count(voters, "voter")}: survives the loss of ${survives}`;
}

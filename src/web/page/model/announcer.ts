/**
 * What is read aloud: what somebody wants to hear without looking, and not everything that moves.
 *
 * @module
 */

import { count, label } from "../../../base/words.ts";
import type { Contact, ShownEntry } from "./shown.ts";

/** Resources that one sentence names. */
const MOST_NAMED = 2;

/** What is said of how the page stands with the agent, when that has become another. */
export function contactWords(before: Contact, now: Contact): string | undefined {
  if (before.is === now.is) return undefined;
  switch (now.is) {
    case "live":
      return before.is === "lost" ? "The agent answers again." : undefined;
    case "lost":
      return `${now.why} What is shown is of before.`;
    case "over":
      return "This link counts no more. Ask mgmt web for another one.";
    default:
      return undefined;
  }
}

/** What is said of all that has happened since it was last said something; undefined: nothing that matters. */
export function newsWords(entries: readonly ShownEntry[]): string | undefined {
  const sentences = SAID.flatMap(([types, what]) => {
    const keys = new Set(entries.filter(({ type }) => types.includes(type)).map(({ key }) => key));
    const named = [...keys].filter((key) => key !== undefined);
    if (named.length === 0) return [];
    const shown = named.slice(0, MOST_NAMED).map((key) => label(shortened(key))).join(" and ");
    return named.length > MOST_NAMED
      ? [`${count(named.length, "resource")} ${what}.`]
      : [`${shown} ${what}.`];
  });
  return sentences.length === 0 ? undefined : sentences.join(" ");
}

const SAID: readonly (readonly [readonly string[], string])[] = [
  [["failed"], "failed"],
  [["contested"], "contested"],
  [["held"], "held"],
  [["changed", "refreshed"], "put right"],
];

/** Nobody listens to four thousand characters. */
function shortened(text: string, longest = 60): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 20)} … ${text.slice(-17)}`;
}

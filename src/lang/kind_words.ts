import { isNothing } from "./describe.ts";

/** Words for a kind, where something is named: ours, and those of other versions. */
export const KIND_WORDS: readonly string[] = ["kind", "res", "type"];

/** The word that says the kind, or ours where none does. */
export function kindWord(named: Readonly<Record<string, unknown>>): string {
  return KIND_WORDS.find((word) => !isNothing(named[word])) ?? "kind";
}

/** A word that says another kind than that; undefined: there is none. */
export function otherKind(
  named: Readonly<Record<string, unknown>>,
  kind: string,
): { readonly word: string; readonly message: string } | undefined {
  const word = KIND_WORDS.find((each) => !isNothing(named[each]) && named[each] !== kind);
  if (word === undefined) return undefined;
  return { word, message: `"${word}" is another word for "kind", and says another kind` };
}

/**
 * Which graph a command line names: by a word, with the word for its language before it, or by a flag.
 *
 * @module
 */

import type { GivenFlags } from "../app/flags.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { oneTooMany } from "./args.ts";
import type { CommandLine } from "./command.ts";

/** What the languages of later versions are called; a word before a file says which it is in. */
const LANGUAGE = "yaml";
const OTHER_LANGUAGES = ["lang", "mcl", "puppet", "langpuppet", "empty"];

/** The flags with the graph among them as `file`; without where neither says one. */
export function withGraph(
  command: string,
  { flags, words }: Pick<CommandLine, "flags" | "words">,
): Result<GivenFlags> {
  const flag = flags.get("file");
  const [word, tooMuch] = graphWords(words, flag);
  if (tooMuch !== undefined) {
    return oneTooMany(tooMuch, languageHint(command, words));
  }
  if (word === undefined) return ok(flags);
  if (flag !== undefined && flag !== word) {
    return fail(`two graphs: --file ${flag}, and ${word}`);
  }
  return ok(new Map(flags).set("file", word));
}

/** Without the word for the language; a file may be called so, too. */
function graphWords(words: readonly string[], flag: string | undefined): readonly string[] {
  const isLanguage = words[0] === LANGUAGE && (words.length > 1 || flag !== undefined);
  return isLanguage ? words.slice(1) : words;
}

function languageHint(command: string, [word = ""]: readonly string[]): { hint?: string } {
  if (!OTHER_LANGUAGES.includes(word)) return {};
  return { hint: `graphs are written in YAML here: mgmt ${command} graph.yaml` };
}

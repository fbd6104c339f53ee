import { RUN_FLAGS } from "../../app/run_flags.ts";
import { runSettings } from "../../app/settings.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

/** Makes a graph true, and keeps it true. */
export const run: Command = {
  name: "run",
  short: "r",
  summary: "make a graph true, and keep it true",
  usage: ["[FLAGS] FILE_OR_DIRECTORY", "[FLAGS] --file FILE", "[FLAGS] yaml FILE"],
  details:
    `What a flag says counts more than its environment variable, and that more than the default.
^C once: finish what runs, start nothing more. Twice: abort commands. Three times: exit.`,
  examples: [
    ["mgmt run graph.yaml", "make it true and keep it true"],
    ["mgmt run graph.yaml --noop -t 0", "say what would be done"],
    ["mgmt run graph.yaml -t 0", "once, from cron"],
    ["mgmt run graph.yaml -t 5", "until nothing has changed for five seconds"],
  ],
  flags: Object.values(RUN_FLAGS),
  words: { least: 0, most: 2 },
  run: async ({ flags, words }, surface) => {
    const flag = flags.get("file");
    const [word, tooMuch] = graphWords(words, flag);
    if (tooMuch !== undefined) {
      const message = `"${tooMuch}" is one word too many`;
      return await refuse("run", { message, ...languageHint(words) }, surface);
    }
    if (word !== undefined && flag !== undefined && flag !== word) {
      return await refuse("run", { message: `two graphs: --file ${flag}, and ${word}` }, surface);
    }
    const given = word === undefined ? flags : new Map(flags).set("file", word);
    const settings = runSettings(given, surface);
    if (!settings.ok) return await refuse("run", settings.failure, surface);
    const { runAgent } = await import("../../app/on_host.ts");
    return await runAgent(settings.value);
  },
};

/** What the languages of later versions are called; a word before a file says which it is in. */
const LANGUAGE = "yaml";
const OTHER_LANGUAGES = ["lang", "mcl", "puppet", "langpuppet", "empty"];

/** Without the word for the language; a file may be called so, too. */
function graphWords(words: readonly string[], flag: string | undefined): readonly string[] {
  const isLanguage = words[0] === LANGUAGE && (words.length > 1 || flag !== undefined);
  return isLanguage ? words.slice(1) : words;
}

function languageHint([word = ""]: readonly string[]): { hint?: string } {
  if (!OTHER_LANGUAGES.includes(word)) return {};
  return { hint: "graphs are written in YAML here: mgmt run graph.yaml" };
}

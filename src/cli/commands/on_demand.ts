/**
 * The commands as the program starts them: those that start every day without the text and code of all others.
 *
 * @module
 */

import type { Command } from "../command.ts";

const EVERY_DAY: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./run.ts")).run,
  validate: async () => (await import("./validate.ts")).validate,
  version: async () => (await import("./version.ts")).version,
};

/** All of them, in the order of the overview. */
export async function allCommands(): Promise<readonly Command[]> {
  return (await import("./registry.ts")).COMMANDS;
}

/** The command that a word names; undefined: there is none. */
export async function commandNamed(word: string): Promise<Command | undefined> {
  if (Object.hasOwn(EVERY_DAY, word)) return await EVERY_DAY[word]?.();
  return (await allCommands()).find(({ name, short }) => name === word || short === word);
}

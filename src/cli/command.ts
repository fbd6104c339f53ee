import type { Flag, FlagValues, GivenFlags } from "../app/flags.ts";

/** What a command line gave to a command. */
export interface CommandLine {
  /** As they were written. */
  readonly flags: GivenFlags;
  /** The values of the command's own flags, from the environment, too. */
  readonly values: FlagValues;
  /** What is no flag, in order. */
  readonly words: readonly string[];
}

/** The program's surroundings, as a command sees them. */
export interface CommandIO {
  /** Writes data to the standard output. */
  print(text: string): Promise<void>;
  /** Writes a message for people to the standard error. */
  complain(text: string): Promise<void>;
  environment(name: string): string | undefined;
  /** The names of all variables of the environment. */
  environmentNames(): readonly string[];
  readonly talkIsTerminal: boolean;
  randomSeed(): number;
  /** Gives up, for good, everything that a command which only reads does not need. */
  restrictToReading(
    options?: { readonly andWriting?: boolean; readonly andStarting?: boolean },
  ): void;
}

/** A command: its file in `commands/` and one line in the registry there. */
export interface Command {
  readonly name: string;
  /** Another word for it. */
  readonly short?: string;
  /** One line for the overview. */
  readonly summary: string;
  /** What follows the name, a line for each form. */
  readonly usage: readonly string[];
  /** Paragraphs for help. */
  readonly details?: string;
  /** Command lines with what they do. */
  readonly examples?: readonly (readonly [line: string, meaning: string])[];
  readonly flags: readonly Flag[];
  /** Flags that it takes too, and that another command explains. */
  readonly otherFlags?: readonly Flag[];
  /** How many words it takes, and whose name is missing where there are too few. */
  readonly words: { readonly least: number; readonly most: number; readonly missing?: string };
  /** The exit code for a command line that it does not take, of these arguments; absent: 1. */
  readonly wrongUse?: (args: readonly string[]) => number;
  /** Does it; the result is the exit code. */
  run(given: CommandLine, surface: CommandIO): Promise<number>;
}

/**
 * From a command's arguments to flags and words; what is mistyped gets a suggestion.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { nearest } from "../base/nearest.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Flag } from "../app/flags.ts";
import type { Command, CommandLine } from "./command.ts";

/** The flag that every command has. */
export const HELP_FLAG: Flag = { name: "help", short: "h", summary: "show this help" };

/** What a command's arguments say, or that help is wanted. */
export type ParsedArguments = {
  readonly type: "given";
  readonly given: Omit<CommandLine, "values">;
} | {
  readonly type: "help";
};

/** Takes the arguments of a command apart. */
export function parse(
  command: Pick<Command, "name" | "flags" | "otherFlags" | "words">,
  args: readonly string[],
): Result<ParsedArguments> {
  const flags = [...command.flags, ...command.otherFlags ?? [], HELP_FLAG];
  const values = flags.filter((flag) => flag.value !== undefined);
  const switches = flags.filter((flag) => flag.value === undefined);
  const strangers: string[] = [];
  const parsed = parseArgs(joinNegatives(withoutShortWords(args, flags), values), {
    string: ["_", ...values.map(({ name }) => name)],
    boolean: switches.map(({ name }) => name),
    collect: values.flatMap(({ name, several }) => several ? [name] : []),
    alias: Object.fromEntries(
      flags.flatMap(({ name, short }) => short?.length === 1 ? [[name, short]] : []),
    ),
    unknown: (argument, key) => {
      if (key === undefined) return true;
      strangers.push(argument);
      return false;
    },
  });
  if (parsed["help"] === true) return ok({ type: "help" });
  const [stranger] = strangers;
  if (stranger !== undefined) return unknownFlag(stranger, flags);
  const odd = args.find((argument) => switches.some(({ name }) => isOddSwitch(argument, name)));
  if (odd !== undefined) return fail(`${odd.slice(0, odd.indexOf("="))} takes no value`);
  const found = new Map<string, string>();
  for (const { name, value } of flags) {
    const given = joined(parsed[name]);
    if (value === undefined) {
      if (given === true) found.set(name, "true");
    } else if (given === "" || given === false) {
      return fail(`--${name} needs a value: --${name}=${value}`);
    } else if (given !== undefined) found.set(name, String(given));
  }
  const words = parsed._.map(String);
  return wordProblem(command, words) ?? ok({ type: "given", given: { flags: found, words } });
}

/** What may be given several times is a list; one without any is not given. */
function joined(given: unknown): unknown {
  if (!Array.isArray(given)) return given;
  return given.length === 0 ? undefined : given.every((each) => each !== "") && given.join(",");
}

/** The name of what is called `word` among `candidates`, as the end of a message. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const found = nearest(word, candidates);
  return found === undefined ? "" : `; did you mean ${found}?`;
}

/** Short names of more than one letter, which are no single ones here, become long ones. */
function withoutShortWords(args: readonly string[], flags: readonly Flag[]): readonly string[] {
  const words = flags.flatMap(({ name, short = "" }) => short.length > 1 ? [{ name, short }] : []);
  if (words.length === 0) return args;
  const end = args.indexOf("--");
  return args.map((argument, index) => {
    if (end !== -1 && index > end) return argument;
    const [written = "", ...value] = argument.split("=");
    const found = words.find(({ short }) => written === `-${short}`);
    return found === undefined ? argument : [`--${found.name}`, ...value].join("=");
  });
}

/** `--flag -1` is `--flag=-1`: what begins with a hyphen and a digit is no flag. */
function joinNegatives(args: readonly string[], values: readonly Flag[]): string[] {
  const takers = new Set(
    values.flatMap(({ name, short }) =>
      short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
    ),
  );
  const joined: string[] = [];
  for (const argument of args) {
    const before = joined.at(-1);
    if (before !== undefined && takers.has(before) && /^-\d/.test(argument)) {
      joined[joined.length - 1] = `${before}=${argument}`;
    } else joined.push(argument);
  }
  return joined;
}

function unknownFlag(argument: string, flags: readonly Flag[]): Result<never> {
  const written = /^--?[^=]*/.exec(argument)?.[0] ?? argument;
  if (written === "--operator") {
    return fail(`unknown flag ${written}; no operator gives this command`);
  }
  const names = flags.map(({ name }) => `--${name}`);
  return fail(`unknown flag ${written}${suggestion(`--${written.replace(/^-+/, "")}`, names)}`);
}

function isOddSwitch(argument: string, name: string): boolean {
  return argument.startsWith(`--${name}=`) && !/=(true|false)$/.test(argument);
}

function wordProblem(
  { words: { least, most, missing = "graph file" } }: Pick<Command, "words">,
  words: readonly string[],
): Result<never> | undefined {
  if (words.length < least) return fail(`the name of a ${missing} is missing`);
  const tooMany = words[most];
  return tooMany === undefined ? undefined : oneTooMany(tooMany);
}

/** That a command was given a word which it has no use for; `more`: what is likely meant. */
export function oneTooMany(word: string, more: { readonly hint?: string } = {}): Result<never> {
  return fail(`"${word}" is one word too many`, more);
}

/**
 * What we use of `@std/cli`, with its names and signatures, on minimist, of which it is a port.
 *
 * @module
 */

// @ts-types="npm:@types/minimist@1.2.5"
import minimist from "minimist";

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions {
  /** Flags without a value; false where they are not given. */
  boolean?: readonly string[];
  /** Flags with a value, which stays text. */
  string?: readonly string[];
  /** Boolean flags that `--no-name` sets to false. */
  negatable?: readonly string[];
  /** Flags that may be given several times and are lists. The last one of any other wins. */
  collect?: readonly string[];
  default?: Readonly<Record<string, unknown>>;
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /** Takes all that follows the first argument which is no flag as it is. */
  stopEarly?: boolean;
  /** Puts what follows `--` into the field of that name. */
  "--"?: boolean;
  /** Called with what no option names; it is left out where this returns false. */
  unknown?(argument: string, key?: string, value?: unknown): unknown;
}

/** Flags by name, and what is no flag in `_`. */
export interface Args {
  _: (string | number)[];
  "--"?: string[] | undefined;
  [name: string]: unknown;
}

/** Takes a command line apart. */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const { negatable = [], collect = [], unknown } = options;
  const parsed: Args = minimist(keepNames(args, negatable), {
    boolean: [...options.boolean ?? []],
    string: [...options.string ?? []],
    default: { ...Object.fromEntries(collect.map((name) => [name, []])), ...options.default },
    alias: Object.fromEntries(
      Object.entries(options.alias ?? {}).map(([name, other]) => [name, [other].flat()]),
    ),
    stopEarly: options.stopEarly ?? false,
    "--": options["--"] ?? false,
    ...(unknown === undefined ? {} : { unknown: (argument) => tell(unknown, argument) }),
  });
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "_" || name === "--") continue;
    if (collect.includes(name)) parsed[name] = [value].flat();
    else if (Array.isArray(value)) parsed[name] = value.at(-1);
  }
  return parsed;
}

/** minimist takes any `--no-x` for "x is false"; a value keeps those that are names of flags. */
function keepNames(args: readonly string[], negatable: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.map((argument, index) => {
    const name = /^--no-([^=]+)$/.exec(argument)?.[1];
    const isName = index < end && name !== undefined && !negatable.includes(name);
    return isName ? `${argument}=true` : argument;
  });
}

function tell(unknown: NonNullable<ParseOptions["unknown"]>, argument: string): boolean {
  const given = argument.startsWith("--no-") ? argument.replace(/=true$/, "") : argument;
  const flag = /^--?([^=]+)(?:=(.*))?$/s.exec(given);
  return (flag === null ? unknown(given) : unknown(given, flag[1], flag[2] ?? true)) !== false;
}

/**
 * Flags, what they take, and the one place where their values are read: what a flag says counts more
 * than the environment, and that more than the default.
 *
 * @module
 */

import { MOMENT_FORMS, type PastMoment, readMoment } from "../base/moment.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { parseAddresses, type WrittenAddress } from "../cluster/store/urls.ts";
import { type Labels, readLabels } from "../facts/labels.ts";

/** Flags by their long names, those without a value as `true`: what a command line gave. */
export type GivenFlags = ReadonlyMap<string, string>;

/** What values are read from. */
export interface FlagSources {
  readonly flags: GivenFlags;
  readonly environment?: (name: string) => string | undefined;
}

/** What a flag takes. */
interface Takes<T> {
  /** What its value is called in help, for instance `SECONDS`. */
  readonly value: string;
  /** From its text; `source` is what the user wrote it as, `has` says what else is given. */
  read(text: string, source: string, has: (name: string) => boolean): Result<T>;
}

/** A flag of a command; one that takes nothing has no `value` and no `read`. */
export interface Flag<T = unknown> extends Partial<Takes<T>> {
  /** Without the hyphens, for instance `converged-timeout`. */
  readonly name: string;
  /** One letter that stands for it; or more, which are no single ones then. */
  readonly short?: string;
  /** It may be given several times; what it takes is then all of them, with commas between. */
  readonly several?: true;
  /** One line for help and the reference. */
  readonly summary: string;
  readonly defaultValue?: T;
  /** Where the default is no value, or one that is found out. */
  readonly defaultText?: string;
  /** The environment variable that stands for it. */
  readonly environment?: string;
}

/** A flag that always has a value. */
type DefaultedFlag<T> = Flag<T> & { readonly defaultValue: T };

/** The values of a command's flags, all of which have been read. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  /** What it was given by a flag or the environment, else the default. */
  of<T>(flag: DefaultedFlag<T>): T;
  of<T>(flag: Flag<T>): T | undefined;
  of<T>(flag: Flag<T>): T | undefined {
    // The value was read by the flag of that name.
    return this.#values.get(flag.name) as T | undefined ?? flag.defaultValue;
  }

  /** Whether a flag or the environment gave it. */
  has({ name }: Pick<Flag, "name">): boolean {
    return this.#values.has(name);
  }
}

/** Reads the values of all these flags, or says what is wrong with the first that is wrong. */
export function readFlags(flags: readonly Flag[], given: FlagSources): Result<FlagValues> {
  const has = (name: string) => flags.some((flag) => flag.name === name && isGiven(flag, given));
  const values = new Map<string, unknown>();
  for (const flag of flags) {
    const value = readFlag(flag, given, has);
    if (!value.ok) return value;
    if (isGiven(flag, given)) values.set(flag.name, value.value);
  }
  return ok(new FlagValues(values));
}

/** Reads the value of one flag; a flag that takes nothing is true where it is given. */
export function readFlag<T>(
  flag: Flag<T>,
  given: FlagSources,
  has: (name: string) => boolean = (name) => given.flags.has(name),
): Result<T | undefined> {
  const text = textOf(flag, given);
  if (text === undefined || flag.read === undefined) return ok(flag.defaultValue);
  return flag.read(text, flagSource(flag, given), has);
}

/** What the user wrote, by the name that he used for it. */
export function flagSource({ name, environment }: Flag, { flags }: FlagSources): string {
  return flags.has(name) ? `--${name}` : environment ?? `--${name}`;
}

/** The default as help says it. */
export function defaultTextOf({ defaultText, defaultValue }: Flag): string | undefined {
  return defaultText ?? (defaultValue === undefined ? undefined : String(defaultValue));
}

function isGiven(flag: Flag, given: FlagSources): boolean {
  return textOf(flag, given) !== undefined;
}

function textOf({ name, environment }: Flag, given: FlagSources): string | undefined {
  const written = given.flags.get(name);
  if (written !== undefined || environment === undefined) return written;
  const text = given.environment?.(environment);
  return text === "" ? undefined : text;
}

/** Any text. */
export function takesText(value: string): Takes<string> {
  return { value, read: (text) => ok(text) };
}

/** A text of a certain form, which `what` says. */
export function takesForm(value: string, form: RegExp, what: string): Takes<string> {
  return {
    value,
    read: (text, source) => form.test(text) ? ok(text) : wrong(source, what, text),
  };
}

/** One of these words. */
export function takesChoice<const T extends string>(
  value: string,
  words: readonly T[],
): Takes<T> {
  const what = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return {
    value,
    read: (text, source) => {
      const found = words.find((word) => word === text);
      return found === undefined ? wrong(source, what, text) : ok(found);
    },
  };
}

/** What numbers a flag takes, besides that they have a range. */
interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** Also a part of one. */
  readonly parts?: true;
  /** One below the range that means something else. */
  readonly also?: number;
  /** What single ones mean. */
  readonly meaning?: string;
}

/** A number. */
export function takesNumber(range: NumberRange): Takes<number> {
  return numbers("NUMBER", "", range);
}

/** A time in seconds. */
export function takesSeconds(range: NumberRange): Takes<number> {
  return numbers("SECONDS", " of seconds", range);
}

function numbers(value: string, unit: string, range: NumberRange): Takes<number> {
  const { least, most, parts = false, also, meaning } = range;
  const note = meaning === undefined ? "" : ` (${meaning})`;
  const kind = parts ? "a number" : "a whole number";
  const what = `${kind}${unit} from ${least} to ${most}${note}`;
  return {
    value,
    read: (text, source) => {
      const number = /^-?\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
      const isRight = (number >= least && number <= most) || number === also;
      return isRight && (parts || Number.isInteger(number))
        ? ok(number)
        : wrong(source, what, text);
    },
  };
}

/** A length of time, in milliseconds. */
export function takesDuration({ mostMs }: { readonly mostMs: number }): Takes<number> {
  return {
    value: "TIME",
    read: (text, source) => {
      const moment = readMoment(text);
      const isRight = moment?.type === "ago" && moment.agoMs > 0 && moment.agoMs <= mostMs;
      const most = `${mostMs / 86_400_000}d`;
      return isRight
        ? ok(moment.agoMs)
        : wrong(source, `a time such as 30s, 10m, 2h or 1d, at most ${most}`, text);
    },
  };
}

/** A moment in the past. */
export function takesMoment(): Takes<PastMoment> {
  return {
    value: "TIME",
    read: (text, source) => {
      const moment = readMoment(text);
      return moment === undefined ? wrong(source, MOMENT_FORMS, text) : ok(moment);
    },
  };
}

/**
 * A list of addresses, which have this port unless they say another. `toldBy`: they are listened at and
 * may mean all of a host's own, where that flag says what others are told.
 */
export function takesAddresses(port: number, toldBy?: string): Takes<readonly WrittenAddress[]> {
  return {
    value: "URLS",
    read: (text, source, has) => {
      if (toldBy === undefined) return parseAddresses(text, source, port);
      return parseAddresses(text, source, port, { flag: `--${toldBy}`, isGiven: has(toldBy) });
    },
  };
}

/** Labels of a host. */
export function takesLabels(): Takes<Labels> {
  return {
    value: "NAME=VALUE",
    read: (text, source) => {
      const labels = readLabels(text);
      return labels.ok ? labels : wrong(source, "labels such as role=web", text);
    },
  };
}

/** That a flag was given something else than it takes. */
export function wrong(source: string, what: string, text: string): Result<never> {
  return fail(`${source} takes ${what}, not "${text}"`);
}

/**
 * Lines that set something: a name, and behind it blanks, `=` or `:` and a value. Also such that a comment
 * has ready (`#Port 22`); prose that mentions the name is none.
 *
 * @module
 */

/** What a line sets. */
export interface Setting {
  readonly name: string;
  /** What stands behind the name. */
  readonly sign: "blank" | "=" | ":";
}

const LINE = /^\s*([^\s=:#;]+)\s*([=:]?)/;
/** These only begin a line; what they set comes after. */
const PREFIXES = new Set(["export", "set", "setenv", "declare", "alias", "readonly", "local"]);

/** What a line of a graph sets; a text says why it sets nothing. */
export function readSetting(line: string): Setting | string {
  const [, name, sign] = LINE.exec(line) ?? [];
  if (name === undefined) return "line begins with no name";
  if (PREFIXES.has(name)) return `${name} is not the name of what line sets`;
  return { name, sign: sign === "=" || sign === ":" ? sign : "blank" };
}

/** What tells the lines of one setting. */
export interface SettingLines {
  /** Whether a line sets it. */
  readonly sets: (text: string) => boolean;
  /** Whether a line is a comment that has it ready. */
  readonly isReady: (text: string) => boolean;
}

const tellers = new Map<string, SettingLines>();
/** Beyond so many all are made again when they are needed. */
const KEPT_MAX = 10_000;

/** Where nothing but blanks follow a name, capitals count for nothing, as for ssh, chrony and nginx. */
export function linesOfSetting({ name, sign }: Setting): SettingLines {
  const key = `${sign} ${name}`;
  const known = tellers.get(key);
  if (known !== undefined) return known;
  const quoted = name.replace(/[.*+?^${}()|[\]\\\/-]/g, "\\$&");
  const behind = sign === "blank" ? "(?:\\s*=|\\s)" : `\\s*${sign}`;
  const begins = new RegExp(`^\\s*${quoted}(?:${behind}|$)`, sign === "blank" ? "i" : "");
  const sets = (text: string) => begins.test(text);
  const made: SettingLines = { sets, isReady: (text) => isReady(text, { name, sign }, sets) };
  if (tellers.size >= KEPT_MAX) tellers.clear();
  tellers.set(key, made);
  return made;
}

const SIGNS = /^[#;]+/;
/** A sentence ends so, or goes on. */
const SENTENCE_END = /[.,:!?]$/;

/** Behind a sign of its own, or of one word: words about a setting also begin with its name. */
function isReady(
  text: string,
  { name, sign }: Setting,
  sets: SettingLines["sets"],
): boolean {
  const comment = text.trim();
  const signs = SIGNS.exec(comment)?.[0];
  if (signs === undefined) return false;
  const behind = comment.slice(signs.length);
  const said = behind.trimStart();
  if (!sets(said) || said.length === name.length) return false;
  if (sign === "=") return true;
  const value = said.slice(name.length).replace(/^\s*[=:]?\s*/, "");
  if (value === "" || SENTENCE_END.test(value)) return false;
  return (signs.length === 1 && said === behind) || !/\s/.test(value);
}

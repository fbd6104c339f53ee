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
  const behind = sign === "blank" ? "(?:\\s*=\\s*|\\s+)" : `\\s*${sign}\\s*`;
  const flags = sign === "blank" ? "i" : "";
  const sets = new RegExp(`^\\s*${quoted}(?:${behind}|$)`, flags);
  const oneWord = new RegExp(`^\\s*[#;]+\\s*${quoted}${behind}[^\\s]*[^\\s.,:!?]\\s*$`, flags);
  const close = new RegExp(`^\\s*[#;]${quoted}${behind}\\S.*[^.,:!?]\\s*$`, flags);
  const assigned = new RegExp(`^\\s*[#;]+\\s*${quoted}${behind}`, flags);
  const made: SettingLines = {
    sets: (text) => sets.test(text),
    isReady: (text) => sign === "=" ? assigned.test(text) : oneWord.test(text) || close.test(text),
  };
  if (tellers.size >= KEPT_MAX) tellers.clear();
  tellers.set(key, made);
  return made;
}

/**
 * Lines of a graph file that an excerpt must not show.
 *
 * @module
 */

import { masked, withoutTexts } from "./literal_texts.ts";

/** Some resource is sensitive, or makes a file that not everybody may read. */
const HOLDS_SECRETS = [
  /\bsensitive["']?\s*:\s*["']?(true|yes|on)/i,
  /\bmode["']?\s*:\s*["']?[0-7]{0,4}[0-3]["']?\s*([,#}\r\n]|$)/m,
  /\bmode["']?\s*:[^\r\n]*[ugoa]*[oa](=(?![a-z]*r)|-[wxst]*r)/,
];
/** Fields whose values are no secrets; what is no field may be a line of content. */
const HARMLESS = new RegExp(
  `^\\s*(- )*["']?(${
    [
      "graph|name|path|dirname|basename|state|source|target|owner|group|user|mode|kind",
      "recurse|purge|force|in_place|sensitive|create|if_exists|notify|timeout|comment|shell",
    ].join("|")
  })["']?\\s*:` +
    `|^\\s*(- )?(from|to):\\s*\\{` +
    `|^\\s*["']?[\\w-]+["']?\\s*:\\s*(#.*)?$`,
);

/** What begins a line and is no value. */
const KEY = /^\s*(- )*(["']?[\w-]+["']?\s*:(\s+|$))?/;
const HAS_VALUES = /^["']?values["']?\s*:/m;
/** A name of a value, which is none. */
const REFERENCE = /(?<!\$)\$\{\s*[A-Za-z_][\w-]*(?:\.[\w-]+)*\s*\}/g;

/** A line in the text that it is of. */
export interface SourceLine {
  readonly source: string;
  readonly start: number;
  readonly end: number;
}

/** What may be shown of a line of a module: in one with sensitive parts, nothing that stands in quotes. */
export function shownOfModule({ source, start, end }: SourceLine): string {
  return hasSensitiveParts(source) ? withoutTexts(source, start, end) : source.slice(start, end);
}

/** Whether a graph has parts that not everybody may read. */
export function hasSensitiveParts(source: string): boolean {
  return holdsSecrets(source) || /\bpassword_hash\b/.test(source);
}

function holdsSecrets(source: string): boolean {
  return HOLDS_SECRETS.some((sign) => sign.test(source));
}

/**
 * What may be shown of a line of a graph file: all of it, or its key and the names of values, and a mask for each other
 * character, so that columns stay.
 */
export function shownOf({ source, start, end }: SourceLine): string {
  const line = source.slice(start, end);
  const isHash = /\bpassword_hash\b/.test(line);
  if (!isHash && (HARMLESS.test(line) || !holdsSecrets(source))) return line;
  const key = KEY.exec(line)?.[0] ?? "";
  const rest = line.slice(key.length);
  const names = HAS_VALUES.test(source) ? [...rest.matchAll(REFERENCE)] : [];
  let shown = key;
  let at = 0;
  for (const { 0: name, index } of names) {
    shown += masked(rest.slice(at, index)) + name;
    at = index + name.length;
  }
  return shown + masked(rest.slice(at));
}

/**
 * How two texts of a graph want one resource differently: by fields, as lines for a reader.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import type { Resource } from "../../kind/resource.ts";

/** Longer texts are shown by their lines. */
const LONGEST = 60;
/** Even longer ones not at all. */
const LONGEST_TEXT = 4000;
/** Fields that not everybody may read, whatever the resource says of itself. */
const SECRET = /^(env|headers|.*[pP]assword.*|.*[sS]ecret.*)$/;
/** Fields that never hold what is in a file or what is run; all others do, until they are listed. */
const PLAIN: ReadonlySet<string> = new Set(
  [
    "absent ages append bare calendars creates cwd failures force gid group groups home ifExists inPlace",
    "intervalSeconds keepModes limits locked manageHome maxBytes mode name owner path pollSeconds purge recurse",
    "refresh removeHome section sensitive session shell slash source startup state successes system timeoutSeconds",
    "timer type uid unit user",
  ].flatMap((names) => names.split(" ")),
);

type FieldMap = Readonly<Record<string, unknown>>;

/** What differs, by the fields of its parameters and of `meta`. */
export interface FieldDifference {
  /** Names of the fields. */
  readonly fields: readonly string[];
  /** `+ owner: "root"`, `~ mode: "0644" → "0600"`, and the lines of what is longer. */
  readonly lines: readonly string[];
  /** Only how it is handled is different, and not what should be true. */
  readonly onlyMeta: boolean;
}

/** Compares them; `isPrivate`: not everybody may read its content, so that sizes stand for it. */
export async function fieldDifference(
  before: Pick<Resource, "params" | "meta">,
  after: Pick<Resource, "params" | "meta">,
  isPrivate: boolean,
): Promise<FieldDifference> {
  const fields: string[] = [];
  const lines: string[] = [];
  const params = differing(before.params as FieldMap, after.params as FieldMap);
  for (const name of params) {
    fields.push(name);
    const hides = isHidden(name, isPrivate);
    lines.push(...await linesOf(name, valueOf(before, name), valueOf(after, name), hides));
  }
  for (const name of differing({ ...before.meta }, { ...after.meta })) {
    fields.push(`meta.${name}`);
    const [old, now] = [before, after].map(({ meta }) => ({ ...meta } as FieldMap)[name]);
    lines.push(...await linesOf(`meta.${name}`, old, now, false));
  }
  return { fields, lines, onlyMeta: params.length === 0 };
}

/** One value for a reader; `isPrivate`: not everybody may read its content, so that sizes stand for it. */
export function shownValue(name: string, value: unknown, isPrivate: boolean): string {
  const hides = isHidden(name, isPrivate);
  if (hides) return `${sizeOf(value)} (not shown)`;
  const short = shortOf(name, value);
  if (short !== undefined) return short;
  const isText = typeof value === "string" && value.length <= LONGEST_TEXT;
  return isText ? value : sizeOf(value);
}

/** Whether a value is not for readers; `isPrivate`: not everybody may read what is content. */
export function isHidden(name: string, isPrivate: boolean): boolean {
  return SECRET.test(name) || (isPrivate && !PLAIN.has(name));
}

function valueOf({ params }: Pick<Resource, "params">, name: string): unknown {
  return (params as FieldMap)[name];
}

function differing(before: FieldMap, after: FieldMap): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => plain(before[name]) !== plain(after[name]));
}

/** A value as comparable text, whatever the order of its parts. */
function plain(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, each) => {
    if (each instanceof Uint8Array) return { bytes: [...each] };
    if (each === null || typeof each !== "object" || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => a < b ? -1 : 1));
  });
}

async function linesOf(
  name: string,
  before: unknown,
  after: unknown,
  hides: boolean,
): Promise<string[]> {
  const sign = before === undefined ? "+" : after === undefined ? "-" : "~";
  const shown = (value: unknown) => hides ? sizeOf(value) : shortOf(name, value);
  const values = [before, after].filter((value) => value !== undefined);
  const texts = values.map(shown);
  if (hides) return [`${sign} ${name}: ${texts.join(" → ")} (not shown)`];
  if (texts.every((text) => text !== undefined)) return [`${sign} ${name}: ${texts.join(" → ")}`];
  if (values.some((value) => typeof value !== "string")) {
    return [`${sign} ${name}: ${values.map(sizeOf).join(" → ")}`];
  }
  // Only what differs by lines needs this.
  const { textDifference } = await import("../../resources/shared/files/text_difference.ts");
  const lines = textDifference(`${before ?? ""}`, `${after ?? ""}`);
  return [`${sign} ${name}:`, ...lines];
}

/** A value on one line; undefined: it is too long for that. */
function shortOf(name: string, value: unknown): string | undefined {
  if (value instanceof Uint8Array) return undefined;
  const octal = name === "mode" && bitsOf(value);
  const text = octal || JSON.stringify(value);
  const isLine = typeof value !== "string" || !value.trimEnd().includes("\n");
  return isLine && text.length <= LONGEST ? printable(text) : undefined;
}

/** A mode as people write it. */
function bitsOf(value: unknown): string | undefined {
  const { bits } = value as { bits?: unknown };
  return typeof bits === "number" ? bits.toString(8).padStart(4, "0") : undefined;
}

function sizeOf(value: unknown): string {
  if (value === undefined) return "nothing";
  const bytes = value instanceof Uint8Array
    ? value.length
    : new TextEncoder().encode(typeof value === "string" ? value : plain(value) ?? "").length;
  return `${bytes} bytes`;
}

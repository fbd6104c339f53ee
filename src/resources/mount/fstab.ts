/**
 * The lines of /etc/fstab. Pure: only the lines for one mount point are changed.
 *
 * @module
 */

import { isCommon } from "./options.ts";

/** What a line says. */
export interface FstabEntry {
  readonly device: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** What a line should say; what is left out may be anything, and what is usual in a new line. */
export interface WantedEntry {
  readonly device: string;
  readonly point: string;
  readonly type?: string;
  readonly options?: readonly string[];
}

/** A line with its entry, if it has one. */
interface FstabLine {
  readonly text: string;
  readonly entry: FstabEntry | undefined;
  /** Whether it is dumped, and when it is checked; not ours to decide. */
  readonly rest: readonly string[];
}

/** What there is against what there should be, as texts; empty: nothing. */
export function fstabDifferences(text: string, wanted: WantedEntry): string[] {
  const [first, ...others] = entriesFor(text, wanted.point);
  if (first === undefined) return ["has no entry in /etc/fstab"];
  const differences: string[] = [];
  const compare = (what: string, is: string, should: string) => {
    if (is !== should) differences.push(`${what} in /etc/fstab: ${is} → ${should}`);
  };
  compare("device", first.device, wanted.device);
  compare("type", first.type, wanted.type ?? first.type);
  if (wanted.options !== undefined && hasOtherOptions(text, wanted)) {
    compare("options", optionText(first.options), optionText(wanted.options));
  }
  if (others.length > 0) differences.push(`has ${others.length + 1} entries in /etc/fstab`);
  return differences;
}

/** Whether there is an entry whose options are others. */
export function hasOtherOptions(text: string, wanted: WantedEntry): boolean {
  const [first] = entriesFor(text, wanted.point);
  if (first === undefined || wanted.options === undefined) return false;
  return optionKey(first.options) !== optionKey(wanted.options);
}

/** The entries for a mount point. */
export function entriesFor(text: string, point: string): FstabEntry[] {
  return linesOf(text).map(({ entry }) => entry)
    .filter((entry) => entry?.point === point) as FstabEntry[];
}

/** The text with exactly one entry for its mount point, in the place of the first there was. */
export function withEntry(text: string, wanted: WantedEntry): string {
  let done = false;
  const lines = linesOf(text).flatMap(({ text, entry, rest }) => {
    if (entry?.point !== wanted.point) return [text];
    if (done) return [];
    done = true;
    return [lineFor(wanted, entry, rest)];
  });
  return joined(done ? lines : [...lines, lineFor(wanted, undefined, ["0", "0"])]);
}

/** The text without entries for a mount point. */
export function withoutEntry(text: string, point: string): string {
  return joined(
    linesOf(text).filter(({ entry }) => entry?.point !== point).map(({ text }) => text),
  );
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function linesOf(text: string): FstabLine[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map(parseLine);
}

function parseLine(text: string): FstabLine {
  const words = text.trim().split(/[ \t]+/);
  const [device, point, type, options = "defaults", ...rest] = words;
  if (!device || device.startsWith("#") || point === undefined || type === undefined) {
    return { text, entry: undefined, rest: [] };
  }
  const entry = {
    device: unescape(device),
    point: plainPoint(unescape(point)),
    type,
    options: unescape(options).split(",").filter((each) => each !== ""),
  };
  return { text, entry, rest };
}

function plainPoint(point: string): string {
  return point.length > 1 ? point.replace(/\/+$/, "") : point;
}

function lineFor(
  { device, point, ...wanted }: WantedEntry,
  former: FstabEntry | undefined,
  rest: readonly string[],
): string {
  const type = wanted.type ?? former?.type ?? "auto";
  // With options of another type it could not be mounted when the host starts.
  const stay = type === former?.type ? former.options : former?.options.filter(isCommon);
  const options = wanted.options ?? stay ?? [];
  return [escape(device), escape(point), type, escape(optionText(options)), ...rest].join(" ");
}

function optionText(options: readonly string[]): string {
  return options.length === 0 ? "defaults" : options.join(",");
}

/** The same for options that mean the same: the order counts for none of those that are common. */
function optionKey(options: readonly string[]): string {
  const others = options.filter((each) => each !== "defaults");
  return [...new Set(others)].sort().join(",");
}

function escape(text: string): string {
  return text.replace(
    /[ \t\n\\]|^#/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits) => String.fromCharCode(parseInt(digits, 8)));
}

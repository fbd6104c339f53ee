/**
 * What has to change in the lines of /etc/hosts. Pure: from lines to lines.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import type { PartEdit } from "../shared/parts/part.ts";
import { readingOnce } from "../shared/parts/read_once.ts";
import {
  insertLines,
  joinLines,
  newLine,
  splitLines,
  type TextLine,
} from "../shared/parts/text.ts";
import { plainAddress, sameFamily } from "./address.ts";
import type { HostsParams } from "./params.ts";

/** One line with an address. */
interface HostsLine {
  readonly index: number;
  /** With the blanks around it. */
  readonly address: string;
  readonly ip: string;
  readonly names: readonly string[];
  /** With what is before it; empty: none. */
  readonly comment: string;
}

const readOnce = readingOnce((lines): readonly HostsLine[] => {
  return lines.flatMap(({ text }, index): HostsLine[] => {
    const [, address = "", names = "", comment = ""] =
      /^(\s*[^\s#]+\s+)([^\s#][^#]*?)(\s*(?:#.*)?)$/.exec(text) ?? [];
    const ip = plainAddress(address.trim());
    return ip === undefined ? [] : [{ index, address, ip, names: names.split(/\s+/), comment }];
  });
});

/** The names that a line should have; empty: it goes. */
interface NewNames {
  readonly byLine: ReadonlyMap<HostsLine, readonly string[]>;
  /** For a line of its own. */
  readonly added: readonly string[];
  readonly reason: string;
}

/** The file with the names at the address, or without them. */
export function editHosts(
  text: Uint8Array,
  params: HostsParams,
): Result<PartEdit | undefined> {
  const { mark, lines } = splitLines(text);
  const entries = readOnce(lines);
  const change = params.absent ? removal(entries, params) : setting(entries, params);
  if (change === undefined) return ok(undefined);
  const changed = new Map<number, readonly TextLine[]>();
  for (const [{ index, address, comment }, names] of change.byLine) {
    const text = address + names.join(" ") + comment;
    const end = lines[index]?.end ?? "\n";
    changed.set(index, names.length === 0 ? [] : [newLine(text, end)]);
  }
  const kept = lines.flatMap((line, index) => changed.get(index) ?? [line]);
  const added = change.added.length === 0 ? [] : [`${params.ip}\t${change.added.join(" ")}`];
  const all = insertLines(kept, kept.length, added);
  return ok({ reason: change.reason, content: joinLines({ mark, lines: all }) });
}

function isOneOf(name: string, names: readonly string[]): boolean {
  const small = name.toLowerCase();
  return names.some((each) => each.toLowerCase() === small);
}

function without(names: readonly string[], gone: readonly string[]): readonly string[] {
  return names.filter((name) => !isOneOf(name, gone));
}

function removal(entries: readonly HostsLine[], params: HostsParams): NewNames | undefined {
  const byLine = new Map<HostsLine, readonly string[]>();
  for (const entry of entries) {
    if (params.ip !== undefined && entry.ip !== params.ip) continue;
    const left = params.names.length === 0 ? [] : without(entry.names, params.names);
    if (left.length < entry.names.length) byLine.set(entry, left);
  }
  if (byLine.size === 0) return undefined;
  return { byLine, added: [], reason: "names are there and should not be" };
}

function setting(entries: readonly HostsLine[], params: HostsParams): NewNames | undefined {
  const { ip = "", names, append } = params;
  const byLine = new Map<HostsLine, readonly string[]>();
  const words: string[] = [];
  const own = entries.filter((entry) => entry.ip === ip);
  const [first] = own;
  const there = own.flatMap((entry) => entry.names);
  const missing = without(names, there);
  if (first === undefined) words.push(`there is no line of ${ip}`);
  else if (append) {
    if (missing.length > 0) {
      words.push(`${ip} has not the name ${missing.join(" ")}`);
      byLine.set(first, [...first.names, ...missing]);
    }
  } else if (!isRight(own, names)) {
    words.push(`${ip} has the names ${there.join(" ")}`);
    own.forEach((entry) => byLine.set(entry, entry === first ? names : []));
  }
  // The first line with a name counts, so a name has one address of each family.
  for (const entry of entries) {
    if (entry.ip === ip || !sameFamily(entry.ip, ip)) continue;
    const left = without(entry.names, names);
    if (left.length === entry.names.length) continue;
    byLine.set(entry, left);
    const lost = entry.names.filter((each) => isOneOf(each, names));
    words.push(`${lost.join(" ")} stands at ${entry.ip}`);
  }
  if (words.length === 0) return undefined;
  return { byLine, added: first === undefined ? names : [], reason: words.join(", ") };
}

/** One line with these names; the order counts only for the first. */
function isRight(own: readonly HostsLine[], names: readonly string[]): boolean {
  const [line] = own;
  if (own.length !== 1 || line === undefined || line.names.length !== names.length) return false;
  const [first = ""] = names;
  return line.names[0]?.toLowerCase() === first.toLowerCase() &&
    without(names, line.names).length === 0;
}

/**
 * Parts of the lines for people.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { names } from "../base/words.ts";
import type { Hold } from "../engine/hold.ts";
import type { EngineEvent, Recap } from "../engine/event.ts";

/** A place in a graph file. */
export interface ReportPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** How many resources a line names. */
export const MOST_NAMED = 5;

/** That a resource would change. */
export type WouldChange = EngineEvent & { readonly type: "would-change" };

/** `: content differs`, `: reload, asked by File[a]`; what a refresh does need not be said twice. */
export function reasonText(
  { reason, refresh, askedBy = [] }: Pick<WouldChange, "reason" | "refresh" | "askedBy">,
): string {
  const asked = names(askedBy, MOST_NAMED);
  if (!refresh) {
    return asked === ""
      ? `: ${printable(reason)}`
      : `: ${printable(reason)} (and ${asked} ${
        askedBy.length === 1 ? "asks" : "ask"
      } for a refresh)`;
  }
  const does = reason === "refresh" ? "" : `: ${printable(reason)}`;
  return asked === "" ? does : `${does}, asked by ${asked}`;
}

/** Whether nothing was to do, and nothing is wrong. */
export function isAsItWas(
  { changed, failed, blocked, contested, held, noop, aborted }: Recap,
): boolean {
  return changed + failed + blocked + contested + held + noop + aborted === 0;
}

/** Where a resource is written, behind what is said of it. */
export function placeText(place: ReportPlace | undefined): string {
  if (place === undefined) return "";
  return ` (${printable(place.file)}:${place.line}:${place.column})`;
}

/** `until 2026-11-30 12:30Z by ann (upgrade by hand)`. */
export function holdText({ reason, author, untilMs }: Hold): string {
  const until = new Date(untilMs).toISOString().slice(0, 16).replace("T", " ");
  const by = author === "" ? "" : ` by ${printable(author)}`;
  return `until ${until}Z${by}${reason === "" ? "" : ` (${printable(reason)})`}`;
}

/** How many came, changed, went and stayed; of those that went, who. */
export function graphChangeText(
  { added, changed, removed, kept, removedKeys = () => [] }: EngineEvent & {
    readonly type: "graph";
  },
): string {
  const gone = [...removedKeys()];
  const who = gone.length === 0 ? "" : ` (${names(gone, MOST_NAMED)})`;
  return `${added} added, ${changed} changed, ${removed} removed${who}, ${kept} kept`;
}

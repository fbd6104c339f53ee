/**
 * The rows at the bottom of a live screen: who works or waits, for how long, and how all is.
 *
 * @module
 */

import { cutToColumns } from "../../base/columns.ts";
import { printable } from "../../base/printable.ts";
import { label, wholeDuration } from "../../base/words.ts";
import type { WorkingVertex, WorkNow } from "../../engine/at_work.ts";
import type { Palette } from "../palette.ts";
import type { ScreenSize } from "./screen.ts";
import type { ResourceSnapshot, Snapshot } from "../state.ts";
import { statusRow } from "../status.ts";

/** Rows of those who work or wait, however high the screen is. */
const MOST = 10;
/** So much of a screen's height is left to what scrolls. */
const SCROLLING = 0.5;
/** A screen with more rows for all this has an empty one above it. */
const DENSE = 4;
/** Nothing is said in less. */
const LEAST_COLUMNS = 4;

/** What is shown. */
export interface LiveView {
  readonly size: ScreenSize;
  readonly paint: Palette;
  /** The graph file as the user named it. */
  readonly file: string;
  readonly snapshot: Snapshot;
  readonly work: WorkNow;
  readonly converged: boolean;
  /** The time of day of a moment, in milliseconds since 1970. */
  readonly timeOf: (atMs: number) => string;
}

/** One who works or waits. */
interface LiveEntry {
  readonly age: string;
  readonly text: string;
  readonly isBad: boolean;
}

/** How many who work or wait have a row on a screen of that size. */
export function roomFor({ rows }: ScreenSize): number {
  return Math.max(0, Math.min(MOST, heightFor(rows) - 1 - gapFor(rows)));
}

/** The rows, painted, from the top; none where there is no room for them. */
export function liveRows(view: LiveView): string[] {
  const { size, paint, snapshot } = view;
  if (heightFor(size.rows) === 0 || size.columns < LEAST_COLUMNS) return [];
  // Some terminals break a row already when its last column is taken.
  const columns = size.columns - 1;
  const { failed, contested } = snapshot.recap;
  const status = cutToColumns(statusRow(view), columns);
  return [
    ...Array.from({ length: gapFor(size.rows) }, () => ""),
    ...entryRows(view, columns),
    failed + contested > 0 ? paint.bad(status) : paint.strong(status),
  ];
}

function heightFor(rows: number): number {
  return Math.floor(rows * SCROLLING);
}

/** The empty row keeps apart what others write, which begins where the cursor waits. */
function gapFor(rows: number): number {
  return heightFor(rows) > DENSE - 1 ? 1 : 0;
}

function entryRows(view: LiveView, columns: number): string[] {
  const { work, paint } = view;
  const room = roomFor(view.size);
  const waiting = waitingOf(view);
  const count = work.count + waiting.count;
  const working = work.vertices.map((vertex) => workEntry(vertex, view));
  const { failed, blocked } = waiting;
  // The last row says how many more there are, and has not less to say than who would be on it.
  const left = Math.max(0, room - 1);
  const entries = count > room
    ? mostWorthKnowing({ failed, working, blocked }, left)
    : [...working, ...failed, ...blocked];
  const width = entries.reduce((most, { age }) => Math.max(most, age.length), 0);
  const rows = entries.map(({ age, text, isBad }) => {
    const before = width === 0 ? "" : `${age.padStart(width)}  `;
    const row = cutToColumns(`${before}${text}`, columns);
    return isBad ? paint.warn(row) : row;
  });
  const more = count - entries.length;
  if (more === 0 || room === 0) return rows;
  return [
    ...rows,
    paint.dim(
      cutToColumns(rows.length === 0 ? `${more} work or wait` : `and ${more} more`, columns),
    ),
  ];
}

/** Who has failed comes first, and of the others who works has a row, if there is one more. */
function mostWorthKnowing(
  { failed, working, blocked }: Readonly<Record<"failed" | "working" | "blocked", LiveEntry[]>>,
  room: number,
): LiveEntry[] {
  const others = [...working, ...blocked];
  const first = failed.slice(0, others.length === 0 ? room : Math.max(1, room - 1));
  return [...first, ...others].slice(0, room);
}

function workEntry(
  { key, step, waitsFor, forMs }: WorkingVertex,
  { snapshot }: LiveView,
): LiveEntry {
  const { progress } = snapshot.resources.get(key) ?? {};
  const does = DOES[step];
  const what = step === "wait" && waitsFor !== undefined ? `waits for ${waitsFor}` : does;
  const said = progress?.text ?? what;
  return {
    age: wholeDuration(Math.floor(forMs / 1000) * 1000),
    text: printable(`${label(key)}${said === "" ? "" : `: ${said}`}`),
    isBad: false,
  };
}

const DOES: Readonly<Record<WorkingVertex["step"], string>> = {
  check: "looks",
  apply: "",
  refresh: "refreshes",
  wait: "waits",
  turn: "waits for its turn",
};

/** Who waits for another try, and then who waits for others: their rows stay as they are meanwhile. */
function waitingOf(
  view: LiveView,
): { failed: LiveEntry[]; blocked: LiveEntry[]; count: number } {
  const { recap, resources } = view.snapshot;
  const [failed, blocked]: [LiveEntry[], LiveEntry[]] = [[], []];
  if (recap.failed + recap.blocked === 0) return { failed, blocked, count: 0 };
  let count = 0;
  for (const [key, resource] of resources) {
    const says = retryText(resource, view) ?? blockedText(resource);
    if (says === undefined) continue;
    count++;
    const those = resource.state === "failed" ? failed : blocked;
    if (those.length < MOST) those.push({ age: "", text: `${label(key)}: ${says}`, isBad: true });
  }
  return { failed, blocked, count };
}

function retryText(
  { state, retryAtMs }: ResourceSnapshot,
  { timeOf }: LiveView,
): string | undefined {
  if (state !== "failed" || retryAtMs === undefined) return undefined;
  return `failed, next try at ${timeOf(retryAtMs)}`;
}

function blockedText({ state, blockedBy }: ResourceSnapshot): string | undefined {
  if (state !== "blocked" || blockedBy === undefined) return undefined;
  return `waits for ${label(blockedBy)}`;
}

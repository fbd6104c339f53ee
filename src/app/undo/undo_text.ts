/**
 * What was taken back, or would be, as lines for people and as an object for programs.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import { shellWord } from "../../base/shell_word.ts";
import { count, label, names, second } from "../../base/words.ts";
import type { UndoneResource, UndoneThing, UndoReport } from "../../control/undo.ts";

type State = UndoneThing["from"];
type UndoStatus = UndoneResource["status"];

/** The version of the object; it changes when a field changes its meaning or goes. */
const VERSION = 1;
/** Names in one line. */
const MOST_NAMED = 5;
const DIGITS = 12;

const STATUS: Readonly<Record<UndoStatus, string>> = {
  due: "would be taken back",
  undone: "taken back",
  already: "is as it was before already",
  refused: "left as it is",
  impossible: "cannot be taken back",
  failed: "could not be taken back as a whole",
};

/** Whether it is one of those that have a text here. */
export function isUndoStatus(value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(STATUS, value);
}

/** An object a line. */
export function undoJson({ resources, held, ...report }: UndoReport): string {
  const object = {
    version: VERSION,
    type: "undo",
    ...report,
    resources: resources.map(({ atMs, things, ...rest }) => ({
      ...rest,
      things: things.map(({ where: _where, ...thing }) => thing),
      time: timeOf(atMs),
    })),
    held: held.map(({ key, untilMs }) => ({ key, until: timeOf(untilMs) })),
  };
  return `${JSON.stringify(object)}\n`;
}

/** Lines for people. */
export function undoText({ resources, held, refresh, byAgent, noop }: UndoReport): string {
  if (resources.length === 0) return "Nothing was changed since then.\n";
  const lines = resources.flatMap(resourceLines);
  lines.push(countLine(resources));
  if (refresh.length > 0) lines.push(refreshLine(refresh, { byAgent, noop }));
  if (held.length > 0) {
    const keys = held.map(({ key }) => key);
    lines.push(
      `Held until ${
        timeText(Math.max(...held.map(({ untilMs }) => untilMs)))
      }, so that it stays so: ` +
        names(keys, MOST_NAMED),
      `  the graph counts again after: mgmt release ${released(keys)}`,
    );
  }
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function released(keys: readonly string[]): string {
  return keys.slice(0, MOST_NAMED).map(shellWord).join(" ") +
    (keys.length > MOST_NAMED ? " …" : "");
}

function resourceLines(
  { key, status, why, changes, atMs, reason, things, lacks }: UndoneResource,
): string[] {
  const which = changes.length === 0
    ? "last changed at"
    : changes.length === 1
    ? `change ${changes[0]} of`
    : `${count(changes.length, "change")}, the last at`;
  const was = reason === "" ? "" : ` (${reason})`;
  const because = why === undefined ? "" : `: ${why}`;
  const shown = status === "already" || status === "impossible" ? [] : things;
  return [
    `${label(key)}, ${which} ${timeText(atMs)}${was}: ${STATUS[status]}${because}`,
    ...shown.map((thing) => `  ${thing.name}: ${thingText(thing)}`),
    ...(status === "refused"
      ? ["  --force takes it back all the same; what is there now is kept"]
      : []),
    ...(lacks === undefined ? [] : [`  not all of it is known: ${lacks}`]),
  ];
}

function thingText({ from, to, where }: UndoneThing): string {
  if (where !== undefined) return linesText(to, where);
  const [was, is] = [to["type"], from["type"]];
  if (was === "absent") return `${whatIs(from)} goes away`;
  if (was !== undefined && was !== is) {
    const instead = is === "absent" || is === undefined ? "" : ` in place of ${whatIs(from)}`;
    return `${whatIs(to)} comes back${instead}`;
  }
  const parts = Object.keys(to).flatMap((field) => fieldText(field, from, to));
  return parts.join(", ");
}

function fieldText(field: string, from: State, to: State): string[] {
  if (field === "type" || field === "size" && to["sha256"] !== undefined) return [];
  if (field === "password") return ["the password as before"];
  if (field !== "sha256") return [`${field} ${from[field] ?? "none"} → ${to[field]}`];
  // Only what differs is named.
  const sizes = from["size"] === undefined || to["size"] === undefined
    ? "of the same size"
    : `${from["size"]} → ${to["size"]} bytes`;
  return [`content ${sizes} (sha256 ${String(to["sha256"]).slice(0, DIGITS)}…)`];
}

/** Lines of a file that also holds others. */
function linesText(to: State, where: State): string {
  const isBack = to["lines"] === where["before"];
  const [is, was] = isBack
    ? [where["afterLines"], where["beforeLines"]]
    : [where["beforeLines"], where["afterLines"]];
  if (was === 0) return `${count(Number(is), "line")} ${is === 1 ? "goes" : "go"} away`;
  if (is === 0) return `${count(Number(was), "line")} ${was === 1 ? "comes" : "come"} back`;
  return `${count(Number(is), "line")} → ${count(Number(was), "line")} as before`;
}

function whatIs({ type, size, mode, target }: State): string {
  if (type === "symlink") return `the link to ${target}`;
  if (type !== "directory" && type !== "file") return `the ${type}`;
  // Of what an older version wrote down not all is known.
  const known = [
    ...(type === "directory" || size === undefined ? [] : [`${size} bytes`]),
    ...(mode === undefined ? [] : [`mode ${mode}`]),
  ];
  return `the ${type}${known.length === 0 ? "" : ` (${known.join(", ")})`}`;
}

function countLine(resources: readonly UndoneResource[]): string {
  const counted = (Object.keys(STATUS) as UndoStatus[]).flatMap((status) => {
    const number = resources.filter((resource) => resource.status === status).length;
    return number === 0 ? [] : [`${number} ${COUNTED[status]}`];
  });
  return counted.join(", ");
}

const COUNTED: Readonly<Record<UndoStatus, string>> = {
  due: "to be taken back",
  undone: "taken back",
  already: "already as before",
  refused: "refused",
  impossible: "that cannot be taken back",
  failed: "failed",
};

function refreshLine(
  keys: readonly string[],
  { byAgent, noop }: Pick<UndoReport, "byAgent" | "noop">,
): string {
  const which = names(keys, MOST_NAMED);
  if (byAgent) return noop ? `Gets a refresh then: ${which}` : `Gets a refresh for it: ${which}`;
  return `Was refreshed for what is taken back, and no agent runs to do so again: ${which}`;
}

function timeText(atMs: number): string {
  const time = timeOf(atMs);
  return typeof time === "string" ? second(time) : "(no time)";
}

/** A time that no date has stays a number. */
function timeOf(atMs: number): string | number {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? atMs : date.toISOString();
}

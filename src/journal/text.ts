/**
 * What the journal says, as lines for people; nothing of it reaches a terminal unescaped.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { count, duration, label, names, second, wholeDuration } from "../base/words.ts";
import type { Cause, ChangeAuthor, SeenEvent } from "../engine/cause.ts";
import { holdText } from "../report/phrases.ts";
import type { GraphChange, RecordedEntry } from "./entry.ts";
import type { History } from "./reader.ts";
import type { WhyChain } from "./why.ts";

/** Names in one line. */
const MOST_NAMED = 5;

/** One line for each entry, the oldest first. */
export function historyText({ entries, isCut }: History): string {
  if (entries.length === 0) return "Nothing is known of that.\n";
  const more = isCut ? "(there are earlier entries: --limit shows more)\n" : "";
  return more +
    entries.map((entry) => `${timeText(entry.atMs)}  #${entry.id}  ${lineOf(entry)}\n`).join("");
}

/** What was done last and why, one action after the other, the last first. */
export function whyText({ chain, missing }: WhyChain): string {
  const lines: string[] = [];
  for (const { entry, causes } of chain) {
    lines.push(`${timeText(entry.atMs)}  ${entrySentence(entry)}`);
    for (const cause of causes) lines.push(`  because ${causeText(cause)}`);
    // Of an undo, and of what it holds, the sentence says who wanted it.
    const isWanted = entry.type === "undone" || entry.hold?.undo === true;
    if (causes.length === 0 && !isWanted) {
      lines.push("  nothing is known of the cause");
    }
    const { place, steps = {} } = entry;
    if (place !== undefined) lines.push(`  written at ${printable(place)}`);
    const took = Object.entries(steps).filter(([, tookMs]) => Math.round(tookMs) > 0)
      .map(([step, tookMs]) => `${step.replace(/Ms$/, "")} ${duration(tookMs)}`);
    if (took.length > 0) lines.push(`  it took: ${printable(took.join(", "))}`);
  }
  if (missing !== undefined) {
    lines.push(`  (no action on ${label(missing)} before that is known)`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** What an entry changed, with a line that says what it is. */
export function diffText(entry: RecordedEntry, lines: readonly string[]): string {
  const shown = lines.length === 0 ? ["(no difference in content was recorded)"] : lines;
  return [`${timeText(entry.atMs)}  ${entrySentence(entry)}`, ...shown]
    .map((line) => `${printable(line)}\n`).join("");
}

/** `2026-11-29 17:31:02Z` */
export function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? "(no time)" : second(date.toISOString());
}

function lineOf(entry: RecordedEntry): string {
  const { key, causes = [] } = entry;
  if (key === undefined) return entrySentence(entry);
  // Who asked says more of a refresh than why the same pass had looked anyhow.
  const asked = entry.type === "refreshed" ? causes.filter(({ type }) => type === "refresh") : [];
  const [first, ...others] = [...asked, ...causes.filter((cause) => !asked.includes(cause))];
  const more = others.length === 0 ? "" : `, and ${count(others.length, "other cause")}`;
  return entrySentence(entry) + (first === undefined ? "" : `; because ${causeText(first)}${more}`);
}

/** What an entry tells, as one sentence. */
export function entrySentence(entry: RecordedEntry): string {
  const { key, times, lastMs, tookMs = 0, worldless } = entry;
  const often = times === undefined || lastMs === undefined
    ? ""
    : ` (${times} times, the last at ${timeText(lastMs)})`;
  const long = tookMs >= 1 && !worldless ? ` (${duration(tookMs)})` : "";
  const text = key === undefined ? runSentence(entry) : actionSentence(entry, label(key));
  return printable(`${text}${long}${often}`);
}

function actionSentence(entry: RecordedEntry, name: string): string {
  const { type, reason = "", failure, askedBy = [], noop, pauseMs = 0 } = entry;
  const because = reason === "" ? "" : `: ${reason}`;
  switch (type) {
    case "changed":
      return `${name} was ${entry.worldless ? "due" : "changed"}${because}`;
    case "refreshed":
      return `${name} was refreshed${reason === "refresh" ? "" : because}`;
    case "would-change":
      return `${name} would be changed${because}`;
    case "failed": {
      // For mgmt explain.
      const code = failure?.code === undefined ? "" : ` [${failure.code}]`;
      return `${name} ${noop ? "would fail" : "failed"}: ${failure?.message ?? "?"}${code}`;
    }
    case "aborted":
      return `${name} was aborted, and may be half done${because}`;
    case "contested":
      return `${name} is contested${because}; left alone for ${wholeDuration(pauseMs)}`;
    case "held": {
      const by = entry.hold === undefined ? "" : ` ${holdText(entry.hold)}`;
      return `${name} is held${by}, and not put right${because}`;
    }
    case "hold-ended":
      return `${name} is held no more${because}`;
    case "undone": {
      const end = failure === undefined ? "" : `, which failed: ${failure.message}`;
      const by = entry.author === undefined ? "" : ` by ${entry.author}`;
      if (entry.unfinished) {
        return `${name} was being taken back${by}${because}; how that ended is not known`;
      }
      return `${name} was taken back${by}${because}${end}`;
    }
    case "refresh-dropped":
      return `${name} is owed no refresh any more by ${names(askedBy, MOST_NAMED)}: ` +
        "the resource or its edge left the graph";
    default:
      return `${name}: ${type}${because}`;
  }
}

function runSentence(
  { type, text = "", version, file = "", exitCode, graph, count: number = 0 }: RecordedEntry,
): string {
  switch (type) {
    case "start":
      return `mgmt ${version ?? ""} began to run ${file}`;
    case "stop":
      return `mgmt ended with exit code ${exitCode}`;
    case "graph":
      return graph === undefined ? "a graph is in force" : graphSentence(graph);
    case "refused":
      return `the graph was refused: ${firstLine(text)}`;
    case "last-good":
      return `${file} is broken: its last good reading, of ${second(text)}, is in force`;
    case "good-again":
      return `${file} is good again`;
    case "cluster":
      return `the cluster: ${text}`;
    case "lost":
      return `${count(number, "entry").replace(/ys$/, "ies")} could not be written`;
    default:
      return `${type}: ${text}`;
  }
}

function graphSentence(graph: GraphChange): string {
  const { name, vertices, edges, added, changed, removed } = graph;
  const named = (what: string, number: number, keys: readonly string[] = []) =>
    number === 0
      ? []
      : [`${number} ${what}${keys.length === 0 ? "" : ` (${names(keys, MOST_NAMED, number)})`}`];
  const parts = [
    ...named("added", added, graph.addedKeys),
    ...named("changed", changed, graph.changedKeys),
    ...named("removed", removed, graph.removedKeys),
  ];
  const size = `${count(vertices, "resource")}, ${count(edges, "edge")}`;
  return `the graph ${name} is in force: ${size}; ${parts.join(", ") || "nothing new"}`;
}

function firstLine(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return rest.length === 0 ? first : `${first} (and ${count(rest.length, "more line")})`;
}

/** What follows `because`. */
export function causeText(cause: Cause): string {
  return printable(causeWords(cause));
}

function causeWords(cause: Cause): string {
  switch (cause.type) {
    case "start":
      return "the run began, and looked at everything";
    case "graph": {
      const change = cause.change === "added" ? "added to" : "changed in";
      return cause.input === undefined
        ? `it was ${change} the graph`
        : `${cause.input}, which the graph reads, was changed, and so it was ${change} the graph`;
    }
    case "secret":
      return cause.names.length === 1
        ? `its secret ${cause.names[0]} was changed`
        : `one of its secrets (${cause.names.slice(0, MOST_NAMED).join(", ")}) was changed`;
    case "event":
      return eventWords(cause);
    case "poll":
      return "it was time to look again";
    case "retry":
      return `it had failed before${cause.after === undefined ? "" : ` (${cause.after})`}`;
    case "dependency":
      return `${label(cause.key)}, which it depends on, was changed`;
    case "refresh":
      return `${names(cause.by, MOST_NAMED)} owed it a refresh${
        cause.earlier ? ", from an earlier run" : ""
      }`;
    case "freed":
      return `${label(cause.by)}, which it waited for, is right again`;
    case "collected": {
      const there = cause.cause === undefined ? "" : ` (there: ${cause.cause.text})`;
      return `host ${cause.host} exports ${label(cause.key)} otherwise${there}`;
    }
    case "hold-ended":
      return cause.why === "time" ? "its hold ended" : "its hold was released";
    case "undone":
      return `${cause.author} took a change of it back`;
    case "claims":
      return "other resources of the graph say something else of its paths";
    default:
      // A newer program may know of others.
      return `of ${(cause as { readonly type: string }).type}`;
  }
}

function eventWords({ source, path, what, atMs, more = 0, who }: SeenEvent): string {
  const subject = path === undefined
    ? `something (${source})`
    : source === "file"
    ? path
    : `${source} ${path}`;
  const happened = what === undefined ? "changed" : what;
  const by = who === undefined ? "" : ` by ${authorWords(who)}`;
  const others = more === 0 ? "" : `, and ${more} more such events`;
  return `${subject}: ${happened}${by}, at ${timeText(atMs)}${others}`;
}

/** It was mgmt itself, and for whom. */
function commandWords(resource: string | undefined): string {
  return resource === undefined
    ? "a command that this agent ran"
    : `that mgmt itself ran for ${label(resource)}`;
}

function authorWords(author: ChangeAuthor): string {
  const { pid, program, executable, unit, login, terminal, command, resource } = author;
  const name = program ?? executable;
  const who = name ?? (pid === 0 ? "an unknown process" : `process ${pid}, which has ended`);
  const more = [
    ...(command === true ? [commandWords(resource)] : []),
    ...(unit === undefined ? [] : [unit]),
    ...(login === undefined ? [] : [`user ${login}`]),
    ...(terminal === undefined ? [] : [terminal]),
  ];
  return more.length === 0 ? who : `${who} (${more.join(", ")})`;
}

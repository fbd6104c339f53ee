/**
 * What is heard live as an entry of the journal, so that the timeline need not be asked for anew at every change.
 *
 * @module
 */

import type { Cause } from "../../../engine/cause.ts";
import type { Hold } from "../../../engine/hold.ts";
import type { ShownEntry } from "./shown.ts";
import { numberOf, textOf, textsOf, type Unread } from "./wire.ts";

/** What was heard of an apply before its end: whether it is a refresh, and what it changes. */
export interface Applying {
  readonly refresh: boolean;
  readonly askedBy: readonly string[];
  readonly difference?: readonly string[];
}

/** The entry that an event is; undefined: it is none. `id`: below zero. */
export function entryOf(
  event: Unread,
  applying: Applying | undefined,
  id: number,
): ShownEntry | undefined {
  const at = { id, atMs: Date.parse(textOf(event["time"]) ?? "") };
  const key = textOf(event["key"]);
  if (key === undefined) return runEntry(event, at);
  const causes = Array.isArray(event["causes"]) ? { causes: event["causes"] as Cause[] } : {};
  const reason = textOf(event["reason"]);
  const more = { ...at, key, ...causes, ...(reason === undefined ? {} : { reason }) };
  const difference = textsOf(event["difference"]);
  const lines = difference.length === 0 ? {} : { difference };
  switch (event["type"]) {
    case "changed":
      return event["worldless"] === true ? undefined : {
        ...more,
        type: applying?.refresh === true ? "refreshed" : "changed",
        ...(numberOf(event["tookMs"]) === undefined ? {} : { tookMs: event["tookMs"] as number }),
        ...(applying?.difference === undefined ? {} : { difference: applying.difference }),
        ...(applying?.refresh === true ? { askedBy: applying.askedBy } : {}),
      };
    case "failed":
      return { ...more, type: "failed", failure: event["failure"] as { message: string } };
    case "would-change":
      return { ...more, ...lines, type: "would-change" };
    case "contested":
      return { ...more, ...lines, type: "contested", pauseMs: numberOf(event["pauseMs"]) ?? 0 };
    case "held":
      return { ...more, ...lines, type: "held", hold: event["hold"] as Hold };
    case "aborted":
      return { ...more, type: "aborted" };
    default:
      return undefined;
  }
}

type EventMoment = Pick<ShownEntry, "id" | "atMs">;

/** What happened to the run as a whole. */
function runEntry(event: Unread, at: EventMoment): ShownEntry | undefined {
  const text = textOf(event["text"]);
  switch (event["type"]) {
    case "graph":
      return {
        ...at,
        type: "graph",
        graph: {
          name: textOf(event["name"]) ?? "",
          vertices: numberOf(event["vertices"]) ?? 0,
          edges: numberOf(event["edges"]) ?? 0,
          added: numberOf(event["added"]) ?? 0,
          changed: numberOf(event["changed"]) ?? 0,
          removed: numberOf(event["removed"]) ?? 0,
        },
      };
    case "diagnostics":
      return (numberOf(event["errors"]) ?? 0) === 0
        ? undefined
        : { ...at, type: "refused", text: text ?? "" };
    case "good-again":
      return { ...at, type: "good-again", file: textOf(event["file"]) ?? "" };
    case "cluster":
      return text === undefined ? undefined : { ...at, type: "cluster", text };
    case "stop":
      return { ...at, type: "stop", exitCode: numberOf(event["exitCode"]) ?? 0 };
    default:
      return undefined;
  }
}

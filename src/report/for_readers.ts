/**
 * Events as those hear them who may only read: what a command printed is private, and so is what a graph
 * says that not everybody may read.
 *
 * @module
 */

import { type Failure, keptMessage } from "../base/result.ts";
import { count } from "../base/words.ts";
import type { ReportEvent } from "./event.ts";

/** In place of mistakes, which quote what is written. */
export const MISTAKES_ARE_PRIVATE =
  "what is wrong is not shown to readers, as not everybody may read the graph; see mgmt validate";

/** The same event where nothing of it is private. `isGraphOpen`: everybody may read what the graph says. */
export function forReaders(event: ReportEvent, isGraphOpen: () => boolean): ReportEvent {
  switch (event.type) {
    case "output":
      return { ...event, text: sizeOf(event.text) };
    case "failed":
      return event.failure.printed === undefined
        ? event
        : { ...event, failure: failureForReaders(event.failure) };
    case "diagnostics":
      return isGraphOpen() ? event : { ...event, text: MISTAKES_ARE_PRIVATE };
    default:
      return event;
  }
}

/** A failure without what a command printed. */
export function failureForReaders(failure: Failure): Failure {
  const { printed, ...rest } = failure;
  return printed === undefined ? failure : { ...rest, message: keptMessage(failure) };
}

/** No hash: a line is short enough to be guessed by one. */
function sizeOf(text: string): string {
  return `(${count(new TextEncoder().encode(text).length, "byte")}, not shown to readers)`;
}

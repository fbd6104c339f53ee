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

/** In place of lines that would tell what is in a file. */
const CONTENT_IS_PRIVATE = "(not shown to readers, as not everybody may read the file)";
/** Begins what stands where a resource itself shows nothing. */
const NOT_SHOWN = "(not shown";

/** What is private. */
export interface PrivateThings {
  /** Whether everybody may read what the graph says. */
  readonly isGraphOpen: () => boolean;
  /** Whether contents of the resource with that key are not for everybody; of what is not in the graph nobody knows. */
  readonly isPrivate: (key: string) => boolean;
}

/** The same event where nothing of it is private. */
export function forReaders(
  event: ReportEvent,
  { isGraphOpen, isPrivate }: PrivateThings,
): ReportEvent {
  switch (event.type) {
    case "difference":
      return { ...event, lines: linesForReaders(event.lines, event.key, isPrivate) };
    case "would-change":
    case "contested":
    case "held":
      return { ...event, difference: linesForReaders(event.difference, event.key, isPrivate) };
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

/** Lines of a difference, where what they show is private without them. */
export function linesForReaders(
  lines: readonly string[],
  key: string,
  isPrivate: PrivateThings["isPrivate"],
): readonly string[] {
  const [first] = lines;
  if (first === undefined || first.startsWith(NOT_SHOWN)) return lines;
  return isPrivate(key) ? [CONTENT_IS_PRIVATE] : lines;
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

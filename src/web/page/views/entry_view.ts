/**
 * One entry of the journal: when, what, why.
 *
 * @module
 */

import { h, type JSX } from "preact";
import type { Cause } from "../../../engine/cause.ts";
import type { EntryType } from "../../../journal/entry.ts";
import { causeText, entrySentence } from "../../../journal/text.ts";
import type { ShownEntry } from "../model/shown.ts";
import { differences } from "./differences.ts";
import { memoized } from "./memoized.ts";
import { clockTime, timeOfDay } from "./moment.ts";
import { type Sign, stateSign } from "./state_sign.ts";

const SIGNS: Partial<Readonly<Record<EntryType, Sign>>> = {
  "changed": "ok",
  "refreshed": "ok",
  "undone": "ok",
  "failed": "failed",
  "refused": "failed",
  "lost": "failed",
  "last-good": "failed",
  "aborted": "aborted",
  "contested": "contested",
  "held": "held",
  "would-change": "would-change",
};

/** What an entry tells, with its causes; `link`: where its resource is shown. */
export const EntryView = memoized(({ entry, link, hasDate }: {
  readonly entry: ShownEntry;
  readonly link?: string | undefined;
  /** Nothing above it says of which day it is. */
  readonly hasDate?: boolean;
}): JSX.Element => {
  const sign = SIGNS[entry.type];
  const sentence = sentenceOf(entry);
  return h(
    "li",
    { class: "entry" },
    (hasDate ? clockTime : timeOfDay)(entry.lastMs ?? entry.atMs),
    h("span", { class: "mark" }, sign === undefined ? null : stateSign(sign)),
    h(
      "div",
      { class: "words" },
      h(
        "p",
        null,
        link === undefined
          ? h("bdi", null, sentence)
          : h("a", { href: link }, h("bdi", null, sentence)),
      ),
      causeLines(entry.causes ?? []),
      differenceOf(entry.difference),
    ),
  );
});

/** Why, one line each. */
export function causeLines(causes: readonly Cause[]): JSX.Element[] {
  return causes.map((cause) =>
    h("p", { class: "cause" }, "because ", h("bdi", null, safely(() => causeText(cause))))
  );
}

/** An entry of a newer agent may be of a shape that has no words here. */
export function sentenceOf(entry: ShownEntry): string {
  return safely(() => entrySentence({ ...entry, run: undefined }));
}

function safely(words: () => string): string {
  try {
    return words();
  } catch {
    return "something that this page has no words for";
  }
}

function differenceOf(lines: readonly string[] | undefined): JSX.Element | null {
  if (!Array.isArray(lines) || lines.length === 0) return null;
  return h("details", null, h("summary", null, "What was different"), differences(lines));
}

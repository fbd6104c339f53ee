/**
 * The sections of a resource's panel.
 *
 * @module
 */

import { h, type JSX } from "preact";
import { isJsonObject } from "../../../base/json.ts";
import { printable } from "../../../base/printable.ts";
import { label } from "../../../base/words.ts";
import { holdText } from "../../../report/phrases.ts";
import type { PageState } from "../model/page_state.ts";
import type { ShownResource } from "../model/shown.ts";
import { standingOf, STATE_WORDS } from "../model/summary.ts";
import {
  numberOf,
  objectsOf,
  readEntries,
  readHolds,
  textOf,
  textsOf,
  type Unread,
} from "../model/wire.ts";
import { differences } from "./differences.ts";
import { causeLines, EntryView, sentenceOf } from "./entry_view.ts";
import { ago, clockTime } from "./moment.ts";
import { stateSign } from "./state_sign.ts";
import { cut } from "./resource_name.ts";
import { whyOf } from "./resource_list.ts";

/** What was asked of the agent for it. */
export interface PanelAnswers {
  readonly resource?: Unread;
  readonly why?: Unread;
  readonly history?: Unread;
  /** Why the journal says nothing. */
  readonly silence?: string;
}

type LinkOf = (key: string) => string;

/** How it is now. */
export function stateSection(
  resource: ShownResource,
  { resource: said = {} }: PanelAnswers,
  linkOf: LinkOf,
  isStopping: boolean,
): JSX.Element {
  const { state } = resource;
  const { sign, words, sinceMs } = standingOf(resource);
  const failure = isJsonObject(said["failure"]) ? said["failure"] : undefined;
  const hint = state === "failed" ? textOf(failure?.["hint"]) : undefined;
  const retries = state === "failed" && !isStopping;
  const retryAtMs = retries ? numberOf(said["retryAtMs"]) : undefined;
  const why = whyOf(resource);
  const [hold] = readHolds([{ key: resource.key, ...said["hold"] as object | undefined }]);
  const place = resource.place ?? placeOf(said["place"] ?? said);
  return h(
    "section",
    { class: "now", "aria-label": "How it is" },
    h(
      "p",
      { class: `state is-${state}` },
      stateSign(sign),
      h("strong", null, words),
      sinceMs > 0 &&
        h("span", { class: "quiet" }, " since ", clockTime(sinceMs), ` (${ago(sinceMs)})`),
    ),
    // For whom it waits is told with why that one does.
    why !== undefined && objectsOf(said["waitsFor"]).length === 0 &&
      h("p", { class: "reason" }, h("bdi", null, printable(why))),
    hint !== undefined && h("p", null, "Hint: ", h("bdi", null, printable(hint))),
    retryAtMs !== undefined && h("p", { class: "quiet" }, "Tried again at ", clockTime(retryAtMs)),
    isJsonObject(said["hold"]) && hold !== undefined &&
      h("p", null, "Held ", h("bdi", null, holdText(hold))),
    waitsFor(said, linkOf),
    place !== undefined &&
      h("p", { class: "quiet" }, "Written at ", h("bdi", { class: "name" }, printable(place))),
  );
}

/** A place as an object, or as the fields of what has one. */
function placeOf(said: unknown): string | undefined {
  if (typeof said === "string") return said;
  if (!isJsonObject(said)) return undefined;
  const [file, line] = [textOf(said["file"]), numberOf(said["line"])];
  return file === undefined ? undefined : line === undefined ? file : `${file}:${line}`;
}

function waitsFor(said: Unread, linkOf: LinkOf): JSX.Element | null {
  const chain = objectsOf(said["waitsFor"]);
  if (chain.length === 0) return null;
  return h(
    "ul",
    { class: "plain-list" },
    chain.map((each) => {
      const key = textOf(each["key"]) ?? "";
      const failure = isJsonObject(each["failure"])
        ? textOf(each["failure"]["message"])
        : undefined;
      const why = failure ?? textOf(each["reason"]);
      return h(
        "li",
        null,
        "waits for ",
        h("a", { href: linkOf(key) }, h("bdi", null, cut(label(key), 200))),
        ` (${printable(textOf(each["state"]) ?? "?")})`,
        why !== undefined && h("bdi", null, `: ${printable(why)}`),
      );
    }),
  );
}

/** What is against what should be, and what should be; how it is handled is rarely asked for. */
export function wantedSections({ resource: said = {} }: PanelAnswers): (JSX.Element | null)[] {
  const drift = textsOf(said["drift"] ?? said["difference"]);
  const all = isJsonObject(said["fields"]) ? Object.entries(said["fields"]) : [];
  const fields = all.filter(([name]) => !name.startsWith(META));
  const meta = all.filter(([name]) => name.startsWith(META));
  return [
    drift.length === 0 ? null : section("What is different", differences(drift)),
    all.length === 0 ? null : section(
      "What should be",
      fieldList(fields),
      meta.length > 0 &&
        h("details", null, h("summary", null, "How it is handled"), fieldList(meta)),
    ),
  ];
}

const META = "meta.";

function fieldList(fields: readonly (readonly [string, unknown])[]): JSX.Element {
  return h(
    "dl",
    { class: "fields" },
    fields.flatMap(([name, value]) => [
      h("dt", null, printable(name)),
      h("dd", null, fieldValue(value)),
    ]),
  );
}

/** Longer values are read by scrolling. */
function fieldValue(value: unknown): JSX.Element {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  const isLong = text.includes("\n") || text.length > 80;
  const shown = text.split("\n").map(printable).join("\n");
  return isLong ? h("pre", { tabIndex: 0 }, shown) : h("code", null, h("bdi", null, shown));
}

/** Why the last action on it was done, and who began it. */
export function whySection({ why, silence }: PanelAnswers): JSX.Element | null {
  if (why === undefined) {
    return silence === undefined
      ? null
      : section("Why", h("p", { class: "quiet" }, printable(silence)));
  }
  const chain = readEntries(why["chain"]);
  if (chain.length === 0) {
    return section(
      "Why",
      h("p", { class: "quiet" }, "Nothing was done to it, as far as the journal goes back."),
    );
  }
  const missing = textOf(why["missing"]);
  return section(
    "Why",
    h(
      "ol",
      { class: "chain" },
      chain.map((entry) =>
        h(
          "li",
          { key: entry.id },
          h("p", null, clockTime(entry.atMs), " ", h("bdi", null, sentenceOf(entry))),
          causeLines(entry.causes ?? []),
        )
      ),
    ),
    missing !== undefined &&
      h("p", { class: "quiet" }, `No action on ${cut(label(missing), 200)} before that is known.`),
  );
}

/** What it needs, and what needs it. */
export function neighbours(
  { edges, resources }: PageState,
  id: string,
  linkOf: LinkOf,
): JSX.Element | null {
  const before = edges.filter(({ to }) => to === id).map(({ from }) => from);
  const behind = edges.filter(({ from }) => from === id).map(({ to }) => to);
  if (before.length + behind.length === 0) return null;
  const list = (title: string, keys: readonly string[]) =>
    keys.length === 0 ? null : h(
      "div",
      null,
      h("h4", null, title),
      h(
        "ul",
        { class: "plain-list" },
        keys.slice(0, MOST_NEIGHBOURS).map((key) =>
          h(
            "li",
            { key },
            stateSign(resources.get(key)?.state ?? "unchecked"),
            h("a", { href: linkOf(key) }, h("bdi", null, cut(label(key), 120))),
            h(
              "span",
              { class: "unseen" },
              `, ${STATE_WORDS[resources.get(key)?.state ?? "unchecked"]}`,
            ),
          )
        ),
        keys.length > MOST_NEIGHBOURS &&
          h("li", { class: "quiet" }, `and ${keys.length - MOST_NEIGHBOURS} more`),
      ),
    );
  return section("Order", list("After", before), list("Before", behind));
}

const MOST_NEIGHBOURS = 30;

/** What happened to it, the newest first. */
export function pastSection({ history }: PanelAnswers): JSX.Element | null {
  const entries = [...readEntries(history?.["entries"])].reverse();
  if (entries.length === 0) return null;
  return section(
    "History",
    h(
      "ol",
      { class: "entries" },
      entries.map((entry) => h(EntryView, { key: entry.id, entry, hasDate: true })),
    ),
  );
}

function section(title: string, ...parts: (JSX.Element | null | false)[]): JSX.Element {
  return h("section", null, h("h3", null, title), parts);
}

/**
 * The head of the page: whose graph it is, how it is, and whether that is true right now.
 *
 * @module
 */

import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import { count, names } from "../../../base/words.ts";
import type { PageState } from "../model/page_state.ts";
import { verdict } from "../model/summary.ts";
import { type PagePlace, type PageView, placeHash } from "../place.ts";
import { clockTime } from "./moment.ts";
import { cut } from "./resource_name.ts";
import { stateSign } from "./state_sign.ts";

const TITLES: readonly (readonly [PageView, string])[] = [
  ["resources", "Resources"],
  ["graph", "Graph"],
  ["plan", "Plan"],
  ["timeline", "Timeline"],
  ["cluster", "Cluster"],
];

/** All above the view. */
export function head(state: PageState, place: PagePlace): JSX.Element {
  const said = verdict(state.counts);
  const { working } = state;
  return h(
    "header",
    { class: "head" },
    h(
      "div",
      { class: "title" },
      h("h1", null, h("bdi", null, titleOf(state))),
      h(
        "p",
        { class: `verdict is-${said.worst}` },
        stateSign(said.worst),
        h("strong", null, said.text),
        working.length > 0 && !state.isStopping &&
          h("span", { class: "quiet" }, ` · working on ${count(working.length, "resource")}`),
      ),
      contactView(state),
    ),
    navigation(state, place),
  );
}

/** The name of the host, or as long as nobody says it, of the graph. */
export function titleOf({ host, graphName }: PageState): string {
  return cut(printable(host || graphName || "mgmt"), 60);
}

function contactView(state: PageState): JSX.Element {
  const { contact } = state;
  switch (contact.is) {
    case "live":
      return state.isStopping
        ? h("p", { class: "contact is-stopping" }, stoppingWords(state.working))
        : h("p", { class: "contact is-live" }, h("span", { class: "dot" }), "live");
    case "connecting":
      return h("p", { class: "contact" }, "connecting …");
    case "lost":
      return h("p", { class: "contact is-lost" }, "away since ", clockTime(contact.sinceMs));
    case "over":
      return h("p", { class: "contact is-lost" }, "link expired");
  }
}

/** `stops, waits for Exec[slow]` */
function stoppingWords(working: readonly string[]): JSX.Element {
  const named = working.length === 0 ? "" : `, waits for ${cut(names(working, MOST_NAMED), 120)}`;
  return h("bdi", null, `stops${named}`);
}

/** Of those that a stop waits for. */
const MOST_NAMED = 3;

function navigation({ entries, status }: PageState, { view, key }: PagePlace): JSX.Element {
  const members = status?.cluster?.members?.length ?? 0;
  const counts: Partial<Record<PageView, number>> = {
    timeline: entries.length,
    cluster: members,
  };
  return h(
    "nav",
    { "aria-label": "Views" },
    h(
      "ul",
      null,
      TITLES.map(([name, title]) =>
        h(
          "li",
          { class: `to-${name}` },
          h(
            "a",
            {
              href: placeHash({ view: name, key }),
              "aria-current": name === view ? "page" : undefined,
            },
            title,
            (counts[name] ?? 0) > 0 && h("span", { class: "number" }, ` ${counts[name]}`),
          ),
        )
      ),
    ),
  );
}

/** What somebody has to know before anything else; undefined: nothing. */
export function banners({ contact, status, entries }: PageState): JSX.Element | null {
  const told: JSX.Element[] = [];
  if (contact.is === "over") {
    told.push(banner(
      "This link counts no more.",
      "Links are good once and for a while. Press Enter in the terminal where mgmt web runs, or start it again, and open the link that it shows.",
    ));
  } else if (contact.is === "lost") {
    told.push(banner(
      contact.why,
      "What is shown is how it was then. This page goes on by itself as soon as there is an answer.",
    ));
  }
  if (status?.refused === true) {
    const text = entries.find(({ type }) => type === "refused")?.text;
    told.push(h(
      "div",
      { class: "banner" },
      h(
        "p",
        null,
        h("strong", null, "The graph file has mistakes."),
        " The graph before stays in force.",
      ),
      text !== undefined &&
        h(
          "details",
          null,
          h("summary", null, "What is wrong with it"),
          h("pre", { tabIndex: 0 }, printableLines(text)),
        ),
    ));
  } else if (status?.lastGoodOf !== undefined) {
    told.push(banner("The graph file is broken.", "What is in force is its last good reading."));
  }
  return told.length === 0 ? null : h("div", { class: "banners" }, told);
}

function banner(title: string, text: string): JSX.Element {
  return h("div", { class: "banner" }, h("p", null, h("strong", null, title), ` ${text}`));
}

/** Colours of a terminal are no text. */
function printableLines(text: string): string {
  // deno-lint-ignore no-control-regex -- the sequences that set colours begin with one
  return text.replace(/\x1b\[[0-9;]*m/g, "").split("\n").map(printable).join("\n");
}

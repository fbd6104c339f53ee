/**
 * What happened, the newest first.
 *
 * @module
 */

import { Component, h, type JSX } from "preact";
import type { PageState } from "../model/page_state.ts";
import type { ShownEntry } from "../model/shown.ts";
import { dayOf } from "./moment.ts";
import { EntryView } from "./entry_view.ts";

const ROWS = 100;

/** What of it is wanted. */
const CHOICES = {
  all: "Everything",
  changes: "Changes",
  trouble: "Trouble",
  run: "Graph and cluster",
} as const;
type Choice = keyof typeof CHOICES;

const TYPES: Readonly<Record<Exclude<Choice, "all">, readonly string[]>> = {
  changes: ["changed", "refreshed", "undone", "would-change"],
  trouble: ["failed", "aborted", "contested", "refused", "held", "last-good", "lost"],
  run: ["start", "stop", "graph", "refused", "last-good", "good-again", "cluster"],
};

interface TimelineProps {
  readonly state: PageState;
  /** Another whenever something of the state is. */
  readonly turn: number;
  readonly linkOf: (key: string) => string;
}

/** The view. */
export class Timeline
  extends Component<TimelineProps, { readonly choice: Choice; readonly rows: number }> {
  override state: { readonly choice: Choice; readonly rows: number } = {
    choice: "all",
    rows: ROWS,
  };

  override render(): JSX.Element {
    const { state: { entries }, linkOf } = this.props;
    const { choice, rows } = this.state;
    const wanted = choice === "all"
      ? entries
      : entries.filter(({ type }) => TYPES[choice].includes(type));
    return h(
      "section",
      { class: "view timeline", "aria-labelledby": "timeline-title" },
      h("h2", { id: "timeline-title" }, "What happened"),
      h(
        "div",
        { class: "line states", role: "group", "aria-label": "Which" },
        (Object.keys(CHOICES) as Choice[]).map((each) =>
          h("button", {
            type: "button",
            class: "chip",
            "aria-pressed": each === choice ? "true" : "false",
            onClick: () => this.setState({ choice: each, rows: ROWS }),
          }, CHOICES[each])
        ),
      ),
      wanted.length === 0
        ? h("p", { class: "empty" }, "Nothing is known.")
        : days(wanted.slice(0, rows)).map(([day, list]) =>
          h(
            "div",
            { key: day },
            h("h3", null, day),
            h(
              "ol",
              { class: "entries" },
              list.map((entry) =>
                h(EntryView, {
                  key: entry.id,
                  entry,
                  link: entry.key === undefined ? undefined : linkOf(entry.key),
                })
              ),
            ),
          )
        ),
      wanted.length > rows &&
        h("button", {
          type: "button",
          class: "plain more",
          onClick: () => this.setState({ rows: rows + ROWS }),
        }, "Show earlier"),
    );
  }
}

function days(entries: readonly ShownEntry[]): [string, ShownEntry[]][] {
  const byDay: [string, ShownEntry[]][] = [];
  for (const entry of entries) {
    const day = dayOf(entry.lastMs ?? entry.atMs);
    const last = byDay.at(-1);
    if (last?.[0] === day) last[1].push(entry);
    else byDay.push([day, [entry]]);
  }
  return byDay;
}

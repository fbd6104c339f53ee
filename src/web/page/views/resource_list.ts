/**
 * The resources as a list: what is wrong first, with its reason.
 *
 * @module
 */

import { Component, createRef, Fragment, h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import { label } from "../../../base/words.ts";
import type { ShownResource } from "../model/shown.ts";
import { byUrgency, standingOf } from "../model/summary.ts";
import { type PageView, placeHash } from "../place.ts";
import { memoized } from "./memoized.ts";
import { clockTime } from "./moment.ts";
import { cut, resourceName } from "./resource_name.ts";
import { stateSign } from "./state_sign.ts";

/** Rows that are made at once. */
const ROWS = 200;
/** However much is wrong. */
const LEAST_RIGHT = 20;

/** What a list shows. */
interface ListProps {
  readonly resources: readonly ShownResource[];
  readonly total: number;
  /** An agent has said which there are. */
  readonly isKnown: boolean;
  readonly view: PageView;
  readonly selected: string | undefined;
}

interface ListState {
  readonly rows: number;
  /** The key of the row that a tab leads to. */
  readonly entry: string | undefined;
}

/** The list: one tab leads into it, arrows move in it. */
export class ResourceList extends Component<ListProps, ListState> {
  override state: ListState = { rows: ROWS, entry: undefined };
  readonly #list = createRef<HTMLDivElement>();

  override render(): JSX.Element {
    const { resources, total, isKnown } = this.props;
    const { rows } = this.state;
    if (resources.length === 0) {
      const text = !isKnown
        ? "Which resources there are is not known: the agent has not answered yet."
        : total === 0
        ? "The graph has no resources."
        : "Nothing fits this search.";
      return h("p", { class: "empty" }, text);
    }
    const sorted = byUrgency(resources);
    const wrong = sorted.filter(({ state }) => state !== "ok");
    const right = sorted.slice(wrong.length);
    const shown = [
      wrong.slice(0, rows),
      right.slice(0, Math.max(rows - wrong.length, LEAST_RIGHT)),
    ] as const;
    const entry = this.#entryOf(shown.flat());
    return h(
      "div",
      {
        ref: this.#list,
        onKeyDown: (event: KeyboardEvent) => this.#key(event),
        onFocusIn: (event: Event) => this.#enter(keyOf(event.target)),
      },
      this.#part("To look at ", wrong, shown[0], entry),
      this.#part("As it should be ", right, shown[1], entry),
    );
  }

  /** Where one was last, what is looked at, or the first. */
  #entryOf(shown: readonly ShownResource[]): string | undefined {
    const keys = new Set(shown.map(({ key }) => key));
    return [this.state.entry, this.props.selected].find((key) => keys.has(key ?? "")) ??
      shown[0]?.key;
  }

  #part(
    title: string,
    all: readonly ShownResource[],
    shown: readonly ShownResource[],
    entry: string | undefined,
  ): JSX.Element | null {
    const { view, selected } = this.props;
    if (all.length === 0) return null;
    return h(
      Fragment,
      { key: title },
      h("h3", null, title, h("span", { class: "number" }, `${all.length}`)),
      h(
        "ul",
        { class: "rows" },
        shown.map((resource) =>
          h(Row, {
            key: resource.key,
            resource,
            href: placeHash({ view, key: resource.key }),
            isSelected: resource.key === selected,
            isEntry: resource.key === entry,
          })
        ),
      ),
      shown.length < all.length && this.#more(all.length),
    );
  }

  #more(total: number): JSX.Element {
    const onClick = () => this.setState({ rows: this.state.rows + 2 * ROWS });
    return h("button", { type: "button", class: "plain more", onClick }, `Show more of ${total}`);
  }

  #enter(key: string | undefined): void {
    if (key !== undefined && key !== this.state.entry) this.setState({ entry: key });
  }

  #key(event: KeyboardEvent): void {
    const rows = [...this.#list.current?.querySelectorAll<HTMLElement>("[data-key]") ?? []];
    const now = rows.findIndex((row) => row.dataset["key"] === keyOf(event.target));
    const next = {
      ArrowDown: now + 1,
      ArrowUp: now - 1,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    const row = now < 0 || next === undefined ? undefined : rows[next];
    if (row === undefined) return;
    event.preventDefault();
    row.focus();
  }
}

function keyOf(target: EventTarget | null): string | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-key]") : null;
  return row?.dataset["key"];
}

const Row = memoized(({ resource, href, isSelected, isEntry }: {
  readonly resource: ShownResource;
  readonly href: string;
  readonly isSelected: boolean;
  readonly isEntry: boolean;
}): JSX.Element => {
  const { key, state, progress } = resource;
  const { sign, words, sinceMs } = standingOf(resource);
  const why = whyOf(resource);
  return h(
    "li",
    null,
    h(
      "a",
      {
        href,
        class: `row is-${state}`,
        "aria-current": isSelected ? "true" : undefined,
        "data-key": key,
        tabIndex: isEntry ? 0 : -1,
      },
      stateSign(sign),
      resourceName(resource),
      h("span", { class: "unseen" }, `, ${words}`),
      // What is put right at once makes no row higher for a moment.
      (state !== "ok" || progress !== undefined) &&
        h(
          "span",
          { class: "why" },
          h("span", { class: "state" }, words),
          why !== undefined && h("bdi", null, ` · ${cut(printable(why), 300)}`),
          sinceMs > 0 && h("span", { class: "quiet" }, " · since ", clockTime(sinceMs)),
        ),
    ),
  );
});

/** Why it is not as it should be, as far as is known without asking. */
export function whyOf(
  { failure, reason, blockedBy, worksSinceMs, progress }: ShownResource,
): string | undefined {
  if (worksSinceMs !== undefined && progress !== undefined) return progress;
  if (failure !== undefined) return failure;
  return blockedBy === undefined ? reason : `for ${label(blockedBy)}`;
}

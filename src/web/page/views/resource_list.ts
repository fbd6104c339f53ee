/**
 * The resources as a list: what is wrong first, with its reason.
 *
 * @module
 */

import { Component, Fragment, h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import { label } from "../../../base/words.ts";
import type { ShownResource } from "../model/shown.ts";
import { byUrgency, STATE_WORDS } from "../model/summary.ts";
import { type PageView, placeHash } from "../place.ts";
import { memoized } from "./memoized.ts";
import { clockTime } from "./moment.ts";
import { cut, resourceName } from "./resource_name.ts";
import { stateSign } from "./state_sign.ts";

/** Rows that are made at once. */
const ROWS = 200;

/** What a list shows. */
interface ListProps {
  readonly resources: readonly ShownResource[];
  readonly total: number;
  readonly view: PageView;
  readonly selected: string | undefined;
}

/** The list. */
export class ResourceList extends Component<ListProps, { readonly rows: number }> {
  override state: { readonly rows: number } = { rows: ROWS };

  override render(): JSX.Element {
    const { resources, total, view, selected } = this.props;
    if (resources.length === 0) {
      const text = total === 0 ? "The graph has no resources." : "Nothing fits this search.";
      return h("p", { class: "empty" }, text);
    }
    const sorted = byUrgency(resources);
    const wrong = sorted.filter(({ state }) => state !== "ok");
    const right = sorted.slice(wrong.length);
    const rows = (list: readonly ShownResource[]) =>
      h(
        "ul",
        { class: "rows" },
        list.map((resource) =>
          h(Row, {
            key: resource.key,
            resource,
            href: placeHash({ view, key: resource.key }),
            isSelected: resource.key === selected,
          })
        ),
      );
    const shownRight = right.slice(0, Math.max(this.state.rows - wrong.length, 20));
    return h(
      Fragment,
      null,
      wrong.length > 0 && h("h3", null, "To look at ", number(wrong.length)),
      wrong.length > 0 && rows(wrong.slice(0, this.state.rows)),
      wrong.length > this.state.rows && this.#more(wrong.length),
      right.length > 0 && h("h3", null, "As it should be ", number(right.length)),
      right.length > 0 && rows(shownRight),
      shownRight.length < right.length && this.#more(right.length),
    );
  }

  #more(total: number): JSX.Element {
    const onClick = () => this.setState({ rows: this.state.rows + 2 * ROWS });
    return h("button", { type: "button", class: "plain more", onClick }, `Show more of ${total}`);
  }
}

function number(count: number): JSX.Element {
  return h("span", { class: "number" }, `${count}`);
}

const Row = memoized(({ resource, href, isSelected }: {
  readonly resource: ShownResource;
  readonly href: string;
  readonly isSelected: boolean;
}): JSX.Element => {
  const { key, state, works, sinceMs } = resource;
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
      },
      stateSign(works ? "works" : state),
      resourceName(resource),
      h("span", { class: "unseen" }, works ? ", is being changed" : `, ${STATE_WORDS[state]}`),
      state !== "ok" &&
        h(
          "span",
          { class: "why" },
          h("span", { class: "state" }, STATE_WORDS[state]),
          why !== undefined && h("bdi", null, ` · ${cut(printable(why), 300)}`),
          sinceMs > 0 && h("span", { class: "quiet" }, " · since ", clockTime(sinceMs)),
        ),
    ),
  );
});

/** Why it is not as it should be, as far as is known without asking. */
export function whyOf({ failure, reason, blockedBy }: ShownResource): string | undefined {
  if (failure !== undefined) return failure;
  return blockedBy === undefined ? reason : `for ${label(blockedBy)}`;
}

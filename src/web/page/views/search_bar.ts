/**
 * Where one says what one looks for: a text, states, a kind.
 *
 * @module
 */

import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import type { VertexState } from "../../../engine/vertex.ts";
import type { ShownResource } from "../model/shown.ts";
import {
  BY_URGENCY,
  countStates,
  EVERYTHING,
  type Filter,
  isOpen,
  STATE_WORDS,
} from "../model/summary.ts";
import { stateSign } from "./state_sign.ts";

/** The form; `found`: how many resources fit. */
export function searchBar(
  resources: readonly ShownResource[],
  filter: Filter,
  found: number,
  change: (filter: Filter) => void,
): JSX.Element {
  return h(
    "form",
    { class: "search", role: "search", onSubmit: (event: Event) => event.preventDefault() },
    h("div", { class: "line" }, textField(filter, change), kindField(resources, filter, change)),
    stateButtons(resources, filter, change),
    h(
      "p",
      { class: "unseen", role: "status" },
      isOpen(filter) ? "" : `${found} of ${resources.length} resources`,
    ),
  );
}

type FilterChange = (filter: Filter) => void;

function textField(filter: Filter, change: FilterChange): JSX.Element {
  return h("input", {
    type: "search",
    id: "search",
    "aria-label": "Search resources",
    placeholder: "Search names and reasons",
    autocomplete: "off",
    spellcheck: false,
    value: filter.text,
    onInput: (event: Event) =>
      change({ ...filter, text: (event.target as HTMLInputElement).value }),
  });
}

function kindField(
  resources: readonly ShownResource[],
  filter: Filter,
  change: FilterChange,
): JSX.Element {
  const kinds = [...new Set(resources.map(({ kind }) => kind))].sort();
  return h(
    "select",
    {
      "aria-label": "Kind",
      value: filter.kind,
      onChange: (event: Event) =>
        change({ ...filter, kind: (event.target as HTMLSelectElement).value }),
    },
    h("option", { value: "" }, "All kinds"),
    kinds.map((kind) => h("option", { value: kind }, printable(kind))),
  );
}

function stateButtons(
  resources: readonly ShownResource[],
  filter: Filter,
  change: FilterChange,
): JSX.Element {
  const counts = countStates(resources);
  const states = BY_URGENCY.filter((state) => counts[state] > 0 || filter.states.includes(state));
  return h(
    "div",
    { class: "line states", role: "group", "aria-label": "States" },
    states.map((state) =>
      h(
        "button",
        {
          type: "button",
          key: state,
          class: `chip is-${state}`,
          "aria-pressed": filter.states.includes(state) ? "true" : "false",
          onClick: () => change({ ...filter, states: toggled(filter.states, state) }),
        },
        stateSign(state),
        `${STATE_WORDS[state]} `,
        h("span", { class: "number" }, `${counts[state]}`),
      )
    ),
    !isOpen(filter) &&
      h("button", { type: "button", class: "plain", onClick: () => change(EVERYTHING) }, "Clear"),
  );
}

function toggled(states: readonly VertexState[], state: VertexState): readonly VertexState[] {
  return states.includes(state) ? states.filter((each) => each !== state) : [...states, state];
}

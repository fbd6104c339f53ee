import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import { BY_URGENCY, STATE_WORDS } from "../model/summary.ts";
import { cut } from "./resource_name.ts";
import { stateSign } from "./state_sign.ts";

/** What can be done with the drawing. */
interface GraphToolsProps {
  /** Groups that were unfolded by hand. */
  readonly unfolded: readonly string[];
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fit: () => void;
  /** Folds a group, or all. */
  readonly foldAgain: (id: string | undefined) => void;
}

/** The buttons above the drawing. */
export function graphTools(
  { unfolded, zoomIn, zoomOut, fit, foldAgain }: GraphToolsProps,
): JSX.Element {
  const button = (text: string, title: string, onClick: () => void) =>
    h("button", { type: "button", class: "tool", title, "aria-label": title, onClick }, text);
  return h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Drawing" },
    button("+", "Zoom in", zoomIn),
    button("−", "Zoom out", zoomOut),
    button("Fit", "Fit all into view", fit),
    button("Fold", "Fold all groups", () => foldAgain(undefined)),
    unfolded.map((id) => {
      const name = cut(printable(id.replace(":", " ")).trim(), 40);
      return h(
        "button",
        {
          type: "button",
          class: "chip",
          key: id,
          onClick: () => foldAgain(id),
          "aria-label": `Fold ${name}`,
        },
        h("bdi", null, name),
        h("span", { "aria-hidden": "true" }, " ×"),
      );
    }),
    h(
      "details",
      { class: "legend" },
      h("summary", null, "Signs"),
      h(
        "ul",
        { class: "plain-list" },
        BY_URGENCY.map((state) =>
          h("li", { class: `is-${state}` }, stateSign(state), ` ${STATE_WORDS[state]}`)
        ),
        h("li", null, h("span", { class: "key is-requires" }), " comes before"),
        h("li", null, h("span", { class: "key is-notifies" }), " and refreshes"),
        h("li", null, h("span", { class: "key is-auto" }), " found by mgmt"),
      ),
    ),
  );
}

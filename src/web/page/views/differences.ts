import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";

/** Lines that are shown; the rest is counted. */
const MOST_LINES = 400;

/** Lines of a difference; each begins with its sign, so that colour is not needed. */
export function differences(lines: readonly string[]): JSX.Element {
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length - shown.length;
  return h(
    "div",
    { class: "difference", tabIndex: 0, role: "group", "aria-label": "Difference" },
    shown.map((line) => h("code", { class: classOf(line) }, printable(line) || " ")),
    more > 0 && h("p", { class: "quiet" }, `and ${more} more lines`),
  );
}

function classOf(line: string): string {
  switch (line.charAt(0)) {
    case "+":
      return "added";
    case "-":
      return "removed";
    case "~":
      return "other";
    default:
      return "";
  }
}

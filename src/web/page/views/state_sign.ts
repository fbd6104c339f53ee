/**
 * The sign of a state: a shape of its own for each, so that it is told apart without colours.
 *
 * @module
 */

import { h, type JSX } from "preact";
import type { VertexState } from "../../../engine/vertex.ts";

/** What can be drawn: states, and that somebody works on it. */
export type Sign = VertexState | "works";

/** Lines within 16 by 16. */
const LINES: Readonly<Record<Sign, string>> = {
  "ok": "M3.5 8.5l3 3 6-7",
  "failed": "M4 4l8 8M12 4l-8 8",
  "aborted": "M8 3v6M8 12v1",
  "contested": "M2.5 5.5h10l-3-3M13.5 10.5h-10l3 3",
  "blocked": "M5.5 3.5v9M10.5 3.5v9",
  "would-change": "M8 3l5 9.5h-10z",
  "held": "M4.5 7.5h7v5.5h-7zM5.8 7.5v-2a2.2 2.2 0 0 1 4.4 0v2",
  "unchecked": "M8 3.5a4.5 4.5 0 1 0 .01 0",
  "works": "M8 3a5 5 0 1 1-5 5",
};

/** It alone; what it says stands beside it in words, or in the label of what it is in. */
export function stateSign(
  sign: Sign,
  place?: { readonly x: number; readonly y: number },
): JSX.Element {
  return h("svg", {
    class: `sign is-${sign}`,
    viewBox: "0 0 16 16",
    width: 16,
    height: 16,
    "aria-hidden": "true",
    ...place,
  }, h("path", { d: LINES[sign] }));
}

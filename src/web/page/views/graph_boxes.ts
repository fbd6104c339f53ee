/**
 * The boxes and lines of the drawing.
 *
 * @module
 */

import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import type { VertexState } from "../../../engine/vertex.ts";
import type { GraphNode } from "../graph/folding.ts";
import { BOX_HEIGHT, type Point } from "../graph/layout.ts";
import type { EdgeKind } from "../model/shown.ts";
import { STATE_WORDS } from "../model/summary.ts";
import { memoized } from "./memoized.ts";
import { cut } from "./resource_name.ts";
import { stateSign } from "./state_sign.ts";

const WIDTH = { character: 7.4, sign: 26, end: 12 } as const;
/** Room for how many of a group are wrong. */
const WRONG_CHARACTERS = 4;
const LONGEST = 30;

/** What a box says. */
function boxText({ kind, name, keys, isGroup }: GraphNode): {
  readonly kind: string;
  readonly name: string;
  readonly number: string;
} {
  return {
    kind: cut(printable(kind), 16),
    name: cut(printable(name), LONGEST),
    number: isGroup ? `${keys.length}` : "",
  };
}

/** How wide a box is for what it says. */
export function boxWidth(node: GraphNode): number {
  const { kind, name, number } = boxText(node);
  const characters = [kind, name, number].filter((each) => each !== "").join("  ").length +
    (node.isGroup ? WRONG_CHARACTERS : 0);
  return Math.ceil(WIDTH.sign + characters * WIDTH.character + WIDTH.end);
}

/** One box; another property whenever it looks different. */
interface BoxProps {
  readonly node: GraphNode;
  readonly width: number;
  readonly place: Point;
  readonly state: VertexState;
  readonly works: boolean;
  /** Of a group: how many of it are not as they should be. */
  readonly wrong: number;
  readonly isSelected: boolean;
  readonly isDim: boolean;
  readonly isPlanned: boolean;
  readonly isEntry: boolean;
}

/** A resource or a group, as a button. */
export const Box = memoized((
  { node, width, place: [x, y], state, works, wrong, isSelected, isDim, isPlanned, isEntry }:
    BoxProps,
): JSX.Element => {
  const { kind, name, number } = boxText(node);
  const classes = [
    "box",
    `is-${state}`,
    ...(node.isGroup ? ["is-group"] : []),
    ...(isSelected ? ["is-selected"] : []),
    ...(isDim ? ["is-dim"] : []),
    ...(isPlanned ? ["is-planned"] : []),
  ];
  const shape = { width, height: BOX_HEIGHT, rx: 4 };
  return h(
    "g",
    {
      class: classes.join(" "),
      transform: `translate(${x - width / 2} ${y - BOX_HEIGHT / 2})`,
      role: "button",
      // Attributes of SVG are told apart by their case, too.
      tabindex: isEntry ? 0 : -1,
      "aria-label": spoken(node, state, works, wrong, isPlanned),
      "data-id": node.id,
    },
    node.isGroup && h("rect", { ...shape, x: 3, y: 3, class: "behind" }),
    h("rect", { ...shape, class: "front" }),
    stateSign(works ? "works" : state, { x: 6, y: 6 }),
    h(
      "text",
      { x: WIDTH.sign, y: 18 },
      h("tspan", { class: "kind" }, kind),
      name !== "" && [" ", h("tspan", { class: "name" }, name)],
      number !== "" && [
        " ",
        h("tspan", { class: "number" }, wrong > 0 ? `${wrong}/${number}` : number),
      ],
    ),
  );
});

/** What is seen first, as people say what they see; then how it is, and all of a name that was cut. */
function spoken(
  node: GraphNode,
  state: VertexState,
  works: boolean,
  wrong: number,
  isPlanned: boolean,
): string {
  const { kind, name, number } = boxText(node);
  const isCut = name !== printable(node.name);
  const whole = isCut ? `; ${cut(printable(node.name), 160)}` : "";
  if (node.isGroup) {
    const shown = [kind, name, wrong > 0 ? `${wrong}/${number}` : number].filter(Boolean).join(" ");
    const how = wrong === 0 ? "all as they should be" : `${wrong} to look at`;
    return `${shown} in a group, ${how}; unfold${whole}`;
  }
  const plan = isPlanned ? ", the plan is about it" : "";
  return `${kind} ${name}: ${works ? "working" : STATE_WORDS[state]}${plan}${whole}`;
}

/** One edge. */
export const Line = memoized((
  { way, kind, isNear, isDim }: {
    readonly way: readonly Point[];
    readonly kind: EdgeKind;
    readonly isNear: boolean;
    readonly isDim: boolean;
  },
): JSX.Element =>
  h("path", {
    class: `edge is-${kind}${isNear ? " is-near" : ""}${isDim ? " is-dim" : ""}`,
    d: curve(way),
    "marker-end": isNear ? "url(#near-arrow)" : "url(#arrow)",
  })
);

/** Round through the middle of each piece. */
function curve(way: readonly Point[]): string {
  const [first, ...others] = way;
  if (first === undefined) return "";
  const last = others.at(-1) ?? first;
  const turns = others.slice(0, -1).map(([x, y], index) => {
    const [nextX, nextY] = others[index + 1]!;
    const isLast = index === others.length - 2;
    const end = isLast ? last : [(x + nextX) / 2, (y + nextY) / 2];
    return `Q${round(x)} ${round(y)} ${round(end[0]!)} ${round(end[1]!)}`;
  });
  const straight = turns.length === 0 ? `L${round(last[0])} ${round(last[1])}` : "";
  return `M${round(first[0])} ${round(first[1])}${turns.join("")}${straight}`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

/**
 * The graph as a drawing that one moves in, with a mouse, fingers or keys.
 *
 * @module
 */

import { Component, createRef, h, type JSX } from "preact";
import { type Drawing, DrawingRoom } from "../graph/drawing.ts";
import { fold, type FoldedGraph, type GraphNode } from "../graph/folding.ts";
import { BOX_HEIGHT } from "../graph/layout.ts";
import {
  fitted,
  nextInDirection,
  showing,
  type Size,
  type Viewport,
  zoomed,
} from "../graph/viewport.ts";
import type { PageState } from "../model/page_state.ts";
import { type Filter, fits, isOpen } from "../model/summary.ts";
import { type BoxLook, looksOf } from "./box_looks.ts";
import { Box, boxWidth, Line } from "./graph_boxes.ts";
import { listenToGestures } from "./gestures.ts";
import { graphTools } from "./graph_tools.ts";

/** So many boxes are read with one look. */
const READABLE = 60;
const FEWEST = 6;
/** Those that are not as they should be stand alone, as long as they are few. */
const MOST_ALONE = 30;
/** Text smaller than that is not read. */
const LEAST_SCALE = 0.45;
const STEP = 1.25;

/** What is drawn. */
export interface GraphProps {
  readonly state: PageState;
  /** Another whenever something of the state is. */
  readonly turn: number;
  readonly filter: Filter;
  readonly selected: string | undefined;
  readonly planned: ReadonlySet<string>;
  readonly select: (key: string) => void;
}

interface GraphViewState {
  readonly drawing: Drawing | undefined;
  readonly viewport: Viewport;
  /** The box that a tab leads to. */
  readonly entry: string | undefined;
  readonly open: ReadonlySet<string>;
}

/** The view. */
export class GraphView extends Component<GraphProps, GraphViewState> {
  override state: GraphViewState = {
    drawing: undefined,
    viewport: { left: 0, top: 0, scale: 1 },
    entry: undefined,
    open: new Set(),
  };
  readonly #svg = createRef<SVGSVGElement>();
  #room: DrawingRoom | undefined;
  #size: Size = { width: 0, height: 0 };
  #stopGestures = () => {};
  #observer: ResizeObserver | undefined;
  /** What was drawn last: shape of the graph, who stands alone, what is unfolded. */
  #drawn = "";
  #alone = new Set<string>();
  /** What is to be seen once it is drawn. */
  #goal: string | undefined;
  /** Nobody has moved it, so it is fitted to whatever becomes of its place. */
  #isFitted = true;
  /** What had the focus becomes something else. */
  #keepsFocus = false;

  override componentDidMount(): void {
    const svg = this.#svg.current!;
    this.#room = new DrawingRoom((drawing) => this.#take(drawing));
    this.#observer = new ResizeObserver(() => this.#measure(svg));
    this.#observer.observe(svg);
    this.#stopGestures = listenToGestures(svg, {
      viewport: () => this.state.viewport,
      move: (viewport) => this.#move(viewport),
    });
    this.#measure(svg);
    this.#draw();
  }

  override componentWillUnmount(): void {
    this.#room?.close();
    this.#observer?.disconnect();
    this.#stopGestures();
  }

  override componentDidUpdate(before: GraphProps): void {
    const { selected } = this.props;
    if (selected !== undefined && selected !== before.selected) this.#goal = selected;
    this.#draw();
    if (this.#goal !== undefined && this.#show(this.#goal)) this.#goal = undefined;
  }

  #measure(svg: SVGSVGElement): void {
    const { width, height } = svg.getBoundingClientRect();
    this.#size = { width, height };
    if (this.#isFitted) this.#fit();
    else if (this.props.selected !== undefined) this.#show(this.props.selected);
  }

  /** Asks for a drawing where another than the last one is needed. */
  #draw(): void {
    const { state: { resources, edges, shape }, selected } = this.props;
    const { open } = this.state;
    const alone = new Set([...this.#alone].filter((key) => resources.has(key)));
    for (const { key, state } of resources.values()) {
      if (alone.size >= MOST_ALONE) break;
      if (state !== "ok" && state !== "unchecked") alone.add(key);
    }
    if (selected !== undefined && resources.has(selected)) alone.add(selected);
    this.#alone = alone;
    const wanted = JSON.stringify([shape, [...open], [...alone]]);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const folded = fold(resources.values(), edges, {
      budget: READABLE,
      fewest: FEWEST,
      open,
      alone,
    });
    // Whoever has room for itself anyhow is moved by nothing.
    if (this.state.drawing !== undefined && isSameGraph(folded, this.state.drawing.folded)) return;
    this.#room?.draw(folded, new Map(folded.nodes.map((node) => [node.id, boxWidth(node)])));
  }

  #take(drawing: Drawing): void {
    const entry = boxOf(drawing, this.state.entry) ?? drawing.folded.nodes[0]?.id;
    this.setState({ drawing, entry }, () => {
      if (this.#isFitted) this.#fit();
      if (this.#keepsFocus) this.#focus(this.state.entry);
      this.#keepsFocus = false;
    });
  }

  #fit(): void {
    const { drawing } = this.state;
    if (drawing === undefined || this.#size.width === 0) return;
    this.#isFitted = true;
    this.setState({ viewport: fitted(drawing, this.#size, LEAST_SCALE) });
  }

  #move(viewport: Viewport): void {
    this.#isFitted = false;
    this.setState({ viewport });
  }

  /** Moves there where it is not seen; whether it is drawn at all. */
  #show(id: string): boolean {
    const { drawing, viewport } = this.state;
    const shown = drawing === undefined ? undefined : boxOf(drawing, id);
    const place = drawing?.places.get(shown ?? "");
    if (drawing === undefined || place === undefined) return false;
    const box = { width: drawing.widths.get(shown ?? "") ?? 0, height: BOX_HEIGHT };
    const moved = showing(viewport, this.#size, ...place, box);
    if (moved.left !== viewport.left || moved.top !== viewport.top) this.#move(moved);
    return true;
  }

  #activate(id: string): void {
    const node = this.state.drawing?.folded.nodes.find((each) => each.id === id);
    if (node === undefined) return;
    if (!node.isGroup) return this.props.select(id);
    this.#goal = node.keys[0];
    this.#keepsFocus = true;
    this.setState(({ open }) => ({ open: new Set([...open, id]), entry: node.keys[0] }));
  }

  #foldAgain(id: string | undefined): void {
    this.#alone = new Set();
    this.#isFitted = id === undefined;
    const open = new Set(id === undefined ? [] : this.state.open);
    if (id !== undefined) { for (const each of open) if (each.startsWith(id)) open.delete(each); }
    this.setState({ open });
  }

  #zoom(factor: number): void {
    const { width, height } = this.#size;
    this.#move(zoomed(this.state.viewport, factor, width / 2, height / 2));
  }

  #key(event: KeyboardEvent): void {
    const { drawing, entry } = this.state;
    if (drawing === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    if (direction !== undefined) {
      const from = drawing.places.get(entry ?? "") ?? [0, 0];
      this.#focus(nextInDirection(from, direction, drawing.places));
    } else if (event.key === "Home") this.#focus(drawing.folded.nodes[0]?.id);
    else if (event.key === "End") this.#focus(drawing.folded.nodes.at(-1)?.id);
    else if (event.key === "+" || event.key === "=") this.#zoom(STEP);
    else if (event.key === "-") this.#zoom(1 / STEP);
    else if (event.key === "0") this.#fit();
    else if (event.key === "Enter" || event.key === " ") this.#activate(idOf(event.target) ?? "");
    else return;
    event.preventDefault();
  }

  #focus(id: string | undefined): void {
    if (id === undefined) return;
    this.setState({ entry: id });
    this.#show(id);
    boxes(this.#svg.current).find((box) => box.dataset["id"] === id)?.focus({
      preventScroll: true,
    });
  }

  override render(): JSX.Element {
    const { drawing, viewport: { left, top, scale } } = this.state;
    return h(
      "section",
      { class: "graph", "aria-label": "Graph" },
      graphTools({
        unfolded: drawing?.folded.unfolded ?? [],
        zoomIn: () => this.#zoom(STEP),
        zoomOut: () => this.#zoom(1 / STEP),
        fit: () => this.#fit(),
        foldAgain: (id) => this.#foldAgain(id),
      }),
      h(
        "svg",
        {
          ref: this.#svg,
          class: "drawing",
          role: "group",
          "aria-label":
            "Resources in their order; arrow keys move, Enter opens, plus and minus zoom",
          onKeyDown: (event: KeyboardEvent) => this.#key(event),
          onClick: (event: Event) => this.#activate(idOf(event.target) ?? ""),
          onFocusIn: (event: Event) => this.#enter(idOf(event.target)),
        },
        h("defs", null, arrow("arrow"), arrow("near-arrow")),
        drawing !== undefined &&
          h("g", { transform: `translate(${left} ${top}) scale(${scale})` }, this.#inside(drawing)),
      ),
    );
  }

  #enter(id: string | undefined): void {
    if (id !== undefined && id !== this.state.entry) this.setState({ entry: id });
  }

  #inside(drawing: Drawing): JSX.Element[] {
    const { state, filter, selected, planned } = this.props;
    const { entry } = this.state;
    const isFound = isOpen(filter) ? undefined : (key: string) => {
      const resource = state.resources.get(key);
      return resource !== undefined && fits(resource, filter);
    };
    const looks = looksOf(drawing.folded.nodes, state.resources, isFound);
    const isDim = (id: string) => looks.get(id)?.isDim ?? false;
    return [
      ...drawing.lines.map(({ edge: { from, to, kind }, way }) =>
        h(Line, {
          key: `${from}\n${to}`,
          way,
          kind,
          isNear: from === selected || to === selected,
          isDim: isDim(from) || isDim(to),
        })
      ),
      ...drawing.folded.nodes.map((node) => {
        const { isDim, ...look } = looks.get(node.id) as BoxLook;
        return h(Box, {
          key: node.id,
          ...look,
          isDim,
          node,
          width: drawing.widths.get(node.id) ?? 0,
          place: drawing.places.get(node.id) ?? [0, 0],
          isSelected: node.id === selected,
          isPlanned: node.keys.some((key) => planned.has(key)),
          isEntry: node.id === entry,
        });
      }),
    ];
  }
}

const DIRECTIONS: Readonly<Record<string, "left" | "right" | "up" | "down">> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** The box of a resource or of a group: its own, or the one that it is in. */
function boxOf({ places, folded }: Drawing, id: string | undefined): string | undefined {
  if (id === undefined || places.has(id)) return id;
  return folded.nodes.find(({ keys }) => keys.includes(id))?.id;
}

function isSameGraph(a: FoldedGraph, b: FoldedGraph): boolean {
  const names = ({ nodes, edges, unfolded }: FoldedGraph) =>
    JSON.stringify([
      nodes.map(({ id, keys }: GraphNode) => [id, keys.length]).sort(),
      edges.map(({ from, to, kind }) => [from, to, kind]).sort(),
      unfolded,
    ]);
  return names(a) === names(b);
}

function arrow(id: string): JSX.Element {
  return h(
    "marker",
    { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    h("path", { d: "M1 1l6 3-6 3z" }),
  );
}

function boxes(svg: SVGSVGElement | null): SVGGElement[] {
  return [...svg?.querySelectorAll<SVGGElement>("[data-id]") ?? []];
}

/** The box that something is in. */
function idOf(target: EventTarget | null): string | undefined {
  const box = target instanceof Element ? target.closest<SVGGElement>("[data-id]") : null;
  return box?.dataset["id"];
}

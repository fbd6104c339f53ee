/**
 * Where everything of a drawn graph stands. Parts of the graph that nothing connects are laid out one by one, in
 * layers from left to right, and put beside each other like words on a page.
 *
 * @module
 */

import { Graph, layout as layered } from "@dagrejs/dagre";

/** What is to be laid out: boxes of one height, and which comes before which. */
export interface LayoutQuestion {
  /** The answer has the same. */
  readonly number: number;
  readonly nodes: readonly { readonly id: string; readonly width: number }[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** A point, from the left and from the top. */
export type Point = readonly [x: number, y: number];

/** Where all is: the middle of each box, and the way of each edge, in the order of the question. */
export interface LayoutAnswer {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Point>;
  readonly ways: readonly (readonly Point[])[];
}

/** The height of a box. */
export const BOX_HEIGHT = 28;
const GAP = { layer: 56, box: 10, part: 24 } as const;
/** Wider than high, as screens are. */
const RATIO = 1.7;

interface ConnectedPart {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Point>;
  /** By the number of the edge in the question. */
  readonly ways: ReadonlyMap<number, readonly Point[]>;
}

/** Lays it out. */
export function layOut(question: LayoutQuestion): LayoutAnswer {
  const parts = partsOf(question).map((ids) => layOutPart(ids, question));
  const places = new Map<string, Point>();
  const ways: (readonly Point[])[] = question.edges.map(() => []);
  const { spots, width, height } = shelves(parts);
  parts.forEach((part, index) => {
    const [left, top] = spots[index]!;
    const moved = ([x, y]: Point): Point => [x + left, y + top];
    for (const [id, place] of part.places) places.set(id, moved(place));
    for (const [number, way] of part.ways) ways[number] = way.map(moved);
  });
  return { number: question.number, width, height, places, ways };
}

/** The ids of each connected part. */
function partsOf({ nodes, edges }: LayoutQuestion): ReadonlySet<string>[] {
  const near = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const [from, to] of edges) {
    near.get(from)?.push(to);
    near.get(to)?.push(from);
  }
  const seen = new Set<string>();
  const parts: Set<string>[] = [];
  for (const { id } of nodes) {
    if (seen.has(id)) continue;
    const part = new Set([id]);
    // What is added while it is walked is walked, too.
    for (const each of part) for (const other of near.get(each)!) part.add(other);
    for (const each of part) seen.add(each);
    parts.push(part);
  }
  return parts;
}

function layOutPart(ids: ReadonlySet<string>, { nodes, edges }: LayoutQuestion): ConnectedPart {
  const boxes = nodes.filter(({ id }) => ids.has(id));
  const [only, ...others] = boxes;
  if (only !== undefined && others.length === 0) {
    const { id, width } = only;
    const places = new Map<string, Point>([[id, [width / 2, BOX_HEIGHT / 2]]]);
    return { width, height: BOX_HEIGHT, places, ways: new Map() };
  }
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: "LR",
    ranksep: GAP.layer,
    nodesep: GAP.box,
    edgesep: 6,
    // The default takes seconds for a thousand.
    ranker: "tight-tree",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width } of boxes) graph.setNode(id, { width, height: BOX_HEIGHT });
  edges.forEach(([from, to], index) => {
    if (ids.has(from) && ids.has(to)) graph.setEdge(from, to, {}, `${index}`);
  });
  layered(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const places = new Map(boxes.map(({ id }): [string, Point] => {
    const { x, y } = graph.node(id) as { x: number; y: number };
    return [id, [x, y]];
  }));
  const ways = new Map(
    graph.edges().map((edge) => {
      const { points = [] } = graph.edge(edge) as { points?: { x: number; y: number }[] };
      return [Number(edge.name), points.map(({ x, y }): Point => [x, y])];
    }),
  );
  return { width, height, places, ways };
}

/** Puts parts on shelves, the highest first: where each stands, in their order. */
function shelves(
  parts: readonly ConnectedPart[],
): { readonly spots: readonly Point[]; readonly width: number; readonly height: number } {
  const { part: gap } = GAP;
  const area = parts.reduce((sum, each) => sum + (each.width + gap) * (each.height + gap), 0);
  const widest = Math.max(...parts.map(({ width }) => width), Math.sqrt(area * RATIO), 0);
  const order = parts.map((_, index) => index).sort((a, b) => parts[b]!.height - parts[a]!.height);
  const spots: Point[] = [];
  let [left, top, shelf, width] = [0, 0, 0, 0];
  for (const index of order) {
    const part = parts[index]!;
    if (left > 0 && left + part.width > widest) {
      [left, top, shelf] = [0, top + shelf + lineGap(shelf), 0];
    }
    spots[index] = [left, top];
    left += part.width + gap;
    shelf = Math.max(shelf, part.height);
    width = Math.max(width, left - gap);
  }
  return { spots, width, height: top + shelf };
}

/** Single boxes stand as close below each other as they do in a layer. */
function lineGap(shelf: number): number {
  return shelf === BOX_HEIGHT ? GAP.box : GAP.part;
}

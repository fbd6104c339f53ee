import { assert, assertEquals } from "@std/assert";
import { ancestors, type Edge, edgesTo, type Graph } from "../../../src/graph/graph.ts";
import { Precedence } from "../../../src/graph/precedence.ts";

function graphOf(count: number, edges: readonly Edge[]): Graph<unknown> {
  const vertices = new Map(Array.from({ length: count }, (_, at) => [`v${at}`, at]));
  return { name: "g", vertices, edges };
}

const edge = (from: number, to: number): Edge => ({
  name: `${from} ${to}`,
  from: `v${from}`,
  to: `v${to}`,
  notify: false,
});

Deno.test("who comes before whom is what the ancestors say, whatever the graph", () => {
  let state = 7;
  const below = (most: number) => {
    state = (state * 48271) % 2147483647;
    return state % most;
  };
  for (let round = 0; round < 50; round++) {
    const count = 2 + below(12);
    // The graph's order is not that of its edges.
    const name = Array.from({ length: count }, (_, at) => at).sort(() => below(3) - 1);
    const edges = Array.from({ length: below(20) }, () => {
      const [a, b] = [below(count), below(count)];
      return a === b ? [] : [edge(name[Math.min(a, b)]!, name[Math.max(a, b)]!)];
    }).flat();
    const graph = graphOf(count, edges);
    const precedence = new Precedence(graph);
    const before = edgesTo(graph);
    for (const earlier of graph.vertices.keys()) {
      for (const later of graph.vertices.keys()) {
        const expected = ancestors(later, before).has(earlier);
        assertEquals(precedence.isBefore(earlier, later), expected, `${earlier} ${later}`);
      }
    }
  }
});

Deno.test("questions about neighbours in a long chain do not look at all of it each", () => {
  const count = 3000;
  let looks = 0;
  const edges = Array.from({ length: count - 1 }, (_, at) => {
    const { from, ...rest } = edge(at, at + 1);
    return {
      ...rest,
      get from() {
        looks++;
        return from;
      },
    };
  });
  const precedence = new Precedence(graphOf(count, edges));
  for (let at = 0; at + 1 < count; at++) {
    assert(precedence.isBefore(`v${at}`, `v${at + 1}`));
    assert(!precedence.isBefore(`v${at + 1}`, `v${at}`));
  }
  assert(looks < 10 * count, `${looks} looks at edges`);
});

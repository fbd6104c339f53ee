import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { cycleText, findCycles } from "../../../src/graph/cycle.ts";
import { applyDelta, delta } from "../../../src/graph/delta.ts";
import type { Edge, Graph } from "../../../src/graph/graph.ts";
import { topologicalOrder } from "../../../src/graph/order.ts";

const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Graphs of up to eight vertices with any edges at all, cycles and edges to oneself included. */
const anyGraph: fc.Arbitrary<Graph<number>> = fc.record({
  name: fc.constantFrom("one", "two"),
  vertices: fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), fc.nat(3)), {
    selector: ([key]) => key,
  }),
  ends: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 16 }),
}).map(({ name, vertices, ends }) => ({
  name,
  vertices: new Map(vertices),
  edges: vertices.length === 0 ? [] : ends.map(([from, to, notify], index): Edge => ({
    name: `e${index}`,
    from: vertices[from % vertices.length]![0],
    to: vertices[to % vertices.length]![0],
    notify,
  })),
}));

/** The slow and obvious way: does a walk from the vertex come back to it? */
function reachesItself(graph: Graph<unknown>, start: string): boolean {
  const seen = new Set<string>();
  const queue = [start];
  for (const key of queue) {
    for (const { from, to } of graph.edges) {
      if (from !== key) continue;
      if (to === start) return true;
      if (!seen.has(to)) {
        seen.add(to);
        queue.push(to);
      }
    }
  }
  return false;
}

function chain(length: number): Graph<null> {
  const names = Array.from({ length }, (_, index) => `v${index}`);
  return {
    name: "chain",
    vertices: new Map(names.map((key) => [key, null])),
    edges: names.slice(1).map((to, index) => ({
      name: "",
      from: names[index]!,
      to,
      notify: false,
    })),
  };
}

Deno.test("a delta applied to the old graph gives the new graph", () => {
  fc.assert(fc.property(anyGraph, anyGraph, (before, after) => {
    const result = applyDelta(before, delta(before, after, (a, b) => a === b));
    assertEquals(result, after);
    assertEquals([...result.vertices.keys()], [...after.vertices.keys()]);
  }));
});

Deno.test("a delta puts every vertex into exactly one of added, changed, kept and removed", () => {
  fc.assert(fc.property(anyGraph, anyGraph, (before, after) => {
    const { added, changed, kept, removed } = delta(before, after, (a, b) => a === b);
    const all = new Set([...before.vertices.keys(), ...after.vertices.keys()]);
    const parts = [...added.keys(), ...changed.keys(), ...kept, ...removed];
    assertEquals(parts.toSorted(), [...all].toSorted());
    for (const key of kept) assertEquals(before.vertices.get(key), after.vertices.get(key));
    for (const key of changed.keys()) assert(before.vertices.has(key));
  }));
});

Deno.test("a graph compared with itself has no difference", () => {
  fc.assert(fc.property(anyGraph, (graph) => {
    const { added, changed, removed, kept } = delta(graph, graph, (a, b) => a === b);
    assertEquals([added.size, changed.size, removed.size], [0, 0, 0]);
    assertEquals(kept.size, graph.vertices.size);
  }));
});

Deno.test("a topological order has every vertex once and respects every edge", () => {
  fc.assert(fc.property(anyGraph, (graph) => {
    const order = topologicalOrder(graph);
    if (!order.ok) return;
    const position = new Map(order.keys.map((key, index) => [key, index]));
    assertEquals(position.size, graph.vertices.size);
    assertEquals(order.keys.length, graph.vertices.size);
    for (const { from, to } of graph.edges) assert(position.get(from)! < position.get(to)!);
  }));
});

Deno.test("there is an order exactly if no vertex reaches itself", () => {
  fc.assert(fc.property(anyGraph, (graph) => {
    const cyclic = [...graph.vertices.keys()].some((key) => reachesItself(graph, key));
    assertEquals(topologicalOrder(graph).ok, !cyclic);
    assertEquals(findCycles(graph).length > 0, cyclic);
  }));
});

Deno.test("a cycle that is found is one, goes through no vertex twice, and is in no other", () => {
  fc.assert(fc.property(anyGraph, (graph) => {
    const seen = new Set<string>();
    for (const cycle of findCycles(graph)) {
      cycle.forEach((edge, index) => {
        assert(graph.edges.includes(edge));
        assertEquals(edge.to, cycle[(index + 1) % cycle.length]!.from);
        assert(!seen.has(edge.from));
        seen.add(edge.from);
      });
    }
  }));
});

Deno.test("vertices that no edge orders stay in the order of the graph", () => {
  const vertices = new Map(["c", "a", "b"].map((key) => [key, 0]));
  const order = topologicalOrder({ name: "", vertices, edges: [] });
  assertEquals(order, { ok: true, keys: ["c", "a", "b"] });
});

Deno.test("a chain longer than the call stack is ordered, and its cycle found", () => {
  const graph = chain(100_000);
  const order = topologicalOrder(graph);
  assert(order.ok);
  assertEquals(order.keys[99_999], "v99999");
  const back = { name: "back", from: "v99999", to: "v0", notify: false };
  const cycles = findCycles({ ...graph, edges: [...graph.edges, back] });
  assertEquals(cycles.length, 1);
  assertEquals(cycles[0]!.length, 100_000);
  assertEquals(cycleText(cycles[0]!, 3), "v0 → v1 → … (99997 more) → v99999 → v0");
});

Deno.test("a short cycle is printed as a path back to its beginning", () => {
  const edges = [["a", "b"], ["b", "a"]] as const;
  const cycle = edges.map(([from, to]) => ({ name: "", from, to, notify: false }));
  assertEquals(cycleText(cycle), "a → b → a");
});

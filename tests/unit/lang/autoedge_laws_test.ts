import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { topologicalOrder } from "../../../src/graph/order.ts";
import type { Relations } from "../../../src/kind/relations.ts";
import { findAutoEdges } from "../../../src/lang/autoedge/autoedge.ts";
import { found, type Things, tiedGraph } from "../../support/tied_graph.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];

const path = fc.array(fc.constantFrom("etc", "web", "x"), { minLength: 1, maxLength: 3 })
  .map((parts) => `/${parts.join("/")}`);
const name = fc.constantFrom("web", "x");
const unit = name.map((stem) => `${stem}.service`);
const unitPath = unit.map((each) => `/etc/systemd/system/${each}`);

function tie<Word extends string>(
  word: Word,
  value: fc.Arbitrary<string>,
): fc.Arbitrary<`${Word}:${string}`> {
  return value.map((each): `${Word}:${string}` => `${word}:${each}`);
}

const ties: fc.Arbitrary<Relations> = fc.record({
  provides: fc.array(
    fc.oneof(
      tie("path", path),
      tie("tree", path),
      tie("path", unitPath),
      tie("package", name),
      tie("unit", unit),
      tie("user", name),
      tie("group", name),
    ),
    { maxLength: 2 },
  ),
  needs: fc.array(
    fc.oneof(
      tie("within", path),
      tie("package-of", path),
      tie("path", path),
      tie("unit", unit),
      tie("package", name),
      tie("user", name),
      tie("group", name),
    ),
    { maxLength: 3 },
  ),
  removes: fc.boolean(),
});

/** Any ties at all, and explicit edges that go from lower to higher numbers of a random order. */
const shapes = fc.record({
  things: fc.array(ties, { minLength: 1, maxLength: NAMES.length }),
  pairs: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 8 }),
  order: fc.shuffledSubarray(NAMES, { minLength: NAMES.length }),
});

type Shape = typeof shapes extends fc.Arbitrary<infer Value> ? Value : never;

function graphOf({ things, pairs }: Shape, order: readonly string[] = NAMES) {
  const all = new Map(things.map((each, index) => [NAMES[index]!, each]));
  const listed = order.filter((each) => all.has(each)).map((each) => [each, all.get(each)]);
  const edges = pairs.filter(([one, other]) => one < other && other < things.length)
    .map(([one, other]) => `${NAMES[one]} ${NAMES[other]}`);
  return tiedGraph(Object.fromEntries(listed) as Things, [...new Set(edges)]);
}

function edgesAfter(shape: Shape, order?: readonly string[]): string[] {
  const { graph } = findAutoEdges(graphOf(shape, order)).finish(new Map());
  return graph.edges.map((edge) => JSON.stringify(edge));
}

Deno.test("automatic edges never close a cycle", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const { graph } = findAutoEdges(graphOf(shape)).finish(new Map());
      assert(topologicalOrder(graph).ok);
    }),
    { numRuns: 500 },
  );
});

Deno.test("explicit edges stay as they are, in front, and no two edges have the same ends", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const before = graphOf(shape);
      const { graph: { edges } } = findAutoEdges(before).finish(new Map());
      assertEquals(edges.slice(0, before.edges.length), before.edges);
      assert(edges.slice(before.edges.length).every((edge) => edge.automatic && !edge.notify));
      assertEquals(new Set(edges.map(({ from, to }) => `${from} ${to}`)).size, edges.length);
    }),
    { numRuns: 500 },
  );
});

Deno.test("which automatic edges there are does not depend on the order of the resources", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      assertEquals(edgesAfter(shape), edgesAfter(shape));
      assertEquals(edgesAfter(shape, shape.order).sort(), edgesAfter(shape).sort());
    }),
    { numRuns: 500 },
  );
});

Deno.test("what is left out would really close the cycle that is named", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const { graph, leftOut } = findAutoEdges(graphOf(shape)).finish(new Map());
      for (const { edge, cycle } of leftOut) {
        assertEquals(cycle[0], edge);
        cycle.forEach(({ to }, index) => assertEquals(to, cycle[(index + 1) % cycle.length]!.from));
        for (const each of cycle.slice(1)) assert(graph.edges.includes(each));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("an entry is short for a path that is provided, within and package-of", () => {
  const entries = fc.array(fc.oneof(path, unitPath, fc.constant("/")), { maxLength: 4 });
  fc.assert(fc.property(shapes, entries, (shape, given) => {
    const short: Things = Object.fromEntries(
      given.map((entry, i): [string, Relations] => [`entry${i}`, { entry }]),
    );
    const long: Things = Object.fromEntries(
      given.map((entry, i): [string, Relations] => {
        const needs = [`within:${entry}`, `package-of:${entry}`] as const;
        return [`entry${i}`, { provides: [`path:${entry}`], needs }];
      }),
    );
    const others: Things = Object.fromEntries(shape.things.map((each, i) => [`other${i}`, each]));
    const owned = new Map([["web", ["/etc/web", "/etc/x/web"]], ["x", ["/etc/web/x"]]]);
    assertEquals(
      found(tiedGraph({ ...short, ...others }), owned),
      found(tiedGraph({ ...long, ...others }), owned),
    );
  }));
});

/** Graphs as a child tells them to its agent: whole, whatever was told before. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ProgramGraph } from "../../../src/program/protocol.ts";
import { GraphHearer, GraphTeller } from "../../../src/program/told_graph.ts";

const entries = fc.array(fc.record({ name: fc.constantFrom("a", "b", "c", "d"), n: fc.nat(2) }), {
  maxLength: 8,
});
const end = fc.record({ kind: fc.constant("noop"), name: fc.constantFrom("a", "b") });
const graphs = fc.record({
  resources: fc.dictionary(fc.constantFrom("noop", "file", "__proto__x"), entries, { maxKeys: 3 }),
  edges: fc.array(fc.record({ from: end, to: end }), { maxLength: 4 }),
  collect: entries,
});

/** What is heard of these graphs, one after the other, as lines of JSON. */
function heardOf(told: readonly ProgramGraph[]): readonly ProgramGraph[] {
  const [teller, hearer] = [new GraphTeller(), new GraphHearer()];
  return told.map((graph) => {
    const said = teller.tell(graph, 1e6);
    assert(said !== undefined);
    return hearer.hear(JSON.parse(said));
  });
}

Deno.test("what is heard is what was told, whatever was told before", () => {
  fc.assert(
    fc.property(fc.array(graphs, { maxLength: 6 }), (told) => {
      assertEquals(JSON.stringify(heardOf(told)), JSON.stringify(told));
    }),
    { numRuns: 300 },
  );
});

Deno.test("what stayed is not told again, and is the same object", () => {
  const graph = (changed: number): ProgramGraph => ({
    resources: {
      noop: Array.from(
        { length: 1000 },
        (_, n) => ({ name: `n${n}`, of: n === 500 ? changed : 0 }),
      ),
    },
    edges: [],
    collect: [],
  });
  const teller = new GraphTeller();
  teller.tell(graph(1), 1e6);
  const line = teller.tell(graph(2), 1e6);
  assertEquals(
    line,
    '{"resources":{"noop":[[0,500],{"name":"n500","of":2},[501,499]]},"edges":[],"collect":[]}',
  );
  const [one, other] = heardOf([graph(1), graph(2)]);
  assert(one?.resources["noop"]?.[7] === other?.resources["noop"]?.[7]);
  assertEquals(other?.resources["noop"]?.[500], { name: "n500", of: 2 });
});

Deno.test("a graph that is too long is not told, and what is told next does not lean on it", () => {
  const graph = (name: string): ProgramGraph => ({
    resources: { noop: [{ name }] },
    edges: [],
    collect: [],
  });
  const [teller, hearer] = [new GraphTeller(), new GraphHearer()];
  hearer.hear(JSON.parse(teller.tell(graph("a"), 100)!));
  assertEquals(teller.tell(graph("b".repeat(100)), 100), undefined);
  assertEquals(
    JSON.stringify(hearer.hear(JSON.parse(teller.tell(graph("a"), 100)!))),
    JSON.stringify(graph("a")),
  );
});

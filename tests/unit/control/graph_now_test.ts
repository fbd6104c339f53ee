/** The graph in force as who draws it gets it. */

import { assertEquals } from "@std/assert";
import type { ControlledAgent } from "../../../src/control/agent.ts";
import { graphNow } from "../../../src/control/graph_now.ts";
import { ManualClock } from "../../support/manual_clock.ts";

type Asked = Pick<ControlledAgent, "graph" | "snapshot" | "clock" | "atWork">;

/** An agent with resources of one kind, of which some are known. */
function agentWith(
  names: readonly string[],
  edges: readonly object[],
  states: Readonly<Record<string, object>>,
): Asked {
  const vertices = names.map((name) =>
    [`file[${name}]`, { name, kind: { kind: "file" } }] as const
  );
  return {
    graph: { name: "g", vertices: new Map(vertices), edges },
    snapshot: { resources: new Map(Object.entries(states)) },
    clock: new ManualClock(),
    atWork: () => [],
  } as unknown as Asked;
}

Deno.test("graph: who is about a path that its name does not tell tells it, unless secrets are in it", async () => {
  const [file, own] = [{ kind: "file" }, { path: "/srv/a/f1" }];
  const resources = {
    "file[f1]": { name: "f1", kind: file, params: own },
    "file[/srv/a/f1]": { name: "/srv/a/f1", kind: file, params: own },
    "file[hidden]": { name: "hidden", kind: file, params: own, secrets: { names: ["x"] } },
    "odd[a]": { name: "a", kind: { kind: "odd" }, params: { path: 5 } },
    "odd[long]": { name: "long", kind: { kind: "odd" }, params: { path: `/${"x".repeat(9000)}` } },
  };
  const { vertices } = await graphNow({
    ...{ graph: { name: "g", vertices: new Map(Object.entries(resources)), edges: [] } },
    ...{ snapshot: { resources: new Map() }, clock: new ManualClock() },
    atWork: () => [],
  } as unknown as Asked);
  assertEquals(vertices.map(({ path }) => path), ["/srv/a/f1", ...Array(4).fill(undefined)]);
});

Deno.test("graph: vertices with their states, and edges by number and by what they are for", async () => {
  const edge = (from: string, to: string, more = {}) => ({
    ...{ name: "e", from: `file[${from}]`, to: `file[${to}]`, notify: false },
    ...more,
  });
  const edges = [
    edge("a", "b"),
    edge("b", "c", { notify: true }),
    edge("a", "c", { automatic: true }),
  ];
  // A vertex of which nothing is known yet, and an edge to what has left.
  const agent = agentWith(["a", "b", "c"], [...edges, edge("a", "gone")], {
    "file[a]": { state: "ok", sinceMs: 5 },
    "file[b]": { state: "failed", sinceMs: 7 },
  });
  assertEquals(await graphNow(agent), {
    version: 1,
    name: "g",
    vertices: [
      { key: "file[a]", kind: "file", name: "a", state: "ok", sinceMs: 5 },
      { key: "file[b]", kind: "file", name: "b", state: "failed", sinceMs: 7 },
      { key: "file[c]", kind: "file", name: "c", state: "unchecked" },
    ],
    edges: [[0, 1, "requires"], [1, 2, "notifies"], [0, 2, "auto"]],
  });
});

Deno.test("graph: who is at work says at what and since when, who waits for that nothing", async () => {
  const agent = agentWith(["a", "b", "c"], [], {});
  const nowMs = agent.clock.wall().getTime();
  const atWork = () => [
    { key: "file[a]", step: "apply", waitsFor: undefined, forMs: 1500 } as const,
    { key: "file[b]", step: "wait", waitsFor: undefined, forMs: 1500 } as const,
    { key: "file[c]", step: "turn", waitsFor: undefined, forMs: 1500 } as const,
  ];
  const { vertices } = await graphNow({ ...agent, atWork });
  const works = { step: "apply", sinceMs: nowMs - 1500 };
  assertEquals(vertices.map((vertex) => vertex.works), [works, undefined, undefined]);
});

import { assert, assertEquals } from "@std/assert";
import type { Failure } from "../../../src/base/result.ts";
import { failure } from "../../../src/base/result.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import type { Resource } from "../../../src/kind/resource.ts";
import { type KnownResource, planOfEdit } from "../../../src/app/running_plan/compare.ts";
import { planExitCode } from "../../../src/report/plan/text.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: conf, path: /tmp/conf, content: "a\\n"}
  - {name: other, path: /tmp/other, content: "b\\n"}
  noop:
  - {name: between}
  svc:
  - {name: web, state: running}
  exec:
  - {name: told, cmd: date, creates: /tmp/told}
edges:
- {from: {kind: file, name: conf}, to: {kind: svc, name: web}, notify: true}
- {from: {kind: svc, name: web}, to: {kind: exec, name: told}, notify: true}
- {from: {kind: file, name: other}, to: {kind: noop, name: between}}
`;

async function graphOf(text: string): Promise<Graph<Resource>> {
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  assert(outcome.ok, JSON.stringify(outcome));
  return outcome.loaded.graph;
}

interface Known {
  readonly states?: Readonly<Record<string, KnownResource["state"]>>;
  readonly held?: string;
  readonly refreshOf?: string | Failure;
}

/** What an edit of the graph above does: `change file[conf]`, without what is right. */
async function edited(
  edit: (text: string) => string,
  { states = {}, held, refreshOf = "reload" }: Known = {},
) {
  const [before, after] = [await graphOf(GRAPH), await graphOf(edit(GRAPH))];
  const known = new Map([...before.vertices.keys()].map((key): [string, KnownResource] => {
    const state = states[key] ?? "ok";
    const why = state === "failed" ? failure("no room") : undefined;
    return [key, { state, reason: undefined, failure: why }];
  }));
  const hold = { reason: "", author: "", sinceMs: 0, untilMs: 1 };
  const plan = await planOfEdit({
    before,
    after,
    known,
    holdOf: (key) => key === held ? hold : undefined,
    isPrivate: ({ key }) => key === "file[other]",
    refreshOf: () => Promise.resolve(refreshOf),
  });
  const acting = plan.resources.filter(({ outcome }) => outcome !== "ok");
  return {
    plan,
    code: planExitCode(plan),
    text: acting.map(({ outcome, key, askedBy = [] }) => [outcome, key, ...askedBy].join(" ")),
    of: (key: string) => plan.resources.find((each) => each.key === key),
  };
}

Deno.test("plan of an edit: what is not edited and was right is ok, and the exit code is 0", async () => {
  const { text, code } = await edited((graph) => graph.replace("graph: g", "graph: g # x"));
  assertEquals([text, code], [[], 0]);
});

Deno.test("plan of an edit: whom it restarts is told along all notify edges", async () => {
  const { text, code, of } = await edited((graph) => graph.replace("a\\n", "A\\n"));
  assertEquals(text, [
    "change file[conf]",
    "refresh svc[web] file[conf]",
    "refresh exec[told] svc[web]",
  ]);
  assertEquals([code, of("svc[web]")?.reason], [2, "reload"]);
  assertEquals(of("file[conf]")?.difference, ['~ content: "a\\n" → "A\\n"']);
});

Deno.test("plan of an edit: what is held, or its own meta.noop leaves alone, asks nobody", async () => {
  const edit = (graph: string) => graph.replace("a\\n", "A\\n");
  const held = await edited(edit, { held: "file[conf]" });
  assertEquals(held.text[0], "blocked file[conf]");
  assert(!held.text.some((line) => line.startsWith("refresh")), held.text.join());
  const noop = await edited((graph) =>
    edit(graph).replace("path: /tmp/conf", "$&, meta: {noop: true}")
  );
  assertEquals(noop.text, []);
});

Deno.test("plan of an edit: a service that nothing needs to be told is not refreshed, one that cannot be is refused", async () => {
  const edit = (graph: string) => graph.replace("a\\n", "A\\n");
  const options = { refreshOf: failure("it cannot be restarted") };
  assertEquals((await edited(edit, options)).text, [
    "change file[conf]",
    "refused svc[web]",
    "blocked exec[told]",
  ]);
  assertEquals((await edited(edit, options)).code, 4);
});

Deno.test("plan of an edit: what is new is unknown, what goes is named, what only meta says changes nothing", async () => {
  const { text, plan, code, of } = await edited((graph) =>
    graph.replace("  - {name: other", "  - {name: neu")
      .replace("name: other}, to", "name: neu}, to")
      .replace("name: web,", "name: web, meta: {poll: 60},")
  );
  assertEquals(text, ["unknown file[neu]"]);
  assertEquals([plan.removed, code], [["file[other]"], 2]);
  assertEquals(of("svc[web]")?.difference, ["~ meta.pollSeconds: 0 → 60"]);
  const gone = await edited((graph) =>
    graph.replace(/.*exec:\n.*\n/, "").replace(/.*name: told.*\n/, "")
  );
  assertEquals([gone.text, gone.plan.removed, gone.code], [[], ["exec[told]"], 2]);
});

Deno.test("plan of an edit: of what not everybody may read only sizes are shown", async () => {
  const { of } = await edited((graph) => graph.replace("b\\n", "canary-8812\\n"));
  assertEquals(of("file[other]")?.difference, ["~ content: 2 bytes → 12 bytes (not shown)"]);
});

Deno.test("plan of an edit: what failed last is refused for its reason, and what is behind it is blocked", async () => {
  const { text, of } = await edited((graph) => graph, {
    states: { "svc[web]": "failed", "exec[told]": "blocked", "file[other]": "unchecked" },
  });
  assertEquals(text, ["unknown file[other]", "refused svc[web]", "blocked exec[told]"]);
  assertEquals(of("svc[web]")?.reason, "no room");
});

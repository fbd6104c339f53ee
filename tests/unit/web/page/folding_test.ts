import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold, type FoldedGraph } from "../../../../src/web/page/graph/folding.ts";
import type { ShownEdge } from "../../../../src/web/page/model/shown.ts";

/** Unless a test says otherwise. */
const fewest = 0;
const NOBODY: ReadonlySet<string> = new Set();

function resource(kind: string, name: string) {
  return { key: `${kind}[${name}]`, kind, name };
}

function files(directory: string, count: number) {
  return Array.from({ length: count }, (_, index) => resource("file", `${directory}/f${index}`));
}

function shown({ nodes }: FoldedGraph): string[] {
  return nodes.map(({ id, keys, isGroup }) => isGroup ? `${id} ${keys.length}` : id);
}

const ALL = [
  ...files("/etc/a", 30),
  ...files("/etc/b", 40),
  ...files("/srv", 5),
  resource("svc", "x"),
];

Deno.test("what fits is not folded", () => {
  const folded = fold(ALL, [], { budget: 100, fewest, open: NOBODY, alone: NOBODY });
  assertEquals(folded.nodes.length, ALL.length);
  assertEquals(folded.nodes.filter(({ isGroup }) => isGroup), []);
});

Deno.test("what does not fit is folded by kind, and by directory as far as there is room", () => {
  const wish = { fewest, open: NOBODY, alone: NOBODY };
  assertEquals(shown(fold(ALL, [], { ...wish, budget: 2 })), ["file: 75", "svc[x]"]);
  assertEquals(shown(fold(ALL, [], { ...wish, budget: 3 })), [
    "file:/etc/ 70",
    "file:/srv/ 5",
    "svc[x]",
  ]);
  assertEquals(
    shown(fold(ALL, [], { ...wish, budget: 4 })),
    ["file:/etc/a/ 30", "file:/etc/b/ 40", "file:/srv/ 5", "svc[x]"],
  );
});

Deno.test("who has a path and another name is folded by the directories of its path", () => {
  const named = ALL.map((each, index) =>
    each.kind === "file"
      ? { ...each, ...{ key: `file[f${index}]`, name: `f${index}`, path: each.name } }
      : each
  );
  const wish = { fewest, open: NOBODY, alone: NOBODY };
  assertEquals(shown(fold(named, [], { ...wish, budget: 3 })), [
    "file:/etc/ 70",
    "file:/srv/ 5",
    "svc[x]",
  ]);
});

Deno.test("rather are there some more than is readable than one box that says nothing", () => {
  const folded = fold(files("/srv", 100), [], {
    budget: 40,
    fewest: 6,
    open: NOBODY,
    alone: NOBODY,
  });
  assertEquals(folded.nodes.length, 100);
  const many = fold(files("/srv", 1000), [], {
    budget: 40,
    fewest: 6,
    open: NOBODY,
    alone: NOBODY,
  });
  assertEquals(shown(many), ["file:/srv/ 1000"]);
});

Deno.test("a group that a person opens shows its parts, and the others stay as they were", () => {
  const budget = 4;
  const before = fold(ALL, [], { budget, fewest, open: NOBODY, alone: NOBODY });
  const open = new Set(["file:/etc/a/"]);
  const after = fold(ALL, [], { budget, fewest, open, alone: NOBODY });
  assertEquals(after.unfolded, ["file:/etc/a/"]);
  assertEquals(after.nodes.length, before.nodes.length - 1 + 30);
  assert(shown(after).includes("file:/etc/b/ 40"));
});

Deno.test("who stands alone is in no group", () => {
  const alone = new Set(["file[/etc/a/f3]"]);
  const { nodes } = fold(ALL, [], { budget: 3, fewest, open: NOBODY, alone });
  assertEquals(nodes.find(({ id }) => id === "file[/etc/a/f3]")?.isGroup, false);
  assertEquals(nodes.find(({ id }) => id === "file:")?.keys.length, 74);
});

Deno.test("of edges between groups one is drawn, the one that says most, and none within", () => {
  const edges: ShownEdge[] = [
    { from: "file[/etc/a/f1]", to: "svc[x]", kind: "auto" },
    { from: "file[/etc/b/f1]", to: "svc[x]", kind: "notifies" },
    { from: "file[/etc/a/f1]", to: "file[/etc/a/f2]", kind: "requires" },
    { from: "file[/gone]", to: "svc[x]", kind: "requires" },
  ];
  const folded = fold(ALL, edges, { budget: 2, fewest, open: NOBODY, alone: NOBODY });
  assertEquals(folded.edges, [{ from: "file:", to: "svc[x]", kind: "notifies" }]);
});

Deno.test("whatever names there are, each resource is in one box, and boxes are as few as asked", () => {
  const name = fc.oneof(
    fc.string(),
    fc.webPath(),
    fc.constantFrom("/", "//", "/a/", "/a//b", "[", "\n"),
  );
  const graph = fc.uniqueArray(fc.record({ kind: fc.constantFrom("file", "svc", "pkg"), name }), {
    selector: ({ kind, name }) => `${kind}[${name}]`,
  });
  fc.assert(fc.property(graph, fc.integer({ min: 1, max: 30 }), (list, budget) => {
    const resources = list.map(({ kind, name }) => resource(kind, name));
    const { nodes } = fold(resources, [], { budget, fewest, open: NOBODY, alone: NOBODY });
    const keys = nodes.flatMap((node) => node.keys);
    assertEquals([...keys].sort(), resources.map(({ key }) => key).sort());
    assert(nodes.length <= Math.max(budget, new Set(list.map(({ kind }) => kind)).size));
    assertEquals(new Set(nodes.map(({ id }) => id)).size, nodes.length);
  }));
});

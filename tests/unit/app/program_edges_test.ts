import { assert, assertEquals } from "@std/assert";
import { programDirectory, programText } from "../../support/program_directory.ts";

async function valueOf(body: string): Promise<unknown> {
  const site = programText(body).replace("{ collect", "{ collect, line");
  await using directory = await programDirectory({ "site.ts": site });
  const reading = await directory.read();
  assert(reading !== "same");
  assertEquals(reading.text, "");
  return reading.value;
}

Deno.test("a line's before is its place in the file, and no edge", async () => {
  const { resources, edges } = await valueOf(
    `  const a = noop("a");
  line("l", { path: "/f", line: "x", before: "^z", require: a });`,
  ) as { resources: unknown; edges: unknown };
  assertEquals(resources, {
    noop: [{ name: "a" }],
    line: [{ name: "l", path: "/f", line: "x", before: "^z" }],
  });
  assertEquals(edges, [{ from: { kind: "noop", name: "a" }, to: { kind: "line", name: "l" } }]);
});

Deno.test("edges to undefined, null and false are none, also in lists", async () => {
  const { edges } = await valueOf(
    `  const found = new Map([["a", noop("a")]]);
  noop("b", {
    require: [found.get("a"), [found.get("c"), null], host.name === "other" && noop("d")],
    before: undefined,
    notify: host.name === "other" && noop("e"),
  });`,
  ) as { edges: unknown };
  assertEquals(edges, [{ from: { kind: "noop", name: "a" }, to: { kind: "noop", name: "b" } }]);
});

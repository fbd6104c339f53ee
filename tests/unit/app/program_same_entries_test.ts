/** Of a program that is evaluated again only what is another is read again; what is wrong is found all the same. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonValue } from "../../../src/base/input.ts";
import { inputOf, programDirectory, programText } from "../../support/program_directory.ts";

/** A program, and what it reads of its host. */
async function programWith(body: string, labels: Record<string, JsonValue>) {
  const host = inputOf(() => ({ name: "alpha", labels }));
  const directory = await programDirectory({ "site.ts": programText(body) }, {
    sources: () => Promise.resolve({ host }),
  });
  const read = async () => {
    const reading = await directory.read();
    assert(reading !== "same");
    return reading;
  };
  return { directory, read };
}

Deno.test("what stayed is the same resource, and what is another is read", async () => {
  const labels: Record<string, JsonValue> = { role: "web" };
  const { directory, read } = await programWith(
    `  file("/a", { content: "a" });\n  file("/b", { content: host.labels.role });\n` +
      `  file("/c", { content: "c", meta: { noop: host.labels.role === "db" } });`,
    labels,
  );
  await using _ = directory;
  const first = (await read()).loaded!.graph.vertices;
  labels["role"] = "db";
  const second = (await read()).loaded!.graph.vertices;
  assertEquals([...second.keys()], [...first.keys()]);
  const isSame = (key: string) => first.get(key) === second.get(key);
  assertEquals([...second.keys()].map(isSame), [true, false, false]);
  assertEquals(second.get("file[/c]")?.meta.noop, true);
  labels["role"] = "web";
  assertEquals([...(await read()).loaded!.graph.vertices.values()].map(({ meta }) => meta.noop), [
    ...[false, false, false],
  ]);
});

Deno.test("one that stayed and one that comes are two of one name, or for one thing", async () => {
  const labels: Record<string, JsonValue> = { role: "web" };
  const { directory, read } = await programWith(
    `  file("/a", { content: "a" });\n` +
      `  if (host.labels.role === "db") file("/a", { content: "b" });\n` +
      `  if (host.labels.role === "cache") file("other", { path: "/a", content: "b" });`,
    labels,
  );
  await using _ = directory;
  assertEquals((await read()).text, "");
  labels["role"] = "db";
  assertStringIncludes((await read()).text, "file[/a] is there twice (the first is on line 3)");
  labels["role"] = "cache";
  assertStringIncludes((await read()).text, 'file[/a] and file[other] are for the same file, "/a"');
  labels["role"] = "web";
  assertEquals((await read()).text, "");
});

Deno.test("what is doubted is doubted again", async () => {
  const labels: Record<string, JsonValue> = { role: "web" };
  const { directory, read } = await programWith(
    `  exec("a", { cmd: "echo $HOME | cat" });\n  noop(host.labels.role);`,
    labels,
  );
  await using _ = directory;
  const { text } = await read();
  assert(text !== "", "nothing is doubted");
  labels["role"] = "db";
  assertEquals((await read()).text, text);
});

/** What resources of a graph tell its program: it is not known before they are in force. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { VertexInputs } from "../../../src/app/program/vertex_inputs.ts";
import { withEarlier } from "../../../src/app/program/with_earlier.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import { programDirectory } from "../../support/program_directory.ts";

const SITE = (command: string) =>
  `import { exec, file, probe, program } from "mgmt";
export default program(() => {
  const asked = exec("ask", { cmd: ${JSON.stringify(command)} });
  const well = probe("web", { tcp: "127.0.0.1:1" });
  file("/before", { content: "x", export: true });
  let text;
  try { text = asked.output; } catch { text = "nothing"; }
  file("/after", { content: "[" + text + "]", require: asked });
  if (well.healthy) file("/well", { content: "y" });
});
`;

Deno.test("outputs and probes are read when they are known, and kept over restarts for the same command", async () => {
  const state = await Deno.makeTempDir();
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  const start = () =>
    new VertexInputs({ host, prefix: state, earlier: state, warn: (text) => assert(false, text) });
  let vertices = start();
  await using directory = await programDirectory({ "site.ts": SITE("date +%s") }, {
    sources: () => Promise.resolve(vertices.sources),
  });
  const resourcesNow = async () => {
    const reading = await directory.read();
    if (reading === "same") return reading;
    assertEquals(reading.text, "");
    const { resources } = reading.value as {
      resources: Record<string, { name: string; content?: string }[]>;
    };
    const files = resources["file"] ?? [];
    return [files.map(({ name, content }) => `${name} ${content}`).join(", "), ...reading.notes];
  };
  const first = await resourcesNow();
  assertEquals(first[0], "@@/before x");
  assertStringIncludes(first[1] ?? "", "exec[ask].output is not known: the command has not");
  const ran = (...lines: readonly string[]) => {
    const key = "exec[ask]";
    vertices.heard({ type: "apply", key, reason: "", refresh: false });
    vertices.heard({ type: "output", key, text: "noise", stream: "stderr" });
    for (const text of lines) vertices.heard({ type: "output", key, text, stream: "stdout" });
    vertices.heard({ type: "changed", key, reason: "", tookMs: 1, worldless: false });
  };
  ran("one", "two");
  const second = await resourcesNow();
  assertEquals(second[0], "@@/before x, /after [one\ntwo]");
  assertStringIncludes(second[1] ?? "", "probe[web].healthy is not known: it has not been tried");
  vertices.heard({ type: "ok", key: "probe[web]" });
  assertEquals(await resourcesNow(), ["@@/before x, /after [one\ntwo], /well y"]);
  ran("one", "two");
  assertEquals(await resourcesNow(), "same");
  // Another command: what is behind it stays as it was.
  await directory.write({ "site.ts": SITE("date +%H") });
  const other = await resourcesNow();
  assertEquals(other[0], "@@/before x, /after [one\ntwo], /well y");
  assertStringIncludes(other[1] ?? "", "what the program says after it stays as it is");
  ran("three");
  assertEquals(await resourcesNow(), ["@@/before x, /after [three], /well y"]);
  // Another run knows what was kept for the same command.
  await host.close();
  vertices = start();
  await using again = await programDirectory({ "site.ts": SITE("date +%H") }, {
    sources: () => Promise.resolve(vertices.sources),
  });
  const reading = await again.read();
  assert(reading !== "same");
  assertStringIncludes(JSON.stringify(reading.value), "[three]");
  await Deno.remove(state, { recursive: true });
});

Deno.test("of a sensitive command nobody sees what it prints", async () => {
  await using directory = await programDirectory({
    "site.ts": SITE("id").replace('cmd: "id"', 'cmd: "id", sensitive: true'),
  });
  const said = await directory.mistakes();
  assertStringIncludes(said, "what exec[ask] prints is sensitive, and nobody sees it");
});

Deno.test("a plan warns where it knows only the beginning", async () => {
  await using directory = await programDirectory({ "site.ts": SITE("id") }, { isPlan: true });
  const said = await directory.mistakes();
  assertStringIncludes(said, "site.ts: warning: exec[ask].output is not known: there is no agent");
});

Deno.test("a beginning keeps all of the earlier graph that it does not speak of", () => {
  const end = (name: string) => ({ kind: "noop", name });
  const [a, b, c] = [end("a"), end("b"), end("c")];
  const begun = {
    resources: { noop: [{ name: "a" }] },
    edges: [],
    collect: [],
  };
  const earlier = {
    resources: { noop: [{ name: "@@a" }, { name: "b" }, { name: "c" }] },
    edges: [{ from: a, to: b }, { from: b, to: c, notify: true }, { from: a, to: a }],
    collect: [{ kind: "file", pattern: "/x" }],
  };
  assertEquals(withEarlier(begun, earlier), {
    resources: { noop: [{ name: "a" }, { name: "b" }, { name: "c" }] },
    edges: [{ from: a, to: b }, { from: b, to: c, notify: true }],
    collect: [{ kind: "file", pattern: "/x" }],
  });
});

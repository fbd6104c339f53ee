/** Programs beside graph files in one directory: one graph. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { GraphReader } from "../../../src/app/graph/graph_reader.ts";
import { interpret } from "../../../src/app/graph/interpret.ts";
import { KeptGraphs } from "../../../src/app/graph/kept_graphs.ts";
import { openGraphSource, type SourceOptions } from "../../../src/app/graph/open_source.ts";
import type { InputReading } from "../../../src/base/input.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { registry } from "../../../src/resources/registry.ts";

const program = (body: string, more = "") =>
  `import { exec, file, noop, program } from "mgmt";\n${more}` +
  `export default program(({ host, read }) => {\n${body}\n});\n`;

interface World {
  readonly path: string;
  write(files: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Edges and resources, `same`, or what is wrong. */
  read(): Promise<string>;
  open(more?: Partial<SourceOptions>): ReturnType<typeof openGraphSource>;
}

async function inDirectory(
  files: Readonly<Record<string, string>>,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const path = `${root}/site`;
  const write: World["write"] = async (more) => {
    for (const [name, text] of Object.entries(more)) {
      const target = `${path}/${name}`;
      await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      if (text === undefined) await Deno.remove(target);
      else await Deno.writeTextFile(target, text);
    }
  };
  await write(files);
  const open: World["open"] = (more = {}) =>
    openGraphSource({ file: "site", path, hostName: "alpha", ...more });
  const source = open();
  const read = async () => {
    const reading = await source.read();
    if (reading.same) return "same";
    if (reading.waiting !== undefined) return reading.waiting.why;
    const { loaded, text } = await interpret(reading, source, { registry, color: false });
    if (loaded === undefined) return text;
    reading.keep?.();
    const { vertices, edges } = loaded.graph;
    return [...vertices.keys(), ...edges.map(({ from, to }) => `${from}→${to}`)].join(" ");
  };
  try {
    await test({ path, write, read, open });
  } finally {
    await source.close();
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("YAML and programs of a directory are one graph, with edges across; modules and types are no programs", () =>
  inDirectory({
    "a.yaml": "resources: {noop: [{name: y}]}\n" +
      "edges: [{from: {kind: noop, name: t}, to: {kind: noop, name: y}}]\n",
    "t.ts": program('noop("t");'),
    "u.ts": program(
      'noop("u" + word + other + read("u.txt"), { require: { kind: "noop", name: "y" } });',
      'import { word } from "./lib/word.ts";\nimport { other } from "./helper.ts";\n',
    ),
    "u.txt": "X",
    "lib/word.ts": 'export const word = "w";\n',
    "lib/not_one.ts": program('noop("below");'),
    "helper.ts": 'export const other = "o";\n// export default program(\n',
    "mgmt.d.ts": "export default program(() => {});\n",
    ".draft.ts": program('noop("hidden");'),
    "t.ts.swp": program('noop("copy");'),
  }, async ({ read, write }) => {
    assertEquals(await read(), "noop[y] noop[t] noop[uwoX] noop[t]→noop[y] noop[y]→noop[uwoX]");
    assertEquals(await read(), "same");
    await write({ "lib/word.ts": 'export const word = "W";\n' });
    assertStringIncludes(await read(), "noop[uWoX]");
    await write({ "u.txt": "Z" });
    assertStringIncludes(await read(), "noop[uWoZ]");
    // Either alone makes another graph, and the other stays in it.
    await write({ "a.yaml": "resources: {noop: [{name: y}, {name: y2}]}\n" });
    assertEquals(await read(), "noop[y] noop[y2] noop[t] noop[uWoZ] noop[y]→noop[uWoZ]");
    await write({ "v.ts": program('noop("v");'), "t.ts": undefined });
    assertEquals(await read(), "noop[y] noop[y2] noop[uWoZ] noop[v] noop[y]→noop[uWoZ]");
    await write({ "u.ts": "export const u = 1;\n", "v.ts": undefined });
    assertEquals(await read(), "noop[y] noop[y2]");
    await write({ "v.ts": program('noop("v");'), "a.yaml": undefined });
    assertEquals(await read(), "noop[v]");
    await write({ "v.ts": undefined });
    assertStringIncludes(await read(), "and those *.ts that say export default program(…)");
  }));

Deno.test("mistakes across the files of a directory have the places of both, and are all said", () =>
  inDirectory({
    "a.yaml": "resources:\n  noop:\n  - name: twice\n",
    "b.ts": program('noop("twice");\nnoop("c", { require: { kind: "noop", name: "nowhere" } });'),
  }, async ({ read, write }) => {
    const said = await read();
    assertStringIncludes(said, "site/b.ts:3:6: error: noop[twice] is there twice");
    assertStringIncludes(said, "site/a.yaml");
    assertStringIncludes(said, "nowhere");
    await write({
      "b.ts": program('throw new Error("one");'),
      "c.ts": program('noop("x", { feld: 1 });\nthrow new Error("two");'),
      "a.yaml": "resources:\n  noop: [{naem: x}\n",
    });
    const all = await read();
    for (const each of ["site/b.ts:3:7: error: one", "site/c.ts:4:7: error: two", "site/a.yaml:"]) {
      assertStringIncludes(all, each);
    }
    // What was read of the others while one was broken counts when it is right again.
    await write({ "a.yaml": "resources: {noop: [{name: y}]}\n", "c.ts": undefined });
    assertStringIncludes(await read(), "error: one");
    await write({ "b.ts": program('noop("b");'), "a.yaml": "resources: [" });
    assertStringIncludes(await read(), "site/a.yaml");
    await write({ "a.yaml": "resources: {noop: [{name: y}]}\n" });
    assertEquals(await read(), "noop[y] noop[b]");
  }));

Deno.test("the last good reading of a directory has what its programs said, also where they wait", () =>
  inDirectory({
    "a.yaml": "resources: {noop: [{name: y}]}\n",
    "t.ts": program('noop("t" + host.name);'),
  }, async ({ open, path, write }) => {
    const said: string[] = [];
    const prefix = `${path}-prefix`;
    await Deno.mkdir(prefix);
    const warn = (text: string) => void said.push(text);
    const host = createLocalHost({ prefix, warn });
    let role: InputReading = { isKnown: true, value: "web" };
    const listeners = new Set<() => void>();
    const inputs: SourceOptions["inputs"] = {
      isOpen: true,
      whenOpen: () => {},
      open: () =>
        Promise.resolve({
          sources: {
            host: {
              read: () => role,
              watch: (changed: () => void) => {
                listeners.add(changed);
                return () => void listeners.delete(changed);
              },
            },
          },
          names: [],
        }),
      close: () => Promise.resolve(),
    };
    const start = () => {
      const source = open({
        ...{ inputs, host, program: { waitMs: 600_000 } },
        kept: new KeptGraphs({ host, prefix, earlier: prefix, warn }),
      });
      const emit = (event: { readonly type: string }) => void said.push(JSON.stringify(event));
      return new GraphReader(source, { registry, color: false, emit });
    };
    try {
      const first = start();
      const loaded = await first.first({ resident: true });
      assertEquals([...loaded?.graph.vertices.keys() ?? []], ["noop[y]", "noop[tweb]"]);
      await first.close();

      role = { isKnown: false, why: "nobody says" };
      const waits = start();
      const meanwhile = await waits.first({ resident: true });
      assertEquals([...meanwhile?.graph.vertices.keys() ?? []], ["noop[y]", "noop[tweb]"]);
      assertStringIncludes(said.join("\n"), "host.name (site/t.ts:3:");
      const next = Promise.withResolvers<readonly string[]>();
      waits.watch(({ graph }) => next.resolve([...graph.vertices.keys()]));
      role = { isKnown: true, value: "db" };
      for (const changed of listeners) changed();
      assertEquals(await next.promise, ["noop[y]", "noop[tdb]"]);
      await waits.close();

      await write({ "t.ts": program("broken broken") });
      const broken = start();
      const kept = await broken.first({ resident: true });
      assertEquals([...kept?.graph.vertices.keys() ?? []], ["noop[y]", "noop[tdb]"]);
      await broken.close();
      assert(said.some((text) => text.includes("last-good")), said.join("\n"));
    } finally {
      await host.close();
      await createLocalClock().yieldTurn();
    }
  }));

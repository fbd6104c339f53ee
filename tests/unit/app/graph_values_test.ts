/** Graphs with values as an agent reads them: facts and files that change, break, and are others' to write. */

import fc from "fast-check";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { GraphInputs } from "../../../src/app/facts/graph_inputs.ts";
import { GraphReader } from "../../../src/app/graph/graph_reader.ts";
import { trustAsService } from "../../../src/app/graph/graph_trust.ts";
import { interpret } from "../../../src/app/graph/interpret.ts";
import { renderYaml } from "../../../src/app/graph/render_yaml.ts";
import { KeptGraphs } from "../../../src/app/graph/kept_graphs.ts";
import { openGraphSource } from "../../../src/app/graph/open_source.ts";
import type { JsonValue } from "../../../src/base/input.ts";
import type { LoadedGraph } from "../../../src/lang/load.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import { registry } from "../../../src/resources/registry.ts";
import { isSoon } from "../../support/polling.ts";

/** Facts that a test changes. */
class ChangingFacts {
  readonly #values: Record<string, JsonValue>;
  readonly #listeners = new Set<() => void>();
  opened = 0;

  constructor(values: Record<string, JsonValue>) {
    this.#values = values;
  }

  /** Undefined: it is not there; null: it is not known. */
  set(name: string, value: JsonValue | undefined): void {
    if (value === undefined) delete this.#values[name];
    else this.#values[name] = value;
    for (const listener of this.#listeners) listener();
  }

  get inputs(): GraphInputs {
    return {
      isOpen: true,
      whenOpen: () => {},
      open: () => {
        this.opened++;
        return Promise.resolve({ sources: { host: this.#source }, names: ["host.name"] });
      },
      close: () => Promise.resolve(),
    };
  }

  readonly #source = {
    read: (path: readonly string[]) => {
      const value = this.#values[path.join(".")];
      return value === null
        ? { isKnown: false, why: "nobody tells" } as const
        : { isKnown: true, value } as const;
    },
    watch: (changed: () => void) => {
      this.#listeners.add(changed);
      return () => void this.#listeners.delete(changed);
    },
  };
}

interface World {
  readonly facts: ChangingFacts;
  readonly said: string[];
  readonly directory: string;
  write(name: string, text: string): Promise<void>;
  /** A reader of the graph, or directory, of that name. */
  read(name: string): GraphReader;
}

async function inWorld(test: (world: World) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  const [directory, prefix] = [`${root}/graphs`, `${root}/prefix`];
  await Deno.mkdir(directory);
  await Deno.mkdir(prefix, { mode: 0o700 });
  const host = createLocalHost({ prefix, warn: () => {} });
  const said: string[] = [];
  const facts = new ChangingFacts({ name: "web1", "labels.role": "web" });
  const readers: GraphReader[] = [];
  const emit = (event: { readonly type: string; readonly text?: string }) =>
    void said.push(`${event.type}: ${event.text?.replaceAll(directory, "") ?? ""}`);
  const warn = (text: string) => void said.push(`warning: ${text}`);
  try {
    await test({
      facts,
      said,
      directory,
      write: async (name, text) => {
        await Deno.writeTextFile(`${directory}/.new`, text);
        await Deno.rename(`${directory}/.new`, `${directory}/${name}`);
      },
      read(name) {
        const kept = new KeptGraphs({ host, prefix, earlier: prefix, warn });
        const path = `${directory}/${name}`;
        const rules = { trust: trustAsService(), hostName: "web1", inputs: facts.inputs, kept };
        const source = openGraphSource({ file: path, path, host, ...rules });
        const reader = new GraphReader(source, { registry, color: false, host: "web1", emit });
        readers.push(reader);
        return reader;
      },
    });
  } finally {
    for (const reader of readers) await reader.close();
    await host.close();
    await Deno.remove(root, { recursive: true });
  }
}

/** Names of the resources. */
const keys = (loaded: LoadedGraph | undefined) =>
  loaded === undefined ? undefined : [...loaded.graph.vertices.keys()].join(" ");

const GRAPH = `graph: g
values: [{port: 80}, values.yml]
resources:
  noop:
  - name: "\${host.name}-\${port}"
  - {name: web, when: {role: web}}
`;

Deno.test("a fact that was read brings another graph when it changes, and one that was not none", async () => {
  await inWorld(async ({ facts, write, read, said }) => {
    await write("g.yaml", GRAPH);
    await write("values.yml", "port: 8080\n");
    const reader = read("g.yaml");
    assertEquals(keys(await reader.first({ resident: true })), "noop[web1-8080] noop[web]");
    const heard: (string | undefined)[] = [];
    const inputs: (string | undefined)[] = [];
    reader.watch((loaded) => {
      heard.push(keys(loaded));
      inputs.push(loaded.graph.input);
    });
    const hears = async (graph: string) =>
      assertEquals(await isSoon(() => heard.at(-1) === graph), true, heard.join("; "));
    facts.set("name", "web2");
    await hears("noop[web2-8080] noop[web]");
    facts.set("labels.role", undefined);
    await hears("noop[web2-8080]");
    await write("values.yml", "port: 81\n");
    await hears("noop[web2-81]");
    // What the journal has as the cause of what came out different.
    assertEquals(inputs[0], "host.name");
    assertEquals(inputs.at(-1)?.endsWith("values.yml"), true);
    await write("g.yaml", GRAPH.replace("{name: web, when: {role: web}}", "name: edited"));
    await isSoon(() => inputs.at(-1) === undefined);
    assertEquals(inputs.at(-1), undefined);
    await write("g.yaml", GRAPH);
    await hears("noop[web2-81]");
    const before = heard.length;
    facts.set("cpus", 8);
    facts.set("labels.site", "graz");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals(heard.length, before);
    const again = (name: string) => `notice: read again, for ${name} is another now`;
    const names = ["host.name", "host.labels.role", "/values.yml"];
    assertEquals(said, names.map(again));
  });
});

Deno.test("what is not known, or broken, leaves the graph in force, and is said once", async () => {
  await inWorld(async ({ facts, write, read, said }) => {
    await write("g.yaml", GRAPH);
    await write("values.yml", "port: 8080\n");
    const reader = read("g.yaml");
    await reader.first({ resident: true });
    facts.set("name", null);
    assertEquals((await reader.read()).good, false);
    assertEquals((await reader.read()).good, false);
    assertStringIncludes(said.join("\n"), "host.name is not known: nobody tells");
    assertEquals([said.length, keys(reader.loaded)], [1, "noop[web1-8080] noop[web]"]);
    facts.set("name", "web1");
    assertEquals(keys((await reader.read()).loaded), "noop[web1-8080] noop[web]");
    await write("values.yml", "port: [\n");
    assertEquals((await reader.read()).good, false);
    said.splice(0, said.length, ...said.filter((each) => !each.startsWith("notice")));
    assertStringIncludes(said.at(-1) ?? "", "/values.yml:");
    assertStringIncludes(said.at(-1) ?? "", "   1 | port: [");
    await write("values.yml", "port: 1\n");
    assertEquals(keys((await reader.read()).loaded), "noop[web1-1] noop[web]");
  });
});

Deno.test("an overriding file of values that is empty for a moment, or not UTF-8, leaves the graph in force: no default counts", async () => {
  await inWorld(async ({ write, read, said, directory }) => {
    await write("g.yaml", GRAPH);
    await write("values.yml", "port: 8080\n");
    const reader = read("g.yaml");
    await reader.first({ resident: true });
    for (const text of ["", "\n", "# port: 80\n"]) {
      await write("values.yml", text);
      const { good } = await reader.read();
      assertEquals([good, keys(reader.loaded)], [false, "noop[web1-8080] noop[web]"], text);
    }
    assertStringIncludes(said.at(-1) ?? "", "/values.yml");
    assertStringIncludes(said.at(-1) ?? "", "error: the file of values is empty");
    await Deno.writeFile(`${directory}/values.yml`, new Uint8Array([0x70, 0x3a, 0x20, 0xe4, 0x0a]));
    assertEquals((await reader.read()).good, false);
    assertStringIncludes(said.at(-1) ?? "", "/values.yml:1:4: this is not UTF-8");
    await write("values.yml", "{}\n");
    assertEquals(keys((await reader.read()).loaded), "noop[web1-80] noop[web]");
  });
});

Deno.test("a last good reading has its files of values, and what is known of the host now", async () => {
  await inWorld(async ({ facts, write, read, said }) => {
    await write("g.yaml", GRAPH);
    await write("values.yml", "port: 8080\n");
    const reader = read("g.yaml");
    await reader.first({ resident: true });
    await reader.close();
    await write("values.yml", "port: ${nothing}\n");
    facts.set("name", "web9");
    const next = read("g.yaml");
    assertEquals(keys(await next.first({ resident: true })), "noop[web9-8080] noop[web]");
    assertStringIncludes(said[0] ?? "", "/values.yml:1:7: error: there is no value nothing");
    assertStringIncludes(said[1] ?? "", "last-good");
    await next.close();
    // Of a host that says less than then there is no graph, until it says so much.
    facts.set("name", null);
    assertEquals(await read("g.yaml").first({ resident: false }), undefined);
    await write("values.yml", "port: 2\n");
    let found: string | undefined;
    void read("g.yaml").first({ resident: true }).then((loaded) => found = keys(loaded));
    assertEquals(await isSoon(() => said.at(-1)?.includes("waits") === true), true);
    facts.set("name", "web3");
    const isFound = await isSoon(() => found === "noop[web3-2] noop[web]");
    assertEquals(isFound, true, found);
  });
});

Deno.test("a directory shares its values, watches its files of values, and keeps them", async () => {
  await inWorld(async ({ facts, write, read, directory: root }) => {
    const site = async (port: number) => await write("site.yml", `port: ${port}\n`);
    await site(1);
    const directory = "d";
    await Deno.mkdir(`${root}/${directory}`);
    const reader = read(directory);
    await write(
      `${directory}/a.yaml`,
      "values: [../site.yml]\nresources: {noop: [{name: 'a-${port}'}]}\n",
    );
    await write(
      `${directory}/b.yaml`,
      "values:\nresources: {noop: [{name: 'b-${port}', when: {role: web}}]}\n",
    );
    assertEquals(keys(await reader.first({ resident: true })), "noop[a-1] noop[b-1]");
    const heard: (string | undefined)[] = [];
    reader.watch((loaded) => void heard.push(keys(loaded)));
    await site(2);
    assertEquals(await isSoon(() => heard.at(-1) === "noop[a-2] noop[b-2]"), true);
    facts.set("labels.role", "db");
    assertEquals(await isSoon(() => heard.at(-1) === "noop[a-2]"), true);
    await reader.close();
    await write(`${directory}/b.yaml`, "resources: 3\n");
    await site(3);
    facts.set("labels.role", "web");
    const next = read(directory);
    assertEquals(keys(await next.first({ resident: true })), "noop[a-2] noop[b-2]");
  });
});

Deno.test("a file of values that others can write is refused, with the place that names it", async () => {
  await inWorld(async ({ write, read, said, directory }) => {
    await write("g.yaml", GRAPH);
    await write("values.yml", "port: 8080\n");
    const reader = read("g.yaml");
    await Deno.chmod(`${directory}/values.yml`, 0o666);
    assertEquals(await reader.first({ resident: false }), undefined);
    assertStringIncludes(said[0] ?? "", "/g.yaml:2:22: error: /values.yml: others than");
    await Deno.chmod(`${directory}/values.yml`, 0o644);
    assertEquals(keys((await reader.read()).loaded), "noop[web1-8080] noop[web]");
  });
});

Deno.test("of a file of values that not everybody may read, or for a graph with such parts, no line is shown", async () => {
  await inWorld(async ({ write, read, said, directory }) => {
    const broken = async (graph: string, mode: number) => {
      await write("g.yaml", graph);
      await write("values.yml", "port: x${nothing}\n");
      await Deno.chmod(`${directory}/values.yml`, mode);
      await read("g.yaml").first({ resident: false });
      assertStringIncludes(said.at(-1) ?? "", "/values.yml:1:7: error: there is no value nothing");
      return said.at(-1)?.includes("port: x");
    };
    assertEquals(await broken(GRAPH, 0o644), true);
    assertEquals(await broken(GRAPH, 0o600), false);
    const secret = `${GRAPH}  file: [{name: /s, content: "\${port}", mode: "0600"}]\n`;
    assertEquals(await broken(secret, 0o644), false);
  });
});

Deno.test("whatever changes in whatever order, a graph that is read again is the one of a fresh reading", async () => {
  await inWorld(async ({ facts, write, read }) => {
    await write(
      "g.yaml",
      `${GRAPH}  exec:
  - {name: "\${a}-\${host.labels.role}", cmd: "true", when: {site: graz}}
  - {name: b, cmd: "echo \${host.cpus}", when: {role: db}}
`,
    );
    const step = fc.oneof(
      fc.record({
        fact: fc.constantFrom("labels.role", "labels.site"),
        to: fc.constantFrom("web", "db", "graz", undefined, null),
      }),
      fc.record({
        fact: fc.constantFrom("name", "cpus"),
        to: fc.constantFrom("x", 4, undefined, null),
      }),
      fc.record({
        port: fc.constantFrom("port: 1\na: 1\n", "a: ${port}\n", "a: ${nothing}\n", "[\n"),
      }),
    );
    const kept = read("g.yaml");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        for (const each of steps) {
          if ("port" in each) await write("values.yml", each.port);
          else facts.set(each.fact, each.to);
        }
        const before = keys(kept.loaded);
        const { good } = await kept.read();
        const fresh = keys(await read("g.yaml").first({ resident: false }));
        assertEquals(good, fresh !== undefined);
        assertEquals(keys(kept.loaded), fresh ?? before);
      }),
      { numRuns: 60 },
    );
  });
});

Deno.test("a graph without values and without when asks nobody for facts", async () => {
  await inWorld(async ({ facts, write, read }) => {
    await write("g.yaml", "graph: g\nresources: {noop: [{name: '${host.name}'}]}\n");
    assertEquals(keys(await read("g.yaml").first({ resident: true })), "noop[${host.name}]");
    assertEquals(facts.opened, 0);
  });
});

Deno.test("what a graph comes to is written with the texts that are in force, and says the same when it is read", async () => {
  await inWorld(async ({ directory, write }) => {
    await write(
      "g.yaml",
      `graph: g
values: {version: 1.10, big: 12345678901234567890, mode: 0644, retry: 2}
resources:
  file:
  - {name: /a, content: "\${version}", mode: "\${mode}"}
  - {name: /b, content: "\${big}", mode: 0600, meta: {retry: "\${retry}"}}
  exec:
  - {name: e, cmd: "true", env: {V: "\${version}"}}
`,
    );
    const how = { registry, color: false, withValue: true };
    const readFrom = async (path: string) => {
      const source = openGraphSource({ file: "g", path });
      return await interpret(await source.read(), source, how);
    };
    const params = ({ loaded }: Awaited<ReturnType<typeof interpret>>) =>
      [...loaded?.graph.vertices.values() ?? []].map(({ params, meta }) => ({ params, meta }));
    const first = await readFrom(`${directory}/g.yaml`);
    assertEquals(first.text, "");
    const yaml = renderYaml(first.value);
    for (const line of ['content: "1.10"', 'content: "12345678901234567890"', "mode: 0600"]) {
      assertStringIncludes(yaml, line);
    }
    await write("after.yaml", yaml);
    const again = await readFrom(`${directory}/after.yaml`);
    assertEquals([again.text, params(again)], ["", params(first)]);
    assertEquals(renderYaml(again.value), yaml);
  });
});

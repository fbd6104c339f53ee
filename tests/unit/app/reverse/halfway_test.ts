import { assertEquals, assertMatch } from "@std/assert";
import { planLeft } from "../../../../src/app/reverse/leaving.ts";
import { type ReversalParts, Reversals } from "../../../../src/app/reverse/reversals.ts";
import { SecretPaths } from "../../../../src/app/secrets/secret_paths.ts";
import { fail } from "../../../../src/base/result.ts";
import type { Host } from "../../../../src/host/host.ts";
import type { NewEntry, RecordedEntry } from "../../../../src/journal/entry.ts";
import type { ThingChange } from "../../../../src/kind/undo.ts";
import type { Resource } from "../../../../src/kind/resource.ts";
import { createLocalHost } from "../../../../src/host/local.ts";
import { loadText } from "../../../support/load_text.ts";
import { registry } from "../../../../src/resources/registry.ts";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

const COMPOSED = { expected: [], collected: new Set<string>(), isComplete: true };

async function graphOf(world: UndoWorld, text: string) {
  const { directory } = world;
  const written = text.replaceAll("DIR", directory);
  const outcome = await loadText(written, { file: "g.yaml", directory, registry });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.loaded.graph;
}

function partsOf(world: UndoWorld, host: Host): Omit<ReversalParts, "reporter"> {
  return {
    host,
    prefix: world.prefix,
    graphPath: "-",
    book: { of: () => undefined },
    reversed: new Set(),
    journal: undefined,
    settings: { noop: false },
    ending: new AbortController().signal,
  };
}

/** A start of the agent: what it takes back of what has left. `spoilt`: no directory can be made. */
async function start(
  world: UndoWorld,
  { spoilt, before = () => {}, journal }: {
    readonly spoilt: boolean;
    readonly journal?: ReversalParts["journal"];
    readonly before?: (reversals: Reversals) => void;
  },
): Promise<string> {
  const said: string[] = [];
  const host = createLocalHost({ prefix: world.prefix, warn: () => {} });
  const makeDirectory = () => fail("no space left on device", { code: "no-space" });
  const reversals = new Reversals({
    ...partsOf(world, spoilt ? { ...host, files: { ...host.files, makeDirectory } } : host),
    reporter: { event: (event) => said.push(JSON.stringify(event)) },
    journal,
  });
  before(reversals);
  const graph = await graphOf(world, "graph: g\nresources: {}\n");
  await reversals.left({ ...COMPOSED, graph: { ...graph, name: "" } });
  await host.close();
  return said.join("\n");
}

/** A directory became a file, which was edited; its resource has the changes written down. */
async function directoryTwiceChanged(world: UndoWorld): Promise<(reversals: Reversals) => void> {
  Deno.mkdirSync(world.path("d"), { mode: 0o711 });
  Deno.writeTextFileSync(world.path("d/in"), "in\n");
  const text = (content: string) =>
    `graph: g\nresources:\n  file:\n  - {name: d, path: DIR/d, content: "${content}\\n", force: true}\n`;
  await world.run(text("1"));
  await world.run(text("2"));
  const [resource] = (await graphOf(world, text("2"))).vertices.values() as Iterable<Resource>;
  return (reversals) => {
    for (const { undo } of world.changes("file[d]")) reversals.done(resource!, undo!);
  };
}

function names(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

Deno.test("what was taken back half-way is taken back by the next start, and is not somebody else's change", async () => {
  await inUndoWorld(async (world) => {
    const before = await directoryTwiceChanged(world);
    assertMatch(
      await start(world, { spoilt: true, before }),
      /could not be taken back: no space left on device/,
    );
    assertEquals(
      [names(`${world.prefix}/reverse`).length, names(`${world.prefix}/pinned`).length],
      [1, 1],
    );
    assertMatch(
      await start(world, { spoilt: false }),
      /left the graph: what it changed is taken back/,
    );
    assertEquals(Deno.readTextFileSync(world.path("d/in")), "in\n");
    assertEquals(Deno.statSync(world.path("d")).mode! & 0o7777, 0o711);
    assertEquals([names(`${world.prefix}/reverse`), names(`${world.prefix}/pinned`)], [[], []]);
  });
});

Deno.test("of a file that had a secret nothing is kept when it is taken back, as by an undo", async () => {
  await inUndoWorld(async (world) => {
    const before = await directoryTwiceChanged(world);
    new SecretPaths(world.prefix).add(new Map([[world.path("d"), new Set(["key"])]]));
    const noted: NewEntry[] = [];
    const said = await start(world, {
      spoilt: false,
      before,
      journal: { note: (entries) => Promise.resolve(void noted.push(...entries)) },
    });
    assertMatch(said, /left the graph: what it changed is taken back/);
    const kept = noted.at(-1)?.detail.undo?.things.map(({ name }) => name) ?? [];
    assertEquals(kept.map((name) => name.slice(world.directory.length)), ["/d/in"]);
    assertMatch(noted.at(-1)?.detail.undo?.lacks ?? "", /a secret/);
  });
});

Deno.test("what is left as it is keeps its copies among the newest, also one that only the reversal had", async () => {
  await inUndoWorld(async (world) => {
    const before = await directoryTwiceChanged(world);
    const said = await start(world, {
      spoilt: false,
      before: (reversals) => {
        before(reversals);
        Deno.writeTextFileSync(world.path("d"), "by hand\n");
        // As many others have come since.
        for (const pinned of names(`${world.prefix}/pinned`)) {
          Deno.removeSync(`${world.prefix}/backups/${pinned}`);
        }
      },
    });
    assertMatch(said, /left as it is: it was changed since/);
    assertEquals(Deno.readTextFileSync(world.path("d")), "by hand\n");
    await world.undone({ since: { type: "ago", agoMs: 3_600_000 } }, { force: true });
    assertEquals(Deno.readTextFileSync(world.path("d/in")), "in\n");
  });
});

Deno.test("a plan knows that what a killed run had begun goes on with what was changed before", async () => {
  await inUndoWorld(async (world) => {
    const text =
      'graph: g\nresources:\n  file:\n  - {name: d, path: DIR/d, content: "1\\n", force: true}\n';
    Deno.symlinkSync("/etc/hostname", world.path("d"));
    await world.run(text);
    const [resource] = (await graphOf(world, text)).vertices.values() as Iterable<Resource>;
    const [{ undo }] = world.changes("file[d]") as [RecordedEntry];
    const host = createLocalHost({ prefix: world.prefix, warn: () => {} });
    const reversals = new Reversals({ ...partsOf(world, host), reporter: { event: () => {} } });
    reversals.done(resource!, undo!);
    const [{ is, name, after }] = undo!.things as [ThingChange];
    await reversals.begin(resource!, [{ is, name, before: after }]);
    Deno.writeTextFileSync(world.path("d"), "2\n");
    const { reversed } = await planLeft({
      prefix: world.prefix,
      graphPath: "-",
      graph: { ...await graphOf(world, "graph: g\nresources: {}\n"), name: "" },
      host,
      signal: new AbortController().signal,
      holdOf: () => undefined,
    });
    await host.close();
    assertEquals(reversed, [{ key: "file[d]" }]);
    assertMatch(await start(world, { spoilt: false }), /what it changed is taken back/);
    assertEquals(Deno.readLinkSync(world.path("d")), "/etc/hostname");
  });
});

const TOLD = `  exec:
  - {name: told, shell: /bin/sh, cmd: "echo told >> told", cwd: DIR, creates: DIR/prefix}
`;

for (const byHand of [false, true]) {
  const what = byHand
    ? "what was as before already when it left owes nobody a refresh"
    : "a refresh that a reversal owes is made by the next start when a kill came before it";
  Deno.test(what, async () => {
    await inUndoWorld(async (world) => {
      const text = `graph: g
resources:
  file:
  - {name: a, path: DIR/a, content: "new\\n", meta: {reverse: true}}
${TOLD}edges: [{from: {kind: file, name: a}, to: {kind: exec, name: told}, notify: true}]
`;
      Deno.writeTextFileSync(world.path("a"), "old\n");
      await world.run(text);
      Deno.removeSync(world.path("told"));
      const graph = await graphOf(world, text);
      const without = `graph: g\nresources:\n${TOLD}`;
      const host = createLocalHost({ prefix: world.prefix, warn: () => {} });
      const reversals = new Reversals({ ...partsOf(world, host), reporter: { event: () => {} } });
      await reversals.left({ ...COMPOSED, graph });
      reversals.done(graph.vertices.get("file[a]")!, world.changes("file[a]")[0]!.undo!);
      if (byHand) Deno.writeTextFileSync(world.path("a"), "old\n");
      await reversals.left({ ...COMPOSED, graph: await graphOf(world, without) });
      await host.close();
      assertEquals(Deno.readTextFileSync(world.path("a")), "old\n");
      // All that the killed run knew is gone: only what is below the prefix is left.
      for (let start = 0; start < 2; start++) await world.run(without);
      const told = names(world.directory).includes("told");
      assertEquals(told ? Deno.readTextFileSync(world.path("told")) : "", byHand ? "" : "told\n");
    });
  });
}

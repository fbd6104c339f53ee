/**
 * What every kind must do, tried on all of its examples.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { finalGraph } from "../../src/app/graph/final_graph.ts";
import { Engine } from "../../src/engine/engine.ts";
import { memoryDebts } from "../../src/engine/debts.ts";
import type { EngineEvent } from "../../src/engine/event.ts";
import type { EngineOptions } from "../../src/engine/options.ts";
import { createLocalHost } from "../../src/host/local.ts";
import type { AnyKind } from "../../src/kind/kind.ts";
import { type Resource, sameResource } from "../../src/kind/resource.ts";
import type { LoadedGraph } from "../../src/lang/load.ts";
import { registry } from "../../src/resources/registry.ts";
import { harmOf } from "./harm.ts";
import { within } from "./program.ts";
import { onStage } from "./stage.ts";
import { takesBackInExamples } from "./undo_conformance.ts";
import { loadText } from "./load_text.ts";

/** The examples stay below /tmp/mgmt…; here that is a directory of the test's own. */
async function load(example: string, directory: string): Promise<LoadedGraph> {
  const text = example.replaceAll("/tmp/mgmt", `${directory}/mgmt`);
  const outcome = await loadText(text, { file: "example.yaml", directory, registry });
  assert(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.diagnostics));
  return outcome.loaded;
}

interface Run {
  readonly events: EngineEvent[];
  readonly engine: Engine;
  end(): Promise<void>;
}

async function run(
  loaded: LoadedGraph,
  directory: string,
  options: Partial<EngineOptions> = {},
): Promise<Run> {
  const events: EngineEvent[] = [];
  await Deno.mkdir(`${directory}/prefix`, { recursive: true });
  const host = createLocalHost({ prefix: `${directory}/prefix`, warn: () => {} });
  const engine = new Engine({
    host,
    emit: (event) => events.push(event),
    debts: memoryDebts(),
    noop: false,
    watching: false,
    seed: 1,
    convergedMs: 0,
    repairBurst: 2000,
    repairsPerSecond: 5,
    differences: () => true,
    ...options,
  });
  await engine.load((await finalGraph(loaded, { registry })).graph);
  await within(30_000, () => has(events, "settled"), () => JSON.stringify(events));
  return {
    events,
    engine,
    end: async () => {
      await engine.stop();
      await host.close();
    },
  };
}

function has(events: readonly EngineEvent[], type: EngineEvent["type"]): boolean {
  return events.some((event) => event.type === type);
}

async function runOnce(
  loaded: LoadedGraph,
  directory: string,
  options: Partial<EngineOptions> = {},
): Promise<EngineEvent[]> {
  const { events, end } = await run(loaded, directory, options);
  await end();
  return events;
}

/** Everything below a directory, with content and mode. */
async function snapshot(directory: string): Promise<string> {
  const command = "find . -path ./prefix -prune -o -printf '%p %y %m %u %g %l ' " +
    "\\( -type f -exec md5sum {} \\; -o -printf '\\n' \\) | sort";
  const output = await new Deno.Command("sh", { args: ["-c", command], cwd: directory }).output();
  return new TextDecoder().decode(output.stdout);
}

/** Declares the tests that every kind must pass. */
export function conform(kinds: readonly AnyKind[]): void {
  for (const kind of kinds) conformsInExamples(kind);
  const healing = kinds.filter((kind) => kind.heals && kind.kind !== "noop");
  Deno.test("there is harm for every kind that heals", () => {
    assertEquals(healing.map(({ kind }) => kind).filter((kind) => harmOf(kind) === undefined), []);
  });
  for (const kind of healing) healsInExamples(kind);
  for (const kind of kinds) {
    takesBackInExamples(kind, async (example, test) => {
      await onStage(example, async (directory, text) => {
        const loaded = await load(text, directory);
        await Deno.mkdir(`${directory}/prefix`, { recursive: true });
        await test(directory, () => runOnce(loaded, directory, { records: true }));
      });
    });
  }
}

function conformsInExamples(kind: AnyKind): void {
  Deno.test(`${kind.kind} has examples that use it`, () => {
    assert(kind.examples.length > 0);
    for (const example of kind.examples) assert(example.includes(`  ${kind.kind}:`));
  });

  kind.examples.forEach((example, index) => {
    const name = `${kind.kind}, example ${index + 1}`;

    Deno.test(`${name}: apply, then check finds nothing`, async () => {
      await onStage(example, async (directory, text) => {
        const loaded = await load(text, directory);
        const first = await runOnce(loaded, directory);
        assert(!has(first, "failed"), JSON.stringify(first));
        if (![...loaded.graph.vertices.values()].every(({ kind }) => kind.heals)) return;
        const second = await runOnce(loaded, directory);
        assert(!has(second, "apply"), JSON.stringify(second));
      });
    });

    Deno.test(`${name}: noop writes nothing and renders its drift`, async () => {
      await onStage(example, async (directory, text) => {
        const loaded = await load(text, directory);
        const before = await snapshot(directory);
        const events = await runOnce(loaded, directory, { noop: true });
        assertEquals(await snapshot(directory), before);
        assert(!has(events, "apply"));
        for (const event of events) {
          if (event.type === "would-change") assertNotEquals(event.reason.trim(), "");
        }
      });
    });

    Deno.test(`${name}: stopping ends everything in time`, async () => {
      await onStage(example, async (directory, text) => {
        const loaded = await load(text, directory);
        const { engine, end } = await run(loaded, directory, { watching: true });
        const startMs = performance.now();
        const ended = end();
        engine.abort();
        await ended;
        assert(performance.now() - startMs < 10_000);
      });
    });

    Deno.test(`${name}: equal fields are equal resources, and any change shows`, async () => {
      await onStage(example, async (directory, text) => {
        const one = await load(text, directory);
        const other = await load(text, directory);
        for (const [key, resource] of one.graph.vertices) {
          const twin = other.graph.vertices.get(key);
          assert(twin !== undefined);
          assert(sameResource(resource, twin));
          assertChangesShow(resource);
        }
      });
    });
  });
}

/** Whatever parameter is another, the resource is not the same any more. */
function assertChangesShow(resource: Resource): void {
  const params = resource.params as Record<string, unknown>;
  for (const name of Object.keys(params)) {
    const changed = { ...resource, params: { ...params, [name]: "something else entirely" } };
    assert(!sameResource(changed, resource), name);
  }
}

function healsInExamples(kind: AnyKind): void {
  kind.examples.forEach((example, index) => {
    Deno.test(`${kind.kind}, example ${index + 1}: harm is seen and undone`, async () => {
      await onStage(example, async (directory, text) => {
        const loaded = await load(text, directory);
        const { events, engine, end } = await run(loaded, directory, { watching: true });
        try {
          for (const [key, resource] of loaded.graph.vertices) {
            if (resource.kind !== kind) continue;
            const changes = () =>
              events.filter((event) => event.type === "changed" && event.key === key).length;
            const before = changes();
            await harmOf(kind.kind)?.(resource.params);
            await within(
              30_000,
              () => changes() > before,
              () => `${key} was not healed: ${JSON.stringify(events.slice(-10))}`,
            );
          }
          await within(
            30_000,
            () => engine.recap().ok === loaded.graph.vertices.size,
            () => JSON.stringify(events.slice(-10)),
          );
        } finally {
          await end();
        }
      });
    });
  });
}

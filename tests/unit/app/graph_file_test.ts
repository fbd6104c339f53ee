import { assertEquals } from "@std/assert";
import { GraphReader } from "../../../src/app/graph/graph_reader.ts";
import { openGraphSource } from "../../../src/app/graph/open_source.ts";
import { registry } from "../../../src/resources/registry.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { quiet, until, withWatcher } from "../os/watcher_helpers.ts";

const graph = (name: string) => `graph: ${name}\nresources: {}\n`;

/** Runs a test with a graph file that is watched, and a clock that stands still. */
function withGraphFile(
  test: (world: {
    readonly path: string;
    readonly clock: ManualClock;
    /** Names of the graphs that were read since the start. */
    readonly read: readonly string[];
    /** What was seen before each of these. */
    readonly edits: readonly string[];
    /** Waits until what has happened so far was heard. */
    heard(): Promise<void>;
  }) => Promise<void>,
  beforeItIsWatched: (path: string) => void = () => {},
): Promise<void> {
  return withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/graph.yaml`;
    Deno.writeTextFileSync(path, graph("first"));
    const clock = new ManualClock();
    const emit = () => {};
    const source = openGraphSource({ file: path, path, host: { watcher, clock } });
    const graphs = new GraphReader(source, { registry, color: false, emit });
    await graphs.read();
    beforeItIsWatched(path);
    const read: string[] = [];
    const edits: string[] = [];
    graphs.watch(({ graph, edit }) => {
      read.push(graph.name);
      edits.push(`${edit?.what} ${edit?.path}`);
    });
    const wish = want(path);
    await watcher.settle();
    // The file is looked at once more as soon as it is watched.
    await graphs.read();
    await test({ path, clock, read, edits, heard: () => quiet([wish]) });
    await graphs.close();
  });
}

Deno.test("a graph file that was replaced after it was read and before it was watched is read again", () =>
  withGraphFile(
    ({ read }) => {
      assertEquals(read, ["second"]);
      return Promise.resolve();
    },
    (path) => {
      Deno.writeTextFileSync(`${path}.new`, graph("second"));
      Deno.renameSync(`${path}.new`, path);
    },
  ));

Deno.test("a graph file that is replaced is read at once, and what was seen of that is known", () =>
  withGraphFile(async ({ path, read, edits }) => {
    Deno.writeTextFileSync(`${path}.new`, graph("second"));
    Deno.renameSync(`${path}.new`, path);
    await until("the new graph is read", () => read.join() === "second");
    assertEquals(edits, [`moved here ${path}`]);
  }));

Deno.test("a graph file that is written in place is read when nobody has written for a while", () =>
  withGraphFile(async ({ path, clock, read, heard }) => {
    Deno.writeTextFileSync(path, graph("half"));
    await heard();
    await clock.pass(30);
    Deno.writeTextFileSync(path, graph("whole"));
    await heard();
    await clock.pass(30);
    assertEquals(read, []);
    await clock.pass(30);
    await until("the new graph is read", () => read.length > 0);
    assertEquals(read, ["whole"]);
  }));

Deno.test("a graph file that is replaced while it is written in place is read at once, and once", () =>
  withGraphFile(async ({ path, clock, read, heard }) => {
    Deno.writeTextFileSync(path, graph("half"));
    await heard();
    Deno.writeTextFileSync(`${path}.new`, graph("second"));
    Deno.renameSync(`${path}.new`, path);
    await until("the new graph is read", () => read.join() === "second");
    assertEquals(clock.armed, 0);
  }));

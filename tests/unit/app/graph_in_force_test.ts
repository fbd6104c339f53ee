import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ComposedGraph } from "../../../src/app/graph/composer.ts";
import { GraphInForce } from "../../../src/app/graph/graph_in_force.ts";
import type { LoadedGraph } from "../../../src/lang/load.ts";

const NOTHING_ELSE = { expected: [], collected: new Set<string>(), isComplete: true };

/** A world in which composing takes as long as a test wants, and what is offered is a number. */
class World {
  written: LoadedGraph | undefined;
  offers = 0;
  /** What was put in force, and whether only if it is another graph. */
  readonly loads: string[] = [];
  idle = 0;
  #composing: { go: () => void; fail: () => void }[] = [];
  readonly inForce = new GraphInForce({
    clock: { yieldTurn: () => Promise.resolve() },
    written: () => this.written,
    compose: ({ graph: { name } }) => this.#compose(`${name} with ${this.offers}`),
    load: ({ graph: { name } }, _written, onlyIfDifferent) => {
      this.loads.push(onlyIfDifferent ? `${name}, if different` : name);
      return Promise.resolve();
    },
    idle: () => this.idle++,
  });

  write(name: string): Promise<void> {
    this.written = { graph: graphOf(name) } as LoadedGraph;
    return this.inForce.written();
  }

  offer(): void {
    this.offers++;
    this.inForce.collected();
  }

  #compose(name: string): Promise<ComposedGraph> {
    return new Promise((resolve, reject) => {
      const go = () => resolve({ ...NOTHING_ELSE, graph: graphOf(name) });
      this.#composing.push({ go, fail: () => reject(new Error("no graph")) });
    });
  }

  /** Lets what can happen happen. */
  async turn(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  /** Ends all that is composed now; the number of these. */
  async composed(how: "go" | "fail" = "go"): Promise<number> {
    await this.turn();
    const composing = this.#composing.splice(0);
    for (const each of composing) each[how]();
    await this.turn();
    return composing.length;
  }
}

function graphOf(name: string): LoadedGraph["graph"] {
  return { name, vertices: new Map(), edges: [] };
}

Deno.test("an edit while what was collected is put in force comes after it, with what is collected then", async () => {
  const world = new World();
  void world.write("a");
  await world.composed();
  world.offer();
  await world.turn();
  const put = world.write("b");
  world.offers++;
  // One at a time.
  assertEquals(await world.composed(), 1);
  assertEquals(await world.composed(), 1);
  await put;
  assertEquals(world.loads, ["a with 0", "a with 1, if different", "b with 2"]);
});

Deno.test("what is collected while an edit is put in force is a turn of its own, over what is written then", async () => {
  const world = new World();
  void world.write("a");
  await world.turn();
  world.offer();
  world.offer();
  void world.write("b");
  while (await world.composed() > 0) assert(world.loads.length < 5);
  assertEquals(world.loads, ["a with 0", "b with 2", "b with 2, if different"]);
});

Deno.test("of edits that come while one is put in force only the last is", async () => {
  const world = new World();
  void world.write("a");
  await world.turn();
  void world.write("b");
  const last = world.write("c");
  while (await world.composed() > 0) assert(world.loads.length < 5);
  await last;
  assertEquals(world.loads, ["a with 0", "c with 0", "c with 0, if different"]);
});

Deno.test("something is pending from when it is collected until it is in force", async () => {
  const world = new World();
  void world.write("a");
  await world.composed();
  assertEquals(world.inForce.pending, false);
  world.offer();
  assertEquals([world.inForce.pending, world.idle], [true, 0]);
  await world.composed();
  assertEquals([world.inForce.pending, world.idle], [false, 1]);
});

Deno.test("a graph that cannot be composed is in no other's way", async () => {
  const world = new World();
  const first = world.write("a");
  const failed = assertRejects(() => first, Error, "no graph");
  await world.composed("fail");
  await failed;
  void world.write("b");
  await world.composed();
  assertEquals(world.loads, ["b with 0"]);
});

/** What an agent's metrics are gathered from: its own etcd is asked, and not too often. */

import { assertEquals } from "@std/assert";
import { AgentFigures, type FigureParts } from "../../../src/app/control/agent_figures.ts";
import { fail, ok } from "../../../src/base/result.ts";
import { RunTotals } from "../../../src/report/metrics/totals.ts";
import { RunState } from "../../../src/report/state.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const STATUS = {
  ...{ databaseBytes: 30, inUseBytes: 20, quotaBytes: 100 },
  ...{ raftIndex: 17, raftAppliedIndex: 12 },
};
const FIGURES = { databaseBytes: 30, inUseBytes: 20, quotaBytes: 100, lag: 5 };

/** An agent of the host h1, with an etcd whose answers a test gives. */
class World {
  readonly state = new RunState(() => 0);
  readonly clock = new ManualClock();
  readonly asked: string[] = [];
  answers = true;
  graph = graphOf(0, 0);

  readonly figures = new AgentFigures({
    state: this.state,
    totals: new RunTotals(() => false),
    engine: this.#engine(),
    book: { list: () => new Map([["*", {}]]) },
    journal: undefined,
    host: { clock: this.clock },
    cluster: {
      name: "h1",
      exports: 3,
      part: { store: { status: (url: string) => this.#ask(url) } },
    },
    events: { counts: { readers: 2, dropped: 7 } },
  } as unknown as FigureParts);

  #engine() {
    const graph = () => this.graph;
    return {
      stuck: () => undefined,
      get graph() {
        return graph();
      },
    };
  }

  #ask(url: string) {
    this.asked.push(url);
    return Promise.resolve(this.answers ? ok(STATUS) : fail("it does not answer"));
  }

  member(phase: "client" | "voter"): void {
    const members = ["h2", "h1"].map((host) => ({
      ...{ id: host, host, learner: false },
      clientUrls: [`http://${host}:2379`],
    }));
    this.state.event({ type: "cluster", what: "membership", phase, members });
  }
}

function graphOf(own: number, collected: number) {
  const vertices = new Map<string, { readonly origin?: object }>();
  for (let each = 0; each < own; each++) vertices.set(`own ${each}`, {});
  for (let each = 0; each < collected; each++) vertices.set(`theirs ${each}`, { origin: {} });
  return { vertices };
}

Deno.test("figures: a host that runs etcd asks its own, at most once in five seconds", async () => {
  const world = new World();
  assertEquals((await world.figures.read()).store, undefined);
  world.member("client");
  await world.clock.pass(5000);
  assertEquals((await world.figures.read()).store, undefined);
  assertEquals(world.asked, []);
  world.member("voter");
  await world.clock.pass(5000);
  const both = await Promise.all([world.figures.read(), world.figures.read()]);
  assertEquals(both.map(({ store }) => store), [FIGURES, FIGURES]);
  assertEquals(world.asked, ["http://h1:2379"]);
  world.answers = false;
  assertEquals((await world.figures.read()).store, FIGURES);
  await world.clock.pass(5000);
  assertEquals((await world.figures.read()).store, undefined);
  assertEquals(world.asked.length, 2);
});

Deno.test("figures: what is collected is counted anew for each graph, and holds and readers are those of now", async () => {
  const world = new World();
  world.graph = graphOf(2, 1);
  const first = await world.figures.read();
  assertEquals(first.exchange, { exported: 3, collected: 1 });
  assertEquals([first.holds, first.events], [1, { readers: 2, dropped: 7 }]);
  world.graph = graphOf(2, 4);
  assertEquals((await world.figures.read()).exchange.collected, 4);
});

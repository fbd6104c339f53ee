import { assertEquals } from "@std/assert";
import { ServiceManager, type WatchedEngine } from "../../../src/app/service/service_manager.ts";
import type { Recap } from "../../../src/engine/event.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { RunState, type Snapshot } from "../../../src/report/state.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const RECAP: Recap = {
  ok: 1,
  changed: 0,
  failed: 0,
  blocked: 0,
  contested: 0,
  held: 0,
  noop: 0,
  aborted: 0,
};
const MINUTE = 60_000;

/** A service manager that writes down what it is told, and an engine that is as a test says. */
class World {
  readonly clock = new ManualClock();
  readonly state = new RunState(() => 0);
  readonly told: string[] = [];
  readonly warned: string[] = [];
  recap = RECAP;
  working: string[] = [];
  stuck: string | undefined;
  readonly manager: ServiceManager;

  constructor(watchdogMs?: number) {
    this.manager = new ServiceManager({
      notify: {
        watchdogMs,
        tell: (...assignments) => void this.told.push(assignments.join(" ")),
        monotonicMicroseconds: () => 42n,
        close: () => void this.told.push("closed"),
      },
      clock: this.clock,
      file: "g.yaml",
      state: this,
      warn: (text) => this.warned.push(text),
    });
    const engine: WatchedEngine = {
      working: () => this.working,
      stuck: () => this.stuck,
    };
    this.manager.follow(engine);
  }

  /** How the run is, with as many resources as the test says. */
  get snapshot(): Snapshot {
    return { ...this.state.snapshot, recap: this.recap };
  }

  event(event: ReportEvent): void {
    this.state.event(event);
    this.manager.event(event);
  }

  /** What was told since the last question, only lines that begin so. */
  since(...beginnings: string[]): string[] {
    return this.told.splice(0).filter((line) =>
      beginnings.length === 0 || beginnings.some((beginning) => line.startsWith(beginning))
    );
  }

  graph(): void {
    const counts = {
      vertices: 1,
      edges: 0,
      automatic: 0,
      added: 1,
      changed: 0,
      removed: 0,
      kept: 0,
      seed: 1,
      keys: () => [],
    };
    this.event({ type: "graph", name: "g", ...counts });
  }
}

Deno.test("the status line changes at most once a second, and only when it is another", async () => {
  const world = new World();
  assertEquals(world.since(), ["STATUS=Starts with g.yaml"]);
  world.graph();
  for (let ok = 2; ok < 100; ok++) {
    world.recap = { ...RECAP, ok };
    world.event({ type: "ok", key: `noop[${ok}]` });
  }
  assertEquals(world.since(), []);
  await world.clock.pass(1000);
  assertEquals(world.since(), ["STATUS=g: 99 ok"]);
  world.event({ type: "ok", key: "noop[a]" });
  await world.clock.pass(10_000);
  assertEquals(world.since(), []);
  assertEquals(world.clock.armed, 0);
});

Deno.test("a graph that is refused is in the status until one is in force again", async () => {
  const world = new World();
  world.graph();
  world.event({ type: "diagnostics", text: "", errors: 2, warnings: 0, keepsOld: true });
  await world.clock.pass(1000);
  const why = "the graph file has mistakes: the graph before stays in force";
  assertEquals(world.since("STATUS=g"), [`STATUS=g: 1 ok; ${why}`]);
  // What is collected makes another graph, and the file no better.
  world.graph();
  await world.clock.pass(1000);
  assertEquals(world.since("STATUS=g"), []);
  world.event({ type: "good-again", file: "g.yaml" });
  await world.clock.pass(1000);
  assertEquals(world.since(), ["STATUS=g: 1 ok"]);
});

Deno.test("a reload is told from its beginning to its end, also when it is refused or throws", async () => {
  const world = new World();
  world.manager.ready();
  world.since();
  await world.manager.reloading(() => Promise.resolve());
  assertEquals(world.since(), ["RELOADING=1 MONOTONIC_USEC=42", "READY=1"]);
  await world.manager.reloading(() => Promise.reject(new Error("bug"))).catch(() => {});
  assertEquals(world.since(), ["RELOADING=1 MONOTONIC_USEC=42", "READY=1"]);
  const first = Promise.withResolvers<void>();
  const one = world.manager.reloading(() => first.promise);
  await world.manager.reloading(() => Promise.resolve());
  // The first still goes on.
  assertEquals(world.since("READY"), []);
  first.resolve();
  await one;
  assertEquals(world.since(), ["READY=1"]);
});

Deno.test("the watchdog is fed at half its time, as long as the engine is not stuck", async () => {
  const world = new World(60_000);
  assertEquals(world.since("WATCHDOG"), ["WATCHDOG=1"]);
  await world.clock.pass(2 * MINUTE);
  assertEquals(world.since("WATCHDOG").length, 4);
  world.stuck = "exec[a] should have ended 31 min ago";
  await world.clock.pass(2 * MINUTE);
  assertEquals(world.since("WATCHDOG"), []);
  assertEquals(world.warned, [`the watchdog will end this agent: ${world.stuck}`]);
  world.stuck = undefined;
  await world.clock.pass(MINUTE);
  assertEquals(world.since("WATCHDOG").length, 2);
});

Deno.test("a stop asks for time while commands run, and has them aborted after half an hour", async () => {
  const world = new World();
  world.graph();
  world.working = ["exec[a]"];
  let aborted = 0;
  world.since();
  world.manager.stopping(() => aborted++);
  world.event({ type: "stopping", why: "Interrupted by exit signal", working: ["exec[a]"] });
  assertEquals(world.since(), [
    "STOPPING=1",
    "EXTEND_TIMEOUT_USEC=30000000",
    "STATUS=g: 1 ok; stops, and waits for Exec[a]",
  ]);
  for (let asked = 0; asked < 6; asked++) {
    await world.clock.pass(10_000);
    assertEquals(world.since("EXTEND").length, 1);
  }
  assertEquals(aborted, 0);
  await world.clock.pass(30 * MINUTE);
  assertEquals(aborted, 1);
  world.since();
  world.stuck = "exec[a] should have ended";
  await world.clock.pass(MINUTE);
  assertEquals(world.since("EXTEND"), []);
  world.manager.close();
  assertEquals([world.since(), world.clock.armed], [["closed"], 0]);
});

Deno.test("lost contact with the cluster stands in the status line until it is back", async () => {
  const world = new World();
  world.graph();
  await world.clock.pass(1000);
  world.since();
  world.event({
    type: "cluster",
    what: "contact-lost",
    since: "2020-01-02T03:04:05.000Z",
    forMs: 5000,
    isFirst: false,
    etcdRuns: false,
    uses: { collects: false },
    isSaid: false,
  });
  await world.clock.pass(1000);
  assertEquals(world.since(), [
    "STATUS=g: 1 ok; no contact with the cluster since 2020-01-02 03:04Z",
  ]);
  world.event({ type: "cluster", what: "contact-back", forMs: 9000 });
  await world.clock.pass(1000);
  assertEquals(world.since(), ["STATUS=g: 1 ok"]);
  world.manager.close();
});

/** What hooks are told, how often they run, and what they say when they fail; time is a test's. */

import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { failure, type Result } from "../../../src/base/result.ts";
import type { HookCommand } from "../../../src/app/hooks/hook.ts";
import { Hooks } from "../../../src/app/hooks/hooks.ts";
import type { Exit, ProcessCommand } from "../../../src/os/process/processes.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { ManualClock, turn } from "../../support/manual_clock.ts";

const SUCCESS: Exit = { code: 0, lines: 0, tail: [], survivors: 0 };

/** What a run of a hook was given. */
interface Told {
  readonly hook: string;
  readonly events: readonly {
    readonly type: string;
    readonly key?: string;
    readonly times: number;
  }[];
  readonly omitted: number;
}

/** Hooks, what they run (which ends when the test says so), and what they say. */
class HookWorld {
  readonly clock = new ManualClock();
  readonly told: Told[] = [];
  readonly said: string[] = [];
  readonly running: ((ended: Result<Exit>) => void)[] = [];
  readonly hooks: Hooks;
  /** What a run ends with at once; undefined: it goes on. */
  ends: Exit | undefined = SUCCESS;

  constructor(...names: readonly HookCommand["name"][]) {
    const commands = names.map((name) => ({ name, argv: [`/${name}`], bare: true } as const));
    this.hooks = new Hooks(commands, {
      clock: this.clock,
      processes: {
        run: (command) => this.#run(command),
        foresee: () => Promise.resolve(undefined),
        ofUser: () => Promise.resolve(undefined),
      },
      host: "web1",
      file: "g.yaml",
      wall: () => this.clock.wall(),
      placeOf: () => Promise.resolve(undefined),
      tell: (event) => this.said.push("text" in event ? event.text : event.type),
    });
  }

  #run(command: ProcessCommand): Promise<Result<Exit>> {
    this.told.push(JSON.parse(command.input ?? ""));
    if (this.ends !== undefined) return Promise.resolve({ ok: true, value: this.ends });
    const { promise, resolve } = Promise.withResolvers<Result<Exit>>();
    this.running.push(resolve);
    const stopped: Result<Exit> = { ok: true, value: { ...SUCCESS, ended: "stopped" } };
    command.signal?.addEventListener("abort", () => resolve(stopped));
    return promise;
  }

  changed(...keys: readonly string[]): void {
    for (const key of keys) this.hooks.event(changed(key));
  }
}

function changed(key: string, worldless = false): ReportEvent {
  return { type: "changed", key, reason: "it differs", tookMs: 1, worldless };
}

function failed(key: string, message: string): ReportEvent {
  return { type: "failed", key, failure: failure(message) };
}

Deno.test("what happens within a moment is told at once, what is of no world or right is not", async () => {
  const world = new HookWorld("on-change");
  world.changed("file[a]", "file[b]");
  world.hooks.event(changed("collect[c]", true));
  world.hooks.event({ type: "ok", key: "file[d]" });
  world.hooks.event(failed("file[e]", "no"));
  await world.clock.pass(100);
  assertEquals(world.told.map(({ events }) => events.map(({ key }) => key)), [[
    "file[a]",
    "file[b]",
  ]]);
  const [first] = world.told;
  assertEquals({ ...first, events: [], time: "" }, {
    ...{ v: 1, time: "", hook: "on-change", host: "web1", file: "g.yaml" },
    ...{ omitted: 0, events: [] },
  });
  await world.hooks.finish();
  assertEquals([world.told.length, world.said, world.clock.armed], [1, [], 0]);
});

Deno.test("10,000 changes while a hook hangs are one more run, with what it can take and a count", async () => {
  const world = new HookWorld("on-change");
  world.ends = undefined;
  world.changed("file[first]");
  await world.clock.pass(100);
  for (let i = 0; i < 10_000; i++) world.changed(`file[${i}]`);
  for (let i = 0; i < 500; i++) world.changed("file[0]");
  await world.clock.pass(1000);
  assertEquals(world.told.length, 1, "it runs once at a time");
  world.ends = SUCCESS;
  world.running[0]?.({ ok: true, value: SUCCESS });
  await world.clock.pass(1000);
  const second = world.told[1];
  assertEquals(second?.events.length, LIMITS.hookEvents);
  assertEquals(second?.omitted, 10_000 - LIMITS.hookEvents);
  const again = second?.events.filter(({ key }) => key === "file[0]");
  assertEquals(again?.map(({ times }) => times), [501], "the same is told once, with its count");
});

Deno.test("what is longer than a hook may read is counted", async () => {
  const world = new HookWorld("on-change");
  for (const name of ["a", "b", "c"]) world.changed(`file[${name.repeat(400_000)}]`);
  await world.clock.pass(100);
  assertEquals([world.told[0]?.events.length, world.told[0]?.omitted], [2, 1]);
});

Deno.test("a hook that makes more to tell runs ever more rarely, which is said once", async () => {
  const world = new HookWorld("on-change");
  world.changed("file[a]");
  const runs: number[] = [];
  for (let minute = 0; minute < 10; minute++) {
    const before = world.told.length;
    for (let ms = 0; ms < 60_000; ms += 500) {
      const seen = world.told.length;
      await world.clock.pass(500);
      // What the hook changed is repaired, and told.
      if (world.told.length > seen) world.changed("file[a]");
    }
    runs.push(world.told.length - before);
  }
  assert(runs[0]! <= 8, `${runs}`);
  assertEquals(runs.slice(2), runs.slice(2).map(() => 1), `${runs}`);
  assertEquals(world.said.length, 1);
  // Quiet, and it is as at first.
  await world.clock.pass(120_000);
  const before = world.told.length;
  world.changed("file[a]");
  await world.clock.pass(100);
  assertEquals(world.told.length, before + 1);
});

Deno.test("a failure is told once, until the resource was right or fails otherwise", async () => {
  const world = new HookWorld("on-failure");
  const events: readonly ReportEvent[] = [
    failed("exec[a]", "exited with code 1"),
    failed("exec[a]", "exited with code 1"),
    { type: "diagnostics", text: "x", errors: 0, warnings: 1, keepsOld: false },
    { type: "diagnostics", text: "x", errors: 1, warnings: 0, keepsOld: true },
    { type: "cluster", what: "outcast", failure: failure("another has this name") },
    { type: "cluster", what: "outcast" },
    { type: "contested", key: "file[b]", reason: "", difference: [], pauseMs: 1000 },
    { type: "contested", key: "file[b]", reason: "", difference: [], pauseMs: 2000 },
  ];
  for (const event of events) world.hooks.event(event);
  await world.clock.pass(100);
  const types = ["failed", "diagnostics", "cluster", "contested"];
  assertEquals(
    world.told[0]?.events.map(({ type, times }) => [type, times]),
    types.map((type) => [type, 1]),
  );
  world.hooks.event(failed("exec[a]", "exited with code 2"));
  await world.clock.pass(1000);
  world.hooks.event({ type: "ok", key: "exec[a]" });
  world.hooks.event(failed("exec[a]", "exited with code 2"));
  await world.clock.pass(2000);
  assertEquals(world.told.slice(1).map(({ events }) => events.map(({ type }) => type)), [
    ["failed"],
    ["failed"],
  ]);
});

Deno.test("that a hook fails is said once until it has succeeded", async () => {
  const world = new HookWorld("on-change");
  for (const code of [3, 4, 0, 5]) {
    world.ends = { ...SUCCESS, code };
    world.changed("file[a]");
    await world.clock.pass(120_000);
  }
  assertEquals(world.told.length, 4);
  assertEquals(world.said.map((text) => /code (\d)/.exec(text)?.[1]), ["3", "5"]);
});

Deno.test("at the end what is left is told without a pause, and a hook that hangs is ended", async () => {
  const world = new HookWorld("on-change", "on-failure");
  world.ends = undefined;
  world.changed("file[a]");
  world.hooks.event(failed("file[b]", "no"));
  let isOver = false;
  const finished = world.hooks.finish().then(() => isOver = true);
  await world.clock.pass(0);
  assertEquals(world.told.map(({ hook }) => hook), ["on-change", "on-failure"]);
  world.changed("file[c]");
  world.running[0]?.({ ok: true, value: SUCCESS });
  await turn();
  assertEquals(world.told[2]?.events.map(({ key }) => key), ["file[c]"]);
  await world.clock.pass(LIMITS.hookEndMs - 1);
  assertEquals(isOver, false);
  assertEquals(world.said.length, 2, "both are said to be waited for");
  await world.clock.pass(1);
  await finished;
  assertEquals(world.said.length, 4, "both are said to be ended");
  assertEquals(world.clock.armed, 0);
});

Deno.test("who is aborted tells nothing more and says nothing", async () => {
  const world = new HookWorld("on-change");
  world.ends = undefined;
  world.changed("file[a]");
  await world.clock.pass(100);
  world.changed("file[b]");
  world.hooks.abort();
  await world.hooks.finish();
  world.changed("file[c]");
  await world.clock.pass(120_000);
  assertEquals([world.told.length, world.said, world.clock.armed], [1, [], 0]);
});

import { assert, assertEquals } from "@std/assert";
import { failure } from "../../../../src/base/result.ts";
import { LiveWorld, withoutTimes } from "../../../support/live_world.ts";

const LONG = "exec[long]";

/** A run in which one command takes long. */
async function atWork(world: LiveWorld): Promise<void> {
  world.graph(LONG, "file[a]");
  world.begins(LONG);
  world.say({ type: "apply", key: LONG, reason: "has not run yet", refresh: false });
  world.say({ type: "ok", key: "file[a]" });
  await world.clock.pass(5500);
}

Deno.test("what happens scrolls above, who works stands below with its age, and the last row says how all is", async () => {
  const world = new LiveWorld({ columns: 80 });
  await atWork(world);
  assertEquals(withoutTimes(await world.text()), [
    "Graph: Vertices(2), Edges(0)",
    "Graph: Seed of the order: 1",
    "Exec[long]: Apply: has not run yet",
    "",
    "5 s  Exec[long]",
    "web: 1 ok, 1 not done yet",
  ]);
  world.say({ type: "output", key: LONG, text: "half way", stream: "stdout" });
  await world.clock.pass(70_000);
  assertEquals(withoutTimes(await world.text()).slice(2), [
    "Exec[long]: Apply: has not run yet",
    "Exec[long]: half way",
    "",
    "1 min 15 s  Exec[long]",
    "web: 1 ok, 1 not done yet",
  ]);
  world.work.delete(LONG);
  world.say({ type: "changed", key: LONG, reason: "", tookMs: 75_000, worldless: false });
  world.say({ type: "settled", recap: world.state.snapshot.recap });
  await world.clock.pass(2000);
  assertEquals(withoutTimes(await world.text()).slice(3), [
    "Exec[long]: half way",
    "Exec[long]: Done in 1 min 15 s",
    "Recap: 2 ok, 1 changed, 0 failed, 0 blocked, 0 contested, 0 noop",
    "",
    "web: 2 ok, 1 changed; settled",
  ]);
});

Deno.test("an idle run writes nothing, a busy one an age a second, and nothing where that stays", async () => {
  const world = new LiveWorld();
  await atWork(world);
  const written = async (ms: number) => {
    const before = world.bytes.length;
    await world.clock.pass(ms);
    return world.bytes.length - before;
  };
  const frame = (await written(1000)) / 2;
  assert(
    frame > 0 && await written(10_000) < 25 * frame,
    "ages are written more than once a second",
  );
  await world.clock.pass(3_600_000);
  assert(await written(60_000) < 5 * frame, "an age in minutes is written anew each second");
  world.work.clear();
  world.say({ type: "ok", key: LONG }, { type: "settled", recap: world.state.snapshot.recap });
  await world.clock.pass(2000);
  assertEquals([await written(86_400_000), world.clock.armed], [0, 0]);
  // Polls find all as it should be.
  world.say({ type: "ok", key: LONG }, { type: "settled", recap: world.state.snapshot.recap });
  assertEquals(await written(10_000), 0);
});

Deno.test("a run that is over at once is written as lines, to the last byte", async () => {
  const world = new LiveWorld();
  world.graph("file[a]");
  world.say({ type: "ok", key: "file[a]" });
  await world.clock.pass(100);
  await world.reporter.flush();
  assert(!world.bytes.includes("\x1b"), JSON.stringify(world.bytes));
  assertEquals([world.clock.armed, world.hooks], [0, undefined]);
});

Deno.test("the end leaves lines alone, and the cursor below them", async () => {
  const world = new LiveWorld({ columns: 80 });
  await atWork(world);
  world.work.clear();
  const recap = world.state.snapshot.recap;
  world.say({ type: "stopping", why: "Interrupted", working: [] });
  world.say({ type: "stop", exitCode: 130, recap, failed: [], contested: [], blocked: [] });
  const end = world.reporter.flush();
  await world.clock.pass(10_000);
  await end;
  const text = withoutTimes(await world.text());
  assertEquals(text.slice(-3), [
    "Interrupted",
    "Recap: 1 ok, 0 changed, 0 failed, 0 blocked, 0 contested, 0 noop",
    "Goodbye!",
  ]);
  assertEquals(await world.cursor(), { column: 0, row: text.length });
  const before = world.bytes.length;
  world.say({ type: "warning", text: "said late" });
  await world.clock.pass(10_000);
  assertEquals(world.bytes.slice(before).replace(/^\S+ /, ""), "Warning: said late\n");
});

Deno.test("after a resize everything is at its place, whatever the terminal made of the rows", async () => {
  const long = `exec[${"long ".repeat(9)}]`;
  const world = new LiveWorld({ columns: 80, rows: 20 });
  world.graph(long);
  world.begins(long);
  world.say({ type: "apply", key: long, reason: "x", refresh: false });
  await world.clock.pass(3000);
  for (
    const [columns, rows] of [[20, 20], [100, 20], [30, 6], [20, 3], [60, 40], [10, 2]] as const
  ) {
    await world.resize(columns, rows);
    const text = await world.text(true);
    assertEquals(
      text.filter((line) => /^\d+ s {2}/.test(line)).length,
      rows > 3 ? 1 : 0,
      text.join("\n"),
    );
    assertEquals(text.filter((line) => line.startsWith("web: ")).length, 1, text.join("\n"));
    assert(text.at(-1)?.startsWith("web: "), text.join("\n"));
  }
});

Deno.test("on a small terminal what is most worth knowing is left: the last row, then who works", async () => {
  const seen = async (columns: number, rows: number) => {
    const world = new LiveWorld({ columns, rows });
    world.graph("exec[a]", "exec[b]", "exec[c]");
    for (const key of ["exec[a]", "exec[b]", "exec[c]"]) world.begins(key);
    await world.clock.pass(2500);
    const text = await world.text();
    return text.slice(text.findLastIndex((line) => /^(Graph: |\d\d:)/.test(line)) + 1);
  };
  assertEquals(await seen(60, 1), []);
  assertEquals((await seen(60, 3)).slice(-1), ["web: 0 ok, 3 not done yet"]);
  assertEquals((await seen(60, 5)).slice(-2), ["3 work or wait", "web: 0 ok, 3 not done yet"]);
  assertEquals((await seen(60, 6)).slice(-3), [
    "2 s  Exec[a]",
    "and 2 more",
    "web: 0 ok, 3 not done yet",
  ]);
  assertEquals((await seen(20, 20)).slice(-5), [
    "",
    "2 s  Exec[a]",
    "2 s  Exec[b]",
    "2 s  Exec[c]",
    "web: 0 ok, 3 not d…",
  ]);
});

Deno.test("of many who work some are named, and the others counted", async () => {
  const world = new LiveWorld({ rows: 50 });
  const keys = Array.from({ length: 22 }, (_, index) => `exec[e${index}]`);
  world.graph(...keys);
  for (const key of keys) world.begins(key);
  await world.clock.pass(1500);
  const text = await world.text();
  assertEquals(text.slice(-4), [
    "1 s  Exec[e7]",
    "1 s  Exec[e8]",
    "and 13 more",
    "web: 0 ok, 22 not done yet",
  ]);
});

Deno.test("where not all have a row who failed comes first, and of those who work one is left", async () => {
  const rowsOf = async (rows: number) => {
    const world = new LiveWorld({ rows, columns: 60 });
    const [working, failed] = [["exec[a]", "exec[b]"], ["svc[c]", "svc[d]", "svc[e]"]];
    world.graph(...working, ...failed);
    for (const key of working) world.begins(key);
    for (const key of failed) {
      world.say({ type: "failed", key, failure: failure("no"), retryMs: 60_000 });
    }
    await world.clock.pass(1500);
    const text = withoutTimes(await world.text());
    return text.slice(text.findIndex((row) => row.includes("failed, next try")), -1);
  };
  const tells = (name: string) => `${name}: failed, next try at TIME`;
  assertEquals(await rowsOf(6), [tells("Svc[c]"), "and 4 more"]);
  assertEquals(await rowsOf(12), [
    `     ${tells("Svc[c]")}`,
    `     ${tells("Svc[d]")}`,
    "1 s  Exec[a]",
    "and 2 more",
  ]);
});

Deno.test("names, output and progress can do nothing to a terminal, and are cut by its columns", async () => {
  const world = new LiveWorld({ columns: 40, rows: 24 });
  const keys = [
    "exec[\x1b[2J\x1b]0;title\x07\u202e]",
    `exec[${"世界".repeat(20)}]`,
    `exec[${"e\u0301".repeat(60)}]`,
    "exec[👨‍👩‍👧‍👦 ⚙️ family]",
  ];
  world.graph(...keys);
  for (const key of keys) world.begins(key);
  world.say({ type: "output", key: keys[0]!, text: "\x1b[1;1Hx\r\x1bc", stream: "stdout" });
  world.say({ type: "progress", key: keys[3]!, text: "\x1b[H40 %" });
  await world.clock.pass(1500);
  const text = await world.text();
  assertEquals(text.slice(-5, -1), [
    "1 s  Exec[␛[2J␛]0;title␇�]",
    `1 s  Exec[${"世界".repeat(7)}…`,
    `1 s  Exec[${"e\u0301".repeat(28)}…`,
    "1 s  Exec[👨‍👩‍👧‍👦 ⚙️ family]: ␛[H40 %",
  ]);
  assert(text.join("").includes("]: ␛[1;1Hx␍␛c"), text.join("\n"));
});

Deno.test("who waits says for what, and who failed when it tries again; that needs no clock", async () => {
  const world = new LiveWorld();
  world.graph("pkg[a]", "exec[b]", "exec[c]", "svc[d]", "file[e]");
  world.begins("pkg[a]");
  world.begins("exec[b]", { step: "wait", waitsFor: "a place in fleet:db:1" });
  world.begins("exec[c]", { step: "turn" });
  world.say({ type: "progress", key: "pkg[a]", text: "downloading, 40 %", percent: 40 });
  world.say({ type: "failed", key: "svc[d]", failure: failure("no"), retryMs: 60_000 });
  world.say({ type: "blocked", key: "file[e]", by: "svc[d]" });
  await world.clock.pass(3500);
  assertEquals(withoutTimes(await world.text()).slice(-7), [
    "",
    "3 s  Pkg[a]: downloading, 40 %",
    "3 s  Exec[b]: waits for a place in fleet:db:1",
    "3 s  Exec[c]: waits for its turn",
    "     Svc[d]: failed, next try at TIME",
    "     File[e]: waits for Svc[d]",
    "web: 0 ok, 1 failed, 1 blocked, 3 not done yet",
  ]);
  world.work.clear();
  for (const key of ["pkg[a]", "exec[b]", "exec[c]"]) world.say({ type: "ok", key });
  await world.clock.pass(2000);
  const before = world.bytes.length;
  await world.clock.pass(50_000);
  assertEquals(world.bytes.length, before);
});

Deno.test("a terminal that takes nothing keeps nobody waiting; then what counts is there, once", async () => {
  const world = new LiveWorld();
  await atWork(world);
  const { promise, resolve } = Promise.withResolvers<void>();
  world.paused = promise;
  for (let line = 0; line < 50; line++) {
    world.say({ type: "output", key: LONG, text: `line ${line}`, stream: "stdout" });
    await world.clock.pass(1000);
  }
  const before = world.bytes.length;
  resolve();
  await world.clock.pass(100);
  const text = await world.text(true);
  assertEquals(text.filter((entry) => /line \d+$/.test(entry)).length, 50);
  assertEquals(text.slice(-2), ["55 s  Exec[long]", "web: 1 ok, 1 not done yet"]);
  assert(world.bytes.length - before < 50 * 40 + 500, "old ages were kept for it");
});

Deno.test("a terminal that is gone is not written to, and waited for by nothing", async () => {
  const world = new LiveWorld();
  await atWork(world);
  world.isGone = true;
  await world.clock.pass(2000);
  assertEquals([world.clock.armed, world.hooks], [0, undefined]);
  world.say({ type: "warning", text: "nobody reads" });
  await world.clock.pass(2000);
  await world.reporter.flush();
  assertEquals(world.clock.armed, 0);
});

Deno.test("what a command writes to the terminal by itself stays, and the rows come back below it", async () => {
  const world = new LiveWorld();
  await atWork(world);
  await world.others("Password for ann: ok\n");
  await world.clock.pass(1000);
  assertEquals(withoutTimes(await world.text()).slice(2), [
    "Exec[long]: Apply: has not run yet",
    "Password for ann: ok",
    "",
    "6 s  Exec[long]",
    "web: 1 ok, 1 not done yet",
  ]);
});

Deno.test("^Z leaves lines alone, in the background there are only lines, and fg brings the screen back", async () => {
  const world = new LiveWorld();
  await atWork(world);
  const leaving = world.hooks?.leaving();
  await world.clock.pass(10);
  await leaving;
  assertEquals(withoutTimes(await world.text()).at(-1), "Exec[long]: Apply: has not run yet");
  assertEquals((await world.cursor()).column, 0);
  await world.others("[1]+ Stopped\n$ bg\n$ ");
  world.isOurs = false;
  world.hooks?.back();
  world.say({ type: "output", key: LONG, text: "on", stream: "stdout" });
  world.say({
    type: "running",
    vertices: [{ key: LONG, step: "apply", forMs: 10_000, waiting: [], waitingCount: 0 }],
  });
  await world.clock.pass(5000);
  assertEquals((await world.text()).slice(-3).map((line) => line.replace(/\d\d:\d\d:\d\d /, "")), [
    "$ bg",
    "$ Exec[long]: on",
    "Exec[long]: still running for 10 s",
  ]);
  await world.others("$ fg\n");
  // Of what runs the shell tells nobody.
  world.isOurs = true;
  await world.clock.pass(1100);
  assertEquals((await world.text()).slice(-4), [
    "$ fg",
    "",
    "11 s  Exec[long]",
    "web: 1 ok, 1 not done yet",
  ]);
});

Deno.test("^Z waits a moment, and not for a terminal that takes nothing", async () => {
  const world = new LiveWorld();
  await atWork(world);
  world.paused = new Promise(() => {});
  world.say({ type: "output", key: LONG, text: "on", stream: "stdout" });
  await world.clock.pass(10);
  let isLeft = false;
  void world.hooks?.leaving().then(() => isLeft = true);
  await world.clock.pass(300);
  assert(isLeft);
});

Deno.test("lines that come fast are written together, and each is there", async () => {
  const world = new LiveWorld();
  await atWork(world);
  const before = world.bytes.length;
  for (let line = 0; line < 200; line++) {
    world.say({ type: "output", key: LONG, text: `line ${line}`, stream: "stdout" });
    await world.clock.pass(5);
  }
  await world.clock.pass(100);
  const written = world.bytes.slice(before);
  assertEquals(written.match(/line \d+\n/g)?.length, 200);
  const screens = written.split("web: ").length - 1;
  assert(screens >= 10 && screens <= 30, String(screens));
});

Deno.test("colours are only where they are wanted", async () => {
  const row = async (color: boolean) => {
    const world = new LiveWorld({ color });
    await atWork(world);
    // deno-lint-ignore no-control-regex -- of colours nothing is left but the numbers
    return [/\x1b\[\d+m/.test(world.bytes), await world.text()] as const;
  };
  const [[plain, text], [coloured, same]] = [await row(false), await row(true)];
  assertEquals([plain, coloured], [false, true]);
  assertEquals(same, text);
});

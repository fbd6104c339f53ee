import { assertEquals } from "@std/assert";
import { answers, errs, FakeManager } from "../../support/fake_manager.ts";
import { turn } from "../../support/manual_clock.ts";

const GONE = "org.freedesktop.DBus.Error.UnknownObject";

/** A manager that is heard and has started a job. */
async function withJob() {
  const manager = new FakeManager();
  manager.replies.set("StartUnit", () => answers("/job/1"));
  const services = manager.services();
  const started = services.run("start", "a.service");
  manager.appears();
  await turn();
  return { manager, services, started };
}

Deno.test("a manager that does not answer at first is asked again to be heard, until it is gone", async () => {
  const manager = new FakeManager();
  let tries = 0;
  manager.replies.set("Subscribe", () => ++tries < 3 ? errs("timeout") : answers());
  const heard: string[] = [];
  manager.services().watch("a.service", (what) => void heard.push(what));
  manager.appears();
  await manager.clock.pass(60_000);
  assertEquals([tries, heard.length, manager.clock.armed], [3, 3, 0]);
  tries = -1000;
  manager.appears();
  await manager.clock.pass(1000);
  manager.goes();
  await manager.clock.pass(60_000);
  const asked = tries;
  await manager.clock.pass(60_000);
  assertEquals(tries, asked);
});

Deno.test("two who ask for what is one job both hear of its end", async () => {
  const { manager, services, started } = await withJob();
  const other = services.run("start", "a.service");
  await turn();
  manager.ends("/job/1", "done");
  assertEquals(await Promise.race([Promise.all([started, other]), turn().then(() => "waits")]), [
    undefined,
    undefined,
  ]);
});

Deno.test("a job that outlives its bus is waited for, and is over when the manager says so", async () => {
  const { manager, started } = await withJob();
  let ended: unknown = "waits";
  void started.then((problem) => ended = problem?.code ?? "done");
  manager.goes();
  await manager.clock.pass(10_000);
  assertEquals(ended, "waits");
  manager.replies.set("GetAll", () => answers({}));
  manager.appears();
  await turn();
  assertEquals(ended, "waits");
  manager.ends("/job/1", "failed");
  await turn();
  assertEquals(ended, "job-failed");
});

Deno.test("a bus that is away is waited for, and not for ever", async () => {
  const { manager, started } = await withJob();
  let code: string | undefined = "waits";
  void started.then((problem) => code = problem?.code);
  manager.replies.set("GetAll", () => errs("bus-unavailable"));
  manager.goes();
  await manager.clock.pass(20_000);
  assertEquals(code, "waits");
  await manager.clock.pass(10 * 60_000);
  assertEquals([code, manager.clock.armed], ["job-lost", 0]);
});

Deno.test("a job that ended while nobody listened is told by how its unit is", async () => {
  for (const [active, end] of [["active", "done"], ["failed", "job-unheard"]] as const) {
    const { manager, started } = await withJob();
    manager.goes();
    const unit = { Id: "a.service", ActiveState: active, Names: ["a.service"] };
    manager.replies.set("GetAll", ({ path }) => path === "/job/1" ? errs(GONE) : answers(unit));
    manager.appears();
    await turn();
    assertEquals((await started)?.code ?? "done", end);
  }
});

Deno.test("an end that was missed is found out after a while", async () => {
  const { manager, started } = await withJob();
  const unit = { Id: "a.service", ActiveState: "active", Names: ["a.service"] };
  manager.replies.set("GetAll", ({ path }) => path === "/job/1" ? errs(GONE) : answers(unit));
  let ended = false;
  void started.then(() => ended = true);
  await manager.clock.pass(60_000);
  assertEquals(ended, true);
});

Deno.test("no wait for a manager outlives a stop", async () => {
  const manager = new FakeManager();
  const never = Promise.withResolvers<never>().promise;
  manager.replies.set("Reload", () => never);
  const services = manager.services();
  const stop = new AbortController();
  const waits = [
    // Its signals never come.
    services.run("start", "a.service", stop.signal),
    services.reloadUnitFiles(stop.signal),
  ];
  let ended = 0;
  for (const wait of waits) void wait.then(() => ended++);
  await turn();
  assertEquals(ended, 0);
  stop.abort();
  await turn();
  assertEquals(ended, 2);
});

Deno.test("unit files that are written for ever are not read for ever", async () => {
  const manager = new FakeManager();
  manager.replies.set("Reload", async () => {
    await manager.clock.sleep(50);
    return answers();
  });
  const services = manager.services();
  const stop = new AbortController();
  void (async () => {
    while (!stop.signal.aborted) await services.reloadUnitFiles(stop.signal);
  })();
  await manager.clock.pass(10_000);
  stop.abort();
  await manager.clock.pass(10_000);
  const reloads = manager.calls.filter((member) => member === "Reload").length;
  assertEquals(reloads >= 20 && reloads <= 35, true, `${reloads} reloads in 10 s`);
});

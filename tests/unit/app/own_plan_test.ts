/** The plan of the agent's own graph: one process at a time, with bounds, and gone with the agent. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { OwnPlanDesk } from "../../../src/app/running_plan/own_plan.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import { emptyGraph } from "../../../src/graph/graph.ts";
import type { Exit, ProcessCommand } from "../../../src/os/process/processes.ts";
import { unwrap } from "../../support/unwrap.ts";

/** A desk whose process does as `run` says. */
function deskWith(run: (command: ProcessCommand) => Promise<Result<Exit>>, graphPath = "/g.yaml") {
  const commands: ProcessCommand[] = [];
  const processes = {
    run: (command: ProcessCommand) => {
      commands.push(command);
      return run(command);
    },
    foresee: () => Promise.resolve(undefined),
    ofUser: () => Promise.resolve(undefined),
  };
  const desk = new OwnPlanDesk({
    host: { processes },
    settings: { hostname: "h1", labels: new Map([["role", "web"]]), secrets: "/secrets" },
    prefix: "/p",
    graphPath,
    engine: { graph: emptyGraph("g") },
  });
  return { desk, commands };
}

const ended = (exit: Partial<Exit>) => ok({ lines: 1, tail: [], survivors: 0, ...exit });

Deno.test("own plan: who asks while one is made gets the same, and who asks later another", async () => {
  const { desk, commands } = deskWith((command) => {
    command.line?.('{"resources": [{"key": "file[a]"}]}', "stdout");
    return Promise.resolve(ended({ code: 2 }));
  });
  const [one, other] = await Promise.all([desk.ask(), desk.ask()]);
  assertEquals(unwrap(one!), { resources: [{ key: "file[a]", edit: "added" }], removed: [] });
  assertEquals([one === other, commands.length], [true, 1]);
  await desk.ask();
  assertEquals(commands.length, 2);
  const { argv, timeoutMs } = commands[0]!;
  assert(timeoutMs !== undefined && timeoutMs > 0);
  assertStringIncludes(argv[2]!, "ulimit -d 1000000;");
  const flags = ["--output=json", "--prefix=/p", "--cluster-wait=2", "--hostname=h1"];
  const more = ["--label=role=web", "--secrets=/secrets"];
  assertEquals(argv.slice(argv.indexOf("/g.yaml")), ["/g.yaml", ...flags, ...more]);
});

Deno.test("own plan: it ends with the agent, and one that takes too long or says nothing is no plan", async () => {
  const { desk } = deskWith(({ signal }) =>
    new Promise((resolve) => {
      signal?.addEventListener("abort", () => resolve(ended({ ended: "stopped" })));
    })
  );
  const asked = desk.ask();
  await desk.close();
  assertEquals((await asked).ok, false);
  const late = await deskWith(() => Promise.resolve(ended({ ended: "timeout" }))).desk.ask();
  assert(!late.ok);
  assertEquals(late.failure.code, "late");
  const killed = await deskWith(() => Promise.resolve(ended({ signal: "SIGSEGV" }))).desk.ask();
  assert(!killed.ok);
  assertStringIncludes(killed.failure.message, "SIGSEGV");
  const piped = await deskWith(() => Promise.reject(new Error("not asked")), "-").desk.ask();
  assert(!piped.ok);
  assertEquals(piped.failure.code, "no-file");
});

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { posix } from "node:path";
import { isRunning, written } from "../support/processes.ts";
import {
  contentOf,
  inDirectory,
  mgmt,
  Program,
  repositoryFile,
  within,
} from "../support/program.ts";

/** One file with a content; a second run finds it right. */
async function withFile(
  test: (directory: string, run: readonly string[]) => Promise<void>,
  graph = (directory: string) =>
    `graph: g\nresources:\n  file:\n  - name: f\n    path: ${directory}/f\n    content: "a\\n"\n`,
): Promise<void> {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/g.yaml`, graph(directory));
    await test(directory, ["run", `${directory}/g.yaml`, "--tmp-prefix"]);
  });
}

/** A script that can be run; the result is its path. */
async function script(directory: string, name: string, text: string): Promise<string> {
  const path = `${directory}/${name}`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

interface Document {
  readonly file: string;
  readonly hook: string;
  readonly omitted: number;
  readonly events: readonly Record<string, unknown>[];
}

/** What a hook that appends its standard input to a file was told. */
function toldIn(path: string): Document[] {
  return (contentOf(path) ?? "").trim().split("\n").filter((line) => line !== "").map((line) =>
    JSON.parse(line)
  );
}

Deno.test("hooks read what --output json says, with a command's environment, and nothing where all is right", () =>
  withFile(async (directory, run) => {
    const hook = await script(
      directory,
      "hook",
      `cat >>${directory}/told; env >${directory}/env; pwd >>${directory}/env`,
    );
    const once = [...run, "-t", "0", "--output", "json", "--on-change", hook];
    const env = { env: { OF_THE_AGENT: "1" } };
    // A hook runs in another directory, so it is told the whole path of the graph.
    const relative = [...once.slice(0, 1), posix.relative(Deno.cwd(), `${directory}/g.yaml`)];
    const first = await mgmt([...relative, ...once.slice(2)], env);
    assertEquals(first.code, 0, first.stderr);
    const [told, ...more] = toldIn(`${directory}/told`);
    assertEquals(more, []);
    assertEquals(told?.file, `${directory}/g.yaml`);
    const { times, ...event } = told?.events[0] ?? {};
    assertEquals(times, 1);
    const lines = first.stdout.trim().split("\n").map((line) => JSON.parse(line));
    const said = lines.find(({ type }) => type === "changed");
    assertEquals({ ...event, time: "" }, { ...said, time: "" });
    // What the documentation shows is there.
    const documentation = Deno.readTextFileSync(repositoryFile("docs/hooks.md"));
    const shown = JSON.parse(/```json\n([^]*?)```/.exec(documentation)?.[1] ?? "");
    assertEquals(Object.keys(told ?? {}), Object.keys(shown));
    for (const field of Object.keys(shown.events[0])) {
      assert(field in (told?.events[0] ?? {}), field);
    }
    const surroundings = contentOf(`${directory}/env`) ?? "";
    assertMatch(surroundings, /^LANG=C\.UTF-8$/m);
    assertMatch(surroundings, /^\/$/m);
    assert(!surroundings.includes("OF_THE_AGENT"), surroundings);
    await mgmt(once, env);
    assertEquals(toldIn(`${directory}/told`).length, 1, "the second run changed nothing");
    await Deno.remove(`${directory}/f`);
    await mgmt([...once, "--noop"], env);
    assertEquals(toldIn(`${directory}/told`).length, 1, "noop changes nothing");
  }));

Deno.test("a refused graph, a failure and nothing secret are told on failure, by a shell", () =>
  withFile(
    async (directory, run) => {
      const hook = ["--hook-shell", "/bin/sh", "--on-failure", `cat >> '${directory}/told'`];
      const failing = await mgmt([...run, "-t", "0", ...hook]);
      assertEquals(failing.code, 4, failing.stderr);
      const [{ events }] = toldIn(`${directory}/told`) as [Document];
      assertEquals(events.map(({ type, key }) => [type, key]), [["failed", "exec[e]"]]);
      assert(!JSON.stringify(events).includes("S3CRET"), JSON.stringify(events));
      assertEquals((events[0]?.["place"] as { line: number }).line, 4);
      await Deno.writeTextFile(
        `${directory}/g.yaml`,
        "graph: g\nresources:\n  file:\n  - nme: x\n",
      );
      assertEquals((await mgmt([...run, "-t", "0", ...hook])).code, 1);
      assertEquals(toldIn(`${directory}/told`)[1]?.events.map(({ type }) => type), ["diagnostics"]);
    },
    () =>
      `graph: g\nresources:\n  exec:\n  - name: e\n    sensitive: true\n    cmd: /nowhere/S3CRET\n`,
  ));

Deno.test("no healing waits for a hook that hangs; at the end it is ended, with what it started", () =>
  withFile(async (directory, run) => {
    const hang = `cat >>${directory}/told; echo $$ >${directory}/pid; sleep 1000 & wait`;
    const hook = await script(directory, "hook", hang);
    const program = new Program([...run, "--on-change", hook]);
    await program.says("Recap: 1 ok");
    const pid = Number(await written(`${directory}/pid`));
    for (let i = 0; i < 20; i++) {
      await Deno.remove(`${directory}/f`);
      await within(60_000, () => contentOf(`${directory}/f`) === "a\n", "it was not repaired");
    }
    assertEquals(toldIn(`${directory}/told`).length, 1, "it runs once at a time");
    const beganMs = performance.now();
    program.signal("SIGINT");
    await program.says("--on-change: Waiting for it, 10 s at most");
    await program.signalAgain("SIGINT");
    const { code, stderr } = await program.ended();
    assertEquals(code, 130);
    assert(performance.now() - beganMs < 10_000, "the second ^C ends hooks");
    assert(!isRunning(pid), "it is ended");
    assert(!stderr.includes("Warning"), stderr);
  }));

Deno.test("a hook that fails is said once, and is no failure of the run", () =>
  withFile(async (directory, run) => {
    const hook = await script(directory, "hook", "echo broken >&2; exit 3");
    const failing = await mgmt([...run, "-t", "0", "--on-change", hook]);
    assertEquals(failing.code, 0);
    assertMatch(failing.stderr, /Warning: --on-change: exited with code 3: broken/);
    await Deno.remove(`${directory}/f`);
    const missing = await mgmt([...run, "-t", "0", "--on-change", "nowhere-to-be-found a | b"]);
    assertEquals(missing.code, 0);
    assertEquals(missing.stderr.match(/Warning: --on-change/g)?.length, 1, missing.stderr);
    assertStringIncludes(missing.stderr, "--hook-shell /bin/sh");
    // Nobody reads what it is told, and it prints more than anybody wants.
    await Deno.remove(`${directory}/f`);
    const loud = await script(directory, "loud", "exec 0<&-; yes | head -c 20000000");
    const ignored = await mgmt([...run, "-t", "0", "--on-change", loud]);
    assertEquals([ignored.code, ignored.stderr.includes("Warning")], [0, false], ignored.stderr);
  }));

Deno.test("a hook that undoes what the graph says runs ever more rarely, and the run converges", () =>
  withFile(async (directory, run) => {
    const hook = await script(directory, "hook", `echo >>${directory}/runs; rm -f ${directory}/f`);
    const { code, stderr } = await mgmt([...run, "-t", "3", "--on-change", hook]);
    assertEquals(code, 0, stderr);
    const runs = contentOf(`${directory}/runs`)?.length ?? 0;
    // With pauses of 1 and 2 s before each further one, the next is in 4 s; and one at the end. Who waits for a
    // core begins its 3 s later; without pauses there were hundreds.
    assert(runs >= 2 && runs <= 8, `${runs} runs`);
  }));

Deno.test("2,000 changes are a few runs of a hook, which together have heard of all", () =>
  withFile(async (directory, run) => {
    const hook = await script(directory, "hook", `cat >>${directory}/told`);
    const { code, stderr } = await mgmt([...run, "-t", "0", "-q", "--on-change", hook]);
    assertEquals(code, 0, stderr);
    const told = toldIn(`${directory}/told`);
    assert(told.length <= 12, `${told.length} runs`);
    assertEquals(
      told.reduce((sum, { events, omitted }) => sum + events.length + omitted, 0),
      2000,
    );
    assert(!stderr.includes("Warning"), stderr);
  }, (directory) =>
    `graph: g\nresources:\n  file:\n` +
    Array.from({ length: 2000 }, (_, i) =>
      `  - {name: f${i}, path: ${directory}/f${i}, content: ""}\n`)
      .join("")));

Deno.test("who is killed leaves a hook running, and the next run goes on", () =>
  withFile(async (directory, run) => {
    const hook = await script(
      directory,
      "hook",
      `cat >>${directory}/told; echo $$ >${directory}/pid; exec sleep 1000`,
    );
    const once = run.filter((word) => word !== "--tmp-prefix");
    const kept = [...once, "--prefix", `${directory}/state`, "--on-change", hook];
    const program = new Program(kept);
    const pid = Number(await written(`${directory}/pid`));
    program.signal("SIGKILL");
    await program.ended();
    assert(isRunning(pid), "it runs on, like a command of a graph");
    Deno.kill(pid, "SIGKILL");
    await Deno.remove(`${directory}/f`);
    const next = await mgmt([
      ...once,
      "--prefix",
      `${directory}/state`,
      "-t",
      "0",
      "--on-change",
      "cat",
    ]);
    assertEquals([next.code, contentOf(`${directory}/f`)], [0, "a\n"], next.stderr);
  }));

Deno.test("what a hook's flags cannot mean is refused", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["--on-change", "./here"], /--on-change: hooks run in \//],
    [["--on-change", "true", "--hook-shell", "bin/sh"], /--hook-shell: hooks run in \//],
    [["--hook-shell", "/bin/sh"], /--hook-shell needs --on-change or --on-failure/],
  ];
  for (const [flags, message] of cases) {
    const { code, stderr } = await mgmt(["run", "/nowhere/g.yaml", ...flags]);
    assertEquals(code, 1);
    assertMatch(stderr, message);
  }
  const unit = await mgmt(["service", "print", "--on-change", "logger -t mgmt", "/nowhere/g.yaml"]);
  assertStringIncludes(unit.stdout, '"--on-change=logger -t mgmt"');
});

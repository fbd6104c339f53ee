import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ended, EXECUTABLE, inDirectory, mgmt, Program, shell } from "../support/program.ts";

/** Runs a graph of one command to its end. */
async function runCommand(fields: string, ...flags: string[]): Promise<Ended> {
  const directory = await Deno.makeTempDir({ prefix: "mgmt-test-" });
  try {
    const graph = `${directory}/graph.yaml`;
    const text = `graph: g\nresources:\n  exec:\n  - name: only\n    ${fields}\n`;
    await Deno.writeTextFile(graph, text);
    return await mgmt(["run", graph, "--tmp-prefix", ...flags]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a run in which a resource failed exits with 4 and names it with its place", async () => {
  const { code, stderr } = await runCommand("cmd: ls /nowhere/at/all", "-t", "0");
  assertEquals(code, 4, stderr);
  assertMatch(stderr, /Exec\[only\]: Failed: .*\/graph\.yaml:4:11\)/);
  assertStringIncludes(stderr, "Failed: Exec[only]");
});

Deno.test("a run that does not converge in its time exits with 5", async () => {
  const flags = ["-t", "5", "--max-runtime", "2.5", "--no-watch"];
  const { code, stderr } = await runCommand("cmd: echo again\n    pollint: 1", ...flags);
  assertEquals(code, 5, stderr);
});

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} ends a run cleanly, in a moment, with ${expected}`, async () => {
    await inDirectory(async (directory) => {
      const graph = `${directory}/graph.yaml`;
      await Deno.writeTextFile(graph, "graph: g\nresources:\n  noop:\n  - name: a\n");
      const program = new Program(["run", graph, "--tmp-prefix"]);
      await program.says("Recap: 1 ok");
      const before = performance.now();
      program.signal(signal);
      const { code, stderr } = await program.ended();
      assertEquals(code, expected, stderr);
      assert(await program.isMoment(performance.now() - before));
      assertMatch(stderr, /Goodbye!\n$/);
    });
  });
}

Deno.test("with --output json the standard output is an object a line, and the rest is silent", async () => {
  const { code, stdout, stderr } = await runCommand("cmd: echo hello", "-t", "0", "--output=json");
  assertEquals([code, stderr], [0, ""]);
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const { v, time } of events) assertEquals([v, typeof time], [2, "string"]);
  assertEquals(events.at(0)?.type, "start");
  assertEquals(events.at(-1)?.type, "stop");
  assertEquals(events.find(({ type }) => type === "output")?.text, "hello");
});

Deno.test("a reader that has gone or sleeps does not stop a run", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/graph.yaml`;
    const files = Array.from(
      { length: 600 },
      (_, index) => `  - name: ${directory}/${"f".repeat(60)}${index}\n    content: x\n`,
    );
    await Deno.writeTextFile(graph, `graph: g\nresources:\n  file:\n${files.join("")}`);
    const run = `${EXECUTABLE} run ${graph} --tmp-prefix -t 0 -v 2>&1 >/dev/null`;
    assertEquals(
      await shell(`{ ${run}; echo $? >code; } | head -n 1 >/dev/null; cat code`, directory),
      "0\n",
    );
    // The agent has done its work although nobody has read a line of it yet.
    await shell("rm f*", directory);
    const patience =
      "for i in $(seq 200); do sleep 0.1; test $(ls | grep -c fff) = 600 && break; done";
    const counted = `{ ${run}; } | { ${patience}; ls | grep -c fff; cat >/dev/null; }`;
    assertEquals(await shell(counted, directory), "600\n");
  });
});

Deno.test("help and version come without a graph, and fast", async () => {
  const { code, stdout } = await mgmt(["help"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "mgmt run graph.yaml");
  // By the processor's time: others may use it, too.
  const took = await shell(`bash -c 'TIMEFORMAT="%U %S"; time ${EXECUTABLE} help >/dev/null'`);
  const [user = NaN, system = NaN] = took.trim().split(" ").map(Number);
  assert(user + system < 1, `${took} s`);
  assertMatch((await mgmt(["--version"])).stdout, /^mgmt \d.*\(Deno \d.*\)\n(etcd .*\n)?$/);
});

Deno.test("data that nobody reads to the end is no mistake", async () => {
  await inDirectory(async (directory) => {
    const names = Array.from({ length: 20_000 }, (_, index) => `  - name: n${index}\n`).join("");
    await Deno.writeTextFile(`${directory}/g.yaml`, `graph: g\nresources:\n  noop:\n${names}`);
    const shown = `{ ${EXECUTABLE} graph g.yaml; echo $? >code; } | head -n 1; cat code`;
    assertEquals(await shell(shown, directory), "g\n0\n");
  });
});

Deno.test("output that cannot be written is exit 1, and a reader that has enough is not", async () => {
  const graph = new URL("../../examples/graph8.yaml", import.meta.url).pathname;
  const said = await shell(`${EXECUTABLE} graph ${graph} > /dev/full; echo "exit $?"`);
  assertMatch(said, /the output cannot be written/);
  assertStringIncludes(said, "exit 1");
  const run = `${EXECUTABLE} run ${graph} --noop -t 0 --output json`;
  assertStringIncludes(await shell(`${run} > /dev/full; echo "exit $?"`), "exit 1");
  const piped = await shell(`${EXECUTABLE} graph ${graph} | true; ${EXECUTABLE} version`);
  assertMatch(piped, /^mgmt \d/);
});

Deno.test("without a PATH, as from a bare environment, commands are found all the same", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(
      `${directory}/g.yaml`,
      `graph: g\nresources:\n  exec:\n  - name: e\n    cmd: touch ${directory}/made\n`,
    );
    const said = await shell(`env -i ${EXECUTABLE} run ${directory}/g.yaml -t 0 --tmp-prefix`);
    assert(await Deno.stat(`${directory}/made`).then(() => true, () => false), said);
  });
});

Deno.test("what commands that only look may not read is a mistake with its place, and no exception", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(
      graph,
      "graph: g\nvalues: [/proc/cpuinfo]\nresources: {noop: [{name: a}]}\n",
    );
    const { code, stderr } = await mgmt(["validate", graph]);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      "g.yaml:2:10: error: /proc/cpuinfo: cannot read /proc/cpuinfo: a command",
    );
    assertStringIncludes(stderr, "hint: mgmt plan and mgmt run may");
  });
});

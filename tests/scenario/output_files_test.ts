import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, type ProgramOptions, shell } from "../support/program.ts";

const GRAPH = "graph: g\nresources:\n  noop:\n  - name: a\n";
const STRANGER = 54_321;

/** A directory with a graph, a file that must stay as it is, and room for what others plant. */
async function withVictim(
  test: (at: { directory: string; graph: string; victim: string }) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const [graph, victim] = [`${directory}/graph.yaml`, `${directory}/victim`];
    await Deno.writeTextFile(graph, GRAPH);
    await Deno.writeTextFile(victim, "precious");
    await Deno.mkdir(`${directory}/room`);
    await test({ directory, graph, victim });
    assertEquals(await Deno.readTextFile(victim), "precious");
  });
}

/** Runs to the end, within a time that is long enough for all but what hangs. */
function soon(args: readonly string[], options: ProgramOptions = {}) {
  return mgmt(args, { ...options, through: ["timeout", "--signal=KILL", "60"] });
}

Deno.test("a file for a graph is written through no link, and into no FIFO, device or directory", () =>
  withVictim(async ({ directory, graph }) => {
    const file = `${directory}/room/g.dot`;
    const planted: Readonly<Record<string, string>> = {
      "a symbolic link": "ln -s ../victim g.dot",
      "a FIFO": "mkfifo g.dot",
      "a directory": "mkdir g.dot",
    };
    for (const [what, plant] of Object.entries(planted)) {
      await shell(`rm -rf g.dot; ${plant}`, `${directory}/room`);
      const before = await shell("stat -c '%i %F' g.dot", `${directory}/room`);
      const shown = await soon(["graph", graph, "-g", file]);
      assertEquals([shown.code, shown.stdout], [1, ""], shown.stderr);
      assertStringIncludes(shown.stderr, `cannot write ${file}: it is ${what}`);
      const ran = await soon(["run", graph, "-t", "0", "--tmp-prefix", "-q", "-g", file]);
      assertEquals(ran.code, 0);
      assertStringIncludes(ran.stderr, `cannot write ${file}: it is ${what}`);
      assertEquals(await shell("stat -c '%i %F' g.dot", `${directory}/room`), before);
    }
    await shell("rm -r g.dot", `${directory}/room`);
    assertEquals((await soon(["graph", graph, "-g", file])).code, 0);
    assertMatch(contentOf(file) ?? "", /^digraph "g"/);
    const device = await soon(["graph", graph, "-g", "/dev/null"]);
    assertEquals([device.code, (await Deno.lstat("/dev/null")).isCharDevice], [1, true]);
  }));

Deno.test("a picture of a graph is drawn where nobody can lead it elsewhere", () =>
  withVictim(async ({ directory, graph }) => {
    const filter = `${directory}/filter`;
    await Deno.writeTextFile(filter, '#!/bin/sh\ncat "$4" >"$3"\n', { mode: 0o755 });
    const file = `${directory}/room/g.dot`;
    const run = ["run", graph, "-t", "0", "--tmp-prefix", "-g", file, "--graphviz-filter", filter];
    await Deno.symlink("../victim", `${file}.png`);
    assertStringIncludes(
      (await soon(run)).stderr,
      `cannot write ${file}.png: it is a symbolic link`,
    );
    await Deno.remove(`${file}.png`);
    assertStringIncludes((await soon(run)).stderr, "Successfully generated graph! (");
    assertMatch(contentOf(`${file}.png`) ?? "", /^digraph "g"/);
    assertEquals([...Deno.readDirSync(`${directory}/room`)].length, 2);
  }));

Deno.test({
  name: "state is kept only where others can neither change it nor lead the way elsewhere",
  ignore: Deno.uid() !== 0,
  fn: () =>
    withVictim(async ({ directory, graph }) => {
      const room = `${directory}/room`;
      const run = ["run", graph, "-t", "0", "--prefix", `${room}/a/b`];
      await shell(`chmod 777 ${room}`);
      for (const args of [run, ["leave", "--prefix", `${room}/a/b`]]) {
        const refused = await soon(args);
        assertEquals(refused.code, 1, refused.stderr);
        assertMatch(refused.stderr, /others than root can change what is kept in .*room\/a\/b: /);
        assertMatch(refused.stderr, /hint: chmod o-w .*room; or name another place with --prefix/);
      }
      assertEquals([...Deno.readDirSync(room)], []);
      await shell(`chmod 755 ${room}; chown ${STRANGER} ${room}`);
      const named = await soon(run, { env: { SUDO_UID: "" } });
      assertEquals(named.code, 0);
      assertMatch(named.stderr, /Warning: others than root .*room .*belongs to 54321/);
      const own = await soon(run, { env: { SUDO_UID: String(STRANGER) } });
      assertEquals([own.code, /others than/.test(own.stderr)], [0, false]);
      await shell(`rm ${room}/a/b/lock; mkfifo ${room}/a/b/lock`);
      assertMatch((await soon(run)).stderr, /lock is not a regular file/);
    }),
});

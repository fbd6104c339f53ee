/** `mgmt status`: how an agent is, whatever it is doing, for people, programs and monitoring systems. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { control } from "../support/control.ts";
import { eventually } from "../support/processes.ts";
import { EXECUTABLE, inDirectory, mgmt, Program, shell } from "../support/program.ts";

const BAD = `exec: [{name: bad, shell: /bin/sh, cmd: "echo nope >&2; exit 3", meta: {retry: -1}}]`;

function graph(directory: string, more = ""): void {
  const file = `file: [{name: ${directory}/out, content: a}]`;
  const kinds = more === "" ? file : `${file}, ${more}`;
  Deno.writeTextFileSync(join(directory, "g.yaml"), `graph: g\nresources: {${kinds}}\n`);
}

async function withAgent(
  more: string,
  test: (agent: Program, prefix: string, directory: string) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    graph(directory, more);
    const prefix = join(directory, "prefix");
    const args = ["run", "g.yaml", "--prefix", prefix, "--max-runtime", "300"];
    const agent = new Program(args, { cwd: directory });
    try {
      // Whoever asks while it starts is answered when it has.
      await test(agent, prefix, directory);
    } finally {
      await agent.interrupt();
    }
  });
}

const status = (prefix: string, ...more: string[]) => mgmt(["status", "--prefix", prefix, ...more]);

/** Asks until the answer is so. */
async function checks(prefix: string, exitCode: number, word: RegExp): Promise<void> {
  let said = "";
  const isSo = async () => {
    const { code, stdout } = await status(prefix, "--check");
    said = `${code}: ${stdout}`;
    return code === exitCode && word.test(stdout);
  };
  assert(await eventually(isSo), said);
}

Deno.test("status: of an agent from its start to its end, and of none", async () => {
  await withAgent("", async (agent, prefix, directory) => {
    await checks(prefix, 0, /^MGMT OK - converged since .*: 1 ok, 1 changed \| ok=1;;;0 /);
    const { stdout, stderr, code } = await status(prefix);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^converged since [-\d]+ [:\d]+Z \(\d+ s\): 1 ok, 1 changed\n/);
    assertStringIncludes(stdout, `process ${agent.pid} since `);
    const told = JSON.parse((await status(prefix, "--output", "json")).stdout);
    assertEquals([told.version, told.type, told.agent.standing], [1, "status", "converged"]);
    assertEquals(told.agent, { ...(await control(prefix, "GET", "/v1/status")).said });
    // A reader that has gone is no error.
    assertEquals(await shell(`${EXECUTABLE} status --prefix ${prefix} | true`), "");
    graph(directory, "file: [}");
    await checks(prefix, 1, /^MGMT WARNING - refused: the graph file has mistakes; 1 ok/);
    assertStringIncludes((await status(prefix)).stdout, "the graph before stays in force");
    await agent.interrupt();
    await checks(prefix, 2, /^MGMT CRITICAL - no agent runs with /);
    const none = await status(prefix);
    assertEquals([none.code, none.stdout], [1, ""]);
    assertStringIncludes(none.stderr, "no agent runs with");
  });
});

Deno.test("status: what has failed is named with why and the next try, also beside what is held", async () => {
  await withAgent(BAD, async (_agent, prefix, directory) => {
    await checks(prefix, 2, /^MGMT CRITICAL - failing since .* 1 failed.*; Exec\[bad\] \|/);
    const { stdout } = await status(prefix);
    assertMatch(
      stdout,
      /\n {2}failed {4}Exec\[bad\], \d+ s: exited with code 3: nope\n +tried again in/,
    );
    await mgmt(["hold", `${directory}/out`, "--reason", "by hand", "--prefix", prefix]);
    Deno.writeTextFileSync(join(directory, "out"), "x");
    const isHeld = async () =>
      /held {6}File\[.*\/out\] until .*by hand/.test((await status(prefix)).stdout);
    assert(await eventually(isHeld));
    graph(directory);
    await checks(prefix, 1, /^MGMT WARNING - held since .*; File\[/);
  });
});

Deno.test("status: an agent whose process is stopped does not answer, and that is told", async () => {
  await withAgent("", async (agent, prefix) => {
    await checks(prefix, 0, /OK/);
    agent.signal("SIGSTOP");
    try {
      const [said, checked] = await Promise.all([status(prefix), status(prefix, "--check")]);
      assertEquals([said.code, checked.code], [1, 2]);
      assertStringIncludes(said.stderr, "runs, and does not answer");
      assertMatch(checked.stdout, /^MGMT CRITICAL - .* does not answer\n$/);
    } finally {
      agent.signal("SIGCONT");
    }
  });
});

/** The control socket of a running agent: who listens there, what it answers, and how it goes. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { control, controlSays, hasConverged } from "../support/control.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, inDirectory, mgmt, Program } from "../support/program.ts";

/** An agent with one file, and its prefix. */
async function withAgent(
  test: (agent: Program, prefix: string, directory: string) => Promise<void>,
  below = "prefix",
): Promise<void> {
  await inDirectory(async (directory) => {
    const prefix = join(directory, below);
    const agent = startAgent(directory, prefix);
    try {
      await test(agent, prefix, directory);
    } finally {
      await agent.interrupt();
    }
  });
}

function startAgent(directory: string, prefix: string): Program {
  graph(directory, "a");
  const flags = ["--no-watch", "--prefix", prefix, "--max-runtime", "300"];
  return new Program(["run", "g.yaml", ...flags], { cwd: directory });
}

function graph(directory: string, content: string): void {
  const file = `{name: ${directory}/out, content: ${content}}`;
  Deno.writeTextFileSync(join(directory, "g.yaml"), `graph: g\nresources: {file: [${file}]}\n`);
}

async function answers(prefix: string): Promise<void> {
  const isSo = () => hasConverged(prefix);
  assert(await eventually(isSo), "nobody who has converged answers at the control socket");
}

const reload = (prefix: string, pid: number) =>
  mgmt(["service", "reload", "--prefix", prefix], { env: { MAINPID: String(pid) } });

Deno.test("control: an agent tells how it is at a socket of its owner alone, and takes it away at its end", async () => {
  await withAgent(async (agent, prefix, directory) => {
    await answers(prefix);
    const socket = Deno.lstatSync(join(prefix, "control.sock"));
    assertEquals([socket.isSocket, (socket.mode ?? 0) & 0o7777], [true, 0o600]);
    const { status, said } = await control(prefix, "GET", "/v1/status");
    assertEquals([status, said.pid, said.graph?.name], [200, agent.pid, "g"]);
    assertEquals([said.phase, said.resources.ok], ["running", 1]);
    // Who asks is somewhere else: a name that is relative for the agent says nothing there.
    assertEquals(said.file, join(directory, "g.yaml"));
    assertEquals((await control(prefix, "GET", "/v1/nothing")).said.error.code, "unknown-path");
    assertEquals((await control(prefix, "GET", "/v1/stop")).said.error.code, "wrong-method");
    assertEquals((await control(prefix, "POST", "/v1/stop", "[")).said.error.code, "bad-request");
    const long = `GET /${"x".repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`;
    assertStringIncludes(await controlSays(prefix, long), "too-large");
    const large = `POST /v1/stop HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n`;
    assertStringIncludes(await controlSays(prefix, large), "too-large");
    assertEquals((await control(prefix, "POST", "/v1/stop")).said, { stopping: true });
    assertEquals((await agent.ended()).code, 143);
    assertEquals([...Deno.readDirSync(prefix)].filter(({ name }) => /sock/.test(name)), []);
  });
});

Deno.test("control: every resource tells how it is, and the host how it stands with its cluster", async () => {
  await withAgent(async (_agent, prefix, directory) => {
    // What is in a directory that others may not enter is shown to nobody.
    Deno.chmodSync(directory, 0o755);
    await answers(prefix);
    const key = `File[${directory}/out]`;
    const list = await controlSays(prefix, "GET /v1/resources HTTP/1.1\r\nhost: x\r\n\r\n");
    const [, lines = ""] = list.split("\r\n\r\n");
    const all = lines.trim().split("\n").map((line) => JSON.parse(line));
    const path = `/v1/resources/${encodeURIComponent(key)}`;
    const one = await control(prefix, "GET", path);
    const { kind: _kind, name: _name, fields, place, ...now } = one.said;
    assertEquals([one.status, all], [200, [now]]);
    assertEquals([fields.content, place.line], ['"a"', 2]);
    const { key: own, state, change } = one.said;
    assertEquals([own, state, change], [`file[${directory}/out]`, "ok", "does not exist"]);
    const bad = "graph: g\nresources: {exec: [{name: bad, shell: /bin/sh, cmd: exit 3}]}\n";
    Deno.writeTextFileSync(join(directory, "g.yaml"), bad);
    assertEquals((await control(prefix, "POST", "/v1/reload")).said, { reloaded: true });
    const failing = async () => (await control(prefix, "GET", "/v1/resources/Exec[bad]")).said;
    assert(await eventually(async () => (await failing()).state === "failed"));
    assertStringIncludes((await failing()).failure.message, "exited with code 3");
    const absent = await control(prefix, "GET", "/v1/resources/File%5B%2Fnone%5D");
    assertEquals([absent.status, absent.said.error.code], [404, "unknown-resource"]);
    assertEquals((await control(prefix, "GET", "/v1/cluster")).said.role, "none");
  });
});

Deno.test("control: a reload that the agent refuses fails, one that it takes does not, and each is of the agent named", async () => {
  await withAgent(async (agent, prefix, directory) => {
    await answers(prefix);
    graph(directory, "b");
    const taken = await reload(prefix, agent.pid);
    assertEquals([taken.code, taken.stderr], [0, ""]);
    assertEquals(contentOf(join(directory, "out")), "b");
    graph(directory, "[");
    const refused = await reload(prefix, agent.pid);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "the graph file was refused");
    const other = await reload(prefix, agent.pid + 1);
    assertStringIncludes(other.stderr, `no agent runs as process ${agent.pid + 1}`);
    assert(![...Deno.readDirSync(prefix)].some(({ name }) => name === "reload"));
  });
});

Deno.test("control: the socket of a killed agent tells that none runs, and the next agent has its own there", async () => {
  await withAgent(async (killed, prefix, directory) => {
    await answers(prefix);
    killed.signal("SIGKILL");
    await killed.ended();
    const absent = await reload(prefix, killed.pid);
    assertStringIncludes(absent.stderr, `no agent runs with ${prefix}`);
    const next = startAgent(directory, prefix);
    try {
      await answers(prefix);
      assertEquals((await control(prefix, "GET", "/v1/status")).said.pid, next.pid);
    } finally {
      await next.interrupt();
    }
  });
});

Deno.test("control: whoever opens many connections and says nothing keeps nobody from an answer", async () => {
  await withAgent(async (_agent, prefix) => {
    await answers(prefix);
    const path = join(prefix, "control.sock");
    const silent: Deno.Conn[] = [];
    try {
      for (let count = 0; count < 200; count++) {
        silent.push(await Deno.connect({ transport: "unix", path }));
      }
      assertEquals((await control(prefix, "GET", "/healthz")).said, { healthy: true });
    } finally {
      for (const connection of silent) connection.close();
    }
  });
});

Deno.test("control: where no socket can be made the agent says so and goes on", async () => {
  await inDirectory(async (directory) => {
    const prefix = join(directory, "prefix");
    Deno.mkdirSync(join(prefix, "control.sock"), { recursive: true });
    const agent = startAgent(directory, prefix);
    try {
      await agent.says(`cannot make the socket ${prefix}/control.sock`);
      Deno.removeSync(join(directory, "out"));
      assert(await eventually(() => contentOf(join(directory, "out")) === "a"));
    } finally {
      assertEquals((await agent.interrupt()).code, 130);
    }
  });
});

Deno.test("control: below a prefix with a long path a link leads to the socket, in a directory of its owner alone", async () => {
  await withAgent(async (agent, prefix) => {
    await answers(prefix);
    const target = Deno.readLinkSync(join(prefix, "control.sock"));
    const elsewhere = join(target, "..");
    assertEquals((Deno.lstatSync(elsewhere).mode ?? 0) & 0o7777, 0o700);
    const taken = await reload(prefix, agent.pid);
    assertEquals([taken.code, taken.stderr], [0, ""]);
    // What others could have put there is not asked.
    Deno.chmodSync(elsewhere, 0o755);
    const unsafe = await reload(prefix, agent.pid);
    assertStringIncludes(unsafe.stderr, "which others could have put there");
    Deno.chmodSync(elsewhere, 0o700);
    await agent.interrupt();
    assertEquals([target, join(prefix, "control.sock")].filter(isThere), []);
  }, "long/".repeat(25) + "prefix");
});

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

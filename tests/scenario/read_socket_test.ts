/** The socket for those who may only read: what is answered there, and what happens, read along. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { control, controlLines, READ } from "../support/control.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, inDirectory, Program } from "../support/program.ts";

const SECRET = "S3CRET";

async function withAgent(
  test: (agent: Program, prefix: string, directory: string) => Promise<void>,
  below = "prefix",
): Promise<void> {
  await inDirectory(async (directory) => {
    const prefix = join(directory, below);
    graph(directory, "a");
    const agent = new Program(["run", "g.yaml", "--prefix", prefix, "--max-runtime", "60"], {
      cwd: directory,
    });
    try {
      const isHealthy = async () => (await ask(prefix, "GET", "/healthz")).status === 200;
      assert(await eventually(isHealthy, 10_000), "nobody answers at the socket for readers");
      await test(agent, prefix, directory);
    } finally {
      await agent.interrupt();
    }
  });
}

function graph(directory: string, content: string): void {
  const files = [
    `{name: ${directory}/out, content: ${content}}`,
    `{name: ${directory}/private, content: ${SECRET} ${content}, mode: "0640"}`,
  ];
  const text = `graph: g\nresources: {file: [${files.join(", ")}]}\n`;
  Deno.writeTextFileSync(join(directory, "g.yaml"), text);
}

const ask = (prefix: string, method: string, path: string) =>
  control(prefix, method, path, "", READ);

const events = (prefix: string) =>
  controlLines(prefix, "/v1/events", "", { method: "GET", socket: READ });

for (const below of ["prefix", "long/".repeat(25) + "prefix"]) {
  Deno.test(`read.sock: it answers who asks, and does nothing for anybody (prefix of ${below.length} characters)`, async () => {
    await withAgent(async (agent, prefix) => {
      const [own, other] = [await control(prefix, "GET", "/v1/status"), ask];
      assertEquals((await other(prefix, "GET", "/v1/status")).said.pid, own.said.pid);
      for (const path of ["stop", "reload", "hold", "release", "undo", "leave", "volunteer"]) {
        const { status, said } = await ask(prefix, "POST", `/v1/${path}`);
        assertEquals([status, said.error.code], [403, "forbidden"], path);
      }
      assertEquals((await ask(prefix, "GET", "/v1/facts")).said.error.code, "forbidden");
      // Of its own graph alone: nobody has the agent read a file.
      const plan = await control(prefix, "GET", "/v1/plan", '{"file": "/etc/shadow"}', READ);
      assertEquals(plan.said.error.code, "forbidden");
      assertEquals((await ask(prefix, "POST", "/v1/status")).said.error.code, "wrong-method");
      assertEquals((await agent.interrupt()).code, 130);
      assertEquals([...Deno.readDirSync(prefix)].filter(({ name }) => /sock/.test(name)), []);
    }, below);
  });
}

Deno.test("read.sock: what happens is read along, from how it is to the agent's end, without private contents", async () => {
  await withAgent(async (_agent, prefix, directory) => {
    const heard: Record<string, unknown>[] = [];
    const types = () => heard.map(({ type }) => type);
    const reading = (async () => {
      for await (const line of events(prefix)) heard.push(line);
    })();
    assert(await eventually(() => heard.length > 0));
    const [{ type, status }] = heard as [{ type: string; status: { resources: { ok: number } } }];
    assertEquals([type, status.resources.ok], ["snapshot", 2]);
    for (const name of ["out", "private"]) {
      Deno.writeTextFileSync(join(directory, name), `${SECRET} of somebody`);
      const key = `file[${join(directory, name)}]`;
      assert(await eventually(() => heard.some((e) => e.type === "changed" && e.key === key)));
    }
    graph(directory, "b");
    assert(await eventually(() => contentOf(join(directory, "private")) === `${SECRET} b`));
    await control(prefix, "POST", "/v1/stop");
    await reading;
    assertEquals([types().includes("stopping"), types().at(-1)], [true, "stop"]);
    const ofPrivate = heard.filter(({ key }) => key === `file[${directory}/private]`);
    assertStringIncludes(JSON.stringify(ofPrivate), "not everybody may read");
    assert(!JSON.stringify(ofPrivate).includes(SECRET), JSON.stringify(ofPrivate));
  });
});

Deno.test("read.sock: agents of two prefixes are read apart, and one that was killed is followed by the next", async () => {
  await withAgent(async (_first, prefix) => {
    await withAgent(async (second, other, directory) => {
      const pid = async (of: string) => (await ask(of, "GET", "/v1/status")).said?.pid;
      assertEquals(await pid(other), second.pid);
      assert(await pid(prefix) !== second.pid);
      const reading = Array.fromAsync(events(other)).catch(() => {});
      await second.killed();
      await reading;
      const args = ["run", "g.yaml", "--prefix", other, "--max-runtime", "60"];
      const next = new Program(args, { cwd: directory });
      try {
        assert(await eventually(async () => await pid(other) === next.pid, 10_000));
      } finally {
        await next.interrupt();
      }
    });
  });
});

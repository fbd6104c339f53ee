/** The socket for those who may only read: what is answered there, and what happens, read along. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { control, controlLines, controlSays, hasConverged, READ } from "../support/control.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, inDirectory, Program } from "../support/program.ts";

const SECRET = "S3CRET";
const OWN = "control.sock";

async function withAgent(
  test: (agent: Program, prefix: string, directory: string) => Promise<void>,
  below = "prefix",
): Promise<void> {
  await inDirectory(async (directory) => {
    const prefix = join(directory, below);
    graph(directory, "a");
    const agent = new Program(["run", "g.yaml", "--prefix", prefix, "--max-runtime", "300"], {
      cwd: directory,
    });
    try {
      assert(await eventually(() => hasConverged(prefix)), agent.stderr);
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
      const args = ["run", "g.yaml", "--prefix", other, "--max-runtime", "300"];
      const next = new Program(args, { cwd: directory });
      try {
        assert(await eventually(async () => await pid(other) === next.pid));
      } finally {
        await next.interrupt();
      }
    });
  });
});

/** Everything that a reader can ask, of these resources. */
const askAll = async (prefix: string, keys: readonly string[], socket: string) => {
  const plain = ["status", "resources", "graph", "cluster", "history", "holds", "plan"];
  const ofOne = keys.flatMap((key) => [`resources/${key}`, `why/${key}`]);
  const paths = [...plain, ...ofOne].map((path) => `/v1/${path}`);
  const said: [path: string, answer: string][] = [];
  for (const path of ["/metrics", "/healthz", "/readyz", ...paths]) {
    const request = `GET ${encodeURI(path)} HTTP/1.1\r\nhost: mgmt\r\nconnection: close\r\n\r\n`;
    said.push([path, await controlSays(prefix, request, socket)]);
  }
  return said;
};

/** Says the canary in every way that is private; none of them stands so in the graph. */
function talkative(directory: string, canary: string): string {
  return `graph: g
resources:
  exec:
    - {name: out, shell: /bin/sh, cmd: 'cat ${canary}'}
    - {name: err, shell: /bin/sh, cmd: 'cat ${canary} >&2; exit 3', meta: {retry: 0}}
    - {name: env, cmd: /bin/false, env: {TOKEN: ENV-CANARY}}
    - {name: look, shell: /bin/sh, cmd: 'true', ifcmd: 'cat ${canary}'}
    - {name: after, cmd: /bin/true}
  file:
    - {name: ${directory}/private, content: FILE-CANARY, mode: "0640"}
    - {name: ${directory}/closed, content: CLOSED-CANARY}
    - {name: ${directory}/checked, content: x, validate: 'sh -c "cat ${canary}; false" %s'}
edges:
  - {from: {kind: exec, name: err}, to: {kind: exec, name: after}}
`;
}

Deno.test("read.sock: what a command printed, an environment, a private file or graph says is in no answer and no event", async () => {
  await withAgent(async (_agent, prefix, directory) => {
    const canary = join(directory, "canary");
    Deno.writeTextFileSync(canary, "PRINTED-CANARY\n", { mode: 0o600 });
    const heard: Record<string, string> = { [READ]: "", [OWN]: "" };
    const reading = [READ, OWN].map(async (socket) => {
      const lines = controlLines(prefix, "/v1/events", "", { method: "GET", socket });
      for await (const line of lines) heard[socket] += `${JSON.stringify(line)}\n`;
    });
    assert(await eventually(() => heard[READ] !== "" && heard[OWN] !== ""));
    const file = join(directory, "g.yaml");
    Deno.writeTextFileSync(file, talkative(directory, canary));
    const failures = () => heard[READ]!.match(/"type":"failed"/g)?.length ?? 0;
    assert(await eventually(() => failures() >= 3), heard[READ]);
    // What is wrong quotes the graph, which is not everybody's from now on.
    Deno.chmodSync(file, 0o640);
    Deno.writeTextFileSync(file, "graph: g\nresources: {file: [{name: a, mode: GRAPH-CANARY}]}\n");
    assert(await eventually(() => heard[READ]!.includes('"diagnostics"')));
    const keys = ["out", "err", "env", "look", "after"].map((name) => `exec[${name}]`);
    const files = ["private", "closed", "checked"].map((name) => `file[${directory}/${name}]`);
    const answers = await askAll(prefix, [...keys, ...files], READ);
    await control(prefix, "POST", "/v1/stop");
    await Promise.all(reading);
    for (const [path, said] of [...answers, ["/v1/events", heard[READ]!] as const]) {
      assertStringIncludes(said, path === "/v1/events" ? "snapshot" : "HTTP/1.1 ");
      assert(!said.includes("CANARY"), `${path}: ${said}`);
    }
    for (const which of ["PRINTED", "GRAPH", "CLOSED"]) {
      assertStringIncludes(heard[OWN]!, `${which}-CANARY`, "its owner hears all");
    }
  });
});

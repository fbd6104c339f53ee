/**
 * The commands of the cluster, on agents as users start them: several on one host, each with a name.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort } from "../support/etcd.ts";
import { ON_HOST } from "../support/host_world.ts";
import { type Ended, mgmt, Program, shell } from "../support/program.ts";

assert(ON_HOST);

const GRAPH = "/tmp/mgmt-graph.yaml";

/** Agents on this host, by their names. */
class Agents {
  readonly #programs = new Map<string, Program>();
  readonly #ports = new Map<string, readonly [number, number]>();
  #first: string | undefined;

  /** Starts the agent of that name, at the addresses it had before. */
  start(name: string, ...args: string[]): Program {
    const [client, peer] = this.#ports.get(name) ?? [freePort(), freePort()];
    this.#ports.set(name, [client, peer]);
    this.#first ??= name;
    const seeds = this.#first === name ? [] : ["--seeds", this.url(this.#first)];
    const program = new Program([
      ...["run", GRAPH, "--hostname", name, ...seeds],
      ...["--client-urls", this.url(name), "--server-urls", `127.0.0.1:${peer}`, ...args],
    ]);
    this.#programs.set(name, program);
    return program;
  }

  url(name: string): string {
    return `127.0.0.1:${this.#ports.get(name)?.[0]}`;
  }

  async stop(name: string): Promise<void> {
    await this.#programs.get(name)?.interrupt();
  }

  /** Ends an agent and its etcd as a power failure does. */
  async kill(name: string): Promise<void> {
    const program = this.#programs.get(name);
    program?.signal("SIGKILL");
    await program?.ended();
    await shell(`kill -9 $(pgrep -f -- '--name=${name}-[0-9a-f]{8}$')`);
    await shell(`for p in $(pgrep -f -- '--name=${name}-'); do kill -9 $p; done`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const programs = [...this.#programs.values()];
    await Promise.all(programs.map((program) => program.interrupt()));
    await shell("rm -rf /var/lib/mgmt /tmp/mgmt*");
  }

  get said(): string {
    return [...this.#programs].map(([name, { stderr }]) => `${name}:\n${stderr}`).join("\n");
  }
}

/** Agents with a graph that makes a file and exports another. */
async function withAgents(test: (agents: Agents) => Promise<void>): Promise<void> {
  await shell("rm -rf /tmp/mgmt*");
  await Deno.writeTextFile(
    GRAPH,
    `graph: all
resources:
  file:
  - {name: /tmp/mgmt-local, content: "local\\n"}
`,
  );
  const agents = new Agents();
  try {
    await test(agents);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.stack : error}\n${agents.said}`);
  } finally {
    await agents[Symbol.asyncDispose]();
  }
}

async function command(line: string): Promise<Ended> {
  return await mgmt(line.split(" "));
}

/** What a command printed that succeeded. */
async function says(line: string): Promise<string> {
  const { code, stdout, stderr } = await command(line);
  assertEquals(code, 0, `mgmt ${line}: ${stderr}`);
  return stdout;
}

interface Row {
  readonly host: string;
  readonly role: string;
  readonly live: boolean;
  readonly answers: boolean;
  readonly decides: boolean;
  readonly since: string | null;
  readonly domain: string | null;
}

async function rows(host: string): Promise<readonly Row[]> {
  const { code, stdout } = await command(`members --hostname ${host} --output json`);
  return code === 0 ? JSON.parse(stdout).members : [];
}

/** `h1 voter, h2 client`, as that host sees it. */
async function roles(host: string): Promise<string> {
  return (await rows(host)).map((row) => `${row.host} ${row.role}${row.live ? "" : " silent"}`)
    .join(", ");
}

async function rolesBecome(host: string, wanted: string | RegExp, limitMs = 40_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (let last = "";;) {
    last = await roles(host);
    if (typeof wanted === "string" ? last === wanted : wanted.test(last)) return;
    if (performance.now() > endMs) throw new Error(`not within ${limitMs} ms: ${wanted}: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Deno.test("members, status and size: as the hosts come", async () => {
  await withAgents(async (agents) => {
    agents.start("h1", "--ideal-cluster-size", "1", "--failure-domain", "rack1");
    await rolesBecome("h1", "h1 voter");
    agents.start("h2");
    await rolesBecome("h1", "h1 voter, h2 client");
    const [h1, h2] = await rows("h2");
    assertEquals([h1?.decides, h1?.answers, h1?.domain, h2?.decides], [true, true, "rack1", false]);
    const ageMs = Date.now() - Date.parse(h1?.since ?? "");
    assert(ageMs >= 0 && ageMs < 60_000, h1?.since ?? "no time");
    assertMatch(
      await says("members --hostname h2"),
      /^h1 +voter \(leader\) +live +\d{4}-.*rack1$/m,
    );
    assertEquals(await says("cluster size --hostname h1"), "1\n");
    assertEquals(await says("cluster size 3 --hostname h1"), "3 members wanted, before: 1\n");
    await rolesBecome("h2", "h1 voter, h2 learner");
    const status = await says("cluster status --hostname h2");
    assertMatch(status, /^this host +h2: learner, live, since .* at http:\/\/127\.0\.0\.1:/m);
    assertMatch(status, /^members +2 of 3 wanted, 1 with a vote$/m);
    assertMatch(status, /^leader +h1 since /m);
    assertMatch(status, /a third host makes it 1/);
    agents.start("h3");
    await rolesBecome("h3", "h1 voter, h2 voter, h3 voter");
    const said = JSON.parse(await says(`cluster status --seeds ${agents.url("h2")} --output json`));
    assertEquals([said.version, said.voters, said.survives, said.leader], [1, 3, 1, "h1"]);
  });
});

Deno.test("members: another cluster, no majority and nobody are told apart", async () => {
  await withAgents(async (agents) => {
    agents.start("h1");
    agents.start("h2");
    agents.start("h3");
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    await agents.kill("h2");
    await agents.kill("h3");
    const lost = await command("members --hostname h1");
    assertEquals([lost.code, lost.stdout], [1, ""]);
    assertStringIncludes(lost.stderr, "answers, a majority not");
    assertStringIncludes(lost.stderr, "mgmt cluster recover");
    await agents.stop("h1");
    const nobody = await command("cluster status --hostname h1");
    assertStringIncludes(nobody.stderr, "no cluster answers at");
  });
});

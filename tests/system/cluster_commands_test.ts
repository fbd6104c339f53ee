/**
 * The commands of the cluster, on agents as users start them: several on one host, each with a name.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes, fail } from "@std/assert";
import { etcdPrograms } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/processes.ts";
import { ON_HOST } from "../support/host_world.ts";
import { type Ended, mgmt, Program, shell } from "../support/program.ts";

assert(ON_HOST);

const GRAPH = "/tmp/mgmt-graph.yaml";
/** Exports a file and collects what others export. */
const EXPORTS = "/tmp/mgmt-exports.yaml";

/** Agents on this host, by their names. */
class Agents {
  readonly #programs = new Map<string, Program>();
  readonly #ports = new Map<string, readonly [number, number]>();
  #first: string | undefined;

  /** Starts the agent of that name, at the addresses it had before. */
  start(name: string, ...args: string[]): Program {
    const graph = args.includes("--file") ? [] : [GRAPH];
    const [client, peer] = this.#ports.get(name) ?? [freePort(), freePort()];
    this.#ports.set(name, [client, peer]);
    this.#first ??= name;
    const seeds = this.#first === name ? [] : ["--seeds", this.url(this.#first)];
    const program = new Program([
      ...["run", ...graph, "--hostname", name, ...seeds],
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
  await Deno.writeTextFile(
    EXPORTS,
    `graph: exports
resources:
  file:
  - {name: /tmp/mgmt-own, content: "own\\n"}
  - {name: "@@motd", path: /tmp/mgmt-motd, content: "motd\\n"}
collect:
- {kind: file, pattern: /tmp/mgmt-collected/}
`,
  );
  await Deno.mkdir("/tmp/mgmt-collected");
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
    if (performance.now() > endMs) fail(`not within ${limitMs} ms: ${wanted}: ${last}`);
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
    // A learner is one before its etcd has started.
    const isReady = (text: string) => text.includes("a third host makes it 1");
    let status = "";
    const readyNow = async () => isReady(status = await says("cluster status --hostname h2"));
    assert(await eventually(readyNow, 20_000), status);
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
    const left = agents.start("h1");
    agents.start("h2");
    agents.start("h3");
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    await agents.kill("h2");
    await agents.kill("h3");
    const aliveAt = Date.now();
    const lost = await command("members --hostname h1");
    assertEquals([lost.code, lost.stdout], [1, ""]);
    assertMatch(
      lost.stderr,
      /answers, a majority not|must run, and h2 at .*, h3 at .* do not answer/,
    );
    assertStringIncludes(lost.stderr, "mgmt cluster recover");
    await left.says(
      /no contact with the cluster since .*: the etcd of this host runs, a majority does not answer/,
      40_000,
    );
    await agents.stop("h1");
    const cut = await command("cluster recover --hostname h1");
    const [, heard = ""] = /wrote down last at (\S+Z) that/.exec(cut.stderr) ?? [];
    assert(Date.parse(heard) <= aliveAt, cut.stderr);
    const nobody = await command("cluster status --hostname h1");
    assertStringIncludes(nobody.stderr, "no cluster answers at");
  });
});

Deno.test("members, status: where only a learner is left, nothing can be decided, and its voter is found while there is one", async () => {
  await withAgents(async (agents) => {
    agents.start("h1");
    agents.start("h2");
    await rolesBecome("h2", "h1 voter, h2 learner");
    const byLearner = () => command(`members --seeds ${agents.url("h2")}`);
    assert(await eventually(async () => (await byLearner()).code === 0, 20_000), "no voter found");
    await agents.kill("h1");
    for (const line of ["cluster status", "members", "cluster size"]) {
      const lost = await command(`${line} --seeds ${agents.url("h2")}`);
      assertEquals([lost.code, lost.stdout], [1, ""]);
      assertStringIncludes(lost.stderr, "the cluster cannot decide anything now");
      assertStringIncludes(lost.stderr, "first see whether this host's own network is cut off");
    }
  });
});

Deno.test("volunteer: off hands the place over, also after a restart, and on takes it back", async () => {
  await withAgents(async (agents) => {
    agents.start("h1", "--ideal-cluster-size", "3");
    for (const name of ["h2", "h3"]) agents.start(name);
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    const off = await command("volunteer off --hostname h3");
    assertEquals(off.code, 0, off.stderr);
    const loss = "; the cluster survives the loss of none now, before: 1";
    assertEquals(off.stdout, `h3 runs no etcd, and will not${loss}\n`);
    await rolesBecome("h1", /^h1 (voter|learner), h2 (voter|learner), h3 client$/);
    await agents.stop("h3");
    agents.start("h3");
    await agents.start("h4").says("joined cluster");
    await rolesBecome("h1", "h1 voter, h2 voter, h4 voter, h3 client");
    assertEquals(
      await says("cluster size 4 --hostname h1"),
      "4 members wanted, before: 3; an odd number survives as much with one host less\n",
    );
    const on = await command("volunteer on --hostname h3");
    assertEquals([on.code, on.stdout], [0, "h3 runs etcd\n"], on.stderr);
    await rolesBecome("h1", /h3 learner|h4 learner/);
    const late = await command("volunteer off --hostname h1 --wait 0");
    assert(late.code === 5 || late.code === 0, late.stderr);
  });
});

Deno.test("leave: exports and keys go, the own graph goes on, volunteer on brings it back", async () => {
  await withAgents(async (agents) => {
    agents.start("h1", "--ideal-cluster-size", "1");
    await rolesBecome("h1", "h1 voter");
    agents.start("h2", "--file", EXPORTS);
    agents.start("h3", "--file", EXPORTS);
    const collected = async () => (await shell("ls /tmp/mgmt-collected")).trim();
    await rolesBecome("h1", "h1 voter, h2 client, h3 client");
    assertEquals(await says("cluster size 3 --hostname h1"), "3 members wanted, before: 1\n");
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    assertEquals(await collected(), "mgmt-motd");
    const exported = async () =>
      (await shell(
        `${etcdPrograms()}/etcdctl --endpoints ${
          agents.url("h1")
        } get --prefix /_mgmt --keys-only | grep h2`,
      )).trim();
    assertMatch(await exported(), /exported\/h2/);
    const left = await command("leave --hostname h2");
    assertEquals([left.code, left.stdout], [0, "h2 has left its cluster\n"], left.stderr);
    const nothing = "/_mgmt/exported/h2/list";
    assertEquals(await exported(), nothing, "nothing is left but that it exports nothing");
    await rolesBecome("h1", /^h1 (voter|learner), h3 (voter|learner)$/);
    await shell("rm /tmp/mgmt-own");
    await healed("/tmp/mgmt-own");
    assertEquals(await says("leave --hostname h2"), "has left its cluster before\n");
    await agents.stop("h2");
    await agents.start("h2", "--file", EXPORTS).says("this host has left its cluster");
    await shell("rm /tmp/mgmt-own");
    await healed("/tmp/mgmt-own");
    assertMatch(await roles("h1"), /^h1 (voter|learner), h3 (voter|learner)$/);
    const back = await command("volunteer on --hostname h2");
    assertEquals([back.code, back.stdout], [0, "h2 runs etcd\n"], back.stderr);
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    assertMatch(await exported(), /exported\/h2/);
  });
});

Deno.test("leave: the only vote stays, and says why; the last host may go", async () => {
  await withAgents(async (agents) => {
    agents.start("h1");
    await rolesBecome("h1", "h1 voter");
    agents.start("h2", "--no-server");
    await rolesBecome("h1", "h1 voter, h2 client");
    const refused = await command("leave --hostname h1");
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, "h1 has the only vote, and h2 would be without a cluster");
    assertEquals(await roles("h1"), "h1 voter, h2 client");
    const never = await command("volunteer on --hostname h2");
    assertStringIncludes(never.stderr, "this run never volunteers");
    assertEquals(await says("leave --hostname h2"), "h2 has left its cluster\n");
    const client = "h2 takes part again, as a client: this run never runs etcd\n";
    for (const _ of [1, 2]) assertEquals(await says("volunteer on --hostname h2"), client);
    assertEquals(await says("leave --hostname h2"), "h2 has left its cluster\n");
    assertEquals(await says("leave --hostname h1"), "h1 has left its cluster\n");
    assertEquals(await roles("h1"), "");
    await agents.stop("h1");
    const absent = await command("leave --hostname h2 --prefix /tmp/mgmt-nothing");
    assertStringIncludes(absent.stderr, "the host of /tmp/mgmt-nothing is in no cluster");
    const stopped = await command("volunteer on --hostname h1");
    assertStringIncludes(stopped.stderr, "no agent runs with /var/lib/mgmt/hosts/h1");
    await agents.start("h1").says("this host has left its cluster");
    const again = await command("volunteer on --hostname h1");
    assertEquals(again.stdout, "h1 runs etcd\n", again.stderr);
    await rolesBecome("h1", "h1 voter");
  });
});

Deno.test("leave: when all have left, also at the same time, and come back, they are one cluster again", async () => {
  await withAgents(async (agents) => {
    const names = ["h1", "h2", "h3"];
    for (const name of names) agents.start(name);
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    const before = JSON.parse(await says("members --hostname h1 --output json")).clusterId;
    const left = await Promise.all(names.map((name) => command(`leave --hostname ${name}`)));
    for (const { code, stdout, stderr } of left) {
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, "has left its cluster");
    }
    const early = await command("volunteer on --hostname h3 --wait 3");
    assertEquals([early.code, early.stdout], [5, ""]);
    assertStringIncludes(early.stderr, "h3 is back as a client; there is no cluster yet:");
    const back = await Promise.all(names.map((name) => command(`volunteer on --hostname ${name}`)));
    for (const { code, stderr } of back) assertEquals(code, 0, stderr);
    await rolesBecome("h3", "h1 voter, h2 voter, h3 voter");
    const ids = await Promise.all(
      names.map(async (name) =>
        JSON.parse(await says(`members --hostname ${name} --output json`)).clusterId
      ),
    );
    assertEquals(new Set(ids).size, 1);
    assert(ids[0] !== before);
  });
});

Deno.test("leave: the first host, which has no seeds, finds its cluster again and founds no second one", async () => {
  await withAgents(async (agents) => {
    for (const name of ["h1", "h2", "h3", "h4"]) agents.start(name, "--ideal-cluster-size", "3");
    await rolesBecome("h1", /(voter.*){3}h\d client/);
    await says("leave --hostname h1");
    await rolesBecome("h2", "h2 voter, h3 voter, h4 voter", 60_000);
    const { clusterId } = JSON.parse(await says("members --hostname h2 --output json"));
    assertMatch(await says("volunteer on --hostname h1 --wait 5"), /the offer stands|runs etcd/);
    await rolesBecome("h1", /h1 (client|learner)/);
    const there = JSON.parse(await says("members --hostname h1 --output json"));
    assertEquals(there.clusterId, clusterId);
  });
});

async function healed(path: string): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await shell(`cat ${path} 2>&1`)).includes("own")) {
    if (performance.now() > endMs) fail(`${path} is not back`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("snapshot: all of the store, checked; nothing is replaced unless told, nothing half is left", async () => {
  await withAgents(async (agents) => {
    agents.start("h1");
    await rolesBecome("h1", "h1 voter");
    const control = `${etcdPrograms()}/etcdctl --endpoints ${agents.url("h1")}`;
    await shell(
      `head -c 900000 /dev/urandom | base64 > /tmp/mgmt-value; for i in 1 2 3 4 5; do ${control} put key$i < /tmp/mgmt-value; done`,
    );
    await Deno.mkdir("/tmp/mgmt-backup");
    const file = "/tmp/mgmt-backup/etcd.db";
    assertMatch(await says(`cluster snapshot ${file} --hostname h1`), /etcd\.db: [0-9]{7,} bytes/);
    const again = await command(`cluster snapshot ${file} --hostname h1`);
    assertStringIncludes(again.stderr, "is there already");
    await says(`cluster snapshot ${file} --hostname h1 --force`);
    assertEquals((await shell("ls -A /tmp/mgmt-backup")).trim(), "etcd.db");
    assertEquals((await shell(`stat -c %a ${file}`)).trim(), "600");
    const missing = await command("cluster snapshot /tmp/mgmt-nowhere/x --hostname h1");
    assertStringIncludes(missing.stderr, "cannot write /tmp/mgmt-nowhere/x");
    await agents.stop("h1");
    const nobody = await command("cluster snapshot /tmp/mgmt-backup/other --hostname h1");
    assertStringIncludes(nobody.stderr, "no cluster answers at");
    assertEquals((await shell("ls -A /tmp/mgmt-backup")).trim(), "etcd.db");
    const found = await shell(`grep -a -c '/_mgmt/live/h1' ${file}`);
    assert(Number(found) > 0, found);
  });
});

Deno.test("recover: of three members two are lost with their disks; the third becomes the cluster, and they join it", async () => {
  await withAgents(async (agents) => {
    agents.start("h1");
    agents.start("h2");
    agents.start("h3");
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    const control = (host: string, line: string) =>
      shell(`${etcdPrograms()}/etcdctl --endpoints ${agents.url(host)} ${line}`);
    assertEquals(await control("h2", "put mine kept"), "OK\n");
    const { clusterId } = JSON.parse(await says("members --hostname h1 --output json"));
    const healthy = await command("cluster recover --yes --hostname h1");
    assertStringIncludes(healthy.stderr, "is in use by process");
    await agents.stop("h1");
    const majority = await command("cluster recover --yes --hostname h1");
    assertStringIncludes(majority.stderr, "the cluster answers: it has its majority");
    await agents.kill("h2");
    const other = await command("cluster recover --yes --hostname h1");
    assertStringIncludes(other.stderr, "another member runs at");
    await agents.kill("h3");
    await shell("rm -rf /var/lib/mgmt/hosts/h2 /var/lib/mgmt/hosts/h3/cluster/etcd/data");
    await shell("cp -a /var/lib/mgmt/hosts/h1 /tmp/mgmt-h1-before");
    const unasked = await command("cluster recover --hostname h1");
    assertEquals(unasked.code, 1);
    for (const name of ["h2", "h3"]) {
      assertStringIncludes(unasked.stderr, `    ${name} at http://${agents.url(name)}\n`);
    }
    assertMatch(unasked.stderr, /wrote down last at \S+Z that a majority answered/);
    assertStringIncludes(unasked.stderr, "see whether this host is only cut off");
    assertStringIncludes(unasked.stderr, "there is no terminal to ask on");
    const done = await command("cluster recover --yes --hostname h1");
    assertEquals(done.code, 0, done.stderr);
    assertStringIncludes(done.stdout, "mv PREFIX/cluster PREFIX/cluster.lost");
    assertMatch(await shell("ls /var/lib/mgmt/hosts/h1/cluster/etcd"), /before-recover-/);
    agents.start("h1");
    await rolesBecome("h1", "h1 voter");
    const now = JSON.parse(await says("members --hostname h1 --output json"));
    assertEquals(now.clusterId, clusterId, "clients find it again");
    assertEquals(await control("h1", "get mine"), "mine\nkept\n");
    await shell("mv /var/lib/mgmt/hosts/h3/cluster /var/lib/mgmt/hosts/h3/cluster.lost");
    agents.start("h2");
    agents.start("h3");
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter", 60_000);
    assertEquals(await control("h3", "get mine"), "mine\nkept\n");
  });
});

Deno.test("recover: a former member that comes back with its old data is put aside, and joins anew", async () => {
  await withAgents(async (agents) => {
    for (const name of ["h1", "h2", "h3"]) agents.start(name);
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    for (const name of ["h3", "h2", "h1"]) await agents.kill(name);
    await says("cluster recover --yes --hostname h1");
    agents.start("h1");
    await rolesBecome("h1", "h1 voter");
    agents.start("h3");
    await rolesBecome("h1", /h3 (learner|voter)/, 60_000);
    const clients = await command("cluster recover --yes --hostname h9");
    assertStringIncludes(clients.stderr, "is in no cluster");
  });
});

Deno.test("recover: what a running host exported after the data that is left was written is in it again; a reload mends what somebody spoiled", async () => {
  await withAgents(async (agents) => {
    const graph = "/tmp/mgmt-client.yaml";
    const exportOf = (content: string) =>
      Deno.writeTextFile(
        graph,
        `graph: client
resources:
  file:
  - {name: "@@motd", path: /tmp/mgmt-motd, content: "${content}"}
`,
      );
    await exportOf("older");
    const control = (host: string, line: string) =>
      shell(`${etcdPrograms()}/etcdctl --endpoints ${agents.url(host)} ${line}`);
    const exported = async (host: string, content: string) => {
      let last = "";
      const isThere = async () => {
        last = await control(host, "get --prefix /_mgmt/exported/h4/");
        return last.includes(content);
      };
      assert(await eventually(isThere, 40_000), `${host} has not ${content}: ${last}`);
    };
    for (const name of ["h1", "h2", "h3"]) agents.start(name);
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    const client = agents.start("h4", "--no-server", "--file", graph);
    await exported("h1", "older");
    await agents.stop("h1");
    await exportOf("newer");
    await exported("h2", "newer");
    for (const name of ["h3", "h2"]) await agents.kill(name);
    await says("cluster recover --yes --hostname h1");
    agents.start("h1");
    await rolesBecome("h1", /h1 voter/);
    await exported("h1", "newer");
    const key = await control("h1", "get --prefix --keys-only /_mgmt/exported/h4/");
    await control("h1", `put ${key.trim()} spoiled`);
    client.signal("SIGHUP");
    await exported("h1", "newer");
  });
});

/** How often a program said that. */
function times(program: Program, what: RegExp): number {
  return [...program.stderr.matchAll(new RegExp(what, "g"))].length;
}

Deno.test("a host without its cluster says so once, with what it uses, and that it is back; no graph is told again", async () => {
  await withAgents(async (agents) => {
    agents.start("h1", "--ideal-cluster-size", "1", "--file", EXPORTS);
    await rolesBecome("h1", "h1 voter");
    const client = agents.start("h2", "--file", EXPORTS);
    await client.says("joined cluster");
    await rolesBecome("h1", "h1 voter, h2 client");
    await agents.kill("h1");
    const lost = /no contact with the cluster since \S+ \S+Z \(\d+ s\); uses what was collected/;
    await client.says(lost, 40_000);
    const graphs = times(client, /^Graph: V/m);
    agents.start("h1", "--file", EXPORTS);
    await client.says(/contact with the cluster is back after \d+ s/, 40_000);
    await shell("sleep 2");
    assertEquals(times(client, lost), 1);
    assertEquals(times(client, /^Graph: V/m), graphs, "a reconnect changes no graph");
    await agents.kill("h1");
    await agents.stop("h2");
    const again = agents.start("h2", "--file", EXPORTS);
    const away = /(since the start|did not answer yet).*uses what was collected \d+ s ago/;
    await again.says(away, 40_000);
    agents.start("h1", "--file", EXPORTS);
    await again.says(/contact with the cluster is back after \d+ s/, 40_000);
    assertEquals(times(again, away), 1);
    assertEquals(times(again, lost), 0);
  });
});

Deno.test("leave: who comes back while the cluster is away goes on with what it collected last, not with what its agent started with", async () => {
  await withAgents(async (agents) => {
    const graph = "/tmp/mgmt-h1.yaml";
    const exportOf = (content: string) =>
      Deno.writeTextFile(
        graph,
        `graph: h1
resources:
  file:
  - {name: "@@motd", path: /tmp/mgmt-motd, content: "${content}"}
`,
      );
    const file = "/tmp/mgmt-collected/mgmt-motd";
    const read = () => Deno.readTextFile(file).catch(() => "");
    const becomes = async (content: string) =>
      assert(await eventually(async () => await read() === content, 20_000), await read());
    await exportOf("older");
    agents.start("h1", "--ideal-cluster-size", "1", "--file", graph);
    const collects = "/tmp/mgmt-h2.yaml";
    await Deno.writeTextFile(
      collects,
      "graph: h2\ncollect:\n- {kind: file, pattern: /tmp/mgmt-collected/}\n",
    );
    const client = ["--no-server", "--cluster-wait", "2", "--file", collects];
    agents.start("h2", ...client);
    await becomes("older");
    await agents.stop("h2");
    const second = agents.start("h2", ...client);
    await exportOf("newer");
    await becomes("newer");
    await says("leave --hostname h2");
    await agents.kill("h1");
    await command("volunteer on --hostname h2 --wait 1");
    await second.says(/(did not answer yet|since the start).*uses what was collected/, 40_000);
    // What is collected is in force: a file that was removed is made again.
    await Deno.remove(file);
    await becomes("newer");
  });
});

Deno.test("the etcd of a killed agent: the next agent says that it goes on with it", async () => {
  await withAgents(async (agents) => {
    const first = agents.start("h1");
    await rolesBecome("h1", "h1 voter");
    first.signal("SIGKILL");
    await first.ended();
    await agents.start("h1").says(
      /goes on with the etcd that an agent before left running \(process \d+\)/,
    );
  });
});

Deno.test("leave: with a dead voter it is refused, nothing has changed, and no order stands", async () => {
  await withAgents(async (agents) => {
    agents.start("h1", "--ideal-cluster-size", "3");
    for (const name of ["h2", "h3"]) agents.start(name, "--file", EXPORTS);
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    await agents.kill("h3");
    const refused = await command("leave --hostname h2");
    assertEquals([refused.code, refused.stdout], [1, ""], refused.stderr);
    assertStringIncludes(refused.stderr, "a voter does not answer (h3): one less could be too few");
    assertStringIncludes(refused.stderr, "wait until another host has taken the place");
    const keys = `${etcdPrograms()}/etcdctl --endpoints ${agents.url("h1")} get --prefix /_mgmt`;
    assertMatch(await shell(`${keys} --keys-only`), /exported\/h2/);
    await agents.kill("h1");
    const early = await command("leave --hostname h2 --wait 3");
    assertEquals(early.code, 5, early.stderr);
    assertMatch(early.stderr, /not done within --wait.* gives up 30 s after the order/);
    const away = await command("leave --hostname h2");
    assertStringIncludes(away.stderr, "the cluster does not answer");
    for (const name of ["h1", "h3"]) agents.start(name);
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    assertEquals(await says("leave --hostname h2"), "h2 has left its cluster\n");
  });
});

Deno.test("leave: a host that is in no cluster is told so, and no order waits for it to join one", async () => {
  await withAgents(async (agents) => {
    const lonely = agents.start("h1", "--seeds", `127.0.0.1:${freePort()}`);
    await lonely.says("waiting for");
    const refused = await command("leave --hostname h1");
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, "h1 stays as it is: it is in no cluster");
    await agents.stop("h1");
    const alone = new Program(["run", GRAPH, "--prefix", "/var/lib/mgmt/hosts/h1"]);
    await alone.says("graphStarted");
    const silent = await command("leave --prefix /var/lib/mgmt/hosts/h1");
    assertStringIncludes(silent.stderr, "does not take the order up");
    await alone.interrupt();
    const order = await Deno.readTextFile("/var/lib/mgmt/hosts/h1/cluster/state/order.json");
    assertEquals(JSON.parse(order).leave, false);
  });
});

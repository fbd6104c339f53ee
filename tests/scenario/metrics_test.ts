/** The metrics of a running agent, at its socket and at an address: exact, and in nobody's way. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { controlSays, READ } from "../support/control.ts";
import { freePort } from "../support/free_port.ts";
import { readMetrics } from "../support/metrics_text.ts";
import { metricsWhere, monitored } from "../support/monitored.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, EXECUTABLE, inDirectory, mgmt, Program } from "../support/program.ts";
import { PROMTOOL, promtool } from "../support/promtool.ts";

const HEALS = 25;
const RIGHT = 'mgmt_checkapply_total{kind="file",apply="true",eventful="true",errorful="false"}';
const HEALED = 'mgmt_heal_seconds_count{kind="file"}';

interface World {
  readonly directory: string;
  readonly prefix: string;
  readonly place: string;
  /** Starts an agent with that prefix, which is read at that place. */
  start(...flags: readonly string[]): Program;
  graph(text: string): void;
}

function file(directory: string, name = "out", more = ""): string {
  return `{name: ${directory}/${name}, content: right${more}}`;
}

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const prefix = join(directory, "prefix");
    const place = `127.0.0.1:${freePort()}`;
    const agents: Program[] = [];
    const graph = (text: string) => Deno.writeTextFileSync(join(directory, "g.yaml"), text);
    graph(`graph: g\nresources: {file: [${file(directory)}]}\n`);
    const start = (...flags: readonly string[]) => {
      const where = ["--prefix", prefix, "--metrics", place, "--max-runtime", "300"];
      const agent = new Program(["run", "g.yaml", ...where, ...flags], { cwd: directory });
      agents.push(agent);
      return agent;
    };
    try {
      await work({ directory, prefix, place, start, graph });
    } finally {
      for (const agent of agents) await agent.interrupt();
    }
  });
}

async function isReady(place: string): Promise<boolean> {
  return await eventually(async () => (await monitored(place, "/readyz")).status === 200);
}

/** Breaks the file so often, each time when it is right again; in one step, or it may be healed in between. */
async function disturb(directory: string, times: number): Promise<void> {
  const path = `${directory}/out`;
  for (let time = 0; time < times; time++) {
    Deno.writeTextFileSync(`${directory}/draft`, `wrong ${time}`);
    Deno.renameSync(`${directory}/draft`, path);
    assert(await eventually(() => contentOf(path) === "right"), `not healed: ${time}`);
  }
}

Deno.test("metrics: so many heals, and they say exactly that, at the socket and at the address", async () => {
  await inWorld(async ({ directory, prefix, place, start }) => {
    start();
    assert(await isReady(place), "nobody answers");
    await disturb(directory, HEALS);
    const isCounted = (values: ReadonlyMap<string, number>) => values.get(HEALED) === HEALS;
    const values = await metricsWhere(place, isCounted);
    assert(values !== undefined, (await monitored(place)).text);
    assertEquals(values.get(RIGHT), HEALS + 1);
    assertEquals(values.get('mgmt_changes_total{kind="file",cause="event"}'), HEALS);
    assertEquals(values.get('mgmt_changes_total{kind="file",cause="start"}'), 1);
    assertEquals(values.get('mgmt_resources_total{kind="file"}'), 1);
    assertEquals(values.get('mgmt_heal_seconds_bucket{kind="file",le="+Inf"}'), HEALS);
    const answer = await monitored(place);
    assertEquals(answer.type, "text/plain; version=0.0.4; charset=utf-8");
    assert(!answer.text.includes(directory), "it names a resource");
    if (PROMTOOL !== "") assertEquals(await promtool(["check", "metrics"], answer.text), "");
    for (const socket of [undefined, READ]) {
      const said = await controlSays(prefix, "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n", socket);
      const atSocket = readMetrics(said.split("\r\n\r\n")[1] ?? "");
      assertEquals(atSocket.get(HEALED), HEALS, socket);
    }
    // Written a moment later than the change is made.
    assert(
      await metricsWhere(place, (now) => now.get("mgmt_journal_entries")! > HEALS) !== undefined,
    );
  });
});

Deno.test("metrics: the address answers nothing else, takes no harm, and two read at once", async () => {
  await inWorld(async ({ directory, place, start }) => {
    const agent = start();
    assert(await isReady(place), "nobody answers");
    const statuses = await Promise.all([
      ...["POST", "PUT", "DELETE"].map((method) => monitored(place, "/metrics", method)),
      ...["/v1/status", "/v1/resources", "/v1/events", "/"].map((path) => monitored(place, path)),
      monitored(place, "/v1/stop", "POST"),
      monitored(place, `/${"x".repeat(40_000)}`),
    ]);
    assertEquals(
      statuses.map(({ status }) => status),
      [405, 405, 405, 404, 404, 404, 404, 404, 413],
    );
    const [host = "", port] = place.split(":");
    const slow = await Promise.all(
      Array.from({ length: 10 }, () => Deno.connect({ hostname: host, port: Number(port) })),
    );
    try {
      const question = new TextEncoder().encode("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");
      for (const connection of slow.slice(5)) await connection.write(question);
      await disturb(directory, 5);
      const both = await Promise.all([
        monitored(place),
        monitored(place),
        monitored(place, "/healthz"),
      ]);
      assertEquals(both.map(({ status }) => status), [200, 200, 200]);
    } finally {
      for (const connection of slow) connection.close();
    }
    agent.signal("SIGTERM");
    await agent.ended();
    assertEquals((await monitored(place)).status, 0);
  });
});

Deno.test("metrics: a second agent at the same address says what to do, goes on, and a killed one begins anew", async () => {
  await inWorld(async ({ directory, place, start }) => {
    const first = start();
    assert(await isReady(place), "nobody answers");
    await disturb(directory, 3);
    const second = start("--prefix", join(directory, "second"), "--noop");
    await second.says(/--metrics: http:\/\/127.0.0.1:\d+ is taken by something else; goes on/);
    await second.says("ss -ltnp");
    first.signal("SIGKILL");
    await first.ended();
    second.signal("SIGTERM");
    await second.ended();
    start();
    assert(await isReady(place), "nobody answers");
    const values = readMetrics((await monitored(place)).text);
    assertEquals([values.get(HEALED), values.get(RIGHT)], [undefined, undefined]);
    assertEquals(values.get('mgmt_resources_compliant{kind="file"}'), 1);
  });
});

Deno.test("metrics: with noop there is no socket, and they are read all the same", async () => {
  await inWorld(async ({ directory, place, start }) => {
    start("--noop");
    assert(await isReady(place), "nobody answers");
    const values = readMetrics((await monitored(place)).text);
    const looked = RIGHT.replace('apply="true"', 'apply="false"');
    assertEquals([values.get(looked), values.get(RIGHT)], [1, undefined]);
    assertEquals(values.get('mgmt_resource_states{kind="file",state="would-change"}'), 1);
    assertEquals(contentOf(`${directory}/out`), undefined);
  });
});

Deno.test("metrics: gauges follow the graph that is edited, totals stay, and a refused one is not ready", async () => {
  await inWorld(async ({ directory, place, start, graph }) => {
    start();
    assert(await isReady(place), "nobody answers");
    const exec = "{name: e, cmd: touch DIR/e, creates: DIR/e}".replaceAll("DIR", directory);
    graph(`graph: g\nresources: {exec: [${exec}]}\n`);
    const kinds = (values: ReadonlyMap<string, number>) =>
      [...values.keys()].filter((name) => name.startsWith("mgmt_resources{"));
    const changed = await metricsWhere(
      place,
      (values) => kinds(values).join() === 'mgmt_resources{kind="exec"}',
    );
    assert(changed !== undefined, (await monitored(place)).text);
    assertEquals(changed.get(RIGHT), 1);
    assertEquals(changed.get("mgmt_graphs_total"), 2);
    graph("graph: [\n");
    assert(await metricsWhere(place, (values) => values.get("mgmt_graph_refused") === 1));
    const refused = await monitored(place, "/readyz");
    assertEquals(refused.status, 503);
    assertStringIncludes(refused.text, "the graph file has mistakes");
    assertEquals((await monitored(place, "/healthz")).status, 200);
    graph(`graph: g\nresources: {exec: [${exec}]}\n`);
    assert(await isReady(place), "it is not ready again");
  });
});

Deno.test("metrics: what is held, failed and waits is counted as that", async () => {
  await inWorld(async ({ directory, prefix, place, start, graph }) => {
    const bad = "{name: bad, shell: /bin/sh, cmd: exit 3, meta: {retry: 0}}";
    graph(
      `graph: g\nresources: {file: [${
        file(directory)
      }], exec: [${bad}, {name: after, cmd: 'true'}]}\n` +
        "edges: [{from: {kind: exec, name: bad}, to: {kind: exec, name: after}}]\n",
    );
    start();
    assert(await isReady(place), "nobody answers");
    const held = await mgmt([
      "hold",
      `File[${directory}/out]`,
      "--reason",
      "r",
      "--prefix",
      prefix,
    ]);
    assertEquals(held.code, 0, held.stderr);
    Deno.writeTextFileSync(`${directory}/out`, "mine");
    const values = await metricsWhere(
      place,
      (now) => now.get('mgmt_resource_states{kind="file",state="held"}') === 1,
    );
    assertEquals(values?.get("mgmt_holds"), 1);
    assertEquals(values?.get('mgmt_resource_states{kind="exec",state="failed"}'), 1);
    assertEquals(values?.get('mgmt_resource_states{kind="exec",state="blocked"}'), 1);
    assertEquals(values?.get('mgmt_failures_total{kind="exec",failure="hard"}'), 1);
    assertEquals(contentOf(`${directory}/out`), "mine");
  });
});

Deno.test("metrics: a host of a cluster tells its role, the members, what it exports and how full its etcd is", async () => {
  await inWorld(async ({ directory, place, start, graph }) => {
    const other = `{name: "@@motd", path: ${directory}/motd, content: x}`;
    graph(`graph: g\nresources: {file: [${file(directory)}, ${other}]}\n`);
    const [clients, peers] = [freePort(), freePort()];
    const urls = ["--client-urls", `127.0.0.1:${clients}`, "--server-urls", `127.0.0.1:${peers}`];
    start("--hostname", "h1", "--ideal-cluster-size", "1", ...urls);
    const values = await metricsWhere(
      place,
      (now) => now.get('mgmt_cluster_role{role="voter"}') === 1 && now.has("mgmt_store_used_bytes"),
      30_000,
    );
    assert(values !== undefined, (await monitored(place)).text);
    assertEquals(values.get('mgmt_cluster_members{role="voter"}'), 1);
    assertEquals(values.get("mgmt_cluster_contact"), 1);
    assertEquals(values.get("mgmt_cluster_silent_seconds"), 0);
    assertEquals(values.get("mgmt_exported_resources"), 1);
    assertEquals(values.get("mgmt_store_quota_bytes"), 512 * 1024 * 1024);
    assert(values.get("mgmt_store_lag_entries")! >= 0);
    if (PROMTOOL === "") return;
    assertEquals(await promtool(["check", "metrics"], (await monitored(place)).text), "");
  });
});

Deno.test("metrics: an address that it cannot have is said with what to do, and IPv6 is one", async () => {
  await inDirectory(async (directory) => {
    Deno.writeTextFileSync(
      join(directory, "g.yaml"),
      `graph: g\nresources: {file: [${file(directory)}]}\n`,
    );
    const run = (address: string, ...more: string[]) =>
      new Program(
        ["run", "g.yaml", "--tmp-prefix", "--metrics", address, ...more],
        { cwd: directory },
      );
    const once = await mgmt([
      "run",
      "g.yaml",
      "--tmp-prefix",
      "-t",
      "0",
      "--metrics",
      "127.0.0.1:1",
    ], {
      cwd: directory,
    });
    assertEquals(once.code, 1);
    assertStringIncludes(once.stderr, "a run that ends at the first quiet moment");
    const strange = run("192.0.2.1:9233");
    await strange.says("192.0.2.1:9233 is no address of this host; goes on without");
    await strange.interrupt();
    const port = freePort();
    const six = run(`[::1]:${port}`, "-v");
    try {
      await six.says(/can be read at|is no address of this host/);
      // Some machines have no IPv6 at all.
      if (six.stderr.includes("can be read")) assert(await isReady(`[::1]:${port}`));
    } finally {
      await six.interrupt();
    }
  });
});

Deno.test("metrics: a port of root's is refused to another user, who is told so", {
  ignore: Deno.uid() !== 0 ||
    Number(contentOf("/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? 0) <= 1,
}, async () => {
  await inDirectory(async (directory) => {
    Deno.chmodSync(directory, 0o755);
    Deno.copyFileSync(EXECUTABLE, `${directory}/mgmt`);
    const home = join(directory, "home");
    Deno.mkdirSync(home);
    Deno.writeTextFileSync(join(home, "g.yaml"), "graph: g\nresources: {}\n");
    Deno.chownSync(home, 54321, 54321);
    Deno.chownSync(join(home, "g.yaml"), 54321, 54321);
    const through = [
      ...["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"],
      ...["sh", "-c", `cd ${home}; shift; exec ${directory}/mgmt "$@"`, "sh"],
    ];
    const flags = ["--prefix", join(home, "prefix"), "--metrics", "127.0.0.1:1"];
    const agent = new Program(["run", join(home, "g.yaml"), ...flags], { through });
    await agent.says(/--metrics: cannot listen at http:\/\/127.0.0.1:1: .*; goes on without/);
    await agent.says("ports below 1024 are root's; give another: --metrics 127.0.0.1:9233");
    await agent.interrupt();
  });
});

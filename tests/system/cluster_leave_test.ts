/**
 * What `mgmt leave` does, and how hosts come back. Who is replaced by whom, all leaving at once, the
 * first host and kills in between: `tests/golden/agents` and `tests/simulation/leaving_test.ts`.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  command,
  EXPORTS,
  GRAPH,
  healed,
  roles,
  rolesBecome,
  says,
  withAgents,
} from "../support/cluster_agents.ts";
import { etcdPrograms } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/processes.ts";
import { Program, shell } from "../support/program.ts";

/** Waits until something says so. */
async function becomes(ask: () => Promise<string>, wanted: RegExp): Promise<void> {
  let last = "";
  assert(await eventually(async () => wanted.test(last = (await ask()).trim()), 60_000), last);
}

Deno.test("leave: exports and keys go, the own graph goes on, volunteer on brings it back", async () => {
  await withAgents(async (agents) => {
    agents.start("h1", "--ideal-cluster-size", "1");
    await rolesBecome("h1", "h1 voter");
    agents.start("h2", "--file", EXPORTS);
    agents.start("h3", "--file", EXPORTS);
    await rolesBecome("h1", "h1 voter, h2 client, h3 client");
    assertEquals(await says("cluster size 3 --hostname h1"), "3 members wanted, before: 1\n");
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    await becomes(() => shell("ls /tmp/mgmt-collected"), /^mgmt-motd$/);
    const which = await command("leave");
    assertEquals([which.code, which.stdout], [1, ""]);
    assertStringIncludes(which.stderr, "which agent? On this host there are those of h1, h2, h3");
    assertEquals(await says("cluster size"), "3\n", "they are of one cluster");
    const exported = async () =>
      (await shell(
        `${etcdPrograms()}/etcdctl --endpoints ${
          agents.url("h1")
        } get --prefix /_mgmt --keys-only | grep h2`,
      )).trim();
    await becomes(exported, /exported\/h2/);
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
    await becomes(exported, /exported\/h2/);
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
    assertStringIncludes(absent.stderr, "/tmp/mgmt-nothing does not exist");
    const stopped = await command("volunteer on --hostname h1");
    assertStringIncludes(stopped.stderr, "no agent runs with /var/lib/mgmt/hosts/h1");
    await agents.start("h1").says("this host has left its cluster");
    await agents.stop("h2");
    // It is the only one that runs here.
    const socket = "/var/lib/mgmt/hosts/h1/control.sock";
    assert(await eventually(() => Deno.stat(socket).then(() => true, () => false)));
    const again = await command("volunteer on");
    assertEquals(again.stdout, "h1 runs etcd\n", again.stderr);
    await rolesBecome("h1", "h1 voter");
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
    await exportOf("older");
    agents.start("h1", "--ideal-cluster-size", "1", "--file", graph);
    const collects = "/tmp/mgmt-h2.yaml";
    await Deno.writeTextFile(
      collects,
      "graph: h2\ncollect:\n- {kind: file, pattern: /tmp/mgmt-collected/}\n",
    );
    const client = ["--no-server", "--cluster-wait", "2", "--file", collects];
    agents.start("h2", ...client);
    await becomes(read, /^older$/);
    await agents.stop("h2");
    const second = agents.start("h2", ...client);
    await exportOf("newer");
    await becomes(read, /^newer$/);
    await says("leave --hostname h2");
    await agents.kill("h1");
    await command("volunteer on --hostname h2 --wait 1");
    await second.says(/(did not answer yet|since the start).*uses what was collected/, 60_000);
    // What is collected is in force: a file that was removed is made again.
    await Deno.remove(file);
    await becomes(read, /^newer$/);
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

/**
 * What `mgmt cluster recover` makes of what is left.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { command, rolesBecome, says, withAgents } from "../support/cluster_agents.ts";
import { etcdPrograms } from "../support/etcd.ts";
import { eventually } from "../support/processes.ts";
import { shell } from "../support/program.ts";

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
    assertStringIncludes(clients.stderr, "does not exist: no agent keeps its state there");
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
      assert(await eventually(isThere, 60_000), `${host} has not ${content}: ${last}`);
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

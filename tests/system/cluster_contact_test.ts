/**
 * What agents say of a cluster that is away, of an etcd that is there already, and of their addresses.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { command, EXPORTS, rolesBecome, withAgents } from "../support/cluster_agents.ts";
import { type Program, shell } from "../support/program.ts";

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
    await client.says(lost, 60_000);
    const graphs = times(client, /^Graph: V/m);
    agents.start("h1", "--file", EXPORTS);
    await client.says(/contact with the cluster is back after \d+ s/, 60_000);
    await shell("sleep 2");
    assertEquals(times(client, lost), 1);
    assertEquals(times(client, /^Graph: V/m), graphs, "a reconnect changes no graph");
    await agents.kill("h1");
    await agents.stop("h2");
    const again = agents.start("h2", "--file", EXPORTS);
    const away = /(since the start|did not answer yet).*uses what was collected \d+ s ago/;
    await again.says(away, 60_000);
    agents.start("h1", "--file", EXPORTS);
    await again.says(/contact with the cluster is back after \d+ s/, 60_000);
    assertEquals(times(again, away), 1);
    assertEquals(times(again, lost), 0);
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

Deno.test("a member that is started again with --seeds alone listens where it did, and says so", async () => {
  await withAgents(async (agents) => {
    agents.start("h1");
    await rolesBecome("h1", "h1 voter");
    await agents.stop("h1");
    const again = agents.startUnaddressed("h1");
    await again.says(
      new RegExp(`listens at ${agents.url("h1")} and 127\\.0\\.0\\.1:\\d+ as before`),
    );
    await rolesBecome("h1", "h1 voter");
    const { stdout } = await command("members --hostname h1 --output json");
    assertStringIncludes(stdout, agents.url("h1"));
  });
});

/**
 * What `mgmt leave` does while the cluster lacks a voter; its majority: `tests/golden/agents/leaving_lost.txt`.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { command, EXPORTS, rolesBecome, says, withAgents } from "../support/cluster_agents.ts";
import { etcdPrograms } from "../support/etcd.ts";
import { shell } from "../support/program.ts";

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
    agents.start("h3");
    await rolesBecome("h1", "h1 voter, h2 voter, h3 voter");
    assertEquals(await says("leave --hostname h2"), "h2 has left its cluster\n");
  });
});

/**
 * The commands that look at a cluster, and those that offer a place in it.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { command, rolesBecome, rows, says, withAgents } from "../support/cluster_agents.ts";
import { etcdPrograms } from "../support/etcd.ts";
import { eventually } from "../support/processes.ts";
import { shell } from "../support/program.ts";

Deno.test("members, status and size: as the hosts come", async () => {
  await withAgents(async (agents) => {
    const begunMs = Date.now();
    agents.start("h1", "--ideal-cluster-size", "1", "--failure-domain", "rack1");
    await rolesBecome("h1", "h1 voter");
    agents.start("h2");
    await rolesBecome("h1", "h1 voter, h2 client");
    const [h1, h2] = await rows("h2");
    assertEquals([h1?.decides, h1?.answers, h1?.domain, h2?.decides], [true, true, "rack1", false]);
    const sinceMs = Date.parse(h1?.since ?? "");
    assert(sinceMs > begunMs - 1000 && sinceMs <= Date.now(), h1?.since ?? "no time");
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
    assert(await eventually(readyNow, 60_000), status);
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
    assert(await eventually(knowsThreeVoters, 60_000), "h1 has written down who votes");
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
      60_000,
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
    assert(await eventually(async () => (await byLearner()).code === 0, 60_000), "no voter found");
    // Until its etcd has started, its answers are not those of a learner.
    const runs = async () =>
      (await rows("h1")).some(({ host, answers }) => host === "h2" && answers);
    assert(await eventually(runs, 60_000), "the learner does not start");
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

/** Whether the first host has written down that there are three. */
async function knowsThreeVoters(): Promise<boolean> {
  const path = "/var/lib/mgmt/hosts/h1/cluster/state/contact.json";
  const text = await Deno.readTextFile(path).catch(() => '{"members": []}');
  const { members } = JSON.parse(text) as { members: readonly { readonly learner: boolean }[] };
  return members.filter(({ learner }) => !learner).length === 3;
}

/**
 * Other users of a machine whose root has a cluster at the default address: they reach its etcd, and
 * make nothing of its hosts.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { etcdPrograms } from "../support/etcd.ts";
import { ON_HOST } from "../support/host_world.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, EXECUTABLE, Program, shell, within } from "../support/program.ts";

assert(ON_HOST);

const RUN = `{"version":1,"id":"x","fields":{"cmd":"touch /tmp/mgmt-owned"}}`;
const EVIL = `{"version":1,"id":"x","fields":{"path":"/motd","content":"evil"}}`;
const EXPORTED = "/_mgmt/exported";

const NOBODY = [
  ...["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"],
  ...["env", "HOME=/tmp/mgmt-nobody"],
];

/** Runs something as a user who has nothing to do with root's agents. */
async function asNobody(command: string): Promise<string> {
  return await shell(`${NOBODY.join(" ")} ${command}`);
}

async function put(key: string, value: string, ...flags: string[]): Promise<void> {
  await asNobody(`/tmp/mgmt-etcdctl put ${flags.join(" ")} ${key} '${value}'`);
}

async function value(key: string): Promise<string> {
  return (await asNobody(`/tmp/mgmt-etcdctl get --print-value-only ${key}`)).trim();
}

function isRun(): boolean {
  return contentOf("/tmp/mgmt-owned") !== undefined;
}

Deno.test("what nobody writes at 127.0.0.1:2379 is neither run nor written, and what he overwrites or removes is back", async () => {
  await shell(
    `install -m 755 ${etcdPrograms()}/etcdctl /tmp/mgmt-etcdctl; install -m 755 ${EXECUTABLE} /tmp/mgmt-program; mkdir /tmp/mgmtB; ` +
      "install -d -o nobody /tmp/mgmt-nobody",
  );
  const motd = "/tmp/mgmtB/motd";
  await Deno.writeTextFile(
    "/tmp/mgmt-a.yaml",
    `graph: a\nresources: {file: [{name: "@@motd", path: /motd, content: good}]}\n`,
  );
  await Deno.writeTextFile(
    "/tmp/mgmt-b.yaml",
    "graph: b\ncollect:\n- {kind: file, pattern: /tmp/mgmtB/, withdrawn: absent}\n" +
      "- {kind: exec, allow: [deploy]}\n",
  );
  await Deno.writeTextFile(
    "/tmp/mgmt-n.yaml",
    `graph: n\nresources: {file: [{name: "@@theirs", path: /theirs, content: evil}]}\n`,
  );
  const a = new Program(["run", "/tmp/mgmt-a.yaml", "--hostname", "a"]);
  const start = () => new Program(["run", "/tmp/mgmt-b.yaml", "--hostname", "b"]);
  let b = start();
  const agents = [a, b];
  /** Waits until the collector has dealt with it, one way or the other. */
  const dealt = async (key: string) => {
    const said = () => b.stderr.includes(`is left out: ${key}`);
    await within(60_000, () => said() || isRun(), () => `nothing is said of ${key}: ${b.stderr}`);
    assertEquals([isRun(), contentOf(motd)], [false, "good"], b.stderr);
    assert(said(), b.stderr);
  };
  try {
    await within(60_000, () => contentOf(motd) === "good", () => a.stderr + b.stderr);
    const inode = Deno.statSync(motd).ino;
    const own = `${EXPORTED}/a/resources/file/motd`;
    const signed = await value(own);
    await put(`${EXPORTED}/m/resources/exec/deploy`, RUN);
    await dealt(`${EXPORTED}/m/resources/exec/deploy`);
    await put(`${EXPORTED}/a/resources/exec/deploy`, RUN);
    await dealt(`${EXPORTED}/a/resources/exec/deploy`);
    await put(`${EXPORTED}/m/resources/file/motd`, signed);
    await dealt(`${EXPORTED}/m/resources/file/motd`);
    await put(own, EVIL);
    await dealt(own);
    assert(await eventually(async () => await value(own) === signed, 60_000), a.stderr);
    await asNobody(`/tmp/mgmt-etcdctl del --prefix ${EXPORTED}/a/`);
    assert(await eventually(async () => await value(own) === signed, 60_000), a.stderr);
    const lease = /lease (\S+)/.exec(await asNobody("/tmp/mgmt-etcdctl lease grant 60"))?.[1];
    await put("/_mgmt/live/a", '{"id":"x"}', `--lease=${lease}`);
    await put("/_mgmt/idealClusterSize", "3");
    assertEquals(await value("/_mgmt/idealClusterSize"), "3");
    const theirs = new Program(["run", "/tmp/mgmt-n.yaml", "--hostname", "n"], {
      through: [...NOBODY, "sh", "-c", 'shift; exec /tmp/mgmt-program "$@"', "sh"],
    });
    agents.push(theirs);
    await theirs.says(/joins? its cluster|joined cluster/);
    await dealt(`${EXPORTED}/n/resources/file/theirs`);
    assertEquals(Deno.statSync(motd).ino, inode, "it was removed for a moment");
    await b.interrupt();
    assertEquals((await shell("stat -c '%a %U' /var/lib/mgmt/loopback.key")).trim(), "600 root");
    await Deno.chmod("/var/lib/mgmt/loopback.key", 0o644);
    b = start();
    agents.push(b);
    await b.says(/exchanges nothing with other hosts: .*its mode is 0644, not 0600/);
    await dealt(own);
    assertMatch(a.stderr, /what this host exports was not in the cluster as it had written it/);
  } finally {
    await Promise.all(agents.map((agent) => agent.interrupt()));
    await shell("rm -rf /var/lib/mgmt /tmp/mgmt*");
  }
});

Deno.test("a host that comes to no cluster makes no loopback.key", async () => {
  await shell(
    `install -m 755 ${EXECUTABLE} /tmp/mgmt-program; install -d -o nobody /tmp/mgmt-alone`,
  );
  await Deno.writeTextFile(
    "/tmp/mgmt-alone.yaml",
    `graph: x\nresources: {file: [{name: a, path: /tmp/mgmt-alone/a, content: good}]}\n`,
  );
  const user = NOBODY.slice(0, -1).join(" ");
  await shell(
    `${user} HOME=/tmp/mgmt-alone /tmp/mgmt-program run /tmp/mgmt-alone.yaml --hostname n ` +
      "--no-server --seeds 127.0.0.1:1 --cluster-wait 1 --converged-timeout 1",
  );
  const kept = await shell("find /tmp/mgmt-alone/.local");
  assertMatch(kept, /cluster/, "it has looked for one");
  assertEquals(kept.split("\n").filter((path) => path.endsWith("loopback.key")), []);
});

/** Clusters that speak TLS on one machine: restored, copied, and of runs that end by themselves. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { etcdPrograms, eventually } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { contentOf, inDirectory, mgmt, Program, shell } from "../support/program.ts";

/** A run that ends by itself does so without its cluster where that has not answered in time. */
const PATIENT = ["--cluster-wait", "60"];

/** One host: where it keeps its state, and where it is. */
interface Host {
  readonly prefix: string;
  readonly client: string;
  readonly flags: readonly string[];
}

/** A graph that exports a file and collects those of all. */
function hostIn(directory: string, name: string): Host {
  const [prefix, graph] = [join(directory, name), join(directory, `${name}.yaml`)];
  Deno.mkdirSync(join(directory, `${name}.d`), { recursive: true });
  const file = `{name: "@@${name}", path: "${directory}/x-${name}", content: ${name}}`;
  const collect = `{kind: file, pattern: "${directory}/${name}.d/"}`;
  Deno.writeTextFileSync(graph, `graph: g\nresources: {file: [${file}]}\ncollect: [${collect}]\n`);
  const [client, server] = [`127.0.0.1:${freePort()}`, `127.0.0.1:${freePort()}`];
  return {
    prefix,
    client,
    flags: [
      ...["run", graph, "--prefix", prefix, "--hostname", name],
      ...["--client-urls", client, "--server-urls", server],
    ],
  };
}

/** What a command of that host prints. */
async function says({ prefix }: Host, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await mgmt([...words, "--prefix", prefix]);
  assertEquals(code, 0, stderr);
  return stdout;
}

/** Runs etcdctl with what that host shows. */
async function etcdctl({ prefix, client }: Host, words: string): Promise<string> {
  const [ca, cert, key] = ["ca.pem", "host.pem", "host.key"].map((name) =>
    join(prefix, "cluster/trust", name)
  );
  const shown = `--cacert ${ca} --cert ${cert} --key ${key} --endpoints https://${client}`;
  return await shell(`${join(etcdPrograms(), "etcdctl")} ${shown} ${words}`);
}

function trusts({ prefix }: Host): boolean {
  return contentOf(join(prefix, "cluster/trust/ca.pem")) !== undefined;
}

Deno.test("a host that founds with --tls goes on so without it, and is restored with its rights", () =>
  inDirectory(async (directory) => {
    const host = hostIn(directory, "h1");
    const snapshot = join(directory, "snapshot");
    let agent = new Program([...host.flags, "--tls"]);
    try {
      await agent.says("leads the cluster");
      assertMatch(await says(host, "cluster", "status"), /traffic +TLS/);
      assertStringIncludes(await etcdctl(host, "auth status"), "Authentication Status: true");
      await etcdctl(host, "put mine 1");
      await says(host, "cluster", "snapshot", snapshot);
      await agent.interrupt();
      await says(host, "cluster", "restore", snapshot, "--yes");
      agent = new Program(host.flags);
      await agent.says("leads the cluster");
      assertStringIncludes(await etcdctl(host, "get mine"), "mine\n1\n");
      const isInForce = async () => (await etcdctl(host, "auth status")).includes("Status: true");
      await eventually(isInForce, () => agent.stderr);
      // Whoever looks sees the same, and writes nothing.
      const plan = await mgmt([...host.flags, "--noop", "-t", "1"]);
      assertEquals(plan.code, 0, plan.stderr);
      const plain = await mgmt([...host.flags, "--insecure-plaintext", "--noop"]);
      assertEquals(plain.code, 1);
      assertStringIncludes(plain.stderr, "is that of a host in a TLS cluster");
    } finally {
      await agent.interrupt();
    }
  }));

Deno.test("what a run that ends by itself founds with --tls goes with it, and so does what it shows", () =>
  inDirectory(async (directory) => {
    const host = hostIn(directory, "h1");
    const once = await mgmt([...host.flags, "--tls", "-t", "1", ...PATIENT]);
    assertEquals(once.code, 0, once.stderr);
    assertStringIncludes(once.stderr, "which goes with this run");
    assertEquals(contentOf(join(directory, "h1.d/x-h1")), "h1");
    assert(!trusts(host), "the certificates are left");
    const killed = new Program([...host.flags, "--tls", "--max-runtime", "60"]);
    await killed.says("joined cluster");
    killed.signal("SIGKILL");
    await killed.ended();
    assert(trusts(host));
    const plain = await mgmt([...host.flags, "-t", "1"]);
    assertEquals(plain.code, 0, plain.stderr);
    assert(!trusts(host), "a run in plain text has certificates");
  }));

Deno.test("a host whose ca.pem is gone starts neither in plain text nor anew, and goes on with its secret", () =>
  inDirectory(async (directory) => {
    const host = hostIn(directory, "h1");
    const secret = join(directory, "secret");
    let agent = new Program([...host.flags, "--tls"]);
    try {
      await agent.says("leads the cluster");
      await etcdctl(host, "put mine 1");
      Deno.writeTextFileSync(secret, await says(host, "cluster", "secret"), { mode: 0o600 });
      await agent.interrupt();
      Deno.removeSync(join(host.prefix, "cluster/trust/ca.pem"));
      const alone = host.flags.slice(0, 4);
      for (const flags of [host.flags, [...host.flags, "--tls"], alone]) {
        const { code, stderr } = await mgmt([...flags, "-t", "1"]);
        assertEquals(code, 1, stderr);
        assertStringIncludes(stderr, "is that of a host in a TLS cluster, and there is no");
        assertStringIncludes(stderr, "--secret-file FILE here");
      }
      const asked = await mgmt(["members", "--prefix", host.prefix]);
      assertStringIncludes(asked.stderr, "is that of a host in a TLS cluster, and there is no");
      agent = new Program([...host.flags, "--secret-file", secret]);
      await agent.says("leads the cluster");
      assertStringIncludes(await etcdctl(host, "get mine"), "mine\n1\n");
    } finally {
      await agent.interrupt();
    }
  }));

Deno.test("of a copied prefix the keys are copied too, and it has no part in the cluster", () =>
  inDirectory(async (directory) => {
    const [host, copy] = [hostIn(directory, "h1"), hostIn(directory, "h2")];
    const agent = new Program([...host.flags, "--tls"]);
    try {
      await agent.says("leads the cluster");
      await shell(`cp -a ${host.prefix} ${copy.prefix}`);
      const flags = [...copy.flags.slice(0, 4), "--hostname", "h1", ...copy.flags.slice(6)];
      const ended = await mgmt([...flags, "--seeds", host.client, "-t", "1", ...PATIENT]);
      assertEquals(ended.code, 4, ended.stderr);
      assertStringIncludes(ended.stderr, "this host's state is a copy");
      assertEquals(contentOf(join(directory, "h2.d/x-h1")), undefined);
    } finally {
      await agent.interrupt();
    }
  }));

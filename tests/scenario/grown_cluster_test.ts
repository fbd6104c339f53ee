/** A plain cluster of one machine that is given an address which other machines reach. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { etcdPrograms, eventually } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { CAN_HAVE_NETWORKS, NetworkNamespace } from "../support/network_namespace.ts";
import { contentOf, type Ended, inDirectory, mgmt, Program, shell } from "../support/program.ts";

/** An address that is none of loopback's. */
const AWAY = "10.9.8.7";

/** Hosts on a machine with a network of its own. */
class Machine {
  readonly #ports = new Map<string, readonly [client: number, server: number]>();

  constructor(readonly directory: string, readonly through: readonly string[]) {}

  /** What a host of that name is started with, at that address. */
  flags(name: string, host: string, ...more: readonly string[]): readonly string[] {
    const graph = join(this.directory, `${name}.yaml`);
    const file = `{name: "@@${name}", path: "${this.directory}/x-${name}", content: ${name}}`;
    const collect = `{kind: file, pattern: "${this.directory}/${name}.d/"}`;
    Deno.mkdirSync(join(this.directory, `${name}.d`), { recursive: true });
    Deno.writeTextFileSync(
      graph,
      `graph: g\nresources: {file: [${file}]}\ncollect: [${collect}]\n`,
    );
    return [
      ...["run", graph, "--prefix", join(this.directory, name), "--hostname", name],
      ...["--client-urls", this.client(name, host), "--server-urls", this.#at(name, host, 1)],
      ...more,
    ];
  }

  client(name: string, host: string): string {
    return this.#at(name, host, 0);
  }

  #at(name: string, host: string, which: 0 | 1): string {
    const ports = this.#ports.get(name) ?? [freePort(), freePort()];
    this.#ports.set(name, ports);
    return `${host}:${ports[which]}`;
  }

  start(flags: readonly string[]): Program {
    return new Program(flags, { through: this.through });
  }

  run(flags: readonly string[]): Promise<Ended> {
    return mgmt(flags, { through: this.through });
  }

  trusts(name: string): boolean {
    return contentOf(join(this.directory, name, "cluster/trust/ca.pem")) !== undefined;
  }

  /** Runs etcdctl there: with what that host shows, or in plain text. */
  etcdctl(url: string, words: string, name?: string): Promise<string> {
    const trust = join(this.directory, name ?? "", "cluster/trust");
    const shown = name === undefined
      ? ""
      : `--cacert ${trust}/ca.pem --cert ${trust}/host.pem --key ${trust}/host.key`;
    const program = join(etcdPrograms(), "etcdctl");
    return shell(
      `${
        this.through.join(" ")
      } ${program} --command-timeout 3s ${shown} --endpoints ${url} ${words}`,
    );
  }
}

function test(name: string, run: (machine: Machine) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !CAN_HAVE_NETWORKS,
    fn: async () => {
      await using network = await NetworkNamespace.make();
      await network.withAddress(AWAY);
      await inDirectory((directory) => run(new Machine(directory, network.through)));
    },
  });
}

test(
  "a cluster of one host speaks TLS from its first other address on, wherever it is killed on its way",
  async (machine) => {
    const near = machine.flags("h1", "127.0.0.1");
    const away = machine.flags("h1", AWAY);
    const plain = machine.start(near);
    await plain.says("leads the cluster");
    await machine.etcdctl(`http://${machine.client("h1", "127.0.0.1")}`, "put mine 1");
    // Its etcd goes on in plain text where it was.
    await plain.killed();
    for (
      const until of ["speaks TLS from now on", "address has changed"]
    ) {
      const agent = machine.start(away);
      await agent.says(until);
      await agent.killed();
    }
    let agent = machine.start(away);
    const url = `https://${machine.client("h1", AWAY)}`;
    try {
      await agent.says("leads the cluster");
      const isInForce = async () =>
        (await machine.etcdctl(url, "auth status", "h1")).includes("Status: true");
      await eventually(isInForce, () => agent.stderr);
      assertStringIncludes(await machine.etcdctl(url, "get mine", "h1"), "mine\n1\n");
      assertStringIncludes(
        await machine.etcdctl(url, "get --prefix --keys-only /_mgmt/exported/", "h1"),
        "/_mgmt/exported/h1/resources/file/xh1".replace("xh1", "h1"),
      );
      const strange = await machine.etcdctl(url.replace("https", "http"), "get mine");
      assert(!strange.includes("mine\n1"), strange);
      await agent.interrupt();
      assert(!agent.stderr.includes("is plain text"), agent.stderr);
      // Back on loopback alone it stays so, and no flag changes that.
      agent = machine.start(near);
      await agent.says("leads the cluster");
      const here = `https://${machine.client("h1", "127.0.0.1")}`;
      assertStringIncludes(await machine.etcdctl(here, "get mine", "h1"), "mine\n1\n");
    } finally {
      await agent.interrupt();
    }
    // Also where its certificates are gone.
    Deno.removeSync(join(machine.directory, "h1/cluster/trust"), { recursive: true });
    const gone = await machine.run(near);
    assertEquals(gone.code, 1);
    assertStringIncludes(gone.stderr, "is that of a host in a TLS cluster");
  },
);

test("a cluster with more members on one machine stays there, in plain text", async (machine) => {
  const one = machine.start(machine.flags("h1", "127.0.0.1"));
  const seeds = ["--seeds", machine.client("h1", "127.0.0.1")];
  const two = machine.start(machine.flags("h2", "127.0.0.1", ...seeds));
  try {
    await two.says("asked to run etcd");
    const listed = async () =>
      (await machine.etcdctl(`http://${machine.client("h1", "127.0.0.1")}`, "member list")).trim();
    await eventually(async () => (await listed()).split("\n").length === 2, () => two.stderr);
    await one.interrupt();
    const refused = await machine.run(machine.flags("h1", AWAY));
    assertEquals([refused.code, machine.trusts("h1")], [1, false]);
    assertMatch(refused.stderr, /has 1 member more \((h2|http:\/\/127\.0\.0\.1:\d+)\)/);
    assertStringIncludes(refused.stderr, "mgmt leave");
    const asked = machine.start(machine.flags("h1", AWAY, "--insecure-plaintext"));
    await asked.says("the cluster's traffic is plain text");
    await asked.interrupt();
  } finally {
    await Promise.all([one.interrupt(), two.interrupt()]);
  }
});

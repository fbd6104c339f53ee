/** Hosts at an etcd that others run, with TLS and users, and what becomes of them when it changes. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { eventually } from "../support/etcd.ts";
import { OutsideEtcd, type OutsideMode } from "../support/outside_etcd.ts";
import { contentOf, type Ended, inDirectory, mgmt, Program } from "../support/program.ts";

/** Hosts with a graph each that exports a file and collects those of all. */
class Hosts {
  constructor(readonly directory: string, readonly etcd: OutsideEtcd) {}

  /** What a host of that name is started with. */
  flags(name: string): readonly string[] {
    const graph = join(this.directory, `${name}.yaml`);
    const file = `{name: "@@${name}", path: "${this.directory}/x-${name}", content: ${name}}`;
    const own = `{name: own, path: "${this.directory}/own-${name}", content: own}`;
    const collect = `{kind: file, pattern: "${this.directory}/${name}.d/"}`;
    Deno.mkdirSync(join(this.directory, `${name}.d`), { recursive: true });
    Deno.writeTextFileSync(
      graph,
      `graph: g\nresources: {file: [${file}, ${own}]}\ncollect: [${collect}]\n`,
    );
    return ["run", graph, "--prefix", this.prefix(name), "--hostname", name];
  }

  get seeds(): readonly string[] {
    return ["--seeds", this.etcd.address];
  }

  prefix(name: string): string {
    return join(this.directory, name);
  }

  command(name: string, ...words: readonly string[]): Promise<Ended> {
    return mgmt([...words, "--prefix", this.prefix(name)]);
  }

  /** Waits until a host has that file of another. */
  async has(name: string, other: string, agent: Program): Promise<void> {
    const path = join(this.directory, `${name}.d`, `x-${other}`);
    await eventually(() => contentOf(path) === other, () => agent.stderr);
  }

  own(name: string): string | undefined {
    return contentOf(join(this.directory, `own-${name}`));
  }
}

function test(name: string, mode: OutsideMode, run: (hosts: Hosts) => Promise<void>): void {
  Deno.test(name, () =>
    inDirectory(async (directory) => {
      await using etcd = await OutsideEtcd.start(mode);
      await run(new Hosts(directory, etcd));
    }));
}

test(
  "hosts exchange at an etcd with TLS and users, leave it, and change nothing of it",
  { tls: true },
  async (hosts) => {
    const { etcd } = hosts;
    await etcd.enableUsers();
    const shown = ["--cacert", etcd.at("ca.pem"), "--user-file", etcd.userFile("mgmt:right\n")];
    const one = new Program([...hosts.flags("h1"), ...hosts.seeds, ...shown]);
    let two = new Program([...hosts.flags("h2"), ...hosts.seeds, ...shown]);
    try {
      await Promise.all([hosts.has("h1", "h2", one), hosts.has("h2", "h1", two)]);
      assert(!contentOf(`/proc/${one.pid}/cmdline`)?.includes("right"));
      assertMatch(
        (await hosts.command("h1", "members")).stdout,
        /theirs +voter[^]*h2 +client +live/,
      );
      const size = await hosts.command("h1", "cluster", "size", "3");
      assertEquals(size.code, 1);
      assertStringIncludes(size.stderr, "is one that others run");
      const snapshot = await hosts.command("h1", "cluster", "snapshot", `${hosts.directory}/s`);
      assertStringIncludes(snapshot.stderr, "permission denied");
      assertEquals((await etcd.control("member", "list")).split("\n").length, 1);
      // The prefix knows what to show.
      await two.interrupt();
      Deno.removeSync(join(hosts.directory, "h2.d/x-h1"));
      two = new Program(hosts.flags("h2"));
      await hosts.has("h2", "h1", two);
      const left = await hosts.command("h2", "leave");
      assertEquals(left.code, 0, left.stderr);
      assertEquals(await etcd.control("get", "--prefix", "--keys-only", "/_mgmt/exported/h2/"), "");
    } finally {
      await Promise.all([one.interrupt(), two.interrupt()]);
    }
  },
);

test(
  "whom such an etcd does not know is told what to do, and his own graph goes on",
  { tls: true, asksForCertificates: true },
  async (hosts) => {
    const { etcd } = hosts;
    await etcd.authority("other");
    await etcd.certify("ended", { subject: "/CN=mgmt", ended: true });
    await etcd.enableUsers("read");
    const of = (ca: string, name: string) => [
      ...["--cacert", etcd.at(`${ca}.pem`)],
      ...["--cert", etcd.at(`${name}.pem`), "--key", etcd.at(`${name}.key`)],
    ];
    const wrong = ["--user-file", etcd.userFile("mgmt:wrong")];
    const cases: [string, readonly string[], string][] = [
      ["authority", of("other", "client"), "name the file with the authority that signed it"],
      ["expired", of("ca", "ended"), "put a new certificate there"],
      ["password", [...of("ca", "client"), ...wrong], "correct the name or the password in"],
      ["reader", of("ca", "client"), "etcdctl role grant-permission ROLE readwrite"],
    ];
    await Promise.all(cases.map(async ([name, shown, hint]) => {
      const agent = new Program([...hosts.flags(name), ...hosts.seeds, ...shown]);
      try {
        await agent.says(hint);
        const isThere = () => hosts.own(name) === "own";
        await eventually(isThere, () => agent.stderr);
        Deno.removeSync(join(hosts.directory, `own-${name}`));
        await eventually(isThere, () => agent.stderr);
      } finally {
        assertEquals((await agent.interrupt()).code, 130, agent.stderr);
      }
    }));
  },
);

test("an etcd that turns on users, then TLS, is followed by who is told so", {}, async (hosts) => {
  const { etcd } = hosts;
  let agent = new Program([...hosts.flags("h1"), ...hosts.seeds, "--no-server"]);
  const again = async (...flags: readonly string[]) => {
    await agent.interrupt();
    agent = new Program([...hosts.flags("h1"), ...flags]);
    await eventually(
      async () => (await hosts.command("h1", "members")).stdout.includes("h1      client  live"),
      () => agent.stderr,
    );
  };
  try {
    await hosts.has("h1", "h1", agent);
    await etcd.enableUsers();
    await agent.says("--user-file FILE");
    await again(...hosts.seeds, "--user-file", etcd.userFile("mgmt:right"));
    await etcd.restart({ tls: true });
    await agent.says("is reached with --cacert");
    await again(...hosts.seeds, "--cacert", etcd.at("ca.pem"));
    await etcd.restart({ tls: false });
    await agent.says("have that etcd speak TLS again");
    assertEquals(hosts.own("h1"), "own");
  } finally {
    await agent.interrupt();
  }
});

/**
 * What users meet who have little more than a name for their hosts: taken addresses, wrong seeds, and
 * garbage in the store.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { etcdPrograms } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { ON_HOST } from "../support/host_world.ts";
import { eventually } from "../support/processes.ts";
import { mgmt, Program, shell } from "../support/program.ts";
import { keepUnpacked, shareUnpacked } from "../support/unpacked_etcd.ts";

assert(ON_HOST);

const GRAPH = "/tmp/mgmt-graph.yaml";
const OWN = "http://127.0.0.1:2379";
const ELSEWHERE = ["--client-urls", "127.0.0.1:2381", "--server-urls", "127.0.0.1:2382"];

type Start = (name: string, ...args: string[]) => Program;

/** A test that starts agents, which have all gone afterwards, with all they kept. */
function test(name: string, run: (start: Start) => Promise<void>): void {
  Deno.test(name, async () => {
    const text = `graph: t\nresources: {file: [{name: /tmp/mgmt-made, content: made}]}\n`;
    await Deno.writeTextFile(GRAPH, text);
    const programs: Program[] = [];
    try {
      await run((host, ...args) => {
        shareUnpacked(host);
        const program = new Program(["run", GRAPH, "--hostname", host, ...args]);
        programs.push(program);
        return program;
      });
    } catch (error) {
      throw new Error(`${error}\n${programs.map(({ stderr }) => stderr).join("\n--\n")}`);
    } finally {
      await Promise.all(programs.map((program) => program.interrupt()));
      await keepUnpacked();
      await shell("rm -rf /var/lib/mgmt /tmp/mgmt*");
    }
  });
}

async function leader(): Promise<string | undefined> {
  const { code, stdout } = await mgmt(["cluster", "status", "--seeds", OWN, "--output", "json"]);
  return code === 0 ? JSON.parse(stdout).leader ?? undefined : undefined;
}

async function control(...args: string[]): Promise<void> {
  const programs = await new Deno.Command(`${etcdPrograms()}/etcdctl`, { args }).output();
  assert(programs.success, new TextDecoder().decode(programs.stderr));
}

/** Answers every connection with this; `first`: without being asked. */
function serve(says: string, first = false): Deno.TcpListener & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async () => {
    for await (const connection of listener) {
      void (async () => {
        if (!first) await connection.read(new Uint8Array(4096));
        await connection.write(new TextEncoder().encode(says));
        connection.close();
      })().catch(() => {});
    }
  })();
  return Object.assign(listener, { [Symbol.dispose]: () => listener.close() });
}

function addressOf({ addr }: Deno.TcpListener): string {
  return `127.0.0.1:${addr.port}`;
}

test("etcdctl put /_mgmt/ctl/leader xyz: somebody leads again, and it is said", async (start) => {
  const h1 = start("h1", "-q");
  assert(await eventually(async () => await leader() === "h1", 60_000), "h1 does not lead");
  await control("put", "/_mgmt/ctl/leader", "xyz");
  await h1.says('Warning: removed /_mgmt/ctl/leader ("xyz")');
  assert(await eventually(async () => await leader() === "h1", 60_000), "h1 does not lead");
  await control("put", "/_mgmt/idealClusterSize", "many");
  await h1.says('Warning: /_mgmt/idealClusterSize is "many", not a number');
  assertEquals((await h1.interrupt()).code, 130);
});

test("hosts that are clients ask a seed at the own default address, and say whose cluster it is", async (start) => {
  start("h1");
  assert(await eventually(async () => await leader() === "h1", 60_000), "h1 does not lead");
  const client = start("h2", "--no-server", "--seeds", "127.0.0.1:2379");
  const short = start("h3", "--seeds", "127.0.0.1:2379", "--converged-timeout", "5");
  const crowded = start("h4");
  await client.says(/Cluster: joined cluster [0-9a-f]+$/m);
  for (const program of [short, crowded]) {
    await program.says(
      /h1 answers at http:\/\/127\.0\.0\.1:2379: this host joins its cluster [0-9a-f]+ as a client, because/,
    );
  }
  assertEquals((await short.ended()).code, 0);
});

test("a host that never runs etcd leaves the default address to the one that does", async (start) => {
  const client = start("h2", "--no-server");
  await client.says("Warning: no cluster yet: nothing listens at http://127.0.0.1:2379");
  start("h1");
  await client.says(/h1 answers at .* joins its cluster [0-9a-f]+ as a client$/m);
});

test("what answers at a seed is told: no etcd, no web server, no such name, nobody", async (start) => {
  using web = serve("HTTP/1.1 200 OK\r\nServer: shop/1.0\r\nContent-Length: 2\r\n\r\nhi");
  using ssh = serve("SSH-2.0-OpenSSH_9.2p1\r\n", true);
  const said = async (seed: string) => {
    const program = start("h1", "-q", "--seeds", seed, ...ELSEWHERE);
    await program.says("; the own graph runs meanwhile");
    const { stderr } = await program.interrupt();
    const [line = "", ...more] = stderr.split("\n").filter((each) => each.includes("the seeds:"));
    assertEquals(more, []);
    assert(!stderr.includes("Deprecation"), stderr);
    await Deno.stat("/var/lib/mgmt/hosts/h1/cluster/etcd/data").then(
      () => assert(false, "nothing is founded"),
      () => {},
    );
    return line.replace(/^.*Warning: waiting for the seeds: /, "");
  };
  assertMatch(
    await said(addressOf(web)),
    /^http:\S+ is neither etcd nor mgmt: an HTTP server answers there \(200 OK, shop\/1\.0\);/,
  );
  assertMatch(
    await said(addressOf(ssh)),
    /^http:\S+ is neither etcd nor mgmt: what answers .* HTTP: "SSH-2\.0-OpenSSH_9\.2p1";/,
  );
  assertMatch(await said("notahost.invalid:2379"), /^the name notahost\.invalid cannot be looked/);
  const port = freePort();
  assertMatch(await said(`127.0.0.1:${port}`), /^nothing listens at http:\/\/127\.0\.0\.1:\d+;/);
});

test("an address that another has, or nobody has, is told as that", async (start) => {
  const absent = start("h1", "-q", "--client-urls", "10.99.98.97:2379");
  await absent.says("Warning: no cluster yet: http://10.99.98.97:2379 is no address of this host");
  await absent.interrupt();
  assert(!absent.stderr.includes("taken"), absent.stderr);
  using web = serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const taken = start("h1", "-q", "--client-urls", addressOf(web));
  await taken.says("Warning: no cluster yet: the own address is taken; http://127.0.0.1:");
  await taken.interrupt();
  assertStringIncludes(taken.stderr, "is neither etcd nor mgmt: an HTTP server answers there (200");
});

test("a taken peer port and a full disk are one clear line each", async (start) => {
  using peer = serve("");
  const crowded = start("h1", "-q", "--server-urls", addressOf(peer));
  await crowded.says(/Warning: founds no cluster: etcd cannot listen at .*: another program does/);
  await crowded.interrupt();
  await shell("mkdir /tmp/mgmt-small && mount -t tmpfs -o size=40m none /tmp/mgmt-small");
  try {
    const small = start("h1", "-q", "--prefix", "/tmp/mgmt-small/state");
    await small.says(/Warning: founds no cluster: \d+ MiB are free for etcd at .* it needs 192/);
    await small.interrupt();
  } finally {
    await shell("umount /tmp/mgmt-small");
  }
  await start("h1").says("leads the cluster");
});

test("a data directory of another user keeps etcd away, and says whose it is", async (start) => {
  const first = start("h1");
  await first.says("leads the cluster");
  await first.interrupt();
  await shell("chown 1234 /var/lib/mgmt/hosts/h1/cluster/etcd/data/*");
  const second = start("h1", "-q");
  await second.says(/Warning: etcd ended: .* belongs to another user \(1234\) \(run the agent as/);
});

test("two hosts of one name: the second is told who has it", async (start) => {
  start("h1");
  assert(await eventually(async () => await leader() === "h1", 60_000), "h1 does not lead");
  const second = start("h1", "-q", "--prefix", "/tmp/mgmt-second", "--seeds", OWN, ...ELSEWHERE);
  await second.says("Warning: the name h1 is taken by another host of this cluster (member h1-");
});

test("a clock far off is said when a host joins", async (start) => {
  start("h1");
  assert(await eventually(async () => await leader() === "h1", 60_000), "h1 does not lead");
  using other = proxyWithClock(2379, 2 * 3600_000);
  const h2 = start("h2", "-q", "--seeds", addressOf(other), ...ELSEWHERE);
  await h2.says(/Warning: the clock of this host is (2 h|1 h 59 min).* behind that of http:\/\//);
});

/** Passes everything on, but what is said of the time in HTTP/1.1. */
function proxyWithClock(port: number, aheadMs: number): Deno.TcpListener & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const pass = async (from: Deno.TcpConn, to: Deno.TcpConn, change: (text: string) => string) => {
    const buffer = new Uint8Array(65_536);
    for (let first = true;; first = false) {
      const count = await from.read(buffer);
      if (count === null) break;
      const text = first ? new TextDecoder("latin1").decode(buffer.subarray(0, count)) : "";
      const isHttp1 = text.startsWith("HTTP/1.1");
      const bytes = isHttp1 ? new TextEncoder().encode(change(text)) : buffer.subarray(0, count);
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
    }
    await to.closeWrite();
  };
  const later = new Date(Date.now() + aheadMs).toUTCString();
  void (async () => {
    for await (const left of listener) {
      const right = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const each of [left, right]) open.add(each);
      pass(left, right, (text) => text).catch(() => {});
      pass(right, left, (text) => text.replace(/^Date: .*$/m, `Date: ${later}\r`)).catch(() => {});
    }
  })();
  const close = () => {
    listener.close();
    for (const each of open) each.close();
  };
  return Object.assign(listener, { [Symbol.dispose]: close });
}

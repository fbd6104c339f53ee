/**
 * What users meet who have little more than a name for their hosts: taken addresses, wrong seeds, and
 * garbage in the store.
 */

import { assert, assertEquals } from "@std/assert";
import { etcdPrograms } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { ON_HOST } from "../support/host_world.ts";
import { eventually } from "../support/processes.ts";
import { happened, happens } from "../support/json_run.ts";
import { mgmt, Program, shell } from "../support/program.ts";
import { keepUnpacked, shareUnpacked } from "../support/unpacked_etcd.ts";

assert(ON_HOST);

const GRAPH = "/tmp/mgmt-graph.yaml";
const OWN = "http://127.0.0.1:2379";
const ELSEWHERE = ["--client-urls", "127.0.0.1:2381", "--server-urls", "127.0.0.1:2382"];

type Start = (name: string, ...args: string[]) => Program;

/** A test that starts agents, which say what happens as JSON unless they are quiet, and have all gone afterwards, with all they kept. */
function test(name: string, run: (start: Start) => Promise<void>): void {
  Deno.test(name, async () => {
    const text = `graph: t\nresources: {file: [{name: /tmp/mgmt-made, content: made}]}\n`;
    await Deno.writeTextFile(GRAPH, text);
    const programs: Program[] = [];
    try {
      await run((host, ...args) => {
        shareUnpacked(host);
        const output = args.includes("-q") ? [] : ["--output", "json"];
        const program = new Program(["run", GRAPH, "--hostname", host, ...output, ...args]);
        programs.push(program);
        return program;
      });
    } catch (error) {
      throw new Error(
        `${error}\n${programs.map(({ stdout, stderr }) => stdout + stderr).join("\n--\n")}`,
      );
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
  const { client: isClient } = await happens(client, "joined");
  assertEquals(isClient, false, "a client by its own flags is no news");
  for (const program of [short, crowded]) {
    const joined = await happens(program, "joined");
    assertEquals([joined.client, joined.host, joined.url, joined.taken.url], [
      true,
      "h1",
      OWN,
      OWN,
    ]);
  }
  assertEquals((await short.ended()).code, 0);
});

test("a host that never runs etcd leaves the default address to the one that does", async (start) => {
  const client = start("h2", "--no-server");
  const warned = await happens(client, "waiting", ({ level }) => level === "warning");
  assertEquals([warned.why.code, warned.why.failure.code, warned.why.url], [
    "failed",
    "refused",
    OWN,
  ]);
  start("h1");
  const joined = await happens(client, "joined");
  assertEquals([joined.client, joined.host, joined.taken], [true, "h1", undefined]);
});

test("what answers at a seed is told: no etcd, no web server, no such name, nobody", async (start) => {
  using web = serve("HTTP/1.1 200 OK\r\nServer: shop/1.0\r\nContent-Length: 2\r\n\r\nhi");
  using ssh = serve("SSH-2.0-OpenSSH_9.2p1\r\n", true);
  const why = async (seed: string) => {
    const program = start("h1", "--insecure-plaintext", "--seeds", seed, ...ELSEWHERE);
    const warned = ({ level }: { level: string }) => level === "warning";
    const { why, seeds } = await happens(program, "waiting", warned);
    const { stdout, stderr } = await program.interrupt();
    assertEquals(happened({ stdout }, "waiting").filter(warned).length, 1, stdout);
    assert(!stderr.includes("Deprecation"), stderr);
    await Deno.stat("/var/lib/mgmt/hosts/h1/cluster/etcd/data").then(
      () => assert(false, "nothing is founded"),
      () => {},
    );
    return [seeds, why.code, why.url, why.failure?.code];
  };
  const port = freePort();
  const seeds: [string, string][] = [
    [addressOf(web), "stranger"],
    [addressOf(ssh), "stranger"],
    ["notahost.invalid:2379", "unknown-host"],
    [`127.0.0.1:${port}`, "refused"],
  ];
  for (const [seed, code] of seeds) {
    assertEquals(await why(seed), [true, "failed", `http://${seed}`, code]);
  }
});

test("an address that another has, or nobody has, is told as that", async (start) => {
  const warned = ({ level }: { level: string }) => level === "warning";
  const nowhere = "10.99.98.97:2379";
  const absent = start("h1", "--insecure-plaintext", "--client-urls", nowhere);
  const { why } = await happens(absent, "waiting", warned);
  assertEquals([why.code, why.url], ["own-address", `http://${nowhere}`]);
  assertEquals([why.failure.code, why.isThere], ["address-absent", undefined]);
  await absent.interrupt();
  using web = serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const taken = start("h1", "--client-urls", addressOf(web));
  const { why: other } = await happens(taken, "waiting", warned);
  assertEquals([other.code, other.url], ["own-address", `http://${addressOf(web)}`]);
  assertEquals([other.failure.code, other.isThere], ["address-taken", true]);
  assertEquals([other.other.code, other.other.failure.code], ["failed", "stranger"]);
  await taken.interrupt();
});

test("a taken peer port and a full disk are one clear line each", async (start) => {
  using peer = serve("");
  const why = async (program: Program) => {
    const { code } = await happens(program, "founding-failed", ({ level }) => level === "warning");
    await program.interrupt();
    return code;
  };
  assertEquals(await why(start("h1", "--server-urls", addressOf(peer))), "port-taken");
  await shell("mkdir /tmp/mgmt-small && mount -t tmpfs -o size=40m none /tmp/mgmt-small");
  try {
    assertEquals(await why(start("h1", "--prefix", "/tmp/mgmt-small/state")), "disk");
  } finally {
    await shell("umount /tmp/mgmt-small");
  }
  await happens(start("h1"), "leads");
});

test("a data directory of another user keeps etcd away, and says whose it is", async (start) => {
  const first = start("h1");
  await happens(first, "leads");
  await first.interrupt();
  await shell("chown 1234 /var/lib/mgmt/hosts/h1/cluster/etcd/data/*");
  const { level, end, code } = await happens(start("h1"), "etcd-ended");
  assertEquals([level, end, code], ["warning", "final", "data"]);
});

test("two hosts of one name: the second is told who has it", async (start) => {
  start("h1");
  assert(await eventually(async () => await leader() === "h1", 60_000), "h1 does not lead");
  const second = start("h1", "--prefix", "/tmp/mgmt-second", "--seeds", OWN, ...ELSEWHERE);
  const { failure } = await happens(second, "outcast", ({ failure }) => failure !== undefined);
  assertEquals(failure.code, "name-taken");
});

test("a clock far off is said when a host joins", async (start) => {
  start("h1");
  assert(await eventually(async () => await leader() === "h1", 60_000), "h1 does not lead");
  using other = proxyWithClock(2379, 2 * 3600_000);
  const h2 = start("h2", "--seeds", addressOf(other), ...ELSEWHERE);
  const { level, aheadMs, url } = await happens(h2, "clocks-apart");
  assertEquals([level, url], ["warning", `http://${addressOf(other)}`]);
  assert(aheadMs < -1.9 * 3600_000 && aheadMs > -2.1 * 3600_000, `${aheadMs}`);
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

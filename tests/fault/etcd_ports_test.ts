// both runtimes: etcd's runner asks it over TLS, which differs from one to the other

import { assert, assertEquals, assertMatch } from "@std/assert";
import net from "node:net";
import tls from "node:tls";
import { join } from "node:path";
import type { TlsCredentials } from "../../src/base/credentials.ts";
import { readSnapshot } from "../../src/etcd/client/snapshot.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import { runAlone } from "../../src/etcd/server/recover.ts";
import { createLocalHost } from "../../src/host/local.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { EtcdBench } from "../support/etcd_bench.ts";
import { etcdPrograms, eventually } from "../support/etcd.ts";
import { shell } from "../support/program.ts";
import { TlsFiles } from "../support/tls_files.ts";

function test(name: string, run: (bench: EtcdBench, files: TlsFiles) => Promise<void>): void {
  Deno.test({
    name,
    // On one runtime what a connection leaves behind is seen after its end.
    ...{ sanitizeOps: false, sanitizeResources: false },
    fn: async () => {
      using files = await TlsFiles.make();
      await using bench = new EtcdBench(undefined, files);
      bench.runner().wish(bench.start("m1"));
      await bench.hears("runs m1");
      await run(bench, files);
    },
  });
}

/** Pages that etcd has at one port or the other, or had once. */
const PAGES = [
  ..."/version /health /readyz /livez /metrics /members /config/local/log /debug/vars".split(" "),
  ..."/debug/pprof/ /raft /raft/probing /leases /v2/keys /v3/kv/range /downgrade/enabled /".split(
    " ",
  ),
];

/** How somebody comes to a port: in plain text, or over TLS with a certificate or without. */
type Visitor = "plain" | "nameless" | TlsCredentials;

/** Who is let in is answered, however busy the machine is; who is not may be left without a word. */
const ANSWER_MS = 60_000;
const SILENCE_MS = 2000;

/** All that is said there to a question; over TLS what is said inside of it. */
function visit(
  port: number,
  visitor: Visitor,
  question: string,
  limitMs = SILENCE_MS,
): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const shown = typeof visitor === "object"
      ? { cert: visitor.cert.text, key: visitor.key.text, ca: visitor.ca.text }
      : {};
    const place = { host: "127.0.0.1", port };
    const socket = visitor === "plain"
      ? net.connect(place)
      : tls.connect({ ...place, ...shown, rejectUnauthorized: false });
    const timer = setTimeout(() => socket.destroy(), limitMs);
    socket.on(visitor === "plain" ? "connect" : "secureConnect", () => socket.write(question));
    socket.on("data", (bytes) => said += bytes.toString("latin1"));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

const page = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

/** The ports that a process listens at. */
async function portsOf(pid: number): Promise<number[]> {
  const lines = (await shell("ss -ltnp")).split("\n").filter((line) =>
    line.includes(`pid=${pid},`)
  );
  return lines.map((line) => Number(/:(\d+) /.exec(line)?.[1])).sort();
}

test("who has no certificate gets nothing at any port of etcd", async (bench, files) => {
  using others = await TlsFiles.make();
  const wanted = [bench.clientUrl, bench.peerUrl].map((url) => Number(new URL(url).port));
  const ports = await portsOf(bench.running().pid);
  assertEquals(ports, wanted.sort());
  const strangers: Visitor[] = ["plain", "nameless", { ...others.client(), ca: files.ca }];
  const questions = [...PAGES.map(page), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\0"];
  const got = await Promise.all(
    ports.flatMap((port) => strangers.flatMap((who) => questions.map((q) => visit(port, who, q)))),
  );
  // What comes before the handshake is over, as etcd's own protocol begins with a word of the server.
  assertEquals(got.filter((said) => /HTTP|etcd|member|[A-Za-z]{4}/.test(said)), []);
  const client = Number(new URL(bench.clientUrl).port);
  assertMatch(
    await visit(client, files.client(), page("/version"), ANSWER_MS),
    /"etcdserver":"3\.6\./,
  );
});

test("a certificate of a host opens no port of members", async (bench, files) => {
  const peer = Number(new URL(bench.peerUrl).port);
  for (const name of ["agent", "root"]) {
    const got = await Promise.all(PAGES.map((path) => visit(peer, files.client(name), page(path))));
    assertEquals(got.filter((said) => said !== ""), [], name);
  }
  const member = { ...files.client("peer") };
  assertMatch(await visit(peer, member, page("/members"), ANSWER_MS), /"name":"m1"/);
});

test(
  "whose certificate is listed as one that counts no more is let in nowhere",
  async (bench, files) => {
    const ctl = (name: string, seconds: number) => {
      const { ca, cert, key } = files.client(name);
      const shown = `--cacert ${ca.path} --cert ${cert.path} --key ${key.path}`;
      const etcdctl = join(etcdPrograms(), "etcdctl");
      return shell(
        `${etcdctl} --endpoints ${bench.clientUrl} ${shown} --command-timeout ${seconds}s get a`,
      );
    };
    assertEquals(await ctl("agent", 60), "");
    await files.list("agent");
    await eventually(
      async () => (await ctl("agent", 1)).includes("context deadline exceeded"),
      () => "a revoked certificate is still accepted",
    );
    assertEquals(await ctl("root", 60), "");
  },
);

test("an etcd that runs is asked whether it answers with the certificate of its host", async (bench) => {
  const before = bench.running().pid;
  // A second agent of the same prefix, as after kill -9.
  bench.runner().wish(bench.start("m1", "ran"));
  await bench.hears("says");
  assert(
    bench.told.some((line) => /goes on|taken over|adopt|found/i.test(line)),
    bench.told.join(),
  );
  assertEquals(bench.running().pid, before);
});

Deno.test({
  name:
    "an etcd that is alone to be mended or filled is asked over TLS, and a snapshot of it is read",
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: async () => {
    using files = await TlsFiles.make();
    const directory = Deno.makeTempDirSync({ prefix: "mgmt-alone-" });
    Deno.env.set("PATH", `${etcdPrograms()}:${Deno.env.get("PATH")}`);
    const host = createLocalHost({ prefix: undefined, warn: () => {} });
    const { clock, network, processes } = host;
    const credentials = files.client();
    const options = { directory, name: "m1", clock, network, processes, credentials };
    let bytes = 0;
    try {
      const use = async (clientUrl: string) => {
        assertMatch(clientUrl, /^https:/);
        const address = { clientUrls: [clientUrl], credentials };
        const store = openEtcdStore(address, { clock, onHttp2Break });
        const written = await store.put("/test/a", "x", { deadlineMs: 5000 });
        store.close();
        if (!written.ok) return written.failure;
        const read = await readSnapshot(address, clock, (piece) => {
          bytes += piece.length;
          return Promise.resolve(undefined);
        });
        return read.ok ? undefined : read.failure;
      };
      assertEquals(await runAlone({ ...options, member: files.member }, "new", use), undefined);
      assertEquals(await runAlone({ ...options, member: files.member }, "only", use), undefined);
      assert(bytes > 20_000, `${bytes} bytes are no snapshot`);
      // Without certificates for etcd nothing is started in plain text beside a host that has some.
      const plain = await runAlone(options, "only", () => Promise.resolve(undefined));
      assertEquals(plain?.code, "speaks-plain");
    } finally {
      await host.close();
      await Deno.remove(directory, { recursive: true });
    }
  },
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { helloDoor } from "../../src/app/cluster/hello_door.ts";
import { createLocalHost } from "../../src/host/local.ts";
import { freeUrl } from "../support/etcd.ts";
import { EtcdBench } from "../support/etcd_bench.ts";
import { within } from "../support/program.ts";

function test(name: string, run: (bench: EtcdBench) => Promise<void>): void {
  Deno.test({
    name,
    // On one runtime a child that was left alone counts as left behind.
    ...{ sanitizeOps: false, sanitizeResources: false },
    fn: async () => {
      await using bench = new EtcdBench();
      await run(bench);
    },
  });
}

test("an address that another program has is a clear line, and nothing is made", async (bench) => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: Number(new URL(bench.peerUrl).port) });
  try {
    bench.runner().wish(bench.start("a-00000001"));
    await bench.hears("ended");
  } finally {
    taken.close();
  }
  assertMatch(
    bench.told.join(),
    /^ended a-00000001 unstarted etcd cannot listen at http:\/\/127\.0\.0\.1:\d+: another program does \(/,
  );
  assertEquals([...Deno.readDirSync(bench.directory)], []);
});

test("an etcd whose address another one took meanwhile does not run, whoever answers there", async (bench) => {
  const go = `${bench.directory}/go`;
  await bench.withProgram(
    `until [ -e ${go} ]; do sleep 0.05; done; echo listen tcp: bind: address already in use`,
    async () => {
      bench.runner().wish(bench.start("a-00000001"));
      await within(30_000, () => bench.entry() !== undefined, "it was not started");
      let asked = 0;
      const port = Number(new URL(bench.clientUrl).port);
      await using _other = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => {
        asked++;
        return new Response(JSON.stringify({ etcdserver: "3.6.16" }));
      });
      await within(30_000, () => asked > 2, "nobody asks who answers there");
      Deno.writeTextFileSync(go, "");
      await bench.hears("ended");
    },
  );
  assertEquals(bench.told.map((line) => line.split(" ", 3).join(" ")), [
    "ended a-00000001 unstarted",
  ]);
});

test("a local address is answered at, and members are not told of it", async (bench) => {
  const local = freeUrl();
  bench.runner([local]).wish(bench.start("a-00000001"));
  await bench.hears("runs");
  assertMatch(await (await fetch(`${local}/version`)).text(), /etcdserver/);
  const members = await (await fetch(`${bench.peerUrl}/members`)).json();
  assertEquals(members.map((each: { clientURLs: string[] }) => each.clientURLs), [[
    bench.clientUrl,
  ]]);
});

test("a seed that is a member's peer port is told as that, with the address to give", async (bench) => {
  bench.runner().wish(bench.start("a-00000001"));
  await bench.hears("runs");
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  try {
    const hello = { id: "x", cluster: "none", clientUrls: [], hosts: [], endpoints: [] };
    const [peer, client] = await Promise.all(
      [bench.peerUrl, bench.clientUrl].map((url) =>
        helloDoor(host.network, { credentials: "none", listenAt: [] }).ask(url, hello, 5000)
      ),
    );
    assert(peer?.ok === false && client?.ok === false);
    assertEquals(
      peer.failure.message,
      `${bench.peerUrl} is a --server-urls (peer) port; give its --client-urls, ${bench.clientUrl}`,
    );
    assertEquals(client.failure.code, "etcd");
  } finally {
    await host.close();
  }
});

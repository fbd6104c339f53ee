// both runtimes: TLS and HTTP/2 differ from one to the other

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { CertifiedFiles, Credentials } from "../../src/base/credentials.ts";
import type { Failure, Result } from "../../src/base/result.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { eventually, freeUrl } from "../support/etcd.ts";
import { EtcdWorld } from "../support/etcd_world.ts";
import { freePort } from "../support/free_port.ts";
import { Heard, OPTIONS, storeContract, valueOf } from "../support/store_contract.ts";
import { TlsFiles } from "../support/tls_files.ts";
import { within } from "../support/program.ts";
import { prefixRange } from "../../src/cluster/store/keys.ts";

/** On one runtime gRPC's own timers count as left behind. */
const TOLERANT = { sanitizeOps: false, sanitizeResources: false };

storeContract("etcd over TLS", () => EtcdWorld.startTls(), TOLERANT);

function test(name: string, run: (world: EtcdWorld, tls: TlsFiles) => Promise<void>): void {
  Deno.test({
    name,
    ...TOLERANT,
    fn: async () => {
      await using world = await EtcdWorld.startTls();
      assert(world.tls !== undefined);
      await run(world, world.tls);
    },
  });
}

function failed(result: Result<unknown>): Failure {
  assert(!result.ok, "it was done");
  return result.failure;
}

/** What comes of a read and a write with these credentials. */
async function asked(
  world: EtcdWorld,
  credentials: Credentials,
  clientUrls = world.endpoints,
): Promise<Failure> {
  const store = world.open({ clientUrls, credentials });
  const read = failed(await store.get("/test/a", OPTIONS));
  const written = failed(await store.put("/test/a", "x", OPTIONS));
  assertEquals(written.message.replace("write", "read"), read.message);
  // etcd is asked with a connection that stands, and may say no only then: so nobody knows.
  assertMatch(written.code ?? "", new RegExp(`^(unavailable|${read.code})$`));
  return read;
}

const CLIENT = "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth";
const SERVER = "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=";

test("etcd says why it does not accept a certificate", async (world, tls) => {
  using others = await TlsFiles.make();
  await tls.odd("expired", { subject: "/CN=root", extensions: CLIENT, until: 2021 });
  await tls.odd("server-only", { subject: "/CN=root", extensions: `${SERVER}DNS:root` });
  const stranger = { ...others.client(), ca: tls.ca };
  const said = {
    stranger: await asked(world, stranger),
    expired: await asked(world, tls.client("expired")),
    serverOnly: await asked(world, tls.client("server-only")),
  };
  for (const { code } of Object.values(said)) assertEquals(code, "untrusted");
  const [url] = world.endpoints;
  assertEquals(
    said.stranger.message,
    `cannot read /test/a at ${url}: it does not accept this host's certificate, which another cluster's authority signed`,
  );
  assertStringIncludes(said.expired.message, "this host's certificate has expired there");
  assertStringIncludes(said.serverOnly.message, "it refuses this host's certificate");
});

test(
  "who was cast out is told that nobody takes its certificate, and is served again where that counts",
  async (world, tls) => {
    await tls.certify("mine", { type: "root" });
    await tls.list("mine");
    const refused = await asked(world, tls.client("mine"));
    assertEquals(refused.code, "revoked", refused.message);
    assertStringIncludes(refused.message, "it takes no connection with this host's certificate");
    assertStringIncludes(refused.hint ?? "", "mgmt run --token-file FILE");
    valueOf(await world.open({ credentials: tls.client() }).get("/test/a", OPTIONS));
    await tls.certify("mine", { type: "root" });
    valueOf(await world.open({ credentials: tls.client("mine") }).get("/test/a", OPTIONS));
  },
);

/** Somebody who answers as TLS does, with that certificate. */
async function answering(
  { cert, key }: CertifiedFiles,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const more = { cert: cert.text, key: key.text, alpnProtocols: ["h2"] };
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...more });
  const open = new Set<Deno.Conn>();
  const accepting = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      void connection.handshake().catch(() => {});
    }
  })();
  await use(`https://127.0.0.1:${listener.addr.port}`);
  listener.close();
  await accepting.catch(() => {});
  for (const connection of open) connection.close();
}

test(
  "what is wrong with the certificate of an etcd is said, and nothing is sent",
  async (world, tls) => {
    using others = await TlsFiles.make();
    const names = "DNS:mgmt-etcd,IP:127.0.0.1";
    const odd = (name: string, from: number, until: number, extensions = `${SERVER}${names}`) =>
      tls.odd(name, { subject: "/CN=x", from, until, extensions });
    const cases: [CertifiedFiles, string][] = [
      [await odd("old", 2001, 2002), "its certificate has expired (2002-01-01)"],
      [await odd("early", 2090, 2091), "its certificate is not valid before 2090-01-01"],
      [others.files("server"), "its certificate was not signed by this host's cluster"],
      [tls.files("peer"), "its certificate is for 127.0.0.1, "],
      [
        await odd("agent", 2000, 2090, `${CLIENT}\nsubjectAltName=${names}`),
        "its certificate is none of a server",
      ],
    ];
    for (const [shown, why] of cases) {
      await answering(shown, async (url) => {
        const { code, message } = await asked(world, tls.client(), [url]);
        assertEquals(code, "untrusted", message);
        assertStringIncludes(message, `cannot read /test/a at ${url}: ${why}`);
      });
    }
  },
);

test("plain text and TLS that meet say so, and a host goes on where it can", async (world, tls) => {
  await using plain = await EtcdWorld.start();
  const [plainUrl = ""] = plain.endpoints;
  const [url = ""] = world.endpoints;
  const secured = plainUrl.replace("http:", "https:");
  const toPlain = await asked(world, tls.client(), [secured]);
  assertEquals(toPlain.code, "speaks-plain");
  assertStringIncludes(toPlain.message, `${secured}: what answers there speaks plain text`);
  const toTls = await asked(world, "none", [url.replace("https:", "http:")]);
  assertEquals(toTls.code, "speaks-tls");
  assertStringIncludes(toTls.message, "what answers there speaks TLS, and this host has no cert");
  // Not even tried.
  assertEquals((await asked(world, tls.client(), [plainUrl])).code, "speaks-plain");
  assertEquals((await asked(world, "none", [url])).code, "speaks-tls");
  const both = world.open({ clientUrls: [plainUrl, secured, freeUrl("https"), url] });
  valueOf(await both.put("/test/a", "1", OPTIONS));
});

test(
  "who nobody is at, and who only takes connections, is no matter of TLS",
  async (world, tls) => {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const nobody = [`https://127.0.0.1:${freePort()}`];
    assertEquals((await asked(world, tls.client(), nobody)).code, "unavailable");
    const mute = world.open({ clientUrls: [`https://127.0.0.1:${silent.addr.port}`] });
    const began = performance.now();
    const read = failed(await mute.get("/test/a", { deadlineMs: 1000 }));
    assert(performance.now() - began < 20_000, "a handshake that never ends is waited for");
    assertMatch(read.code ?? "", /^(unavailable|deadline)$/);
  },
);

test(
  "a certificate that is replaced on the disk is shown from the next connection on",
  async (world, tls) => {
    using others = await TlsFiles.make();
    const { cert, key } = others.files("root");
    tls.pair("mine", { cert: cert.text, key: key.text });
    const store = world.open({ credentials: tls.client("mine") });
    assertEquals(failed(await store.get("/test/a", OPTIONS)).code, "untrusted");
    await tls.certify("mine", { type: "root" });
    await eventually(
      async () => (await store.get("/test/a", OPTIONS)).ok,
      () => "the new certificate is not shown",
    );
  },
);

test(
  "half of a renewal is not shown: key and certificate are replaced together or not at all",
  async (world, tls) => {
    await tls.certify("mine", { type: "root" });
    const store = world.open({ credentials: tls.client("mine") });
    valueOf(await store.get("/test/a", OPTIONS));
    const { cert } = await tls.certify("other", { type: "root" });
    Deno.writeTextFileSync(tls.files("mine").cert.path, cert.text);
    // Connections made now show what belongs together.
    store.setEndpoints([freeUrl("https")]);
    store.setEndpoints(world.endpoints);
    valueOf(await store.get("/test/a", OPTIONS));
  },
);

test(
  "a watch goes on over the death of etcd, with a certificate that was renewed meanwhile",
  async (world, tls) => {
    await tls.certify("mine", { type: "root" });
    const store = world.open({ credentials: tls.client("mine") });
    const [member] = world.cluster.members;
    const heard = new Heard();
    const { revision } = valueOf(await store.put("/test/a", "1", OPTIONS));
    store.watch(prefixRange("/test/"), revision + 1, heard.listener);
    valueOf(await store.put("/test/a", "2", OPTIONS));
    await within(60_000, () => heard.lines.length === 1, () => "the watch tells nothing");
    await member!.kill();
    await within(60_000, () => heard.broken.length === 1, () => "the watch does not end");
    await tls.certify("mine", { type: "root" });
    member!.start(world.cluster.initial());
    await insist(store);
  },
);

async function insist(store: Store): Promise<void> {
  await eventually(
    async () => (await store.put("/test/a", "3", OPTIONS)).ok,
    () => "it is not written again",
  );
}

test(
  "a host that lost its power in a handshake is found again when it is back",
  async (world, tls) => {
    const learner = world.cluster.add("late");
    const port = Number(new URL(learner.clientUrl).port);
    const silent = Deno.listen({ hostname: "127.0.0.1", port });
    const kept: Deno.Conn[] = [];
    const taking = (async () => {
      for await (const connection of silent) kept.push(connection);
    })().catch(() => {});
    const store = world.open({ clientUrls: [learner.clientUrl], credentials: tls.client() });
    try {
      await eventually(async () => {
        assertEquals(failed(await store.get("/test/a", { deadlineMs: 500 })).code, "unavailable");
        return kept.length > 0;
      }, () => "it was not connected to");
      silent.close();
      await taking;
      const first = world.open();
      valueOf(await first.addLearner([learner.peerUrl], OPTIONS));
      learner.start(world.cluster.initial(), "existing");
      // What was begun with the one that is gone stays open all the time: nobody says that it is over.
      await eventually(
        async () => (await store.status(learner.clientUrl, { deadlineMs: 500 })).ok,
        () => "it is not found again",
      );
    } finally {
      for (const connection of kept) connection.close();
    }
  },
);

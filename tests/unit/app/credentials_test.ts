// both runtimes: it listens, and loads the client of etcd

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { MemberCredentials, TlsCredentials } from "../../../src/base/credentials.ts";
import { fail, type Result } from "../../../src/base/result.ts";
import { helloDoor } from "../../../src/app/cluster/hello_door.ts";
import { openStore } from "../../../src/app/cluster/open_store.ts";
import type { Hello } from "../../../src/cluster/agent/hello.ts";
import { farClock } from "../../../src/cluster/admin/clock_check.ts";
import { EtcdRunner } from "../../../src/etcd/server/runner.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import type { Network, PageRequest } from "../../../src/os/network/network.ts";
import { at } from "../../support/address.ts";

const pem = (name: string) => ({ path: `/etc/tls/${name}.pem`, text: name });
/** What no way of speaking may lose on its way. */
const CREDENTIALS: TlsCredentials = {
  ...{ ca: pem("ca"), cert: pem("cert"), key: pem("key") },
  serverName: "cluster.example",
};
const HELLO: Hello = { id: "me", cluster: "none", clientUrls: [], hosts: [], endpoints: [] };
const MEMBER: MemberCredentials = {
  ca: pem("ca"),
  ...{ server: { cert: pem("server"), key: pem("key") } },
  ...{ peer: { cert: pem("peer"), key: pem("key") }, revokedPath: "/etc/tls/crl.der" },
};
/** Where nobody listens. */
const PLAIN = "http://127.0.0.1:9";
const SECURE = "https://127.0.0.1:9";

const { clock, network, processes } = createLocalHost({ prefix: undefined, warn: () => {} });

/** A network that notes what it is asked. */
function noting(asked: PageRequest[]): Network {
  return {
    ...network,
    get: (request) => {
      asked.push(request);
      return Promise.resolve(fail("nobody"));
    },
  };
}

function refusedAs(code: string, result: Result<unknown>): void {
  assert(!result.ok, "it went on");
  assertEquals(result.failure.code, code);
}

Deno.test("with credentials no way of speaking goes on in plain text", async () => {
  const store = await openStore({ clientUrls: [PLAIN], credentials: CREDENTIALS }, clock);
  refusedAs("speaks-plain", await store.members({ deadlineMs: 2000 }));
  refusedAs("speaks-plain", await store.status(PLAIN, { deadlineMs: 2000 }));
  store.close();
  const url = new URL(`${PLAIN}/version`);
  const more = { credentials: CREDENTIALS, timeoutMs: 2000, bodyBytes: 1 };
  refusedAs("speaks-plain", await network.get({ url, ...more }));
  const place = { credentials: CREDENTIALS, member: MEMBER };
  const listenAt = [at("http://127.0.0.1:0")];
  refusedAs("speaks-plain", helloDoor(network, { ...place, listenAt }).serve(() => ""));
  assertEquals(await startedWith(PLAIN, MEMBER), [
    `unstarted: cannot start etcd: ${PLAIN} is plain text, and this host's cluster speaks TLS ` +
    "(write https:// in place of http://)",
  ]);
});

Deno.test("without credentials no way of speaking tries TLS", async () => {
  const store = await openStore({ clientUrls: [SECURE], credentials: "none" }, clock);
  refusedAs("speaks-tls", await store.members({ deadlineMs: 2000 }));
  store.close();
  const url = new URL(`${SECURE}/version`);
  const asked = await network.get({ url, credentials: "none", timeoutMs: 2000, bodyBytes: 1 });
  refusedAs("speaks-tls", asked);
  const place = { credentials: "none", listenAt: [at("https://127.0.0.1:0")] } as const;
  refusedAs("speaks-tls", helloDoor(network, place).serve(() => ""));
  const [end = ""] = await startedWith(SECURE, "none");
  assertStringIncludes(end, `cannot start etcd: ${SECURE} speaks TLS, and this host has no cert`);
});

Deno.test("whoever asks other hosts hands the credentials to HTTP", async () => {
  const asked: PageRequest[] = [];
  const noted = noting(asked);
  const door = helloDoor(noted, { credentials: CREDENTIALS, listenAt: [] });
  await door.ask(SECURE, HELLO, 2000);
  const asker = { clock, network: noted, credentials: CREDENTIALS };
  await farClock([SECURE], asker, new AbortController().signal);
  assertEquals(asked.map(({ credentials }) => credentials === CREDENTIALS), [true, true]);
});

/** What becomes of an etcd that is to listen there, and shows that. */
async function startedWith(url: string, member: MemberCredentials | "none"): Promise<string[]> {
  const ends: string[] = [];
  const runner = new EtcdRunner({
    directory: "/nonexistent/mgmt",
    ...{ clientUrls: [url], peerUrls: [url], listenClients: [at(url)], listenPeers: [at(url)] },
    ...{ credentials: CREDENTIALS, member, clock, network, processes },
    listener: { runs: () => {}, ended: (_, end, message) => ends.push(`${end}: ${message}`) },
    tell: (news) => {
      if (news.what === "trouble") ends.push(news.failure.message);
    },
  });
  runner.wish({ name: "h1", initialCluster: [{ name: "h1", url }], state: "new" });
  await runner.prepare();
  await runner.close();
  return ends;
}

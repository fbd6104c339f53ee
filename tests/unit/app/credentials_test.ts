// both runtimes: it listens, and loads the client of etcd

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { TlsCredentials } from "../../../src/base/credentials.ts";
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
/** Where nobody listens. */
const NOWHERE = "http://127.0.0.1:9";

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

function refusedAsTls(result: Result<unknown>): void {
  assert(!result.ok, "it went on without the credentials");
  assertEquals(result.failure.code, "tls-not-yet");
  assertStringIncludes(result.failure.message, CREDENTIALS.cert.path);
}

Deno.test("the store is given the credentials, and opens no connection without them", async () => {
  const address = { clientUrls: [NOWHERE], credentials: CREDENTIALS };
  const store = await openStore(address, clock);
  refusedAsTls(await store.members({ deadlineMs: 2000 }));
  refusedAsTls(await store.status(NOWHERE, { deadlineMs: 2000 }));
  store.close();
});

Deno.test("a page over HTTP is asked for with the credentials, and not without them", async () => {
  const url = new URL(`${NOWHERE}/version`);
  const asked = await network.get({ url, credentials: CREDENTIALS, timeoutMs: 2000, bodyBytes: 1 });
  refusedAsTls(asked);
});

Deno.test("whoever asks other hosts hands the credentials to HTTP", async () => {
  const asked: PageRequest[] = [];
  const noted = noting(asked);
  const door = helloDoor(noted, { credentials: CREDENTIALS, listenAt: [] });
  await door.ask(NOWHERE, HELLO, 2000);
  const asker = { clock, network: noted, credentials: CREDENTIALS };
  await farClock([NOWHERE], asker, new AbortController().signal);
  assertEquals(asked.map(({ credentials }) => credentials === CREDENTIALS), [true, true]);
});

Deno.test("the listener of hello is given the credentials, and does not listen without them", () => {
  const place = { credentials: CREDENTIALS, listenAt: [at("http://127.0.0.1:0")] };
  refusedAsTls(helloDoor(network, place).serve(() => ""));
});

Deno.test("etcd is given the credentials, and is not started without them", async () => {
  const ends: string[] = [];
  const runner = new EtcdRunner({
    directory: "/nonexistent/mgmt",
    ...{ clientUrls: [NOWHERE], peerUrls: ["http://127.0.0.1:8"] },
    ...{ listenClients: [at(NOWHERE)], listenPeers: [at("http://127.0.0.1:8")] },
    ...{ credentials: CREDENTIALS, clock, network, processes },
    listener: { runs: () => {}, ended: (_, end, message) => ends.push(`${end}: ${message}`) },
    tell: (news) => {
      if (news.what === "trouble") ends.push(news.failure.message);
    },
  });
  const initialCluster = [{ name: "h1", url: "http://127.0.0.1:8" }];
  runner.wish({ name: "h1", initialCluster, state: "new" });
  await runner.prepare();
  await runner.close();
  assertEquals(ends.length, 1, ends.join());
  assertStringIncludes(ends[0]!, `unstarted: cannot start etcd: the certificate /etc/tls/cert.pem`);
});

Deno.test("an address with https goes as far as the connection, and is refused there", async () => {
  const secure = "https://127.0.0.1:9";
  const store = await openStore({ clientUrls: [secure], credentials: "none" }, clock);
  const members = await store.members({ deadlineMs: 2000 });
  store.close();
  const door = helloDoor(network, { credentials: "none", listenAt: [at(secure)] }).serve(() => "");
  for (const each of [members, door]) {
    assert(!each.ok);
    assertEquals(each.failure.code, "tls-not-yet");
    assertStringIncludes(each.failure.message, `${secure}: only http is understood so far`);
  }
});

// both runtimes: TLS and HTTP/2 differ from one to the other

/** An etcd that others run, with TLS and users: who asks there, and what is said to whom it does not know. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { outsideCredentials, type OutsidePaths } from "../../src/os/network/tls/outside_files.ts";
import type { Failure, Result } from "../../src/base/result.ts";
import { prefixRange } from "../../src/cluster/store/keys.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { eventually } from "../support/etcd.ts";
import { OutsideEtcd } from "../support/outside_etcd.ts";
import { within } from "../support/program.ts";
import { Heard, OPTIONS, valueOf } from "../support/store_contract.ts";
import { unwrap } from "../support/unwrap.ts";

/** On one runtime gRPC's own timers count as left behind. */
const TOLERANT = { sanitizeOps: false, sanitizeResources: false };
const KEY = "/_mgmt/a";
const HOST = { clock: createLocalClock(), onHttp2Break };

function test(name: string, run: (etcd: OutsideEtcd) => Promise<void>, tls = true): void {
  Deno.test({
    name,
    ...TOLERANT,
    fn: async () => {
      await using etcd = await OutsideEtcd.start({ tls });
      await run(etcd);
    },
  });
}

/** Asks there with these files. */
async function asking<T>(
  { url }: OutsideEtcd,
  paths: OutsidePaths,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const address = { clientUrls: [url], ...unwrap(outsideCredentials(paths)) };
  const first = openEtcdStore(address, HOST);
  const members = await first.members(OPTIONS);
  first.close();
  // As a host asks that knows its cluster.
  const pinned = members.ok ? { clusterId: members.value.clusterId } : {};
  const store = openEtcdStore({ ...address, ...pinned }, HOST);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

function failed(result: Result<unknown>): Failure {
  assert(!result.ok, "it was done");
  return result.failure;
}

const refused = (etcd: OutsideEtcd, paths: OutsidePaths): Promise<Failure> =>
  asking(etcd, paths, async (store) => failed(await store.get(KEY, OPTIONS)));

test("with an authority, a certificate, or a password it is asked as any client asks", async (etcd) => {
  const cacert = etcd.at("ca.pem");
  const shown = { cacert, cert: etcd.at("client.pem"), key: etcd.at("client.key") };
  const written = async (paths: OutsidePaths) =>
    await asking(etcd, paths, async (store) => valueOf(await store.put(KEY, "1", OPTIONS)));
  await written({ cacert });
  await etcd.enableUsers();
  await written({ cacert, userFile: etcd.userFile("mgmt:right\n") });
  const nobody = await refused(etcd, { cacert });
  assertEquals(nobody.code, "unauthorized");
  assertStringIncludes(nobody.hint ?? "", "--user-file FILE");
  await etcd.restart({ tls: true, asksForCertificates: true });
  await written(shown);
  const without = await refused(etcd, { cacert });
  assertEquals(without.code, "untrusted", without.message);
  assertStringIncludes(without.hint ?? "", "--cert FILE --key FILE");
});

test("what is wrong with the files is said with their names, and what to do", async (etcd) => {
  await etcd.authority("other");
  await etcd.certify("strange", { subject: "/CN=mgmt", by: "other" });
  await etcd.certify("ended", { subject: "/CN=mgmt", ended: true });
  await etcd.restart({ tls: true, asksForCertificates: true });
  const [cacert, client] = [etcd.at("ca.pem"), etcd.at("client.pem")];
  const of = (name: string) => ({ cert: etcd.at(`${name}.pem`), key: etcd.at(`${name}.key`) });
  const cases: [OutsidePaths, string, string][] = [
    [
      { cacert: etcd.at("other.pem"), ...of("client") },
      "not signed by an authority in",
      "--cacert",
    ],
    [
      { cacert, ...of("strange") },
      `does not accept ${etcd.at("strange.pem")}`,
      "--trusted-ca-file",
    ],
    [{ cacert, ...of("ended") }, `${etcd.at("ended.pem")} has expired there`, "new certificate"],
  ];
  for (const [paths, message, hint] of cases) {
    const said = await refused(etcd, paths);
    assertEquals(said.code, "untrusted", said.message);
    assertStringIncludes(said.message, message);
    assertStringIncludes(said.hint ?? "", hint);
  }
  const mixed = failed(outsideCredentials({ cacert, cert: client, key: etcd.at("strange.key") }));
  assertStringIncludes(mixed.message, "is not that of the certificate");
});

test("a wrong password and a right to read alone are said as what they are", async (etcd) => {
  const cacert = etcd.at("ca.pem");
  await etcd.enableUsers("read");
  const wrong = await refused(etcd, { cacert, userFile: etcd.userFile("mgmt:wrong") });
  assertEquals(wrong.code, "unauthorized");
  assertStringIncludes(wrong.message, "invalid user ID or password");
  assertStringIncludes(wrong.hint ?? "", `correct the name or the password in ${etcd.at("user")}`);
  const userFile = etcd.userFile("mgmt:right");
  await asking(etcd, { cacert, userFile }, async (store) => {
    valueOf(await store.get(KEY, OPTIONS));
    const denied = failed(await store.put(KEY, "1", OPTIONS));
    assertEquals(denied.code, "unauthorized");
    assertStringIncludes(
      denied.hint ?? "",
      "etcdctl role grant-permission ROLE readwrite --prefix",
    );
  });
});

test("users that come and go while it is asked stop nobody who has a password", async (etcd) => {
  const paths = { cacert: etcd.at("ca.pem"), userFile: etcd.userFile("mgmt:right") };
  await asking(etcd, paths, async (store) => {
    // Nobody is asked who he is so far.
    valueOf(await store.put(KEY, "1", OPTIONS));
    await etcd.enableUsers();
    valueOf(await store.put(KEY, "2", OPTIONS));
    // etcd forgets at its start who has logged in.
    await etcd.restart({ tls: true });
    await eventually(async () => (await store.put(KEY, "3", OPTIONS)).ok, () => "no new login");
    await etcd.disableUsers();
    valueOf(await store.put(KEY, "4", OPTIONS));
    await etcd.control("auth", "enable");
    const heard = new Heard();
    const { revision } = valueOf(await store.put(KEY, "5", OPTIONS));
    store.watch(prefixRange("/_mgmt/"), revision + 1, heard.listener);
    valueOf(await store.put(KEY, "6", OPTIONS));
    await within(60_000, () => heard.lines.length === 1, () => "the watch tells nothing");
    assertEquals(heard.broken, []);
  });
});

test("TLS that ends, or begins, is said with what to do", async (etcd) => {
  await asking(etcd, { cacert: etcd.at("ca.pem") }, async (store) => {
    valueOf(await store.put(KEY, "1", OPTIONS));
    await etcd.restart({ tls: false });
    const said = failed(await store.get(KEY, { deadlineMs: 5000 }));
    assertEquals(said.code, "speaks-plain", said.message);
    assertStringIncludes(said.hint ?? "", "--insecure-plaintext");
  });
  await asking(etcd, { userFile: etcd.userFile("mgmt:right") }, async (store) => {
    valueOf(await store.put(KEY, "1", OPTIONS));
    await etcd.restart({ tls: true });
    const said = failed(await store.get(KEY, { deadlineMs: 5000 }));
    assertEquals(said.code, "speaks-tls", said.message);
    assertStringIncludes(said.hint ?? "", "--cacert");
  });
});

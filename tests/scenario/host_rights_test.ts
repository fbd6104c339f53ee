/** A host that has a certificate of its cluster, and not its secret: real agents, and a real etcd. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bindingKey, liveKey } from "../../src/cluster/store/keys.ts";
import { write } from "../../src/cluster/store/records.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { createLocalRandom } from "../../src/os/local_random.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { stateDirectory } from "../../src/os/state/state_directory.ts";
import { issue, openAuthority } from "../../src/trust/issuing.ts";
import { readSecret } from "../../src/trust/pem.ts";
import { readTrust, TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { eventually } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";
import { OPTIONS, valueOf } from "../support/store_contract.ts";
import { unwrap } from "../support/unwrap.ts";

const ID = "0123456789abcdef".repeat(2);

/** Exports a file, collects those of the others, and does something that one host at a time may do. */
function graphOf(directory: string, host: string): string {
  const path = `${directory}/${host}.yaml`;
  Deno.mkdirSync(`${directory}/at-${host}`);
  const text = `graph: ${host}
resources:
  file:
  - {name: "@@of-${host}", path: ${directory}/of-${host}, content: "of ${host}\\n"}
  exec:
  - name: once
    cmd: touch ${directory}/${host}-done
    shell: /bin/sh
    creates: ${directory}/${host}-done
    meta: {sema: ["fleet:once:1"]}
collect:
- {kind: file, pattern: ${directory}/at-${host}/}
`;
  Deno.writeTextFileSync(path, text);
  return path;
}

/** Gives a prefix what a host has once it was let in, without the secret. */
async function letIn(directory: string, host: string, by: string): Promise<void> {
  const { stdout } = await mgmt(["cluster", "secret", "--prefix", `${directory}/${by}`]);
  const secret = unwrap(readSecret(stdout));
  const authority = unwrap(await openAuthority(secret));
  const own = unwrap(await issue(authority, { type: "host", id: ID }, createLocalRandom()));
  const files = privateFiles(`${directory}/${host}/${TRUST_PLACE}`);
  unwrap(files.write("host.key", own.key));
  unwrap(files.write("host.pem", own.cert));
  unwrap(files.write("ca.pem", secret.cert));
  const theirs = JSON.parse(
    stateDirectory(`${directory}/${by}/cluster/state`).read("identity.json") ?? "{}",
  );
  const { clusterId, endpoints } = theirs;
  assert(clusterId !== undefined && endpoints.length > 0, JSON.stringify(theirs));
  const identity = JSON.stringify({ id: ID, clusterId, endpoints });
  unwrap(stateDirectory(`${directory}/${host}/cluster/state`).write("identity.json", identity));
}

/** The cluster's store as the host of that prefix sees it. */
function storeOf(directory: string, host: string, port: number): Store {
  const trust = unwrap(readTrust(privateFiles(`${directory}/${host}/${TRUST_PLACE}`)));
  assert(trust !== undefined);
  const clientUrls = [`https://127.0.0.1:${port}`];
  const place = { clientUrls, credentials: trust.credentials };
  return openEtcdStore(place, { clock: createLocalClock(), onHttp2Break });
}

Deno.test({
  name: "a host without the secret exchanges, asks and leaves like any other, and may do no more",
  // On one runtime gRPC's own timers count as left behind.
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: () =>
    inDirectory(async (directory) => {
      const [port, peer, own] = [freePort(), freePort(), freePort()];
      const run = (host: string, ...flags: string[]) =>
        new Program([
          ...["run", graphOf(directory, host), "--prefix", `${directory}/${host}`],
          ...["--hostname", host, ...flags],
        ]);
      const a = run("a", ...[
        ...["--tls", "--client-urls", `127.0.0.1:${port}`],
        ...["--server-urls", `127.0.0.1:${peer}`],
      ]);
      const at = (host: string, from: string) => contentOf(`${directory}/at-${host}/of-${from}`);
      let b: Program | undefined;
      let root: Store | undefined;
      const said = () => `a:\n${a.stderr}\nb:\n${b?.stderr}`;
      try {
        await within(60_000, () => contentOf(`${directory}/a-done`) !== undefined, said);
        await letIn(directory, "b", "a");
        root = storeOf(directory, "a", port);
        const store = root;
        // While the leader changes them nobody can say how they are.
        const roles = async () => {
          const rights = await store.readRights(OPTIONS);
          return rights.ok ? rights.value.users.get(ID)?.length ?? 0 : undefined;
        };
        const { enabled } = valueOf(await store.rightsStanding(OPTIONS));
        assertEquals(enabled, true, "rights were in force from the beginning");
        const bind = async () =>
          valueOf(await store.put(bindingKey("b"), write({ id: ID, role: "host" }), OPTIONS));
        await bind();
        await eventually(async () => await roles() === 2, said);
        b = run("b", "--seeds", `127.0.0.1:${port}`, "--client-urls", `127.0.0.1:${own}`);
        await within(60_000, () => at("b", "a") === "of a\n" && at("a", "b") === "of b\n", said);
        await within(60_000, () => contentOf(`${directory}/b-done`) !== undefined, said);

        const asB = (...words: string[]) => mgmt([...words, "--prefix", `${directory}/b`]);
        const members = await asB("members");
        assertEquals(members.code, 0, members.stderr);
        assertMatch(members.stdout, /^a +voter/m);
        assertMatch(members.stdout, /^b +client/m);
        const status = await asB("cluster", "status");
        assertEquals(status.code, 0, status.stderr);
        assertStringIncludes(status.stdout, "1 with a vote");
        const size = await asB("cluster", "size", "3");
        assertEquals(size.code, 1, size.stdout);
        assertStringIncludes(size.stderr, "permission denied");
        assert(!b.stderr.includes("denied"), b.stderr);

        // It is cast out, and let in again.
        await store.transact({
          when: [],
          then: [{ type: "delete", key: bindingKey("b") }],
        }, OPTIONS);
        await eventually(async () => await roles() === 0, said);
        await within(60_000, () =>
          b!.stderr.includes("gives this host no right to the name b"), said);
        const isThere = async () =>
          valueOf(await store.get(liveKey("b"), OPTIONS)).entry !== undefined;
        await eventually(async () =>
          !await isThere(), said);
        await bind();
        await eventually(isThere, said);

        const left = await asB("leave");
        assertEquals(left.code, 0, left.stderr + said());
        await eventually(async () =>
          await roles() === 0, said);
        const { entry } = valueOf(await store.get(bindingKey("b"), OPTIONS));
        assertEquals(entry, undefined, "its name is free");
        await within(60_000, () => at("a", "b") === undefined || a.stderr.includes("of-b"), said);
      } finally {
        root?.close();
        await Promise.all([a.interrupt(), b?.interrupt()]);
      }
    }),
});

Deno.test("a TLS cluster that is restored has its rights in force before anybody reaches it", () =>
  inDirectory(async (directory) => {
    const urls = [
      ...["--client-urls", `127.0.0.1:${freePort()}`, "--server-urls", `127.0.0.1:${freePort()}`],
    ];
    const prefix = ["--prefix", `${directory}/a`];
    const graph = graphOf(directory, "a");
    const start = (...more: string[]) =>
      new Program(["run", graph, ...prefix, "--hostname", "a", ...urls, ...more]);
    const first = start("--tls");
    const snapshot = `${directory}/snapshot`;
    try {
      await within(
        60_000,
        () => contentOf(`${directory}/a-done`) !== undefined,
        () => first.stderr,
      );
      const taken = await mgmt(["cluster", "snapshot", snapshot, ...prefix]);
      assertEquals(taken.code, 0, taken.stderr);
    } finally {
      await first.interrupt();
    }
    const restored = await mgmt(["cluster", "restore", snapshot, "--yes", "--force", ...prefix]);
    assertEquals(restored.code, 0, restored.stderr);
    const log = contentOf(`${directory}/a/cluster/etcd/etcd.log`) ?? "";
    // The first cluster said so once, the second for itself.
    assertEquals(log.match(/enabled authentication/g)?.length, 2, log.slice(-3000));
    const second = start();
    try {
      const members = () => mgmt(["members", ...prefix]);
      await eventually(
        async () => /^a +voter/m.test((await members()).stdout),
        () => second.stderr,
      );
    } finally {
      await second.interrupt();
    }
  }));

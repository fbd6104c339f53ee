/** What a run shows to the hosts of its cluster, made and found again at its start. */

import { existsSync } from "node:fs";
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import {
  type ClusterSettings,
  clusterSettings,
} from "../../../src/app/cluster/cluster_settings.ts";
import { prefixCredentials } from "../../../src/app/cluster/prefix_credentials.ts";
import { trustedSettings } from "../../../src/app/cluster/run_trust.ts";
import { readFlags } from "../../../src/app/flags.ts";
import { RUN_FLAGS } from "../../../src/app/run_flags.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";
import { createAuthority } from "../../../src/trust/issuing.ts";
import { namesIn } from "../../../src/trust/certificate.ts";
import { secretText } from "../../../src/trust/pem.ts";
import { inDirectory } from "../../support/program.ts";
import { unwrap } from "../../support/unwrap.ts";

const RANDOM = createLocalRandom();
const AWAY = { "client-urls": "10.0.0.1:2379", "server-urls": "10.0.0.1:2380" };

type Flags = Readonly<Record<string, string>>;

function told(given: Flags): ClusterSettings {
  const flags = new Map(Object.entries(given));
  const values = unwrap(readFlags(Object.values(RUN_FLAGS), { flags }));
  return unwrap(clusterSettings(values, { flags }));
}

const start = (prefix: string, flags: Flags) =>
  trustedSettings(told(flags), { prefix, earlier: prefix }, RANDOM);

const look = (prefix: string, flags: Flags) =>
  trustedSettings(told(flags), { prefix: undefined, earlier: prefix }, RANDOM);

/** The authority that it believes. */
function authority({ credentials }: ClusterSettings): string {
  assert(credentials !== "none");
  return credentials.ca.text;
}

async function secretFile(path: string, mode = 0o600): Promise<string> {
  await Deno.writeTextFile(path, secretText(await createAuthority(RANDOM)), { mode });
  return path;
}

function files(prefix: string): string[] {
  try {
    return [...Deno.readDirSync(`${prefix}/cluster/trust`)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

/** What this host is by its own word in its cluster. */
function keeps(prefix: string, identity: object): void {
  Deno.mkdirSync(`${prefix}/cluster/state`, { recursive: true });
  const text = JSON.stringify({ id: "0", endpoints: [], ...identity });
  Deno.writeTextFileSync(`${prefix}/cluster/state/identity.json`, text);
}

Deno.test("a host that founds alone makes a secret, and goes on with it without the flag", () =>
  inDirectory(async (prefix) => {
    const first = unwrap(await start(prefix, { tls: "true", ...AWAY }));
    assertEquals(first.clientUrls, ["https://10.0.0.1:2379"]);
    assertEquals([first.listenClients[0]?.scheme, first.listenPeers[0]?.scheme], [
      "https",
      "https",
    ]);
    assert(first.member !== "none");
    const second = unwrap(await start(prefix, { seeds: "10.0.0.2:2379,https://10.0.0.3:2379" }));
    assertEquals(second.seeds, ["https://10.0.0.2:2379", "https://10.0.0.3:2379"]);
    assertEquals([authority(second), second.speaks.why], [authority(first), "known"]);
    // A command shows the same.
    const { scheme, credentials } = unwrap(prefixCredentials(prefix));
    assert(credentials !== "none");
    assertEquals([scheme, credentials.ca.text], ["https", authority(first)]);
  }));

Deno.test("hosts with one secret believe one authority, also one whose disk was wiped", () =>
  inDirectory(async (directory) => {
    const flags = {
      ...AWAY,
      "secret-file": await secretFile(`${directory}/s`),
      "seeds": "10.0.0.2",
    };
    const [a, b] = [`${directory}/a`, `${directory}/b`];
    const first = unwrap(await start(a, flags));
    const second = unwrap(await start(b, flags));
    assertEquals(authority(first), authority(second));
    await Deno.remove(b, { recursive: true });
    assertEquals(authority(unwrap(await start(b, flags))), authority(first));
    // Given once more it changes nothing.
    const shown = Deno.readTextFileSync(`${a}/cluster/trust/host.pem`);
    unwrap(await start(a, flags));
    assertEquals(Deno.readTextFileSync(`${a}/cluster/trust/host.pem`), shown);
    // A unit goes on naming it when it is gone.
    await Deno.remove(`${directory}/s`);
    assertEquals(authority(unwrap(await start(a, flags))), authority(first));
    assert(!(await start(`${directory}/c`, flags)).ok);
  }));

Deno.test("a secret that others can read, or that is none, or is not there, is refused", () =>
  inDirectory(async (directory) => {
    const prefix = `${directory}/p`;
    const open = await secretFile(`${directory}/open`, 0o644);
    await Deno.writeTextFile(`${directory}/none`, "hello", { mode: 0o600 });
    for (
      const [path, why] of [
        [open, "others can read"],
        [`${directory}/none`, "no secret of a cluster"],
        [`${directory}/absent`, "there is no"],
      ] as const
    ) {
      const refused = await start(prefix, { "secret-file": path });
      assert(!refused.ok, path);
      assertStringIncludes(refused.failure.message, why);
    }
    assertEquals(files(prefix), []);
  }));

Deno.test("the secret of another cluster is refused to a host of one, and taken once it has left", () =>
  inDirectory(async (directory) => {
    const prefix = `${directory}/p`;
    const first = unwrap(await start(prefix, { tls: "true" }));
    keeps(prefix, { clusterId: "c" });
    const other = { "secret-file": await secretFile(`${directory}/s`) };
    const refused = await start(prefix, other);
    assert(!refused.ok);
    assertEquals(refused.failure.code, "other-cluster");
    keeps(prefix, {});
    assertNotEquals(authority(unwrap(await start(prefix, other))), authority(first));
  }));

Deno.test("certificates of etcd are for the addresses that the host has, and renewed when these change", () =>
  inDirectory(async (prefix) => {
    const certified = async (flags: Flags) => {
      const { member } = unwrap(await start(prefix, flags));
      assert(member !== "none");
      return [await namesIn(member.server.cert.text), await namesIn(member.peer.cert.text)];
    };
    for (const names of await certified({ tls: "true", ...AWAY })) {
      assert(names.includes("10.0.0.1") && !names.includes("10.0.0.9"), names.join());
    }
    const moved = {
      "client-urls": "0.0.0.0:2379",
      "advertise-client-urls": "h9.example:2379",
      "server-urls": "10.0.0.9:2380",
    };
    for (const names of await certified(moved)) {
      assert(names.includes("10.0.0.9") && names.includes("h9.example"), names.join());
      assert(!names.includes("0.0.0.0"), names.join());
    }
  }));

Deno.test("what only looks writes nothing, and shows what is there or what the secret makes of it", () =>
  inDirectory(async (directory) => {
    const [prefix, secret] = [`${directory}/p`, await secretFile(`${directory}/s`)];
    const passing = unwrap(await look(prefix, { "secret-file": secret, "seeds": "10.0.0.2" }));
    assertEquals([passing.seeds, passing.member, passing.server], [
      ["https://10.0.0.2:2379"],
      "none",
      false,
    ]);
    assertEquals(files(prefix), []);
    const own = unwrap(await start(prefix, { tls: "true" }));
    const before = files(prefix);
    assertEquals(authority(unwrap(await look(prefix, {}))), authority(own));
    assertEquals(files(prefix), before);
  }));

Deno.test("a plain run leaves no trust behind of one that was killed with its cluster, and touches no other", () =>
  inDirectory(async (prefix) => {
    unwrap(await start(prefix, { tls: "true" }));
    const member = { name: "h1-00000000.temporary", initialCluster: [], founds: true, ran: true };
    keeps(prefix, { member, temporary: { endpoints: [] } });
    const plain = unwrap(await start(prefix, { hostname: "h1" }));
    assertEquals([plain.speaks.scheme, plain.credentials, files(prefix)], ["http", "none", []]);
    const secure = unwrap(await start(prefix, { tls: "true" }));
    keeps(prefix, { temporary: { endpoints: [] } });
    assertEquals(authority(unwrap(await start(prefix, { hostname: "h1" }))), authority(secure));
  }));

Deno.test("who was killed on its way into one cluster and then founds another is none of the first's", () =>
  inDirectory(async (prefix) => {
    const trust = `${prefix}/cluster/trust`;
    Deno.mkdirSync(trust, { recursive: true, mode: 0o700 });
    const joined = { id: "1".repeat(32), clusterId: "abc", endpoints: ["https://10.0.0.9:2379"] };
    Deno.writeTextFileSync(`${trust}/joined.json`, JSON.stringify(joined), { mode: 0o600 });
    const flags = { ...AWAY, "secret-file": await secretFile(`${prefix}/s`) };
    unwrap(await start(prefix, flags));
    assertEquals(files(prefix).includes("joined.json"), false);
    unwrap(await start(prefix, flags));
    assertEquals(existsSync(`${prefix}/cluster/state/identity.json`), false);
  }));

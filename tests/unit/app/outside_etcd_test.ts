/** Who is told of an etcd that others run: what goes together, what counts, and what a prefix keeps of it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type ClusterSettings,
  clusterSettings,
} from "../../../src/app/cluster/cluster_settings.ts";
import { OUTSIDE } from "../../../src/app/cluster/disk.ts";
import { etcdctlEnv } from "../../../src/app/cluster/etcdctl_env.ts";
import { knownCluster } from "../../../src/app/cluster/known_cluster.ts";
import { prefixCredentials } from "../../../src/app/cluster/prefix_credentials.ts";
import { trustedSettings } from "../../../src/app/cluster/run_trust.ts";
import { readFlags } from "../../../src/app/flags.ts";
import { RUN_FLAGS } from "../../../src/app/run_flags.ts";
import type { Failure } from "../../../src/base/result.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";
import { createAuthority, issue, openAuthority } from "../../../src/trust/issuing.ts";
import { inDirectory } from "../../support/program.ts";
import { unwrap } from "../../support/unwrap.ts";

const RANDOM = createLocalRandom();
const FAR = "10.0.0.9:2379";

type Words = Readonly<Record<string, string>>;

/** A prefix, and the files of an administrator beside it. */
class Place {
  readonly prefix: string;

  constructor(readonly directory: string) {
    this.prefix = `${directory}/prefix`;
  }

  at(name: string): string {
    return `${this.directory}/${name}`;
  }

  write(name: string, text: string, mode = 0o600): string {
    Deno.writeTextFileSync(this.at(name), text, { mode });
    return this.at(name);
  }

  async start(flags: Words, environment: Words = {}) {
    const given = {
      flags: new Map(Object.entries(flags)),
      environment: (name: string) => environment[name],
    };
    const values = unwrap(readFlags(Object.values(RUN_FLAGS), given));
    const { prefix } = this;
    const settings = unwrap(clusterSettings(values, given));
    return await trustedSettings(settings, { prefix, earlier: prefix }, RANDOM);
  }

  async refused(flags: Words, environment: Words = {}): Promise<Failure> {
    const started = await this.start(flags, environment);
    assert(!started.ok, "it was accepted");
    return started.failure;
  }

  /** What this host is by its own word in its cluster, and what it was told of that. */
  keeps(identity: object, { outside }: Pick<ClusterSettings, "outside"> = {}): void {
    Deno.mkdirSync(`${this.prefix}/cluster/state`, { recursive: true });
    const text = JSON.stringify({ id: "0", endpoints: [], clusterId: "c", ...identity });
    Deno.writeTextFileSync(`${this.prefix}/cluster/state/identity.json`, text);
    if (outside !== undefined) {
      Deno.writeTextFileSync(`${this.prefix}/cluster/state/${OUTSIDE}`, outside);
    }
  }
}

function test(name: string, run: (place: Place) => Promise<void>): void {
  Deno.test(name, () =>
    inDirectory(async (directory) => {
      const place = new Place(directory);
      const { cert } = await createAuthority(RANDOM);
      place.write("ca", cert, 0o644);
      place.write("user", "mgmt:it is: secret\n");
      await run(place);
    }));
}

test("an authority and a user are what is shown; nobody runs etcd there", async (place) => {
  const flags = { seeds: FAR, cacert: place.at("ca"), "user-file": place.at("user") };
  const { seeds, server, user, credentials, speaks } = unwrap(await place.start(flags));
  assertEquals([seeds, server, speaks.why], [[`https://${FAR}`], false, "outside"]);
  assertEquals([user?.name, user?.password], ["mgmt", "it is: secret"]);
  assert(credentials !== "none" && credentials.outside === true);
  assertEquals(credentials.serverName, undefined);
});

test("the prefix keeps which files that were, and none of what is in them", async (place) => {
  const flags = { seeds: FAR, cacert: place.at("ca"), "user-file": place.at("user") };
  const first = unwrap(await place.start(flags));
  assert(!first.outside?.includes("secret") && !first.outside?.includes("CERTIFICATE"));
  place.keeps({ endpoints: [`https://${FAR}`] }, first);
  const again = unwrap(await place.start({ hostname: "h1" }));
  assertEquals([again.user?.name, again.speaks.why, again.server], ["mgmt", "outside", false]);
  // A command shows the same.
  const shown = unwrap(prefixCredentials(place.prefix));
  assertEquals([shown.scheme, shown.user?.name], ["https", "mgmt"]);
  const env = unwrap(etcdctlEnv({
    flags: new Map([["prefix", place.prefix]]),
    environment: () => undefined,
  }));
  assertStringIncludes(env, `export ETCDCTL_CACERT=${place.at("ca")};\nexport ETCDCTL_USER=mgmt;`);
  assert(!env.includes("secret") && !env.includes("export ETCDCTL_CERT"), env);
  // TLS was turned off there, and somebody says so.
  const plain = unwrap(await place.start({ seeds: FAR, "insecure-plaintext": "true" }));
  assertEquals([plain.speaks, plain.credentials], [{ scheme: "http", why: "asked" }, "none"]);
  Deno.removeSync(place.at("ca"));
  assertStringIncludes((await place.refused({ hostname: "h1" })).message, place.at("ca"));
});

test("what does not go together with such an etcd is refused with its name", async (place) => {
  const cacert = place.at("ca");
  const userFile = { "user-file": place.at("user") };
  const cases: [Words, string][] = [
    [{ seeds: FAR, cacert, "token-file": "/t" }, "--cacert and --token-file exclude each other"],
    [{ seeds: FAR, cacert, "secret-file": "/t" }, "--cacert and --secret-file exclude"],
    [{ seeds: FAR, cacert, tls: "true" }, "--cacert and --tls exclude"],
    [{ seeds: FAR, cacert, "insecure-plaintext": "true" }, "--cacert and --insecure-plaintext"],
    [{ seeds: FAR, cacert, "ideal-cluster-size": "3" }, "--cacert and --ideal-cluster-size"],
    [{ seeds: FAR, cacert, cert: cacert }, "--cert and --key belong together"],
    [{ seeds: FAR, cert: cacert, key: cacert }, "--cert: it is shown to nobody without --cacert"],
    [{ cacert }, "--cacert: nothing says where that etcd is"],
    [{ seeds: `http://${FAR}`, cacert }, "--cacert is for an etcd that speaks TLS"],
    [{ seeds: FAR, ...userFile }, "its password would go to http://10.0.0.9:2379 in plain text"],
    [{ seeds: `https://${FAR}`, ...userFile }, "nothing says whom this host believes there"],
    [{ seeds: FAR, cacert: place.at("user") }, "has no certificate in it"],
    [{ seeds: FAR, cacert, "user-file": place.write("odd", "name") }, "names no user"],
    [{ seeds: FAR, cacert, "user-file": place.write("open", "a:b", 0o644) }, "others can read"],
  ];
  for (const [flags, message] of cases) {
    const started = await place.start(flags);
    assertStringIncludes(started.ok ? JSON.stringify(flags) : started.failure.message, message);
  }
  Deno.chmodSync(cacert, 0o666);
  assertStringIncludes(
    (await place.refused({ seeds: FAR, cacert })).message,
    "others can write it",
  );
});

test("in plain text a password goes to this machine, or where that was said", async (place) => {
  const userFile = { "user-file": place.at("user") };
  const near = unwrap(await place.start({ seeds: "127.0.0.1:2379", ...userFile }));
  assertEquals([near.speaks.scheme, near.user?.name, near.server], ["http", "mgmt", false]);
  const far = unwrap(await place.start({ seeds: FAR, ...userFile, "insecure-plaintext": "true" }));
  assertEquals([far.speaks, far.user?.name], [{ scheme: "http", why: "asked" }, "mgmt"]);
});

test("etcdctl's names count where addresses are written with https, and nothing else says more", async (place) => {
  const names = { ETCDCTL_CACERT: place.at("ca"), ETCDCTL_USER: "a", ETCDCTL_PASSWORD: "b" };
  const at = { seeds: `https://${FAR}` };
  Deno.env.set("ETCDCTL_USER", "a");
  Deno.env.set("ETCDCTL_PASSWORD", "b");
  try {
    const said = unwrap(await place.start(at, names));
    assertEquals([said.speaks.why, said.user?.name], ["outside", "a"]);
    assert(!said.outside?.includes("password"));
    const plain = unwrap(await place.start({ seeds: "127.0.0.1:1", hostname: "h" }, names));
    assertEquals([plain.speaks.why, plain.user], ["loopback", undefined]);
    assertEquals((await place.refused({ seeds: FAR }, names)).code, "no-secret");
    const cacert = place.at("ca");
    const named = { ...names, ETCDCTL_ENDPOINTS: "https://10.0.0.7:2379,10.0.0.8:2379" };
    const { seeds } = unwrap(await place.start({ cacert }, named));
    assertEquals(seeds, ["https://10.0.0.7:2379", "https://10.0.0.8:2379"]);
    place.keeps({ member: { name: "h-00000000" } });
    const own = unwrap(await place.start({ hostname: "h" }, named));
    assertEquals(own.speaks.scheme, "http");
  } finally {
    Deno.env.delete("ETCDCTL_USER");
    Deno.env.delete("ETCDCTL_PASSWORD");
  }
});

test("who runs etcd in a cluster of mgmt's own is no client of another", async (place) => {
  // Also where it was a client of one before it was restored.
  place.keeps({ member: { name: "h-00000000" } }, { outside: "{}" });
  assertEquals(knownCluster(place.prefix), "plain");
  const refused = await place.refused({ seeds: FAR, cacert: place.at("ca") });
  assertEquals(refused.code, "own-cluster");
});

test("a certificate of a cluster that mgmt made is for none that others run", async (place) => {
  const authority = unwrap(await openAuthority(await createAuthority(RANDOM)));
  const { cert, key } = unwrap(await issue(authority, { type: "root" }, RANDOM));
  const shown = { cert: place.write("cert", cert), key: place.write("key", key) };
  const refused = await place.refused({ seeds: FAR, cacert: place.at("ca"), ...shown });
  assertEquals(refused.code, "own-cluster");
  assertStringIncludes(refused.hint ?? "", "mgmt token create");
});

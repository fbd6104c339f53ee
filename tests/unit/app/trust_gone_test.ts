/** Starts of a host of a TLS cluster whose certificates are gone, are another's, or stand where others can look. */

import { existsSync } from "@std/fs";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { clusterSettings } from "../../../src/app/cluster/cluster_settings.ts";
import { restoredTrust } from "../../../src/app/cluster/restored_trust.ts";
import { prefixCredentials } from "../../../src/app/cluster/prefix_credentials.ts";
import { trustedSettings } from "../../../src/app/cluster/run_trust.ts";
import { readFlags } from "../../../src/app/flags.ts";
import { RUN_FLAGS } from "../../../src/app/run_flags.ts";
import { secretText } from "../../../src/trust/pem.ts";
import { inDirectory } from "../../support/program.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const START = { "client-urls": "10.0.0.1:2379", "server-urls": "10.0.0.1:2380" };

function start(prefix: string, given: Readonly<Record<string, string>> = START, keeps = true) {
  const flags = new Map(Object.entries(given));
  const settings = unwrap(
    clusterSettings(unwrap(readFlags(Object.values(RUN_FLAGS), { flags })), { flags }),
  );
  return trustedSettings(settings, { prefix: keeps ? prefix : undefined, earlier: prefix }, RANDOM);
}

/** A prefix of a host that is in a TLS cluster, with the file of the secret of that and of another. */
function inCluster(
  action: (prefix: string, secret: string, other: string) => Promise<void>,
): Promise<void> {
  return inDirectory(async (directory) => {
    const [prefix, secret, other] = ["p", "secret", "other"].map((name) => `${directory}/${name}`);
    assert(prefix !== undefined && secret !== undefined && other !== undefined);
    for (const path of [secret, other]) {
      const made = await testAuthority();
      await Deno.writeTextFile(path, secretText(made.secret), { mode: 0o600 });
    }
    unwrap(await start(prefix, { ...START, "secret-file": secret }));
    const identity = { id: "0", clusterId: "c", endpoints: ["https://10.0.0.1:2379"] };
    await Deno.mkdir(`${prefix}/cluster/state`);
    await Deno.writeTextFile(`${prefix}/cluster/state/identity.json`, JSON.stringify(identity));
    await action(prefix, secret, other);
  });
}

/** Ways in which certificates go. */
const GONE: readonly (readonly [string, (trust: string) => Promise<void>])[] = [
  ["ca.pem is removed", (trust) => Deno.remove(`${trust}/ca.pem`)],
  ["cluster/trust is moved away", (trust) => Deno.rename(trust, `${trust}.away`)],
];

for (const [what, go] of GONE) {
  Deno.test(`where ${what}, a host of a TLS cluster is refused until it has the cluster's secret`, () =>
    inCluster(async (prefix, secret) => {
      const trust = `${prefix}/cluster/trust`;
      const believed = await Deno.readTextFile(`${trust}/ca.pem`);
      await go(trust);
      const refused = [
        await start(prefix),
        await start(prefix, { ...START, tls: "true" }),
        await start(prefix, START, false),
        prefixCredentials(prefix),
      ];
      for (const each of refused) assertEquals(refusal(each).code, "trust-gone");
      unwrap(await start(prefix, { ...START, "secret-file": secret }));
      assertEquals(await Deno.readTextFile(`${trust}/ca.pem`), believed);
      assertEquals(unwrap(await start(prefix)).speaks, { scheme: "https", why: "known" });
    }));
}

for (const [what, go] of GONE) {
  Deno.test(`where ${what}, a cluster is restored with its secret, and all is as it was where that fails`, () =>
    inCluster(async (prefix, secret, other) => {
      const trust = `${prefix}/cluster/trust`;
      await go(trust);
      const namesIn = () => existsSync(trust) ? [...Deno.readDirSync(trust)].length : 0;
      const before = namesIn();
      const restored = (secretFile: string) =>
        restoredTrust(prefix, { hasRights: true }, { file: "snapshot", secretFile }, RANDOM);
      const given = unwrap(await restored(secret));
      assertEquals(given.shown?.serverName, "mgmt-etcd");
      unwrap(await given.take());
      assertEquals(unwrap(prefixCredentials(prefix)).scheme, "https");
      given.giveBack();
      assertEquals([refusal(prefixCredentials(prefix)).code, namesIn()], ["trust-gone", before]);
      const another = unwrap(await restored(other));
      if (before > 0) assertEquals(refusal(await another.take()).code, "other-cluster");
    }));
}

Deno.test("where ca.pem is gone, another cluster's secret is refused as long as something says so", () =>
  inCluster(async (prefix, _secret, other) => {
    const trust = `${prefix}/cluster/trust`;
    const given = { ...START, "secret-file": other };
    await Deno.remove(`${trust}/ca.pem`);
    const key = refusal(await start(prefix, given));
    assertEquals([key.code, key.message.includes("ca.key")], ["other-cluster", true]);
    await Deno.remove(`${trust}/ca.key`);
    const host = refusal(await start(prefix, given));
    assertEquals([host.code, host.message.includes("host.pem")], ["other-cluster", true]);
  }));

Deno.test("a member whose ca.pem was gone, and that is let in again with a token, stays that member", () =>
  inCluster(async (prefix) => {
    const path = `${prefix}/cluster/state/identity.json`;
    const member = { name: "h1-00000000", initialCluster: [], founds: true, ran: true };
    const before = { id: "0", clusterId: "c", endpoints: ["https://10.0.0.1:2379"], member };
    for (const [clusterId, id] of [["c", "0"], ["another", "1"]] as const) {
      await Deno.writeTextFile(path, JSON.stringify(before));
      // What was answered, as a host that was killed then has it.
      const joined = JSON.stringify({ id: "1", clusterId, endpoints: [] });
      await Deno.writeTextFile(`${prefix}/cluster/trust/joined.json`, joined, { mode: 0o600 });
      unwrap(await start(prefix));
      const kept = JSON.parse(await Deno.readTextFile(path));
      assertEquals([kept.id, kept.member], [id, id === "0" ? member : undefined]);
    }
  }));

Deno.test("a file in the place of cluster/trust is refused, and no host starts in plain text for it", () =>
  inCluster(async (prefix, secret) => {
    const trust = `${prefix}/cluster/trust`;
    await Deno.remove(trust, { recursive: true });
    await Deno.writeTextFile(trust, "");
    assertEquals(refusal(await start(prefix)).code, "trust-gone");
    const given = { ...START, "secret-file": secret };
    assertMatch(
      refusal(await start(prefix, given)).message,
      /cluster\/trust is not used: it is no d/,
    );
  }));

Deno.test("a ca.pem of another authority is refused at the start, with the names of both files", () =>
  inCluster(async (prefix) => {
    const trust = `${prefix}/cluster/trust`;
    // Of the same name, by the same program; where there is a ca.key, that says so first.
    await Deno.remove(`${trust}/ca.key`);
    await Deno.writeTextFile(`${trust}/ca.pem`, (await testAuthority()).secret.cert);
    for (const keeps of [true, false]) {
      const { code, message } = refusal(await start(prefix, START, keeps));
      assertEquals(code, "trust-broken");
      assertStringIncludes(message, `${trust}/host.pem does not go with ${trust}/ca.pem`);
    }
  }));

Deno.test("a ca.key of another authority is refused at the start, with the names of both files", () =>
  inCluster(async (prefix, _secret, other) => {
    const trust = `${prefix}/cluster/trust`;
    await Deno.copyFile(other, `${trust}/ca.key`);
    const { code, message } = refusal(await start(prefix));
    assertEquals(code, "trust-broken");
    assertStringIncludes(message, `${trust}/ca.key has the secret of another cluster`);
    assertStringIncludes(message, `${trust}/ca.pem`);
  }));

Deno.test("cluster/trust is refused as a link, and where others can look in", () =>
  inCluster(async (prefix) => {
    const trust = `${prefix}/cluster/trust`;
    await Deno.chmod(trust, 0o755);
    const open = refusal(await start(prefix));
    assertMatch(open.message, /others can look in there/);
    assertStringIncludes(open.hint ?? "", "chmod 0700");
    await Deno.chmod(trust, 0o700);
    unwrap(await start(prefix));
    await Deno.rename(trust, `${trust}.away`);
    await Deno.symlink(`${trust}.away`, trust);
    assertMatch(refusal(await start(prefix)).message, /cluster\/trust is not used: it is a link/);
    assertMatch(refusal(prefixCredentials(prefix)).message, /it is a link/);
  }));

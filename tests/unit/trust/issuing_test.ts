// both runtimes: keys and signatures are the runtime's
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { issue, openAuthority } from "../../../src/trust/issuing.ts";
import type { Profile } from "../../../src/trust/profiles.ts";
import { openssl } from "../../support/openssl.ts";
import { inDirectory } from "../../support/program.ts";
import { writePair } from "../../support/tls_etcd.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";

const ID = "0123456789abcdef0123456789abcdef";
const ADDRESSES = ["127.0.0.1", "::1", "one.example"];
const SOON_MS = Date.UTC(2090, 0, 1);

const ALL: Record<Profile["type"], Profile> = {
  server: { type: "server", addresses: ADDRESSES },
  peer: { type: "peer", addresses: ADDRESSES },
  root: { type: "root" },
  host: { type: "host", id: ID },
  join: { type: "join", id: ID.slice(16), untilMs: SOON_MS },
  operator: { type: "operator", name: "ann", untilMs: SOON_MS },
};

/** For what openssl accepts each, besides `any`. */
const PURPOSES: Record<Profile["type"], readonly string[]> = {
  server: ["sslserver"],
  peer: ["sslserver", "sslclient"],
  root: ["sslclient"],
  host: ["sslclient"],
  join: ["sslclient"],
  operator: ["sslclient"],
};

Deno.test("openssl believes each certificate for what it is, and for nothing else", () =>
  inDirectory(async (directory) => {
    const { secret, issue } = await testAuthority();
    const [own, other] = [join(directory, "ca.pem"), join(directory, "other.pem")];
    await Deno.writeTextFile(own, secret.cert);
    await Deno.writeTextFile(other, (await testAuthority()).secret.cert);
    for (const [type, profile] of Object.entries(ALL) as [Profile["type"], Profile][]) {
      const path = join(directory, `${type}.pem`);
      writePair(directory, type, await issue(profile));
      for (const purpose of ["sslserver", "sslclient"]) {
        const args = ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", own, path];
        const { code, text } = await openssl(...args);
        assertEquals(code === 0, PURPOSES[type].includes(purpose), `${type} ${purpose}: ${text}`);
      }
      const { code } = await openssl("verify", "-CAfile", other, path);
      assert(code !== 0, `${type} is believed under another authority`);
      const key = await openssl("pkey", "-in", join(directory, `${type}.key`), "-pubout");
      assertEquals((await openssl("x509", "-in", path, "-pubkey", "-noout")).text, key.text);
    }
  }));

Deno.test("what certificates say is what their profiles say", () =>
  inDirectory(async (directory) => {
    const { secret, issue } = await testAuthority();
    const told = async (cert: string, ...what: string[]) => {
      const path = join(directory, "told.pem");
      await Deno.writeTextFile(path, cert);
      return (await openssl("x509", "-in", path, "-noout", ...what)).text;
    };
    assertStringIncludes(await told(secret.cert, "-text"), "CA:TRUE, pathlen:0");
    assertStringIncludes(await told(secret.cert, "-dates"), "notAfter=Dec 31 00:00:00 2099");
    const server = (await issue(ALL.server)).cert;
    assertEquals((await told(server, "-subject")).trim(), "subject=");
    const names = await told(server, "-ext", "subjectAltName");
    assertStringIncludes(names, "critical");
    assertStringIncludes(
      names,
      "DNS:mgmt-etcd, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:one.example",
    );
    assertStringIncludes(await told((await issue(ALL.peer)).cert, "-subject"), "CN = mgmt-peer");
    assertStringIncludes(await told((await issue(ALL.root)).cert, "-subject"), "CN = root");
    const host = (await issue(ALL.host)).cert;
    assertStringIncludes(await told(host, "-subject"), `CN = ${ID}`);
    assertStringIncludes(await told(host, "-dates"), "notBefore=Jan  1 00:00:00 2000");
    assertStringIncludes(await told(host, "-text"), "CA:FALSE");
    const join_ = (await issue(ALL.join)).cert;
    assertStringIncludes(await told(join_, "-subject"), `CN = join-${ID.slice(16)}`);
    assertStringIncludes(await told(join_, "-enddate"), "Jan  1 00:00:00 2090");
    assertStringIncludes(await told((await issue(ALL.operator)).cert, "-subject"), "CN = op-ann");
  }));

Deno.test("no certificate carries a name that is more than its profile's", async () => {
  const { authority } = await testAuthority();
  const wrong: Profile[] = [
    ...["root", "mgmt-peer", `${ID}a`, "op-ann", ID.toUpperCase(), `${ID},CN=root`]
      .map((id) => ({ type: "host" as const, id })),
    { type: "join", id: ID, untilMs: SOON_MS },
    ...["", "Ann", "a,CN=root", "a+CN=root", "../x", "a".repeat(64)]
      .map((name) => ({ type: "operator" as const, name, untilMs: SOON_MS })),
    { type: "peer", addresses: Array.from({ length: 65 }, (_, index) => `10.0.0.${index}`) },
  ];
  for (const profile of wrong) {
    assert(!(await issue(authority, profile, RANDOM)).ok, JSON.stringify(profile));
  }
});

Deno.test("an authority is refused where its key is another's, or its certificate no authority's", async () => {
  const [one, two] = [await testAuthority(), await testAuthority()];
  assert((await openAuthority(one.secret)).ok);
  assert(!(await openAuthority({ cert: one.secret.cert, key: two.secret.key })).ok);
  assert(!(await openAuthority(await one.issue(ALL.host))).ok);
  assert(!(await openAuthority({ cert: "nonsense", key: "nonsense" })).ok);
  assert(!(await openAuthority({ cert: one.secret.cert, key: "nonsense" })).ok);
});

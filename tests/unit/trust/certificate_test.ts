// both runtimes: signatures are checked by the runtime
import { assert, assertEquals, assertMatch } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { join } from "node:path";
import { checkCertificate } from "../../../src/trust/certificate.ts";
import { fingerprintOf } from "../../../src/trust/fingerprint.ts";
import { newKeys } from "../../../src/trust/issuing.ts";
import type { CertificateHolder, Profile } from "../../../src/trust/profiles.ts";
import { readRevoked, revokedList } from "../../../src/trust/revoked.ts";
import {
  BasicConstraintsExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "../../../src/trust/x509.ts";
import { openssl } from "../../support/openssl.ts";
import { inDirectory } from "../../support/program.ts";
import { testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const ID = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 10, 30);
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

Deno.test("whose a certificate is comes from what the cluster signed", async () => {
  const { secret, issue } = await testAuthority();
  const untilMs = NOW + 3600_000;
  const [host, join, operator] = [
    { type: "host", id: ID },
    { type: "join", id: ID.slice(16) },
    { type: "operator", name: "ann" },
  ] as const;
  const profiles: [Profile, CertificateHolder][] = [
    [{ type: "server", addresses: ["10.0.0.1"] }, { type: "server" }],
    [{ type: "peer", addresses: ["10.0.0.1"] }, { type: "peer" }],
    [{ type: "root" }, { type: "root" }],
    [host, host],
    [{ ...join, untilMs }, join],
    [{ ...operator, untilMs }, operator],
  ];
  const rules = { believed: secret.cert, nowMs: NOW };
  for (const [profile, whose] of profiles) {
    const { holder } = unwrap(await checkCertificate((await issue(profile)).cert, rules));
    assertEquals(holder, whose);
  }
});

Deno.test("a certificate that ended, is another cluster's or was changed is refused", async () => {
  const [own, other] = [await testAuthority(), await testAuthority()];
  const untilMs = NOW - 1000;
  const ended = (await own.issue({ type: "join", id: ID.slice(16), untilMs })).cert;
  const host = (await own.issue({ type: "host", id: ID })).cert;
  const believed = own.secret.cert;
  const rules = { believed, nowMs: NOW };
  const why = async (text: string, given = rules) =>
    refusal(await checkCertificate(text, given)).message;
  assertMatch(await why(ended), /ended at 2026-11-29T23:59:59/);
  unwrap(await checkCertificate(ended, { believed }));
  assertMatch(await why(host, { believed, nowMs: Date.UTC(1999, 0) }), /does not count before/);
  const alien = (await other.issue({ type: "root" })).cert;
  assertMatch(await why(alien), /not signed by this cluster/);
  unwrap(await checkCertificate(alien, { believed: believed + other.secret.cert, nowMs: NOW }));
  assertMatch(await why(own.secret.cert), /an authority's/);
  assertMatch(await why(host + host), /not one certificate/);
  assertMatch(await why(""), /not one certificate/);
  assertMatch(await why("x".repeat(1e6)), /too large/);
  assertMatch(await why(host, { believed: "", nowMs: NOW }), /authorities/);
  assertMatch(await why(host, { believed: host, nowMs: NOW }), /no authority's/);
  assertMatch(await why(host, { believed: believed.repeat(9), nowMs: NOW }), /are not 1 to 8/);
  const der = new Uint8Array(new X509Certificate(host).rawData);
  let believedAnyway = 0;
  for (let at = 0; at < der.length; at++) {
    const changed = der.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    const text = `-----BEGIN CERTIFICATE-----\n${changed.toBase64()}\n-----END CERTIFICATE-----\n`;
    // What is around the signed part may be written in more than one way; it says the same then.
    const checked = await checkCertificate(text, rules);
    if (!checked.ok) continue;
    believedAnyway++;
    const { holder, serial, untilMs } = checked.value;
    const { holder: same, ...rest } = unwrap(await checkCertificate(host, rules));
    assertEquals([holder, serial, untilMs], [same, rest.serial, rest.untilMs], `byte ${at}`);
  }
  assert(believedAnyway < 20, `${believedAnyway} of ${der.length} bytes may be changed`);
});

Deno.test("what an authority's key signed with another profile names nobody", async () => {
  const { secret, authority } = await testAuthority();
  const { publicKey } = await newKeys();
  const crafted = async (subject: string, extensions: Extension[] = []) =>
    (await X509CertificateGenerator.create({
      subject,
      issuer: authority.cert.subjectName,
      notBefore: new Date(0),
      notAfter: new Date(NOW + 1e6),
      publicKey,
      signingKey: authority.key,
      signingAlgorithm: ALGORITHM,
      extensions,
    }, crypto)).toString("pem");
  const rules = { believed: secret.cert, nowMs: NOW };
  for (
    const subject of [
      ...["", "CN=", "CN=admin", "O=root", "CN=root,CN=root", `CN=${ID}+CN=root`],
      ...[`CN=${ID}0`, "CN=op-", "CN=join-root", "CN=root\\00", "CN=mgmt-etcd"],
    ]
  ) {
    const { message } = refusal(await checkCertificate(await crafted(subject), rules));
    assertMatch(message, /names nobody/, subject);
  }
  const authoritys = await crafted("CN=root", [new BasicConstraintsExtension(true, 0, true)]);
  assertMatch(refusal(await checkCertificate(authoritys, rules)).message, /an authority's/);
  // The name of an etcd is worth nothing beside a host's own.
  const names = new SubjectAlternativeNameExtension([{ type: "dns", value: "mgmt-etcd" }]);
  const host = await crafted(`CN=${ID}`, [names]);
  assertEquals(unwrap(await checkCertificate(host, rules)).holder, { type: "host", id: ID });
});

Deno.test("a host's certificate signs for nobody, whatever it calls itself", async () => {
  const { secret, issue } = await testAuthority();
  const host = await issue({ type: "host", id: ID });
  const signer = new X509Certificate(host.cert);
  const der = Uint8Array.fromBase64(host.key.replace(/-----[^-]+-----|\s/g, ""));
  const key = await crypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
  for (const issuer of [signer.subject, new X509Certificate(secret.cert).subject]) {
    const forged = await X509CertificateGenerator.create({
      subject: "CN=root",
      issuer,
      notBefore: new Date(0),
      notAfter: new Date(NOW + 1e6),
      publicKey: (await newKeys()).publicKey,
      signingKey: key,
      signingAlgorithm: ALGORITHM,
    }, crypto);
    const rules = { believed: secret.cert, nowMs: NOW };
    const chain = forged.toString("pem");
    assertMatch(refusal(await checkCertificate(chain, rules)).message, /not signed by this/);
    refusal(await checkCertificate(`${chain}\n${host.cert}`, rules));
  }
});

Deno.test("fingerprints are those that openssl shows", () =>
  inDirectory(async (directory) => {
    const { cert } = await (await testAuthority()).issue({ type: "root" });
    const path = join(directory, "cert.pem");
    await Deno.writeTextFile(path, cert);
    const { text } = await openssl("x509", "-in", path, "-noout", "-fingerprint", "-sha256");
    assertEquals(text.trim().split("=")[1], await fingerprintOf(cert));
  }));

Deno.test("openssl reads a list of certificates that count no more, and believes it", () =>
  inDirectory(async (directory) => {
    const [own, other] = [await testAuthority(), await testAuthority()];
    const host = (await own.issue({ type: "host", id: ID })).cert;
    const rest = (await own.issue({ type: "host", id: ID })).cert;
    const { serialNumber } = new X509Certificate(host);
    const files = Object.entries({ ca: own.secret.cert, host, rest });
    for (const [name, text] of files) await Deno.writeTextFile(join(directory, name), text);
    const at = (name: string) => join(directory, name);
    for (const serials of [[], [serialNumber], [serialNumber, "4a", serialNumber]]) {
      const list = unwrap(await revokedList(own.authority, serials));
      const { authority } = own;
      assertEquals(unwrap(await readRevoked(list, authority)), [...new Set(serials)]);
      refusal(await readRevoked(list, other.authority));
      refusal(await readRevoked(list.slice(0, -1), authority));
      await Deno.writeFile(at("list"), list);
      const args = ["-crl_check", "-CRLfile", at("list"), "-CAfile", at("ca")];
      assertEquals((await openssl("verify", ...args, at("rest"))).code, 0);
      const { code, text } = await openssl("verify", ...args, at("host"));
      assertEquals(code === 0, serials.length === 0, text);
    }
    const most = LIMITS.revoked;
    const many = Array.from({ length: most + 1 }, (_, index) => (index + 1).toString(16));
    const { message } = refusal(await revokedList(own.authority, many));
    assertMatch(message, new RegExp(`at most ${most}`));
  }));

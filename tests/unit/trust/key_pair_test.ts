// both runtimes: keys are the runtime's
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Result } from "../../../src/base/result.ts";
import { readSecretFile } from "../../../src/app/trust/secret_file.ts";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { importKeys, openAuthority } from "../../../src/trust/issuing.ts";
import { pointOfCertificate, pointOfKey } from "../../../src/trust/key_pair.ts";
import { memberTrust, takeServerRole } from "../../../src/trust/make_trust.ts";
import { secretText } from "../../../src/trust/pem.ts";
import { readOwnSecret, readTrust } from "../../../src/trust/trust_files.ts";
import { openssl } from "../../support/openssl.ts";
import { inDirectory } from "../../support/program.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

/** Keys that are none of ours, as openssl is asked for them. */
const OTHERS: readonly (readonly string[])[] = [
  ["RSA"],
  ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
  ["ED25519"],
];

Deno.test("a key of another kind is refused before the runtime is given it", () =>
  inDirectory(async (directory) => {
    const { secret } = await testAuthority();
    const path = join(directory, "secret");
    for (const kind of OTHERS) {
      const made = join(directory, "made.key");
      await openssl("genpkey", "-algorithm", ...kind, "-out", made);
      const key = await Deno.readTextFile(made);
      assertEquals([pointOfKey(key), await importKeys(key)], [undefined, undefined], kind[0]);
      await Deno.writeTextFile(path, secretText({ cert: secret.cert, key }), { mode: 0o600 });
      const { message, hint = "", code } = refusal(await readSecretFile(path));
      assertEquals(code, "no-secret");
      assertStringIncludes(message, path);
      assertMatch(message, /none on P-256/);
      assertMatch(hint, /mgmt cluster secret/);
    }
  }));

Deno.test("what a host shows is refused where key and certificate are not of each other", () =>
  inDirectory(async (directory) => {
    const { secret, issue } = await testAuthority();
    const files = privateFiles(join(directory, "trust"));
    unwrap(await takeServerRole(files, secret, RANDOM));
    const own = unwrap(readTrust(files))?.credentials;
    const other = await issue({ type: "root" });
    for (const [name, text] of [["host.key", other.key], ["host.pem", other.cert]] as const) {
      const before = unwrap(files.read(name));
      unwrap(files.write(name, text));
      const { message, hint = "", code } = refusal(readTrust(files));
      assertEquals(code, "trust-broken");
      assertStringIncludes(message, join(files.path, "host.key"));
      assertStringIncludes(message, join(files.path, "host.pem"));
      assertMatch(hint, /restore it/);
      unwrap(files.write(name, before ?? ""));
    }
    assertEquals(unwrap(readTrust(files))?.credentials, own);
    // What the host certifies itself is made anew.
    const made = unwrap(await memberTrust(files, ["10.0.0.1"], RANDOM));
    unwrap(files.write("server.key", other.key));
    const mended = unwrap(await memberTrust(files, ["10.0.0.1"], RANDOM));
    assertEquals(mended.server.key.text, other.key);
    assertEquals(pointOfKey(other.key), pointOfCertificate(mended.server.cert.text));
    assertEquals(mended.peer, made.peer);
  }));

Deno.test("the secret of another cluster beside ca.pem is refused, and so is one whose halves differ", () =>
  inDirectory(async (directory) => {
    const [{ secret }, other] = [await testAuthority(), await testAuthority()];
    const files = privateFiles(join(directory, "trust"));
    unwrap(await takeServerRole(files, secret, RANDOM));
    const texts = [
      secretText(other.secret),
      secretText({ cert: secret.cert, key: other.secret.key }),
      "nonsense",
    ];
    for (const text of texts) {
      unwrap(files.write("ca.key", text));
      const tries: Result<unknown>[] = [
        readTrust(files),
        readOwnSecret(files),
        await memberTrust(files, [], RANDOM),
        await takeServerRole(files, secret, RANDOM),
      ];
      for (const { message, code } of tries.map(refusal)) {
        assertEquals(code, "trust-broken");
        assertStringIncludes(message, join(files.path, "ca.key"));
      }
    }
  }));

Deno.test("an authority that mgmt did not make is no secret of a cluster", () =>
  inDirectory(async (directory) => {
    const { secret } = await testAuthority();
    const [keyPath, certPath] = [join(directory, "own.key"), join(directory, "own.pem")];
    await Deno.writeTextFile(keyPath, secret.key);
    const subjects = ["/CN=Internal Root CA", "/CN=mgmt cluster 01234567/O=Another"];
    for (const subject of subjects) {
      const asked = ["-key", keyPath, "-subj", subject, "-days", "9", "-out", certPath];
      await openssl("req", "-x509", ...asked);
      const cert = await Deno.readTextFile(certPath);
      const { message, hint } = refusal(await openAuthority({ cert, key: secret.key }));
      assertMatch(message, /none of an authority that mgmt made/);
      assertMatch(hint ?? "", /mgmt cluster secret/);
    }
    unwrap(await openAuthority(secret));
  }));

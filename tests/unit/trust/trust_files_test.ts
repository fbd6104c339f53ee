// both runtimes: keys and files are the runtime's
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { checkCertificate, namesIn } from "../../../src/trust/certificate.ts";
import { memberTrust, takeServerRole } from "../../../src/trust/make_trust.ts";
import { readSecret, secretText } from "../../../src/trust/pem.ts";
import { forgetTrust, readOwnSecret, readTrust } from "../../../src/trust/trust_files.ts";
import { fitsWhatIsLeft } from "../../../src/trust/whole_trust.ts";
import { inDirectory } from "../../support/program.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

Deno.test("who has the secret of a cluster has all it shows, and a second time changes nothing", () =>
  inDirectory(async (directory) => {
    const files = privateFiles(join(directory, "trust"));
    const { secret } = await testAuthority();
    assertEquals(unwrap(readTrust(files)), undefined);
    unwrap(await takeServerRole(files, secret, RANDOM));
    const trust = unwrap(readTrust(files));
    assert(trust?.isServer);
    const { ca, cert, serverName } = trust.credentials;
    assertEquals([ca.text, serverName], [secret.cert, "mgmt-etcd"]);
    const shown = unwrap(await checkCertificate(cert.text, { believed: ca.text }));
    assertEquals(shown.holder, { type: "root" });
    assertEquals(unwrap(readOwnSecret(files)), secret);
    unwrap(await takeServerRole(files, secret, RANDOM));
    assertEquals(unwrap(readTrust(files)), trust);
    for (const { name } of Deno.readDirSync(files.path)) {
      assertEquals((Deno.statSync(join(files.path, name)).mode ?? 0) & 0o777, 0o600, name);
    }
    unwrap(forgetTrust(files));
    assertEquals([...Deno.readDirSync(files.path)], []);
  }));

Deno.test("what a member shows follows its addresses, and its keys stay", () =>
  inDirectory(async (directory) => {
    const files = privateFiles(join(directory, "trust"));
    const { secret } = await testAuthority();
    assertMatch(refusal(await memberTrust(files, [], RANDOM)).message, /no server role/);
    unwrap(await takeServerRole(files, secret, RANDOM));
    const first = unwrap(await memberTrust(files, ["10.0.0.1", "2001:db8::1", "::1"], RANDOM));
    assertEquals(unwrap(await memberTrust(files, ["10.0.0.1", "::1"], RANDOM)), first);
    const moved = unwrap(await memberTrust(files, ["10.0.0.2"], RANDOM));
    assertNotEquals(moved.server.cert.text, first.server.cert.text);
    assertEquals(moved.server.key, first.server.key);
    assertEquals(await namesIn(moved.server.cert.text), ["mgmt-etcd", "10.0.0.2"]);
    assertEquals(await namesIn(moved.peer.cert.text), ["10.0.0.2"]);
    // What cannot be read is made anew.
    await Deno.writeTextFile(moved.peer.cert.path, "nonsense");
    await Deno.writeTextFile(moved.server.key.path, "nonsense");
    await Deno.remove(moved.revokedPath);
    const mended = unwrap(await memberTrust(files, ["10.0.0.3"], RANDOM));
    assert(Deno.statSync(mended.revokedPath).size > 0);
    for (const { cert } of [mended.peer, mended.server]) {
      unwrap(await checkCertificate(cert.text, { believed: secret.cert }));
    }
  }));

Deno.test("another cluster's secret is refused where one is known, and so is a role that was not given", () =>
  inDirectory(async (directory) => {
    const files = privateFiles(join(directory, "trust"));
    const [one, two] = [await testAuthority(), await testAuthority()];
    unwrap(await takeServerRole(files, one.secret, RANDOM));
    const other = refusal(await takeServerRole(files, two.secret, RANDOM));
    assertEquals(other.code, "other-cluster");
    unwrap(files.remove("ca.key"));
    assertEquals(refusal(await takeServerRole(files, one.secret, RANDOM)).code, "role");
    assertEquals(unwrap(readTrust(files))?.isServer, false);
    unwrap(files.remove("host.key"));
    assertEquals(refusal(readTrust(files)).code, "trust-broken");
    unwrap(files.write("ca.pem", "nonsense"));
    assertEquals(refusal(readTrust(files)).code, "trust-broken");
    await Deno.chmod(join(files.path, "ca.pem"), 0o644);
    assertEquals(refusal(readTrust(files)).code, "secret-unsafe");
  }));

Deno.test("files that an editor or a copy gave other lines' ends are the same", () =>
  inDirectory(async (directory) => {
    const files = privateFiles(join(directory, "trust"));
    const { secret } = await testAuthority();
    unwrap(await takeServerRole(files, secret, RANDOM));
    const other = (text: string) => text.replaceAll("\n", "\r\n");
    unwrap(files.write("ca.pem", other(secret.cert)));
    unwrap(await takeServerRole(files, secret, RANDOM));
    assertEquals(unwrap(readOwnSecret(files)), secret);
    const odd = { cert: other(secret.cert), key: other(secret.key) };
    unwrap(await takeServerRole(files, odd, RANDOM));
    unwrap(files.remove("ca.pem"));
    unwrap(await fitsWhatIsLeft(files, odd));
    const another = await testAuthority();
    assertEquals(refusal(await fitsWhatIsLeft(files, another.secret)).code, "other-cluster");
  }));

Deno.test("a secret is one certificate and its key, and anything else is said to be none", async () => {
  const [{ secret }, other] = [await testAuthority(), await testAuthority()];
  assertEquals(unwrap(readSecret(secretText(secret))), secret);
  const { cert, key } = secret;
  for (const text of ["", cert, key, cert + cert + key, cert + key + other.secret.key]) {
    assertEquals(refusal(readSecret(text)).code, "no-secret");
  }
});

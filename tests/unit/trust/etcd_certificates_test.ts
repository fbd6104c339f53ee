// both runtimes: keys and signatures are the runtime's
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import type { CertifiedKey } from "../../../src/trust/pem.ts";
import type { Profile } from "../../../src/trust/profiles.ts";
import { revokedList } from "../../../src/trust/revoked.ts";
import { X509Certificate } from "../../../src/trust/x509.ts";
import { inDirectory } from "../../support/program.ts";
import { TlsEtcd, writePair } from "../../support/tls_etcd.ts";
import { testAuthority } from "../../support/trust.ts";
import { unwrap } from "../../support/unwrap.ts";

const ID = "0123456789abcdef0123456789abcdef";
const ROOT: Profile = { type: "root" };
const HOST: Profile = { type: "host", id: ID };

Deno.test("etcd makes a cluster of members with such certificates, and serves only who shows one", () =>
  inDirectory(async (directory) => {
    const { secret, issue } = await testAuthority();
    const material = async () => ({
      ca: secret.cert,
      server: await issue({ type: "server", addresses: ["127.0.0.1"] }),
      peer: await issue({ type: "peer", addresses: ["127.0.0.1"] }),
    });
    await using one = new TlsEtcd("one", directory, await material());
    await using two = new TlsEtcd("two", directory, await material());
    const root = writePair(directory, "root", await issue(ROOT));
    const host = writePair(directory, "host", await issue(HOST));
    const alien = writePair(directory, "alien", await (await testAuthority()).issue(ROOT));
    for (const member of [one, two]) member.start([one, two]);
    for (const member of [one, two]) await member.healthy(root);

    const commands = [
      ["put", "a", "1"],
      ["user", "add", "root", "--no-password"],
      ["role", "add", "root"],
      ["user", "grant-role", "root", "root"],
      ["user", "add", ID, "--no-password"],
      ["role", "add", "one"],
      ["role", "grant-permission", "one", "read", "a"],
      ["user", "grant-role", ID, "one"],
      ["auth", "enable"],
    ];
    for (const command of commands) {
      const { code, stderr } = await one.control(command, root);
      assertEquals(code, 0, `${command.join(" ")}: ${stderr}`);
    }
    assertEquals((await two.control(["get", "a"], host)).stdout, "a\n1");
    assertEquals((await two.control(["put", "b", "1"], root)).stdout, "OK");
    assertStringIncludes((await two.control(["put", "a", "2"], host)).stderr, "permission denied");
    assert((await two.control(["get", "a"])).code !== 0, "who shows none is served");
    assert((await two.control(["get", "a"], alien)).code !== 0, "an alien is served");
  }));

Deno.test("etcd lets nobody into a cluster as a member who shows a host's certificate", () =>
  inDirectory(async (directory) => {
    const { secret, issue } = await testAuthority();
    const server = await issue({ type: "server", addresses: ["127.0.0.1"] });
    const peer = await issue({ type: "peer", addresses: ["127.0.0.1"] });
    await using one = new TlsEtcd("one", directory, { ca: secret.cert, server, peer });
    one.start();
    await one.healthy(writePair(directory, "root", await issue(ROOT)));
    const asked = async ({ cert, key }: CertifiedKey) => {
      using client = Deno.createHttpClient({ caCerts: [secret.cert], cert, key, http2: false });
      try {
        return (await (await fetch(`${one.peerUrl}/version`, { client })).text()).slice(0, 13);
      } catch {
        return "nothing";
      }
    };
    assertEquals(await asked(peer), '{"etcdserver"');
    assertEquals(await asked(await issue(HOST)), "nothing");
    assertEquals(await asked(await issue(ROOT)), "nothing");
  }));

Deno.test("etcd serves with an empty list of revoked certificates, and refuses who comes into it", () =>
  inDirectory(async (directory) => {
    const { secret, authority, issue } = await testAuthority();
    const server = await issue({ type: "server", addresses: ["127.0.0.1"] });
    const peer = await issue({ type: "peer", addresses: ["127.0.0.1"] });
    await using one = new TlsEtcd("one", directory, { ca: secret.cert, server, peer });
    const revoke = (...serials: string[]) =>
      revokedList(authority, serials).then((list) => files.write("crl.der", unwrap(list)));
    const files = privateFiles(directory);
    unwrap(await revoke());
    one.start([one], ["--client-crl-file", `${directory}/crl.der`]);
    const root = writePair(directory, "root", await issue(ROOT));
    const cast = await issue(HOST);
    const host = writePair(directory, "host", cast);
    await one.healthy(root);
    assertEquals((await one.control(["get", "a"], host)).code, 0);
    unwrap(await revoke(new X509Certificate(cast.cert).serialNumber));
    assert((await one.control(["get", "a"], host)).code !== 0, "who is revoked is served");
    assertEquals((await one.control(["get", "a"], root)).code, 0);
  }));

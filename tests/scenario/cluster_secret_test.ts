import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { readSecretFile } from "../../src/app/trust/secret_file.ts";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { takeServerRole } from "../../src/trust/make_trust.ts";
import { readSecret } from "../../src/trust/pem.ts";
import { TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { EXECUTABLE, inDirectory, mgmt } from "../support/program.ts";
import { RANDOM } from "../support/trust.ts";
import { refusal, unwrap } from "../support/unwrap.ts";

Deno.test("a secret that a shell writes to a file is its owner's alone, and that of the cluster where there is one", () =>
  inDirectory(async (directory) => {
    const prefix = join(directory, "prefix");
    await Deno.mkdir(prefix);
    const secretAs = async (name: string) => {
      const path = join(directory, name);
      const line = `umask 022; "$0" cluster secret --prefix "$1" > "$2"`;
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["-c", line, EXECUTABLE, prefix, path],
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
      return unwrap(await readSecretFile(path));
    };
    const made = await secretAs("one");
    assert((await secretAs("two")).key !== made.key, "without a cluster each is a new one");
    unwrap(await takeServerRole(privateFiles(join(prefix, TRUST_PLACE)), made, RANDOM));
    assertEquals(await secretAs("three"), made);
    await Deno.remove(join(prefix, TRUST_PLACE, "ca.key"));
    const { code, stdout, stderr } = await mgmt(["cluster", "secret", "--prefix", prefix]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /no server role/);
    await Deno.chmod(join(directory, "one"), 0o640);
    const { hint = "" } = refusal(await readSecretFile(join(directory, "one")));
    assertMatch(hint, /chmod 0600/);
    assertMatch(
      refusal(await readSecretFile(join(directory, "none"))).hint ?? "",
      /mgmt cluster secret/,
    );
  }));

Deno.test("mgmt cluster secret takes no file's name and makes no JSON", async () => {
  const named = await mgmt(["cluster", "secret", "FILE"]);
  assertMatch(named.stderr, /one word too many[^]*mgmt cluster secret > FILE/);
  const asJson = await mgmt(["cluster", "secret", "--output", "json"]);
  assertEquals([asJson.stdout, named.stdout], ["", ""]);
  assertMatch(asJson.stderr, /no --output json/);
});

/** Runs a line of the shell with `$0` as mgmt, there. */
async function shell(directory: string, line: string): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", `umask 022; ${line}`, EXECUTABLE],
    cwd: directory,
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

const MAKE = `"$0" cluster secret --prefix prefix`;

Deno.test("who opened the file before a secret was written to it reads nothing of it", () =>
  inDirectory(async (directory) => {
    await Deno.mkdir(join(directory, "prefix"));
    const path = join(directory, "secret");
    await Deno.writeTextFile(path, "", { mode: 0o644 });
    using early = await Deno.open(path);
    const { code, stderr } = await shell(directory, `${MAKE} > secret`);
    assertEquals(code, 0, stderr);
    assertEquals(await early.read(new Uint8Array(10)), null);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    unwrap(await readSecretFile(path));
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
    assertEquals(names, ["prefix", "secret"]);
    // What a pipe takes is printed.
    const piped = await mgmt(["cluster", "secret", "--prefix", join(directory, "prefix")]);
    assertMatch(piped.stdout, /BEGIN PRIVATE KEY/);
  }));

Deno.test("a secret goes to no file that is another's, others can replace, or has something in it", () =>
  inDirectory(async (directory) => {
    await Deno.mkdir(join(directory, "prefix"));
    await Deno.mkdir(join(directory, "open"));
    await Deno.chmod(join(directory, "open"), 0o777);
    await Deno.writeTextFile(join(directory, "full"), "mine\n");
    const tries: [string, RegExp][] = [
      [`${MAKE} > open/secret`, /others can write in [^]*chmod go-w/],
      [`${MAKE} >> full`, /something in [^]*full already/],
      [`${MAKE} >&-`, /closed or leads to a device/],
      [`${MAKE} > /dev/null`, /closed or leads to a device/],
    ];
    if (Deno.uid() === 0) {
      tries.push([`: > of; chown 12345 of; ${MAKE} > of`, /the user with the number 12345/]);
    }
    for (const [line, why] of tries) {
      const { code, stderr } = await shell(directory, line);
      assertEquals(code, 1, line);
      assertMatch(stderr, why);
    }
    assertEquals(await Deno.readTextFile(join(directory, "full")), "mine\n");
    assertEquals(await Deno.readTextFile(join(directory, "open", "secret")), "");
    // Where the sticky bit is set, nobody renames what belongs to others.
    await Deno.chmod(join(directory, "open"), 0o1777);
    assertEquals((await shell(directory, `${MAKE} > open/secret`)).code, 0);
    unwrap(await readSecretFile(join(directory, "open", "secret")));
  }));

Deno.test("which secret it is is said, and none is made for a prefix that is not there or has lost ca.pem", () =>
  inDirectory(async (directory) => {
    const prefix = join(directory, "prefix");
    const asked = () => mgmt(["cluster", "secret", "--prefix", prefix]);
    const typo = await asked();
    assertEquals([typo.code, typo.stdout], [1, ""]);
    assertMatch(typo.stderr, /there is no [^]*leave --prefix/);
    await Deno.mkdir(prefix);
    const made = await asked();
    assertMatch(made.stderr, /^a new secret: for hosts/);
    const files = privateFiles(join(prefix, TRUST_PLACE));
    unwrap(await takeServerRole(files, unwrap(readSecret(made.stdout)), RANDOM));
    const known = await asked();
    assertEquals(known.stdout, made.stdout);
    assertMatch(
      known.stderr,
      /^the secret of the cluster of .*prefix \(mgmt cluster [0-9a-f]{8}\)/,
    );
    unwrap(files.remove("ca.pem"));
    const lost = await asked();
    assertEquals([lost.code, lost.stdout], [1, ""]);
    assertMatch(lost.stderr, /ca\.key is there, and [^]*ca\.pem is not[^]*bring ca\.pem back/);
    // With all of it gone, a new secret would be none of this host's cluster.
    await Deno.remove(files.path, { recursive: true });
    await Deno.mkdir(join(prefix, "cluster/state"));
    const identity = { id: "0", clusterId: "c", endpoints: ["https://10.0.0.1:2379"] };
    const path = join(prefix, "cluster/state/identity.json");
    await Deno.writeTextFile(path, JSON.stringify(identity));
    const gone = await asked();
    assertEquals([gone.code, gone.stdout], [1, ""]);
    assertMatch(gone.stderr, /is that of a host in a TLS cluster[^]*bring [^]*--secret-file FILE/);
    assertMatch(gone.stderr, /mgmt cluster secret --prefix DIRECTORY > FILE/);
  }));

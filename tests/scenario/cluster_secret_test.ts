import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { readSecretFile } from "../../src/app/trust/secret_file.ts";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { takeServerRole } from "../../src/trust/make_trust.ts";
import { TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { EXECUTABLE, inDirectory, mgmt } from "../support/program.ts";
import { RANDOM } from "../support/trust.ts";
import { refusal, unwrap } from "../support/unwrap.ts";

Deno.test("a secret that a shell writes to a file is its owner's alone, and that of the cluster where there is one", () =>
  inDirectory(async (directory) => {
    const prefix = join(directory, "prefix");
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

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { checkCertificate } from "../../src/trust/certificate.ts";
import { memberTrust, takeServerRole } from "../../src/trust/make_trust.ts";
import { secretText } from "../../src/trust/pem.ts";
import { forgetTrust, readTrust } from "../../src/trust/trust_files.ts";
import { inDirectory, repositoryFile } from "../support/program.ts";
import { RANDOM, testAuthority } from "../support/trust.ts";
import { unwrap } from "../support/unwrap.ts";

Deno.test("whatever is killed with SIGKILL while it takes the server role, what is left is whole or nothing", () =>
  inDirectory(async (directory) => {
    const files = privateFiles(join(directory, "trust"));
    const { secret } = await testAuthority();
    await Deno.writeTextFile(join(directory, "secret"), secretText(secret), { mode: 0o600 });
    const seen = { whole: 0, nothing: 0 };
    for (let round = 0; round < 12; round++) {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--no-check", repositoryFile("tests/support/trust_child.ts")],
          ...[files.path, join(directory, "secret")],
        ],
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const reader = child.stdout.getReader();
      await reader.read();
      await new Promise((resolve) => setTimeout(resolve, 3 * round));
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
      const trust = unwrap(readTrust(files));
      seen[trust === undefined ? "nothing" : "whole"]++;
      unwrap(await takeServerRole(files, secret, RANDOM));
      assert(unwrap(readTrust(files))?.isServer);
      const { server, peer } = unwrap(await memberTrust(files, [`10.1.0.${round}`], RANDOM));
      for (const { cert } of [server, peer]) {
        unwrap(await checkCertificate(cert.text, { believed: secret.cert }));
      }
      if (round % 2 === 0) unwrap(forgetTrust(files));
    }
    assertEquals(seen.whole + seen.nothing, 12);
  }));

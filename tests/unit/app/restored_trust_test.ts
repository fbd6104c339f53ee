import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { restoredTrust } from "../../../src/app/cluster/restored_trust.ts";
import { trustDirectory } from "../../../src/app/cluster/known_cluster.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { createAuthority } from "../../../src/trust/issuing.ts";
import { readSecret, secretText } from "../../../src/trust/pem.ts";
import { NEXT_FILES, TRUST_FILES } from "../../../src/trust/trust_files.ts";
import { inDirectory } from "../../support/program.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const random = createLocalRandom();

function namesIn(prefix: string): readonly string[] {
  try {
    return [...Deno.readDirSync(trustDirectory(prefix))].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

async function secretIn(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  Deno.writeTextFileSync(path, secretText(await createAuthority(random)), { mode: 0o600 });
  return path;
}

Deno.test("what is restored with rights takes the secret that is given, and gives it back where that fails", () =>
  inDirectory(async (directory) => {
    const [prefix, file] = [join(directory, "p"), "snapshot"];
    const [secretFile, other] = [
      await secretIn(directory, "one"),
      await secretIn(directory, "two"),
    ];
    const withRights = { hasRights: true };
    const missing = refusal(await restoredTrust(prefix, withRights, { file }, random));
    assertEquals(missing.code, "no-secret");
    assertStringIncludes(missing.hint ?? "", `--secret-file FILE --prefix ${prefix} snapshot`);
    const trust = unwrap(await restoredTrust(prefix, withRights, { file, secretFile }, random));
    assertEquals(namesIn(prefix), []);
    unwrap(await trust.take());
    assertEquals(namesIn(prefix), ["ca.key", "ca.pem", "crl.der", "host.key", "host.pem"]);
    trust.giveBack();
    assertEquals(namesIn(prefix), []);
    unwrap(await trust.take());
    // From now on the prefix has it: the same again changes nothing, and nothing goes.
    for (const wish of [{ file }, { file, secretFile }]) {
      const again = unwrap(await restoredTrust(prefix, withRights, wish, random));
      unwrap(await again.take());
      again.giveBack();
      assertEquals(namesIn(prefix).length, 5);
    }
    const another = unwrap(
      await restoredTrust(prefix, withRights, { file, secretFile: other }, random),
    );
    assertEquals(refusal(await another.take()).code, "other-cluster");
  }));

Deno.test("a snapshot without rights becomes a plain cluster, and is refused a secret", () =>
  inDirectory(async (directory) => {
    const secretFile = await secretIn(directory, "secret");
    const plain = { hasRights: false };
    unwrap(await restoredTrust(directory, plain, { file: "snapshot" }, random));
    const wish = { file: "snapshot", secretFile };
    assertMatch(
      refusal(await restoredTrust(directory, plain, wish, random)).message,
      /in plain text/,
    );
  }));

Deno.test("the secret from before another authority restores no cluster on a host that has the next one", () =>
  inDirectory(async (directory) => {
    const [prefix, file] = [join(directory, "p"), "snapshot"];
    const [before, now] = [await secretIn(directory, "before"), await secretIn(directory, "now")];
    const restored = async (secretFile?: string) =>
      unwrap(
        await restoredTrust(prefix, { hasRights: true }, {
          file,
          ...(secretFile === undefined ? {} : { secretFile }),
        }, random),
      );
    unwrap(await (await restored(now)).take());
    const files = privateFiles(trustDirectory(prefix));
    const { cert } = unwrap(readSecret(Deno.readTextFileSync(before)));
    unwrap(files.write(NEXT_FILES.former, cert));
    const believed = files.read(TRUST_FILES.believed);
    const trust = await restored(before);
    assertEquals(refusal(await trust.take()).code, "other-cluster");
    trust.giveBack();
    assertEquals(files.read(TRUST_FILES.believed), believed, "the host is what it was");
    // By what the host has it is restored, and by the secret of now.
    for (const secretFile of [undefined, now]) unwrap(await (await restored(secretFile)).take());
  }));

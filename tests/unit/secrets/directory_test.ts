import { assertEquals, assertStringIncludes } from "@std/assert";
import { fail, ok } from "../../../src/base/result.ts";
import { LIMITS } from "../../../src/base/limits.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalFiles } from "../../../src/os/files/local_files.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";
import { secretDirectory } from "../../../src/secrets/sources/directory.ts";
import { inDirectory } from "../../support/program.ts";

const OTHER_UID = 4711;

/** Reads a secret of a directory; the result is its text, or the code and the message of the failure. */
async function readIn(
  path: string,
  name: string,
  { isSystemds = false, distrusted = false, ownUid = Deno.uid() ?? 0 } = {},
): Promise<string | undefined> {
  const parts = { clock: createLocalClock(), random: createLocalRandom() };
  const source = secretDirectory({
    path,
    label: path,
    files: createLocalFiles({ ...parts, prefix: undefined }),
    ownUid,
    isSystemds,
    distrust: () => Promise.resolve(distrusted ? fail("no", { code: "no-trust" }) : ok(undefined)),
  });
  const read = await source.read(name);
  if (!read.ok) return `${read.failure.code}: ${read.failure.message}`;
  return read.value && new TextDecoder().decode(read.value);
}

Deno.test("a file that only its owner can read is a secret, to the byte", () =>
  inDirectory(async (directory) => {
    for (const mode of [0o600, 0o400]) {
      Deno.writeTextFileSync(`${directory}/${mode}`, " value\n", { mode });
      assertEquals(await readIn(directory, `${mode}`), " value\n");
    }
    assertEquals(await readIn(directory, "none"), undefined);
    assertEquals(await readIn(`${directory}/none`, "none"), undefined);
    assertEquals(await readIn(directory, "384", { distrusted: true }), "no-trust: no");
  }));

Deno.test("what others can read, own, or have put there is refused with the reason", () =>
  inDirectory(async (directory) => {
    Deno.writeTextFileSync(`${directory}/good`, "value", { mode: 0o600 });
    for (const mode of [0o640, 0o604, 0o622]) {
      Deno.writeTextFileSync(`${directory}/open`, "value");
      Deno.chmodSync(`${directory}/open`, mode);
      assertStringIncludes(await readIn(directory, "open") ?? "", "can be read by others");
      // Who may read what systemd has made is for it to say.
      assertEquals(await readIn(directory, "open", { isSystemds: true }), "value");
    }
    Deno.symlinkSync(`${directory}/good`, `${directory}/link`);
    Deno.mkdirSync(`${directory}/below`);
    await new Deno.Command("mkfifo", { args: [`${directory}/fifo`] }).output();
    for (const name of ["link", "below", "fifo"]) {
      assertStringIncludes(await readIn(directory, name) ?? "", "is no regular file");
    }
    Deno.writeFileSync(`${directory}/large`, new Uint8Array(LIMITS.secretBytes + 1), {
      mode: 0o600,
    });
    assertStringIncludes(await readIn(directory, "large") ?? "", "secret-unfit: ");
    if (Deno.uid() !== 0) return;
    Deno.chownSync(`${directory}/good`, OTHER_UID, null);
    assertStringIncludes(await readIn(directory, "good") ?? "", `belongs to the user ${OTHER_UID}`);
    assertEquals(await readIn(directory, "good", { ownUid: OTHER_UID }), "value");
  }));

import { assertEquals, assertMatch } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { privateFiles, readPrivateFile } from "../../../src/os/state/private_files.ts";
import { inDirectory } from "../../support/program.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

Deno.test("private files are their owner's alone, and replaced as a whole", () =>
  inDirectory(async (directory) => {
    const files = privateFiles(`${directory}/deep/place`);
    assertEquals(unwrap(files.read("a")), undefined);
    unwrap(files.write("a", "one"));
    unwrap(files.write("a", new Uint8Array([50])));
    assertEquals(text(unwrap(files.read("a"))), "2");
    const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o7777;
    assertEquals([modeOf(files.path), modeOf(`${files.path}/a`)], [0o700, 0o600]);
    // What a crash has left of a write is neither read nor in the way.
    await Deno.writeTextFile(`${files.path}/.a~`, "half");
    unwrap(files.write("a", "three"));
    assertEquals(text(unwrap(files.read("a"))), "three");
    unwrap(files.remove("a"));
    unwrap(files.remove("a"));
    assertEquals([...Deno.readDirSync(files.path)], []);
  }));

Deno.test("a private file that others can read, or have put there, is refused with what to do", () =>
  inDirectory(async (directory) => {
    const files = privateFiles(directory);
    const path = `${directory}/secret`;
    await Deno.chmod(directory, 0o700);
    unwrap(files.write("secret", "x"));
    for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602]) {
      await Deno.chmod(path, mode);
      const { message, hint, code } = refusal(readPrivateFile(path));
      assertMatch(message, /others can read or write it \(its mode is 06\d\d\)/);
      assertMatch(`${code} ${hint}`, /^secret-unsafe .*chmod 0600 .*\/secret/);
      refusal(files.read("secret"));
    }
    for (const mode of [0o600, 0o400]) {
      await Deno.chmod(path, mode);
      assertEquals(text(unwrap(readPrivateFile(path))), "x");
    }
    await Deno.symlink(path, `${directory}/link`);
    assertMatch(refusal(readPrivateFile(`${directory}/link`)).message, /it is a link/);
    assertMatch(
      refusal(files.read("link")).hint ?? "",
      /put the file that it leads to in its place/,
    );
    assertMatch(refusal(readPrivateFile(directory)).message, /no regular file/);
    await Deno.writeFile(`${directory}/large`, new Uint8Array(LIMITS.privateFileBytes + 1), {
      mode: 0o600,
    });
    assertMatch(refusal(readPrivateFile(`${directory}/large`)).message, /more than 262144 bytes/);
    await Deno.chmod(directory, 0o770);
    assertMatch(refusal(files.read("secret")).message, /others can write there/);
    refusal(files.write("secret", "y"));
    await Deno.chmod(directory, 0o755);
    assertMatch(refusal(files.read("secret")).message, /others can look in there/);
    await Deno.chmod(directory, 0o700);
    if (Deno.uid() !== 0) return;
    await Deno.chown(path, 12345, 0);
    assertMatch(refusal(files.read("secret")).message, /the user with the number 12345/);
    await Deno.chown(path, 0, 0);
    await Deno.chown(directory, 12345, 0);
    assertMatch(refusal(files.read("secret")).message, /the user with the number 12345/);
  }));

import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLocalRandom } from "../../../src/os/local_random.ts";
import { loopbackKey, readLoopbackKey } from "../../../src/os/state/loopback_key.ts";

const random = createLocalRandom();

Deno.test("the key is made once, for nobody else to read, and one that others may know is refused", async () => {
  const directory = await Deno.makeTempDir({ prefix: "mgmt-key-" });
  const place = { ok: true, value: `${directory}/new` } as const;
  const path = `${directory}/new/loopback.key`;
  const why = () => {
    const found = loopbackKey(random, place);
    return found.ok ? "" : found.failure.message;
  };
  try {
    assertEquals(readLoopbackKey(place), { ok: true, value: undefined });
    const made = loopbackKey(random, place);
    assert(made.ok);
    assertMatch(made.value, /^[0-9a-f]{64}$/);
    assertEquals(readLoopbackKey(place), made);
    assertEquals(loopbackKey(random, place), made);
    const { mode, uid } = await Deno.stat(path);
    assertEquals([mode! & 0o777, uid], [0o600, Deno.uid()]);
    assertEquals([...Deno.readDirSync(place.value)].map(({ name }) => name), ["loopback.key"]);
    await Deno.chmod(path, 0o644);
    assertMatch(why(), /loopback\.key cannot be used: its mode is 0644, not 0600/);
    await Deno.chmod(path, 0o600);
    await Deno.truncate(path, 10);
    assertMatch(why(), /it has 10 bytes, not 64/);
    await Deno.remove(path);
    await Deno.writeTextFile(`${directory}/other`, made.value, { mode: 0o600 });
    await Deno.symlink(`${directory}/other`, path);
    assertMatch(why(), /cannot be used/);
    await Deno.remove(path);
    await Deno.mkdir(path);
    assertMatch(why(), /it is no regular file/);
    await Deno.remove(path);
    if (Deno.uid() !== 0) return;
    await Deno.writeTextFile(path, made.value, { mode: 0o600 });
    await Deno.chown(path, 12345, 0);
    assertMatch(why(), /it belongs to the user with the number 12345/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

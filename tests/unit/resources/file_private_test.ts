import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import file from "../../../src/resources/file/kind.ts";
import type { FileFields } from "../../../src/resources/file/fields.ts";
import { receiveFile } from "../../../src/resources/file/receive.ts";
import line from "../../../src/resources/line/kind.ts";
import { inKindWorld, type KindWorld, resourceOf } from "../../support/kind_world.ts";

/** A file with a mode, and what is said of making it `fields`. */
async function saidOf(
  world: KindWorld,
  mode: number | undefined,
  fields: Partial<FileFields>,
): Promise<string> {
  const path = mode === undefined ? world.path("new") : world.put("f", "old S3CRET\n");
  if (mode !== undefined) Deno.chmodSync(path, mode);
  const made = await resourceOf(file, world, { path, content: "new S3CRET\n", ...fields });
  const found = await made.check();
  assert(found?.type === "drift");
  return [found.reason, ...await found.difference?.() ?? []].join("\n");
}

Deno.test("of a file that not everybody may read sizes and hashes are shown, no content", () =>
  inKindWorld(async (world) => {
    const cases: readonly [number | undefined, Partial<FileFields>][] = [
      [0o600, {}],
      [0o640, {}],
      [0o440, {}],
      [0o600, { mode: "0644" }],
      [0o644, { mode: "0600" }],
      [0o644, { mode: "o-r" }],
      [undefined, { mode: "0640" }],
    ];
    for (const [mode, fields] of cases) {
      const text = await saidOf(world, mode, fields);
      assert(!text.includes("S3CRET"), text);
      assertMatch(text, /not everybody may read .*[0-9]+ → 11 bytes; sha256 [0-9a-f]{12} → /);
    }
    // Of others it is shown, and of what the graph calls not sensitive.
    for (const [mode, fields] of [[0o644, {}], [undefined, {}]] as const) {
      assertStringIncludes(await saidOf(world, mode, fields), "+new S3CRET");
    }
    assertStringIncludes(await saidOf(world, 0o600, { sensitive: false }), "-old S3CRET");
    const hidden = await saidOf(world, 0o644, { sensitive: true });
    assertEquals(hidden, "content differs");
  }));

Deno.test("so it is with lines and blocks, and what validate prints", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "a S3CRET\n");
    Deno.chmodSync(path, 0o600);
    const validate = { validate: "cat %s; exit 1", validate_shell: "/bin/sh" };
    for (const fields of [{ line: "b S3CRET" }, { block: "c S3CRET" }]) {
      const found = await (await resourceOf(line, world, { path, ...fields })).check();
      assert(found?.type === "drift");
      const text = [found.reason, ...await found.difference?.() ?? []].join("\n");
      assert(!text.includes("S3CRET"), text);
      const refused = await resourceOf(line, world, { path, ...fields, ...validate });
      assertStringIncludes((await refused.refuse()).hint ?? "", "not everybody may read the file");
    }
    const made = { path: world.path("g"), content: "S3CRET", mode: "0600", ...validate };
    await (await resourceOf(file, world, made)).refuse();
    assertEquals(world.said, []);
    await (await resourceOf(file, world, { ...made, sensitive: false })).refuse();
    assertEquals(world.said, ["S3CRET"]);
  }));

Deno.test("another host can make a file more sensitive, but not less", () => {
  const rule = { kind: "file", pattern: "/here/", allow: [], owner: false, withdrawn: "keep" };
  const taken = (sensitive: boolean) => {
    const fields = { path: "/there/f", content: "x", mode: "0600", sensitive };
    const offer = { host: "b", hostId: "b", kind: "file", name: "f", fields };
    const received = receiveFile(offer, rule as unknown as Parameters<typeof receiveFile>[1]);
    return received.ok ? received.fields.sensitive : received;
  };
  assertEquals([taken(true), taken(false)], [true, undefined]);
});

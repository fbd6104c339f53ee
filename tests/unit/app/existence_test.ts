import { assertEquals } from "@std/assert";
import { Existence } from "../../../src/app/managed/existence.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import type { Remains } from "../../../src/kind/remains.ts";

Deno.test("what was managed is there, gone, or nobody can tell by a look", async () => {
  const directory = await Deno.makeTempDir();
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  try {
    await Deno.writeTextFile(`${directory}/file`, "x");
    await Deno.mkdir(`${directory}/directory`);
    await Deno.symlink("nowhere", `${directory}/link`);
    const at = (...names: string[]): Remains => ({
      at: "path",
      paths: names.map((name) => `${directory}/${name}`),
    });
    const answers: readonly (readonly [Remains, boolean | undefined])[] = [
      [at("file"), true],
      [at("directory/"), true],
      [at("link"), true],
      [at("none"), false],
      [at("none/below"), false],
      [at("none", "file"), true],
      [at("none", "nothing"), false],
      [{ at: "inside", path: `${directory}/file` }, undefined],
      [{ at: "inside", path: `${directory}/none` }, false],
      [{ at: "user", name: "root" }, true],
      [{ at: "user", name: "mgmt-nobody-is-called-so" }, false],
      [{ at: "group", name: "root" }, true],
      [{ at: "group", name: "mgmt-nobody-is-called-so" }, false],
      [{ at: "mount", path: "/proc" }, true],
      [{ at: "mount", path: directory }, false],
      [{ at: "elsewhere" }, undefined],
    ];
    const existence = new Existence(host);
    for (const [remains, expected] of answers) {
      assertEquals(await existence.of(remains), expected, JSON.stringify(remains));
    }
  } finally {
    await host.close();
    await Deno.remove(directory, { recursive: true });
  }
});

// both runtimes: it reads real lists of files

import { assertEquals } from "@std/assert";
import { ownedPaths } from "../../../src/packages/owned_paths.ts";
import { inDirectory } from "../../support/program.ts";

async function owned(
  lists: Readonly<Record<string, string>>,
  packages: readonly string[],
  paths: readonly string[],
): Promise<Record<string, readonly string[]>> {
  let answer: Record<string, readonly string[]> = {};
  await inDirectory(async (directory) => {
    for (const [name, text] of Object.entries(lists)) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    const question = { packages: new Set(packages), paths: new Set(paths) };
    answer = Object.fromEntries(await ownedPaths(question, directory));
  });
  return answer;
}

Deno.test("of a package's list, what is asked for is its own", async () => {
  assertEquals(
    await owned(
      {
        "web.list": "/.\n/etc\n/etc/web\n/etc/web/conf\n",
        "web.conffiles": "/etc/web/x\n",
        "web-extra.list": "/etc/web/x\n",
        "other.list": "/etc/web\n",
      },
      ["web", "absent"],
      ["/etc/web", "/etc/web/conf", "/etc/web/x", "/usr/bin/web"],
    ),
    { web: ["/etc/web", "/etc/web/conf"] },
  );
});

Deno.test("a package for several architectures has several lists, and goes by both names", async () => {
  const lists = { "lib:amd64.list": "/lib/a\n/lib/x\n", "lib:i386.list": "/lib/b\n/lib/x\n" };
  const paths = ["/lib/a", "/lib/b"];
  const { lib } = await owned(lists, ["lib"], paths);
  assertEquals(lib?.toSorted(), paths);
  assertEquals(await owned(lists, ["lib:i386"], paths), { "lib:i386": ["/lib/b"] });
});

Deno.test("a name cannot lead out of the directory of the lists", async () => {
  assertEquals(await owned({ "a.list": "/x\n" }, ["../a", "./a", "", "."], ["/x"]), {});
});

Deno.test("a host without dpkg knows of nothing, and nothing is read where nothing is asked", async () => {
  const question = { packages: new Set(["a"]), paths: new Set(["/x"]) };
  assertEquals((await ownedPaths(question, "/nowhere/at/all")).size, 0);
  assertEquals(await owned({ "a.list": "/x\n" }, [], ["/x"]), {});
  assertEquals(await owned({ "a.list": "/x\n" }, ["a"], []), {});
});

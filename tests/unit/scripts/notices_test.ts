import { assertEquals, assertThrows } from "@std/assert";
import { bundledPackages, goModules } from "../../../scripts/notices/components.ts";
import { packagesOf } from "../../../scripts/page.ts";
import { noticesText } from "../../../scripts/notices/text.ts";
import { runLine } from "../../support/cli_surface.ts";
import { inDirectory } from "../../support/program.ts";

function put(path: string, text: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

Deno.test("of what the bundler took, each package is found once, and one without a notice stops the build", () =>
  inDirectory((directory) => {
    const npm = `${directory}/npm/registry.example`;
    const bundle = (...sources: readonly string[]) => {
      put(`${directory}/code/a.js.map`, JSON.stringify({ sources }));
      return bundledPackages(`${directory}/code`);
    };
    put(`${npm}/one/1.0.0/LICENSE`, "text of one");
    put(`${npm}/one/1.0.0/license.js`, "no text");
    put(`${npm}/@scope/two/2.0.0-rc.1/Licence.md`, "text of two");
    put(`${npm}/@scope/two/2.0.0-rc.1/NOTICE`, "and more");
    put(`${npm}/three/3.0.0/index.js`, "");
    const found = bundle(
      "../src/main.ts",
      "../npm/registry.example/one/1.0.0/a.js",
      "../npm/registry.example/@scope/two/2.0.0-rc.1/lib/b.js",
      "../npm/registry.example/one/1.0.0/c.js",
      "../npm/registry.example/one/.build/src/c.ts",
      "../npm/registry.example/node_modules/tslib/tslib.es6.js",
    );
    assertEquals(found, [
      { name: "@scope/two", version: "2.0.0-rc.1", texts: ["text of two", "and more"] },
      { name: "one", version: "1.0.0", texts: ["text of one"] },
    ]);
    assertThrows(
      () => bundle("../npm/registry.example/three/3.0.0/index.js"),
      Error,
      "three 3.0.0",
    );
    assertThrows(() => bundle("../npm/registry.example/node_modules/four/x.js"), Error, "four");
    return Promise.resolve();
  }));

Deno.test("a Go module without a notice stops the build", () =>
  inDirectory((directory) => {
    put(`${directory}/modules`, "example.org/a v1.0.0\nexample.org/b/v2 v2.0.0\n");
    put(`${directory}/example.org/a@v1.0.0/COPYING`, "text of a");
    assertThrows(() => goModules(directory), Error, "example.org/b/v2 v2.0.0");
    put(`${directory}/example.org/b/v2@v2.0.0/LICENSE`, "text of b");
    assertEquals(goModules(directory).map(({ texts }) => texts), [["text of a"], ["text of b"]]);
    return Promise.resolve();
  }));

Deno.test("the same text stands once, under all that it is for", () => {
  const component = (name: string, ...texts: readonly string[]) => ({ name, version: "1", texts });
  const text = noticesText({
    deno: "2.0.0",
    runtime: "of the runtime",
    crates: ["a 1.0.0", "b 2.0.0"],
    packages: [
      component("x", "one text"),
      component("y", "other"),
      component("z", "one\r\n  text\n"),
    ],
    modules: [],
  });
  assertEquals(text.match(/one\s+text/g)?.length, 1);
  assertEquals(/npm packages:\nx 1\nz 1\n=+\n\none text\n/.test(text), true, text);
  assertEquals(text.includes("etcd"), false);
});

Deno.test("a program that runs from its source says where the notices are made", async () => {
  const { code, data, talk } = await runLine(["version", "--licenses"]);
  assertEquals([code, data], [1, ""]);
  assertEquals(/scripts\/build/.test(talk), true, talk);
});

Deno.test("of the page the packages that it imports are known, and what these need, traces or not", () => {
  const npmPackages = {
    "one@1.0.0": { dependencies: ["two@2.0.0"], localPath: "/npm/r/one/1.0.0" },
    "two@2.0.0": { dependencies: ["one@1.0.0"], localPath: "/npm/r/two/2.0.0" },
    "three@3.0.0": { dependencies: [], localPath: "/npm/r/three/3.0.0" },
  };
  const modules = [{}, { npmPackage: "one@1.0.0" }, {}];
  assertEquals(packagesOf({ modules, npmPackages }), ["/npm/r/one/1.0.0", "/npm/r/two/2.0.0"]);
  const lost = { modules: [{ npmPackage: "four@4.0.0" }], npmPackages };
  assertThrows(() => packagesOf(lost), Error, "four@4.0.0");
});

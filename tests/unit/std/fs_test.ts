import { assertEquals, assertThrows } from "@std/assert";
import { copySync, ensureDirSync, existsSync, type WalkOptions, walkSync } from "@std/fs";

/** Runs a test in a directory with files, a directory in it, and links to both. */
function inTree(test: (root: string) => void): void {
  const root = Deno.makeTempDirSync();
  try {
    ensureDirSync(`${root}/a/deep`);
    Deno.writeTextFileSync(`${root}/a/deep/x.ts`, "x");
    Deno.writeTextFileSync(`${root}/a/y.txt`, "y");
    Deno.symlinkSync("y.txt", `${root}/a/link.ts`);
    Deno.symlinkSync("deep", `${root}/a/there`);
    test(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function walked(root: string, options?: WalkOptions): string[] {
  return [...walkSync(root, options)].map(({ path }) => path.slice(root.length)).sort();
}

Deno.test("a walk yields the root and all below it, and follows no link", () =>
  inTree((root) => {
    const all = ["", "/deep", "/deep/x.ts", "/link.ts", "/there", "/y.txt"];
    assertEquals(walked(`${root}/a`), all);
    const [first] = walkSync(new URL(`file://${root}/a/`), { maxDepth: 0 });
    assertEquals([first?.name, first?.isDirectory], ["a", true]);
    const entries = [...walkSync(`${root}/a`)];
    assertEquals(entries.find(({ name }) => name === "link.ts")?.isSymlink, true);
    assertEquals(entries.findIndex(({ name }) => name === "a"), 0);
  }));

Deno.test("a walk leaves out what it is told to", () =>
  inTree((root) => {
    const files = { includeDirs: false };
    assertEquals(walked(`${root}/a`, files), ["/deep/x.ts", "/link.ts", "/there", "/y.txt"]);
    const plain = { ...files, includeSymlinks: false };
    assertEquals(walked(`${root}/a`, plain), ["/deep/x.ts", "/y.txt"]);
    assertEquals(walked(`${root}/a`, { ...plain, exts: ["ts"] }), ["/deep/x.ts"]);
    assertEquals(walked(`${root}/a`, { ...plain, exts: [".txt"] }), ["/y.txt"]);
    assertEquals(walked(`${root}/a`, { ...plain, match: [/\/y/] }), ["/y.txt"]);
    assertEquals(walked(`${root}/a`, { ...plain, skip: [/deep$/] }), ["/y.txt"]);
    assertEquals(walked(`${root}/a`, { ...plain, maxDepth: 1 }), ["/y.txt"]);
    assertEquals(walked(`${root}/a`, { includeFiles: false, includeSymlinks: false }), [
      "",
      "/deep",
    ]);
    assertEquals(walked(`${root}/a`, { maxDepth: -1 }), []);
    assertThrows(() => walked(`${root}/b`), Deno.errors.NotFound);
  }));

Deno.test("what exists is found through links, and as what it is", () =>
  inTree((root) => {
    const [file, directory] = [{ isFile: true }, { isDirectory: true }];
    assertEquals(existsSync(`${root}/a/link.ts`, { ...file, isReadable: true }), true);
    assertEquals(existsSync(`${root}/a/there`, directory), true);
    assertEquals([existsSync(`${root}/a`, file), existsSync(`${root}/a/y.txt`, directory)], [
      false,
      false,
    ]);
    assertEquals(existsSync(new URL(`file://${root}/nothing`)), false);
    Deno.symlinkSync("nowhere", `${root}/dangling`);
    assertEquals(existsSync(`${root}/dangling`), false);
    assertThrows(() => existsSync(root, { ...file, ...directory }), TypeError);
  }));

Deno.test("a directory is ensured once and again, never in place of a file", () =>
  inTree((root) => {
    ensureDirSync(`${root}/new/er`);
    ensureDirSync(`${root}/new/er`);
    ensureDirSync(`${root}/a/there`);
    assertEquals(existsSync(`${root}/new/er`, { isDirectory: true }), true);
    assertThrows(() => ensureDirSync(`${root}/a/y.txt`), Error);
  }));

Deno.test("a copy has all that is below, links as links, and replaces only when told", () =>
  inTree((root) => {
    copySync(`${root}/a`, `${root}/b/c`);
    assertEquals(walked(`${root}/b/c`), walked(`${root}/a`));
    assertEquals(Deno.readLinkSync(`${root}/b/c/link.ts`), "y.txt");
    assertThrows(() => copySync(`${root}/a`, `${root}/b/c`), Deno.errors.AlreadyExists);
    assertThrows(
      () => copySync(`${root}/a/y.txt`, `${root}/b/c/y.txt`),
      Deno.errors.AlreadyExists,
    );
    Deno.writeTextFileSync(`${root}/a/y.txt`, "again");
    copySync(`${root}/a`, `${root}/b/c`, { overwrite: true });
    assertEquals(Deno.readTextFileSync(`${root}/b/c/link.ts`), "again");
    assertThrows(() => copySync(`${root}/a`, `${root}/a/deep/er`), Error, "subdirectory of itself");
    assertThrows(() => copySync(`${root}/a`, `${root}/a`), Error, "cannot be the same");
  }));

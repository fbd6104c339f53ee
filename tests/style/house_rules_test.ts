import { assertEquals } from "@std/assert";
import { existsSync, walkSync } from "@std/fs";

const ROOT = new URL("../../", import.meta.url).pathname;
const LONGEST = 350;

/** All programs below some folders of the project, their paths from its root. */
function sources(...folders: string[]): { path: string; text: string }[] {
  return folders.flatMap((folder) =>
    [...walkSync(ROOT + folder, { includeDirs: false, exts: ["ts"] })].map(({ path }) => ({
      path: path.slice(ROOT.length),
      text: Deno.readTextFileSync(path),
    }))
  );
}

Deno.test(`no file of src is longer than ${LONGEST} lines`, () => {
  const long = sources("src").map(({ path, text }) => `${path}: ${text.split("\n").length - 1}`)
    .filter((line) => Number(line.split(": ")[1]) > LONGEST);
  assertEquals(long, []);
});

Deno.test("nothing is left to be done in a comment", () => {
  const marker = new RegExp(["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|"));
  const marked = sources("src", "scripts", "tests").flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => marker.test(line) ? [`${path}:${index + 1}`] : [])
  );
  assertEquals(marked, []);
});

Deno.test("every exported function and class of src says what goes in and out", () => {
  const silent = sources("src").flatMap(({ path, text }) => {
    const lines = text.split("\n");
    return lines.flatMap((line, index) => {
      const declares = /^export (default )?(async )?(abstract )?(function|class)\b/.test(
        line,
      );
      const above = lines.slice(0, index).findLast((each) => !each.startsWith("// deno-lint"));
      return declares && !above?.endsWith("*/") ? [`${path}:${index + 1}`] : [];
    });
  });
  assertEquals(silent, []);
});

Deno.test("the architecture names every folder of src", () => {
  if (!existsSync(`${ROOT}src/ARCHITECTURE.md`)) return;
  const map = Deno.readTextFileSync(`${ROOT}src/ARCHITECTURE.md`);
  const folders = [...Deno.readDirSync(`${ROOT}src`)].filter((entry) => entry.isDirectory)
    .map((entry) => entry.name);
  assertEquals(folders.filter((folder) => !map.includes(`${folder}/`)), []);
});

Deno.test("what the architecture calls a file is one", () => {
  const map = Deno.readTextFileSync(`${ROOT}src/ARCHITECTURE.md`);
  const paths = sources("src", "scripts", "tests").map(({ path }) => path);
  const there = new Set(["main.ts", ...paths.map((path) => path.slice(path.lastIndexOf("/") + 1))]);
  const named = [...map.matchAll(/`(?:[a-z_]+\/)*([a-z_]+\.ts)`/g)].map(([, name = ""]) => name);
  assertEquals(named.filter((name) => !there.has(name)), []);
});

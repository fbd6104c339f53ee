import { assertEquals } from "@std/assert";
import { hears, pause, quiet, until, withHub } from "./watcher_helpers.ts";

const write = Deno.writeTextFileSync;
const makeDirectory = (path: string) => Deno.mkdirSync(path, { recursive: true });
const remove = (path: string) => Deno.removeSync(path, { recursive: true });

Deno.test("a wish for a tree hears of everything in it, however deep", () =>
  withHub(async ({ watcher, directory, want }) => {
    const top = `${directory}/top`;
    makeDirectory(`${top}/a/b/c`);
    const wish = want(top, true);
    const plain = want(top);
    await watcher.settle();
    await hears(wish, "a file at the top", () => write(`${top}/file`, "x"));
    await hears(wish, "a file deep below", () => write(`${top}/a/b/c/file`, "x"));
    await hears(wish, "new content deep below", () => write(`${top}/a/b/c/file`, "y"));
    await hears(wish, "a new mode deep below", () => Deno.chmodSync(`${top}/a/b/c/file`, 0o600));
    await hears(wish, "new directories", () => makeDirectory(`${top}/new/newer/newest`));
    await hears(wish, "a file in them", () => write(`${top}/new/newer/newest/file`, "x"));
    await hears(wish, "a moved directory", () => Deno.renameSync(`${top}/a`, `${top}/new/a`));
    await hears(wish, "a file in that", () => write(`${top}/new/a/b/c/file`, "z"));
    await hears(wish, "another one in its place", () => makeDirectory(`${top}/a/b`));
    await hears(wish, "a file in the other one", () => write(`${top}/a/b/file`, "z"));
    assertEquals(plain.count, 0, "a wish for the directory alone is told nothing of all that");
    await hears(plain, "a new mode of the top", () => Deno.chmodSync(top, 0o700));
    await hears(wish, "a removed directory", () => remove(`${top}/new`));
    await hears(wish, "the removal of the top", () => remove(top));
    await hears(wish, "another top", () => makeDirectory(`${top}/x`));
    await hears(wish, "a file in it", () => write(`${top}/x/file`, "z"));
    assertEquals(watcher.status().roots, [top]);
    assertEquals(plain.count > 0, true);
  }));

Deno.test("what leaves a tree is watched no more", () =>
  withHub(async ({ watcher, directory, want }) => {
    const top = `${directory}/top`;
    makeDirectory(`${top}/a/b/c`);
    const wish = want(top, true);
    const inner = want(`${top}/a`, true);
    await watcher.settle();
    assertEquals(watcher.status().directories.includes(`${top}/a/b/c`), true);
    inner.close();
    await watcher.settle();
    assertEquals(
      watcher.status().directories.includes(`${top}/a/b/c`),
      true,
      "the other tree has it",
    );
    await hears(wish, "a", () => Deno.renameSync(`${top}/a`, `${directory}/out`));
    await quiet([wish]);
    const before = wish.count;
    write(`${directory}/out/b/c/file`, "x");
    await pause(20);
    assertEquals(wish.count, before);
    assertEquals(watcher.status().directories.filter((path) => path.startsWith(`${top}/`)), []);
    makeDirectory(`${top}/again/below`);
    await quiet([wish]);
    wish.close();
    await watcher.settle();
    assertEquals(watcher.status().directories.filter((path) => path.startsWith(top)), []);
  }));

Deno.test("trees are never entered through a symbolic link, not even one to the root", () =>
  withHub(async ({ watcher, directory, want }) => {
    const top = `${directory}/top`;
    makeDirectory(`${top}/sub`);
    Deno.symlinkSync("/", `${top}/root`);
    Deno.symlinkSync("..", `${top}/sub/up`);
    const wish = want(top, true);
    await watcher.settle();
    assertEquals(watcher.status().directories.length < 10, true);
    await hears(wish, "another link", () => Deno.symlinkSync("/usr", `${top}/sub/usr`));
    await hears(wish, "a change", () => write(`${top}/sub/file`, "x"));
    assertEquals(watcher.status().directories.length < 10, true);
  }));

Deno.test("directories made and filled at once in a tree are never missed", () =>
  withHub(async ({ watcher, directory }) => {
    const top = `${directory}/top`;
    makeDirectory(top);
    let seen = 0;
    const look = () => {
      seen = 0;
      for (const { name } of Deno.readDirSync(top)) {
        try {
          Deno.statSync(`${top}/${name}/deep/er/file`);
          seen++;
        } catch {
          // Not there yet.
        }
      }
    };
    watcher.watch({ path: top, tree: true, changed: look });
    await watcher.settle();
    for (let round = 1; round <= 200; round++) {
      makeDirectory(`${top}/${round}/deep/er`);
      if (round % 3 === 0) await pause(0);
      if (round % 3 === 1) await Promise.resolve();
      write(`${top}/${round}/deep/er/file`, "x");
      await until(`directory ${round} is seen`, () => seen === round);
    }
  }));

Deno.test("a tree below a link hears, and moves with the link", () =>
  withHub(async ({ watcher, directory, want }) => {
    makeDirectory(`${directory}/one/sub`);
    makeDirectory(`${directory}/two/sub`);
    Deno.symlinkSync("one", `${directory}/link`);
    const wish = want(`${directory}/link/sub`, true);
    await watcher.settle();
    await hears(wish, "a file", () => write(`${directory}/one/sub/file`, "x"));
    await hears(wish, "another link", () => {
      Deno.symlinkSync("two", `${directory}/new`);
      Deno.renameSync(`${directory}/new`, `${directory}/link`);
    });
    await hears(wish, "a file there", () => write(`${directory}/two/sub/file`, "x"));
    const before = wish.count;
    write(`${directory}/one/sub/file`, "y");
    await pause(20);
    assertEquals(wish.count, before);
  }));

import { assertEquals } from "@std/assert";
import { hears, pause, quiet, until, withWatcher } from "./watcher_helpers.ts";

const write = Deno.writeTextFileSync;
const makeDirectory = (path: string) => Deno.mkdirSync(path, { recursive: true });
const remove = (path: string) => Deno.removeSync(path, { recursive: true });

Deno.test("a subscription to a tree is told of everything in it, however deep", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const top = `${directory}/top`;
    makeDirectory(`${top}/a/b/c`);
    const counter = want(top, true);
    const plain = want(top);
    await watcher.settle();
    await hears(counter, "a file at the top", () => write(`${top}/file`, "x"));
    await hears(counter, "a file deep below", () => write(`${top}/a/b/c/file`, "x"));
    await hears(counter, "new content deep below", () => write(`${top}/a/b/c/file`, "y"));
    await hears(counter, "a new mode deep below", () => Deno.chmodSync(`${top}/a/b/c/file`, 0o600));
    await hears(counter, "new directories", () => makeDirectory(`${top}/new/newer/newest`));
    await hears(counter, "a file in them", () => write(`${top}/new/newer/newest/file`, "x"));
    await hears(counter, "a moved directory", () => Deno.renameSync(`${top}/a`, `${top}/new/a`));
    await hears(counter, "a file in that", () => write(`${top}/new/a/b/c/file`, "z"));
    await hears(counter, "another one in its place", () => makeDirectory(`${top}/a/b`));
    await hears(counter, "a file in the other one", () => write(`${top}/a/b/file`, "z"));
    assertEquals(plain.count, 0, "who wants the directory alone is told nothing of all that");
    await hears(plain, "a new mode of the top", () => Deno.chmodSync(top, 0o700));
    await hears(counter, "a removed directory", () => remove(`${top}/new`));
    await hears(counter, "the removal of the top", () => remove(top));
    await hears(counter, "another top", () => makeDirectory(`${top}/x`));
    await hears(counter, "a file in it", () => write(`${top}/x/file`, "z"));
    assertEquals(watcher.status().roots, [top]);
    assertEquals(plain.count > 0, true);
  }));

Deno.test("what leaves a tree is watched no more", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const top = `${directory}/top`;
    makeDirectory(`${top}/a/b/c`);
    const counter = want(top, true);
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
    await hears(counter, "a", () => Deno.renameSync(`${top}/a`, `${directory}/out`));
    await quiet([counter]);
    const before = counter.count;
    write(`${directory}/out/b/c/file`, "x");
    await pause(20);
    assertEquals(counter.count, before);
    assertEquals(watcher.status().directories.filter((path) => path.startsWith(`${top}/`)), []);
    makeDirectory(`${top}/again/below`);
    await quiet([counter]);
    counter.close();
    await watcher.settle();
    assertEquals(watcher.status().directories.filter((path) => path.startsWith(top)), []);
  }));

Deno.test("trees are never entered through a symbolic link, not even one to the root", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const top = `${directory}/top`;
    makeDirectory(`${top}/sub`);
    Deno.symlinkSync("/", `${top}/root`);
    Deno.symlinkSync("..", `${top}/sub/up`);
    const counter = want(top, true);
    await watcher.settle();
    assertEquals(watcher.status().directories.length < 10, true);
    await hears(counter, "another link", () => Deno.symlinkSync("/usr", `${top}/sub/usr`));
    await hears(counter, "a change", () => write(`${top}/sub/file`, "x"));
    assertEquals(watcher.status().directories.length < 10, true);
  }));

Deno.test("directories made and filled at once in a tree are never missed", () =>
  withWatcher(async ({ watcher, directory }) => {
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
  withWatcher(async ({ watcher, directory, want }) => {
    makeDirectory(`${directory}/one/sub`);
    makeDirectory(`${directory}/two/sub`);
    Deno.symlinkSync("one", `${directory}/link`);
    const counter = want(`${directory}/link/sub`, true);
    await watcher.settle();
    await hears(counter, "a file", () => write(`${directory}/one/sub/file`, "x"));
    await hears(counter, "another link", () => {
      Deno.symlinkSync("two", `${directory}/new`);
      Deno.renameSync(`${directory}/new`, `${directory}/link`);
    });
    await hears(counter, "a file there", () => write(`${directory}/two/sub/file`, "x"));
    const before = counter.count;
    write(`${directory}/one/sub/file`, "y");
    await pause(20);
    assertEquals(counter.count, before);
  }));

Deno.test("a subscription to the entries of a directory is told of them, and of nothing deeper", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const wanted = `${directory}/link`;
    Deno.mkdirSync(`${directory}/a/deep`, { recursive: true });
    Deno.mkdirSync(`${directory}/b`);
    Deno.symlinkSync("a", wanted);
    const close = () => watch.close();
    const counter = { path: wanted, count: 0, moved: false, seen: undefined, close };
    const changed = () => void counter.count++;
    const request = {
      path: wanted,
      tree: false,
      entries: (name: string) => name !== "no",
      follow: true,
      changed,
    };
    const watch = watcher.watch(request);
    await watcher.settle();
    const isWatched = (name: string) =>
      watcher.status().directories.includes(`${directory}/${name}`);
    assertEquals([isWatched("a"), isWatched("a/deep")], [true, false]);
    for (
      const [what, act] of Object.entries({
        "a new file": () => Deno.writeTextFileSync(`${directory}/a/one`, ""),
        "what is written into it": () => Deno.writeTextFileSync(`${directory}/a/one`, "1"),
        "its rename": () => Deno.renameSync(`${directory}/a/one`, `${directory}/a/two`),
        "its mode": () => Deno.chmodSync(`${directory}/a/two`, 0o600),
        "its removal": () => Deno.removeSync(`${directory}/a/two`),
        "a new directory": () => Deno.mkdirSync(`${directory}/a/new`),
        "a link that leads elsewhere": () => {
          Deno.symlinkSync("b", `${directory}/next`);
          Deno.renameSync(`${directory}/next`, wanted);
        },
        "a file there": () => Deno.writeTextFileSync(`${directory}/b/one`, ""),
      })
    ) await hears(counter, what, act);
    assertEquals([isWatched("a"), isWatched("b")], [false, true]);
    await quiet([counter]);
    const before = counter.count;
    const noted = want(`${directory}/b/no`);
    await watcher.settle();
    await hears(
      noted,
      "what the other does not want",
      () => Deno.writeTextFileSync(`${directory}/b/no`, "x"),
    );
    assertEquals(counter.count, before);
    const other = want(`${directory}/a/deep/file`);
    await watcher.settle();
    await hears(other, "a file", () => Deno.writeTextFileSync(`${directory}/a/deep/file`, ""));
    assertEquals(counter.count, before);
    // Who also wants the tree gets it, at the same path.
    const tree = want(wanted, true, true);
    Deno.mkdirSync(`${directory}/b/deep`);
    await watcher.settle();
    await hears(tree, "a file below", () => Deno.writeTextFileSync(`${directory}/b/deep/x`, ""));
    watch.close();
    tree.close();
    other.close();
    noted.close();
    await watcher.settle();
    assertEquals([isWatched("b"), isWatched("b/deep")], [false, false]);
  }));

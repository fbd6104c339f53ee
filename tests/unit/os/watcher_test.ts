import { assert, assertEquals } from "@std/assert";
import { hears, pause, quiet, until, withWatcher } from "./watcher_helpers.ts";

const write = Deno.writeTextFileSync;
const makeDirectory = (path: string) => Deno.mkdirSync(path, { recursive: true });
const remove = (path: string) => Deno.removeSync(path, { recursive: true });

Deno.test("every way to change a file is heard", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/motd`;
    const counter = want(path);
    await watcher.settle();
    await hears(counter, "creation", () => write(path, "one"));
    await hears(counter, "new content", () => write(path, "two"));
    await hears(counter, "appended content", () => write(path, "3", { append: true }));
    await hears(counter, "truncation", () => Deno.truncateSync(path, 0));
    await hears(counter, "a new mode", () => Deno.chmodSync(path, 0o600));
    await hears(counter, "a new time", () => Deno.utimeSync(path, 1, 1));
    write(`${directory}/other`, "new");
    await hears(counter, "replacement", () => Deno.renameSync(`${directory}/other`, path));
    await hears(counter, "being moved away", () => Deno.renameSync(path, `${directory}/away`));
    await hears(counter, "being moved back", () => Deno.renameSync(`${directory}/away`, path));
    await hears(counter, "removal", () => remove(path));
    await hears(counter, "a directory in its place", () => makeDirectory(path));
    await hears(counter, "removal of that", () => remove(path));
    await hears(counter, "a link in its place", () => Deno.symlinkSync("/etc/passwd", path));
    await hears(counter, "a hard link in its place", () => {
      remove(path);
      Deno.linkSync(`${directory}/again`, path);
    }).catch(() => {});
  }));

Deno.test("names with other letters than English ones are heard as well", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    for (const name of ["é", "begrüßung.conf", "設定", "a".repeat(250), "né".repeat(80)]) {
      const counter = want(`${directory}/${name}`);
      await watcher.settle();
      await hears(counter, `creation of ${name}`, () => write(`${directory}/${name}`, "one"));
      await hears(counter, `removal of ${name}`, () => remove(`${directory}/${name}`));
    }
  }));

Deno.test("what is moved to a path is told from what is written there", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/motd`;
    const other = `${directory}/other`;
    const counter = want(path);
    await watcher.settle();
    const moved = async (what: string, act: () => void) => {
      await hears(counter, what, act);
      await quiet([counter]);
      return counter.moved;
    };
    assertEquals(await moved("creation", () => write(path, "one")), false);
    write(other, "new");
    assertEquals(await moved("replacement", () => Deno.renameSync(other, path)), true);
    assertEquals(await moved("new content", () => write(path, "two")), false);
    write(other, "new");
    const both = () => {
      Deno.renameSync(other, path);
      write(path, "three");
    };
    assertEquals(await moved("both", both), false);
    assertEquals(await moved("being moved away", () => Deno.renameSync(path, other)), false);
  }));

Deno.test("a FIFO in a watched directory stops nothing", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/motd`;
    const counter = want(path);
    await watcher.settle();
    const fifo = () => void new Deno.Command("mkfifo", { args: [path] }).outputSync();
    await hears(counter, "a FIFO in its place", fifo);
    await hears(counter, "its removal", () => remove(path));
    await hears(counter, "creation", () => write(path, "one"));
    want(`${directory}/deeper/file`);
    await watcher.settle();
  }));

Deno.test("what nobody wants and our own temporary files wake nobody", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const counter = want(`${directory}/motd`);
    await watcher.settle();
    await quiet([counter]);
    const before = counter.count;
    write(`${directory}/stranger`, "x");
    write(`${directory}/.mgmt-0123456789abcdef~`, "x");
    remove(`${directory}/.mgmt-0123456789abcdef~`);
    await pause(50);
    assertEquals(counter.count, before);
  }));

Deno.test("parents that are missing are waited for, one after the other", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/a/b/c/file`;
    const counter = want(path);
    await watcher.settle();
    await hears(counter, "the first parent", () => makeDirectory(`${directory}/a`));
    await hears(counter, "the second parent", () => makeDirectory(`${directory}/a/b`));
    await hears(counter, "the third parent", () => makeDirectory(`${directory}/a/b/c`));
    await hears(counter, "the file", () => write(path, "x"));
    await hears(counter, "the removal of all", () => remove(`${directory}/a`));
    await hears(counter, "all made at once", () => {
      makeDirectory(`${directory}/a/b/c`);
      write(path, "x");
    });
    await hears(counter, "a change in the new file", () => write(path, "y"));
  }));

Deno.test("a directory made and filled at once is never missed", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const parent = `${directory}/parent`;
    const counter = want(`${parent}/deep/file`);
    let content: string | undefined;
    const look = () => {
      try {
        content = Deno.readTextFileSync(`${parent}/deep/file`);
      } catch {
        content = undefined;
      }
    };
    watcher.watch({ path: `${parent}/deep/file`, tree: false, changed: look });
    await watcher.settle();
    for (let round = 0; round < 200; round++) {
      makeDirectory(`${parent}/deep`);
      if (round % 2 === 0) await Promise.resolve();
      write(`${parent}/deep/file`, `${round}`);
      await until(`round ${round} is seen`, () => content === `${round}`);
      remove(parent);
      await until(`the removal in round ${round} is seen`, () => content === undefined);
    }
    await quiet([counter]);
    assertEquals(watcher.status().directories.includes(`${parent}/deep`), false);
  }));

Deno.test("moved and replaced parents are noticed on every level", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/a/b/c/file`;
    makeDirectory(`${directory}/a/b/c`);
    write(path, "x");
    const counter = want(path);
    await watcher.settle();
    for (const level of ["a", "a/b", "a/b/c"]) {
      const parent = `${directory}/${level}`;
      await hears(
        counter,
        `${level} moved away`,
        () => Deno.renameSync(parent, `${directory}/away`),
      );
      const rest = path.slice(parent.length);
      await hears(counter, `another ${level}`, () => {
        makeDirectory(parent + rest.slice(0, rest.lastIndexOf("/")));
        write(path, "y");
      });
      await hears(counter, `a change below another ${level}`, () => write(path, "z"));
      const before = counter.count;
      write(`${directory}/away${rest}`, "stray");
      await pause(20);
      assertEquals(counter.count, before, "what was moved away is watched no more");
      remove(`${directory}/away`);
    }
    await hears(counter, "a parent that became a file", () => {
      remove(`${directory}/a/b`);
      write(`${directory}/a/b`, "file");
    });
    await hears(counter, "a parent that is a directory again", () => {
      remove(`${directory}/a/b`);
      makeDirectory(`${directory}/a/b/c`);
    });
    await hears(counter, "the file in it", () => write(path, "x"));
  }));

Deno.test("symbolic links on the way are followed, and watched themselves", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    for (const name of ["one", "two", "three"]) {
      makeDirectory(`${directory}/real/${name}`);
      write(`${directory}/real/${name}/file`, name);
    }
    Deno.symlinkSync("real", `${directory}/first`);
    Deno.symlinkSync(`${directory}/first/./one/../one`, `${directory}/second`);
    const counter = want(`${directory}/second/file`);
    await watcher.settle();
    const real = (name: string) => `${directory}/real/${name}/file`;
    await hears(counter, "a change of the real file", () => write(real("one"), "new"));
    await hears(counter, "another link", () => {
      remove(`${directory}/second`);
      Deno.symlinkSync("first/two", `${directory}/second`);
    });
    await hears(counter, "a change at the new end", () => write(real("two"), "new"));
    const before = counter.count;
    write(real("one"), "stray");
    await pause(20);
    assertEquals(counter.count, before, "the former end is watched no more");
    await hears(counter, "another inner link", () => {
      Deno.symlinkSync("elsewhere", `${directory}/new`);
      Deno.renameSync(`${directory}/new`, `${directory}/first`);
    });
    await hears(
      counter,
      "what a dangling link wants",
      () => makeDirectory(`${directory}/elsewhere`),
    );
    await hears(counter, "the next", () => makeDirectory(`${directory}/elsewhere/two`));
    await hears(counter, "the file", () => write(`${directory}/elsewhere/two/file`, "x"));
    await hears(counter, "a directory in place of the link", () => {
      remove(`${directory}/second`);
      makeDirectory(`${directory}/second`);
    });
    await hears(counter, "the file in that", () => write(`${directory}/second/file`, "x"));
  }));

Deno.test("links that lead in a circle, or to the root, do no harm", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    Deno.symlinkSync("loop", `${directory}/loop`);
    Deno.symlinkSync("/", `${directory}/root`);
    const circle = want(`${directory}/loop/file`);
    const root = want(`${directory}/root${directory}/root${directory}/file`);
    await watcher.settle();
    await hears(root, "creation", () => write(`${directory}/file`, "x"));
    await hears(circle, "a directory in place of the circle", () => {
      remove(`${directory}/loop`);
      makeDirectory(`${directory}/loop`);
    });
    await hears(circle, "the file in it", () => write(`${directory}/loop/file`, "x"));
    assertEquals(watcher.status().directories.length < 10, true);
  }));

Deno.test("a closed subscription is told nothing, and what only it needed is watched no more", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    makeDirectory(`${directory}/a/b`);
    const kept = want(`${directory}/kept`);
    const closed = want(`${directory}/a/b/file`);
    await watcher.settle();
    assertEquals(watcher.status().directories.includes(`${directory}/a/b`), true);
    closed.close();
    await watcher.settle();
    assertEquals(watcher.status().directories.includes(`${directory}/a/b`), false);
    await hears(kept, "creation", () => write(`${directory}/kept`, "x"));
    assertEquals(closed.count, 0);
  }));

Deno.test("a subscription to a path above or below another one hears its own", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const above = want(`${directory}/a`);
    await watcher.settle();
    const below = want(`${directory}/a/b`);
    await watcher.settle();
    await hears(above, "creation", () => makeDirectory(`${directory}/a`));
    await hears(below, "creation", () => write(`${directory}/a/b`, "x"));
    below.close();
    await hears(above, "removal", () => remove(`${directory}/a`));
  }));

Deno.test("while very many are told, others have their turns", () =>
  withWatcher(async ({ watcher, directory }) => {
    const COUNT = 100;
    let told = 0;
    const path = (at: number) => `${directory}/f${at}`;
    for (let at = 0; at < COUNT; at++) {
      watcher.watch({
        path: path(at),
        tree: false,
        changed: () => {
          told++;
          for (const endMs = performance.now() + 2; performance.now() < endMs;);
        },
      });
    }
    await watcher.settle();
    for (let at = 0; at < COUNT; at++) write(path(at), "x");
    const between = new Set<number>();
    await until("all are told", () => {
      between.add(told);
      return told >= COUNT;
    });
    assertEquals(between.size > 3, true, `turns after ${[...between]} were told`);
  }));

Deno.test("who is told hears what happened first, to which path, and how much more came with it", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/place/motd`;
    Deno.mkdirSync(`${directory}/place`);
    Deno.mkdirSync(`${directory}/other`);
    Deno.symlinkSync("place", `${directory}/link`);
    const counter = want(path);
    const tree = want(`${directory}/place`, true);
    const link = want(`${directory}/link/motd`);
    await watcher.settle();
    const seen = async (of: typeof counter, act: () => void) => {
      await hears(of, "a change", act);
      await quiet([counter, tree, link]);
      return [of.seen?.source, of.seen?.path, of.seen?.what];
    };
    assertEquals(await seen(counter, () => write(path, "one")), ["file", path, "created"]);
    assert((counter.seen?.more ?? 0) > 0, "written and closed after it was made");
    assertEquals(await seen(counter, () => write(path, "two")), ["file", path, "modified"]);
    assertEquals(await seen(counter, () => Deno.chmodSync(path, 0o600)), [
      "file",
      path,
      "attributes",
    ]);
    assertEquals(counter.seen?.more, 0);
    assertEquals(link.seen?.path, path);
    assertEquals(tree.seen?.path, path);
    const away = `${directory}/other/motd`;
    assertEquals(await seen(counter, () => Deno.renameSync(path, away)), [
      "file",
      path,
      "moved away",
    ]);
    assertEquals(await seen(counter, () => Deno.renameSync(away, path)), [
      "file",
      path,
      "moved here",
    ]);
    assertEquals(await seen(counter, () => Deno.removeSync(path)), ["file", path, "removed"]);
    // What happened to a directory on the way is said of that directory.
    const gone = () => Deno.renameSync(`${directory}/place`, `${directory}/away`);
    assertEquals(await seen(counter, gone), ["file", `${directory}/place`, "moved away"]);
    assertEquals(await seen(link, () => Deno.removeSync(`${directory}/link`)), [
      "file",
      `${directory}/link`,
      "removed",
    ]);
  }));

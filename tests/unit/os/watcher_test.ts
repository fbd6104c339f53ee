import { assertEquals } from "@std/assert";
import { hears, pause, quiet, until, withHub } from "./watcher_helpers.ts";

const write = Deno.writeTextFileSync;
const makeDirectory = (path: string) => Deno.mkdirSync(path, { recursive: true });
const remove = (path: string) => Deno.removeSync(path, { recursive: true });

Deno.test("every way to change a file is heard", () =>
  withHub(async ({ watcher, directory, want }) => {
    const path = `${directory}/motd`;
    const wish = want(path);
    await watcher.settle();
    await hears(wish, "creation", () => write(path, "one"));
    await hears(wish, "new content", () => write(path, "two"));
    await hears(wish, "appended content", () => write(path, "3", { append: true }));
    await hears(wish, "truncation", () => Deno.truncateSync(path, 0));
    await hears(wish, "a new mode", () => Deno.chmodSync(path, 0o600));
    await hears(wish, "a new time", () => Deno.utimeSync(path, 1, 1));
    write(`${directory}/other`, "new");
    await hears(wish, "replacement", () => Deno.renameSync(`${directory}/other`, path));
    await hears(wish, "being moved away", () => Deno.renameSync(path, `${directory}/away`));
    await hears(wish, "being moved back", () => Deno.renameSync(`${directory}/away`, path));
    await hears(wish, "removal", () => remove(path));
    await hears(wish, "a directory in its place", () => makeDirectory(path));
    await hears(wish, "removal of that", () => remove(path));
    await hears(wish, "a link in its place", () => Deno.symlinkSync("/etc/passwd", path));
    await hears(wish, "a hard link in its place", () => {
      remove(path);
      Deno.linkSync(`${directory}/again`, path);
    }).catch(() => {});
  }));

Deno.test("names with other letters than English ones are heard as well", () =>
  withHub(async ({ watcher, directory, want }) => {
    for (const name of ["é", "begrüßung.conf", "設定", "a".repeat(250), "né".repeat(80)]) {
      const wish = want(`${directory}/${name}`);
      await watcher.settle();
      await hears(wish, `creation of ${name}`, () => write(`${directory}/${name}`, "one"));
      await hears(wish, `removal of ${name}`, () => remove(`${directory}/${name}`));
    }
  }));

Deno.test("what is moved to a path is told from what is written there", () =>
  withHub(async ({ watcher, directory, want }) => {
    const path = `${directory}/motd`;
    const other = `${directory}/other`;
    const wish = want(path);
    await watcher.settle();
    const moved = async (what: string, act: () => void) => {
      await hears(wish, what, act);
      await quiet([wish]);
      return wish.moved;
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
  withHub(async ({ watcher, directory, want }) => {
    const path = `${directory}/motd`;
    const wish = want(path);
    await watcher.settle();
    const fifo = () => void new Deno.Command("mkfifo", { args: [path] }).outputSync();
    await hears(wish, "a FIFO in its place", fifo);
    await hears(wish, "its removal", () => remove(path));
    await hears(wish, "creation", () => write(path, "one"));
    want(`${directory}/deeper/file`);
    await watcher.settle();
  }));

Deno.test("what nobody wants and our own temporary files wake nobody", () =>
  withHub(async ({ watcher, directory, want }) => {
    const wish = want(`${directory}/motd`);
    await watcher.settle();
    await quiet([wish]);
    const before = wish.count;
    write(`${directory}/stranger`, "x");
    write(`${directory}/.mgmt-0123456789abcdef~`, "x");
    remove(`${directory}/.mgmt-0123456789abcdef~`);
    await pause(50);
    assertEquals(wish.count, before);
  }));

Deno.test("parents that are missing are waited for, one after the other", () =>
  withHub(async ({ watcher, directory, want }) => {
    const path = `${directory}/a/b/c/file`;
    const wish = want(path);
    await watcher.settle();
    await hears(wish, "the first parent", () => makeDirectory(`${directory}/a`));
    await hears(wish, "the second parent", () => makeDirectory(`${directory}/a/b`));
    await hears(wish, "the third parent", () => makeDirectory(`${directory}/a/b/c`));
    await hears(wish, "the file", () => write(path, "x"));
    await hears(wish, "the removal of all", () => remove(`${directory}/a`));
    await hears(wish, "all made at once", () => {
      makeDirectory(`${directory}/a/b/c`);
      write(path, "x");
    });
    await hears(wish, "a change in the new file", () => write(path, "y"));
  }));

Deno.test("a directory made and filled at once is never missed", () =>
  withHub(async ({ watcher, directory, want }) => {
    const parent = `${directory}/parent`;
    const wish = want(`${parent}/deep/file`);
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
    await quiet([wish]);
    assertEquals(watcher.status().directories.includes(`${parent}/deep`), false);
  }));

Deno.test("moved and replaced parents are noticed on every level", () =>
  withHub(async ({ watcher, directory, want }) => {
    const path = `${directory}/a/b/c/file`;
    makeDirectory(`${directory}/a/b/c`);
    write(path, "x");
    const wish = want(path);
    await watcher.settle();
    for (const level of ["a", "a/b", "a/b/c"]) {
      const parent = `${directory}/${level}`;
      await hears(wish, `${level} moved away`, () => Deno.renameSync(parent, `${directory}/away`));
      const rest = path.slice(parent.length);
      await hears(wish, `another ${level}`, () => {
        makeDirectory(parent + rest.slice(0, rest.lastIndexOf("/")));
        write(path, "y");
      });
      await hears(wish, `a change below another ${level}`, () => write(path, "z"));
      const before = wish.count;
      write(`${directory}/away${rest}`, "stray");
      await pause(20);
      assertEquals(wish.count, before, "what was moved away is watched no more");
      remove(`${directory}/away`);
    }
    await hears(wish, "a parent that became a file", () => {
      remove(`${directory}/a/b`);
      write(`${directory}/a/b`, "file");
    });
    await hears(wish, "a parent that is a directory again", () => {
      remove(`${directory}/a/b`);
      makeDirectory(`${directory}/a/b/c`);
    });
    await hears(wish, "the file in it", () => write(path, "x"));
  }));

Deno.test("symbolic links on the way are followed, and watched themselves", () =>
  withHub(async ({ watcher, directory, want }) => {
    for (const name of ["one", "two", "three"]) {
      makeDirectory(`${directory}/real/${name}`);
      write(`${directory}/real/${name}/file`, name);
    }
    Deno.symlinkSync("real", `${directory}/first`);
    Deno.symlinkSync(`${directory}/first/./one/../one`, `${directory}/second`);
    const wish = want(`${directory}/second/file`);
    await watcher.settle();
    const real = (name: string) => `${directory}/real/${name}/file`;
    await hears(wish, "a change of the real file", () => write(real("one"), "new"));
    await hears(wish, "another link", () => {
      remove(`${directory}/second`);
      Deno.symlinkSync("first/two", `${directory}/second`);
    });
    await hears(wish, "a change at the new end", () => write(real("two"), "new"));
    const before = wish.count;
    write(real("one"), "stray");
    await pause(20);
    assertEquals(wish.count, before, "the former end is watched no more");
    await hears(wish, "another inner link", () => {
      Deno.symlinkSync("elsewhere", `${directory}/new`);
      Deno.renameSync(`${directory}/new`, `${directory}/first`);
    });
    await hears(wish, "what a dangling link wants", () => makeDirectory(`${directory}/elsewhere`));
    await hears(wish, "the next", () => makeDirectory(`${directory}/elsewhere/two`));
    await hears(wish, "the file", () => write(`${directory}/elsewhere/two/file`, "x"));
    await hears(wish, "a directory in place of the link", () => {
      remove(`${directory}/second`);
      makeDirectory(`${directory}/second`);
    });
    await hears(wish, "the file in that", () => write(`${directory}/second/file`, "x"));
  }));

Deno.test("links that lead in a circle, or to the root, do no harm", () =>
  withHub(async ({ watcher, directory, want }) => {
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

Deno.test("a closed wish is told nothing, and what only it needed is watched no more", () =>
  withHub(async ({ watcher, directory, want }) => {
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

Deno.test("a wish for a path above or below another one hears its own", () =>
  withHub(async ({ watcher, directory, want }) => {
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
  withHub(async ({ watcher, directory }) => {
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
    }, 5000);
    assertEquals(between.size > 3, true, `turns after ${[...between]} were told`);
  }));

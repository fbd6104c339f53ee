import { assert, assertEquals } from "@std/assert";
import { createLocalHost } from "../../../src/host/local.ts";
import { hears, pause, quiet, until, withWatcher } from "./watcher_helpers.ts";

const write = Deno.writeTextFileSync;
const makeDirectory = (path: string) => Deno.mkdirSync(path, { recursive: true });
const remove = (path: string) => Deno.removeSync(path, { recursive: true });

/** Puts a link in place of another, in one step. */
function relink(target: string, path: string): void {
  Deno.symlinkSync(target, `${path}.new`);
  Deno.renameSync(`${path}.new`, path);
}

Deno.test("a file behind links inside a link's target is heard, however it is published", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    for (const version of [1, 2, 3, 4]) {
      makeDirectory(`${directory}/..${version}`);
      write(`${directory}/..${version}/cfg`, `${version}`);
    }
    Deno.symlinkSync("..1", `${directory}/..data`);
    Deno.symlinkSync("..data/cfg", `${directory}/cfg`);
    const counter = want(`${directory}/cfg`, false, true);
    const own = want(`${directory}/cfg`);
    await watcher.settle();
    await hears(counter, "a change of the file", () => write(`${directory}/..1/cfg`, "new"));
    await hears(counter, "a swap", () => relink("..2", `${directory}/..data`));
    assertEquals(counter.moved, true, "what is swapped in is there as a whole");
    await hears(counter, "a change at the new end", () => write(`${directory}/..2/cfg`, "new"));
    await hears(counter, "two swaps at once", () => {
      relink("..3", `${directory}/..data`);
      relink("..4", `${directory}/..data`);
    });
    await hears(counter, "a change at the last end", () => write(`${directory}/..4/cfg`, "new"));
    await quiet([counter]);
    const before = counter.count;
    write(`${directory}/..1/cfg`, "stray");
    await pause(20);
    assertEquals(counter.count, before, "the former end is watched no more");
    await hears(own, "another link", () => relink("..2/cfg", `${directory}/cfg`));
    await hears(counter, "a change behind it", () => write(`${directory}/..2/cfg`, "again"));
  }));

Deno.test("each link of a chain, and each directory on its way, is heard", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    // as /etc/alternatives does it, with a directory link and .. in between
    makeDirectory(`${directory}/usr/bin`);
    makeDirectory(`${directory}/etc/alternatives`);
    makeDirectory(`${directory}/opt/one`);
    for (const name of ["vi", "nano"]) write(`${directory}/opt/one/${name}`, name);
    Deno.symlinkSync("usr/bin", `${directory}/bin`);
    Deno.symlinkSync("../../etc/alternatives/editor", `${directory}/usr/bin/editor`);
    Deno.symlinkSync(`${directory}/opt/now/vi`, `${directory}/etc/alternatives/editor`);
    const counter = want(`${directory}/bin/editor`, false, true);
    await watcher.settle();
    await hears(counter, "what a dangling link wants", () => {
      Deno.symlinkSync("one", `${directory}/opt/now`);
    });
    await hears(counter, "new content", () => write(`${directory}/opt/one/vi`, "new"));
    await hears(counter, "another choice", () => {
      relink(`${directory}/opt/now/nano`, `${directory}/etc/alternatives/editor`);
    });
    await hears(counter, "a new mode", () => Deno.chmodSync(`${directory}/opt/one/nano`, 0o755));
    await hears(counter, "a directory moved away", () => {
      Deno.renameSync(`${directory}/opt`, `${directory}/away`);
    });
    await hears(
      counter,
      "and back",
      () => Deno.renameSync(`${directory}/away`, `${directory}/opt`),
    );
    await hears(counter, "new content", () => write(`${directory}/opt/one/nano`, "new"));
    await hears(counter, "removal", () => remove(`${directory}/opt/one/nano`));
    await hears(counter, "return", () => write(`${directory}/opt/one/nano`, "back"));
    await hears(counter, "a file in place of the link", () => {
      remove(`${directory}/usr/bin/editor`);
      write(`${directory}/usr/bin/editor`, "x");
    });
    await quiet([counter]);
    assertEquals(watcher.status().directories.includes(`${directory}/opt/one`), false);
    counter.close();
  }));

Deno.test("links to a file that lead in a circle end, and heal when it is broken", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    Deno.symlinkSync("b", `${directory}/a`);
    Deno.symlinkSync("a", `${directory}/b`);
    for (let link = 0; link < 60; link++) {
      Deno.symlinkSync(`l${link + 1}`, `${directory}/l${link}`);
    }
    const circle = want(`${directory}/a`, false, true);
    want(`${directory}/l0`, false, true);
    await watcher.settle();
    await hears(circle, "a file in the circle", () => {
      remove(`${directory}/b`);
      write(`${directory}/b`, "x");
    });
    await hears(circle, "its content", () => write(`${directory}/b`, "y"));
  }));

Deno.test("a closed subscription lets go of what only its link led to", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    makeDirectory(`${directory}/far`);
    write(`${directory}/far/file`, "x");
    Deno.symlinkSync("far/file", `${directory}/link`);
    const plain = want(`${directory}/link`);
    const counter = want(`${directory}/link`, false, true);
    await watcher.settle();
    assert(watcher.status().directories.includes(`${directory}/far`));
    counter.close();
    await watcher.settle();
    assertEquals(watcher.status().directories.includes(`${directory}/far`), false);
    await hears(plain, "removal", () => remove(`${directory}/link`));
  }));

Deno.test("many links through one directory share its watches, and all hear when it is swapped", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const names = Array.from({ length: 500 }, (_, index) => `f${index}`);
    for (const version of ["..1", "..2"]) {
      makeDirectory(`${directory}/${version}`);
      for (const name of names) write(`${directory}/${version}/${name}`, version);
    }
    Deno.symlinkSync("..1", `${directory}/..data`);
    for (const name of names) Deno.symlinkSync(`..data/${name}`, `${directory}/${name}`);
    const counters = names.map((name) => want(`${directory}/${name}`, false, true));
    await watcher.settle();
    const watched = watcher.status().directories.filter((each) => each.startsWith(directory));
    assertEquals(watched.sort(), [directory, `${directory}/..1`].sort());
    relink("..2", `${directory}/..data`);
    const all = () => counters.every((counter) => counter.count > 0);
    await until("all hear of the swap", all, 5000);
    await watcher.settle();
    const last = counters.at(-1);
    assert(last !== undefined);
    await hears(last, "a change at the new end", () => write(`${directory}/..2/f499`, "new"));
  }));

Deno.test("who is told that a link leads elsewhere sees what it leads to now", async () => {
  const directory = Deno.realPathSync(Deno.makeTempDirSync());
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  try {
    for (const name of ["one", "two"]) {
      makeDirectory(`${directory}/${name}`);
      write(`${directory}/${name}/cfg`, name);
    }
    Deno.symlinkSync("one", `${directory}/now`);
    const path = `${directory}/now/cfg`;
    const seen: unknown[] = [];
    const look = () => {
      const sight = host.files.look(path, { contentUpToBytes: 100 });
      assert(!(sight instanceof Promise) && sight.ok && sight.value.type === "file");
      seen.push(new TextDecoder().decode(sight.value.content));
    };
    host.watcher.watch({ path, tree: false, changed: look });
    await host.watcher.settle();
    for (let round = 0; round < 10; round++) {
      const now = round % 2 === 0 ? "two" : "one";
      look();
      seen.length = 0;
      relink(now, `${directory}/now`);
      await until("the swap is heard", () => seen.length > 0);
      assertEquals(seen.at(-1), now);
    }
  } finally {
    await host.close();
    Deno.removeSync(directory, { recursive: true });
  }
});

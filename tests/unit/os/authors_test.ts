// exclusive: the queue of the kernel is read in the turns of a loop that others would keep busy
/** Who changed what is watched. Where this machine does not tell (no root, a container), nothing is tried. */

import { assert, assertEquals } from "@std/assert";
import type { ChangeAuthor } from "../../../src/os/watch/watcher.ts";
import { terminalName, unitOf } from "../../../src/os/watch/process_facts.ts";
import { openFanotify } from "../../../src/os/native/fanotify.ts";
import { type Counter, hears, quiet, type WatcherTest, withWatcher } from "./watcher_helpers.ts";

const tells = openFanotify(() => {});
if (tells.ok) await tells.value.close();

/** Runs a test where this machine tells who changes files. */
function known(name: string, run: (test: WatcherTest) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !tells.ok,
    fn: () => withWatcher(run),
  });
}

async function ran(program: string, ...args: string[]): Promise<number> {
  const child = new Deno.Command(program, { args, stdout: "null" }).spawn();
  const { success } = await child.status;
  assert(success, program);
  return child.pid;
}

/** A process that stays until it is told to go, so that all of it can be read. */
async function slowly(counter: Counter, script: string): Promise<ChangeAuthor | undefined> {
  const command = new Deno.Command("sh", { args: ["-c", `${script}; read gone`], stdin: "piped" });
  let child: Deno.ChildProcess | undefined;
  await hears(counter, script, () => child = command.spawn());
  assert(child !== undefined);
  const who = counter.seen?.who?.();
  await quiet([counter]);
  await child.stdin.close();
  await child.status;
  return who && { ...who, pid: who.pid === child.pid ? 1 : who.pid };
}

known(
  "who changed a file is known by pid, and while it is there by all that there is",
  async (test) => {
    const { watcher, directory, want } = test;
    const counter = want(`${directory}/motd`);
    await watcher.settle();
    const seen = await watcher.seeAuthors(false);
    assert(seen.ok);
    assertEquals(watcher.status().authors, seen);
    await quiet([counter]);
    for (const how of [`: > ${directory}/motd`, `echo x > ${directory}/motd`]) {
      const who = await slowly(counter, how);
      assertEquals([who?.pid, who?.program], [1, "sh"]);
      assert(who?.executable?.startsWith("/"), who?.executable);
      assertEquals(who?.command, true, "this process has started it");
    }
  },
);

known(
  "every way to change a file has its author, and another one soon after has another",
  async (test) => {
    const { watcher, directory, want } = test;
    const path = `${directory}/motd`;
    const counter = want(path);
    await watcher.settle();
    assert((await watcher.seeAuthors(false)).ok);
    await quiet([counter]);
    const ways: readonly (readonly [string, ...string[]])[] = [
      ["touch", path],
      ["sed", "-i", "s/a/b/", path],
      ["chmod", "600", path],
      ["cp", "/etc/passwd", path],
      ["mv", path, `${path}.away`],
      ["mv", `${path}.away`, path],
      ["rm", path],
    ];
    for (const way of ways) {
      let pid: Promise<number> | undefined;
      await hears(counter, way.join(" "), () => pid = ran(...way));
      const seen = counter.seen;
      assertEquals(seen?.who?.()?.pid, await pid, way.join(" "));
    }
  },
);

known("what this program does itself has no author", async ({ watcher, directory, want }) => {
  const path = `${directory}/motd`;
  const counter = want(path);
  await watcher.settle();
  assert((await watcher.seeAuthors(false)).ok);
  await quiet([counter]);
  await ran("touch", path);
  await quiet([counter]);
  await hears(counter, "an own change", () => Deno.removeSync(path));
  await quiet([counter]);
  assertEquals(counter.seen?.who?.(), undefined);
});

known(
  "directories that are watched later, in trees and after a replacement, are heard too",
  async (test) => {
    const { watcher, directory, want } = test;
    Deno.mkdirSync(`${directory}/tree/a`, { recursive: true });
    assert(!(await watcher.seeAuthors(false)).ok, "nothing is watched yet");
    const first = want(`${directory}/first`);
    await watcher.settle();
    assert((await watcher.seeAuthors(false)).ok);
    const tree = want(`${directory}/tree`, true);
    await watcher.settle();
    await quiet([first, tree]);
    const touched = async (path: string) => {
      let pid: Promise<number> | undefined;
      await hears(tree, path, () => pid = ran("touch", path));
      assertEquals(tree.seen?.path, path);
      assertEquals(tree.seen?.who?.()?.pid, await pid, path);
      await quiet([tree]);
    };
    await touched(`${directory}/tree/a/one`);
    await hears(tree, "a new directory", () => Deno.mkdirSync(`${directory}/tree/b`));
    await quiet([tree]);
    await touched(`${directory}/tree/b/two`);
    Deno.renameSync(`${directory}/tree`, `${directory}/away`);
    Deno.mkdirSync(`${directory}/tree/a`, { recursive: true });
    await quiet([tree]);
    await touched(`${directory}/tree/a/three`);
  },
);

known(
  "more than the queue holds loses names, and nothing else",
  async ({ watcher, directory, want }) => {
    const path = `${directory}/motd`;
    const counter = want(path);
    await watcher.settle();
    assert((await watcher.seeAuthors(false)).ok);
    await quiet([counter]);
    await hears(counter, "a flood", () => {
      for (let n = 0; n < 9000; n++) {
        Deno.writeTextFileSync(path, "x");
        Deno.removeSync(path);
      }
    });
    await quiet([counter]);
    let pid: Promise<number> | undefined;
    await hears(counter, "one after it", () => pid = ran("touch", path));
    assertEquals(counter.seen?.who?.()?.pid, await pid);
  },
);

known("with the starts of programs, one that is gone at once has its name", async (test) => {
  const { watcher, directory, want } = test;
  const path = `${directory}/motd`;
  const counter = want(path);
  await watcher.settle();
  const seen = await watcher.seeAuthors(true);
  if (!seen.ok || !seen.value.programs) return;
  await quiet([counter]);
  for (let n = 0; n < 10; n++) {
    for (const [program, ...args] of [["touch", path], ["rm", path]] as const) {
      await hears(counter, program, () => void ran(program, ...args));
      assertEquals(counter.seen?.who?.()?.program, program);
      await quiet([counter]);
    }
  }
});

Deno.test("who it was is not asked of a machine that does not tell", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const counter = want(`${directory}/motd`);
    await watcher.settle();
    await hears(counter, "a change", () => Deno.writeTextFileSync(counter.path, "x"));
    assertEquals(counter.seen?.who, undefined);
    assertEquals(watcher.status().authors, undefined);
  }));

Deno.test("the unit and the terminal of a process, as /proc says them", () => {
  assertEquals(unitOf("0::/system.slice/nginx-deploy.service\n"), "nginx-deploy.service");
  assertEquals(unitOf("0::/user.slice/user-1000.slice/session-3.scope\n"), "session-3.scope");
  assertEquals(
    unitOf("0::/user.slice/user-1.slice/user@1.service/app.slice/b.service/worker\n"),
    "b.service",
  );
  assertEquals(unitOf("12:cpu:/\n1:name=systemd:/system.slice/cron.service\n"), "cron.service");
  const both = "0::/\n9:name=systemd:/system.slice/x.service\n";
  assertEquals(unitOf(both), "x.service");
  assertEquals(unitOf("0::/\n"), undefined);
  assertEquals(unitOf(""), undefined);
  const stat = (tty: number) => `7 (a) b (c) S 1 7 7 ${tty} -1 4194304`;
  assertEquals(terminalName(stat(0)), undefined);
  assertEquals(terminalName(stat((136 << 8) | 3)), "pts/3");
  assertEquals(terminalName(stat((137 << 8) | 1)), "pts/257");
  assertEquals(terminalName(stat((4 << 8) | 1)), "tty1");
  assertEquals(terminalName(stat((4 << 8) | 64)), "ttyS0");
  assertEquals(terminalName(""), undefined);
});

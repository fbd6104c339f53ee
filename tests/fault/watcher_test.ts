/** What must not blind the watcher: a flooded kernel queue, too few watches, mounts, slow machines. */

import { assert, assertEquals } from "@std/assert";
import { standStill } from "../support/processes.ts";
import { hears, pause, quiet, until, withWatcher } from "../unit/os/watcher_helpers.ts";

/** As long as anything may take on a busy machine. */
const LIMIT_MS = 60_000;
const ROOT = new URL("../../", import.meta.url).pathname;
const isRoot = Deno.uid() === 0;
const write = Deno.writeTextFileSync;

/** Lines that a watcher in a process of its own prints. */
interface Child {
  readonly lines: string[];
  readonly pid: number;
  count(line: string): number;
}

/** Runs a test with a watcher in a child, started by way of a shell command that ends in `exec "$@"`. */
async function withChild(
  wanted: readonly string[],
  prelude: string,
  test: (child: Child) => Promise<void>,
): Promise<void> {
  const script = `${ROOT}tests/support/watcher_child.ts`;
  const command = [Deno.execPath(), "run", "-A", `--config=${ROOT}deno.json`, script, ...wanted];
  const args = ["-c", `${prelude} exec "$@"`, "sh", ...command];
  const child = new Deno.Command("sh", { args, stdout: "piped" }).spawn();
  const lines: string[] = [];
  const reading = (async () => {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
    }
  })();
  const count = (line: string) => lines.filter((each) => each.startsWith(line)).length;
  try {
    await until("the child settles", () => count("settled") > 0, LIMIT_MS);
    await test({ lines, pid: child.pid, count });
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await reading;
  }
}

/** Waits until a number stays the same for a while, as it must do soon; says which it is. */
async function restsAt(count: () => number): Promise<number> {
  for (let looks = 0; looks < 30; looks++) {
    const before = count();
    await pause(300);
    if (count() === before) return before;
  }
  throw new Error(`it does not become quiet: ${count()}`);
}

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("what changes while the kernel's queue overflows is heard of", () =>
  inDirectory((directory) => {
    const path = `${directory}/motd`;
    write(path, "x");
    return withChild([path], "", async (child) => {
      await standStill(child.pid);
      const events = Number(Deno.readTextFileSync("/proc/sys/fs/inotify/max_queued_events"));
      for (let made = 0; made * 3 < events * 1.5; made++) write(`${directory}/${made % 100}`, "x");
      write(path, "y");
      assertEquals(child.count("changed"), 0);
      Deno.kill(child.pid, "SIGCONT");
      await until("the change is heard", () => child.count(`changed ${path}`) > 0, LIMIT_MS);
      const told = await restsAt(() => child.count("changed"));
      write(path, "z");
      await until("the next change is heard", () => child.count("changed") > told, LIMIT_MS);
    });
  }));

Deno.test("directories beyond the limit of watches are polled, with a warning", () =>
  withWatcher(async ({ watcher, directory, warnings, want }) => {
    for (let at = 0; at < 10; at++) Deno.mkdirSync(`${directory}/${at}/deep`, { recursive: true });
    const counters = Array.from({ length: 10 }, (_, at) => want(`${directory}/${at}/deep/file`));
    const tree = want(`${directory}/9`, true);
    await watcher.settle();
    assert(watcher.status().polled.size >= 10);
    assertEquals(warnings.length, 1);
    assertEquals(/ and \d+ more: polled/.test(warnings[0] ?? ""), true, warnings[0]);
    await pause(1500);
    for (const [at, counter] of counters.entries()) {
      if (at % 3 !== 0) continue;
      await heardAfter(counter, () => write(counter.path, "x"));
      await heardAfter(counter, () => Deno.removeSync(`${directory}/${at}`, ALL));
      await heardAfter(counter, () => {
        Deno.mkdirSync(`${directory}/${at}/deep`, { recursive: true });
      });
    }
    await heardAfter(tree, () => Deno.mkdirSync(`${directory}/9/new/newer`, ALL));
    await heardAfter(tree, () => write(`${directory}/9/new/newer/file`, "x"));
    assertEquals(warnings.length, 1);
  }, { watchLimit: 5 }));

Deno.test("ten thousand directories are watched, also after all of them were replaced", () =>
  withWatcher(async ({ watcher, directory, want, warnings }) => {
    const parent = `${directory}/parent`;
    const makeAll = () => {
      for (let at = 0; at < 10_000; at++) Deno.mkdirSync(`${parent}/${at}`, ALL);
    };
    makeAll();
    const counters = Array.from({ length: 10_000 }, (_, at) => want(`${parent}/${at}/file`));
    await watcher.settle();
    assertEquals(warnings, []);
    const one = counters[7777] ?? want("/");
    await hears(one, "creation", () => write(one.path, "x"));
    Deno.renameSync(parent, `${directory}/away`);
    makeAll();
    await until("all hear", () => counters.every(({ count }) => count > 0), LIMIT_MS);
    await quiet(counters, 100);
    await hears(one, "creation", () => write(one.path, "x"));
    for (const counter of counters) counter.close();
    await watcher.settle();
    assertEquals(watcher.status().directories, [], "nothing is wanted any more");
  }));

Deno.test("without the right to call the kernel's watches everything is polled, visibly", async () => {
  const directory = Deno.realPathSync(Deno.makeTempDirSync());
  const script = `${ROOT}tests/support/watcher_child.ts`;
  const args = ["run", "--allow-read", "--deny-ffi", `--config=${ROOT}deno.json`, script];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, `${directory}/file`],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  const reading = (async () => {
    for (let got = await reader.read(); !got.done; got = await reader.read()) said += got.value;
  })();
  try {
    await until("it says so", () => /^warning .*polled/m.test(said), LIMIT_MS);
    await until("it settles", () => said.includes("settled 0"), LIMIT_MS);
    await until("it looks", () => said.includes("changed"), LIMIT_MS);
    said = "";
    write(`${directory}/file`, "x");
    await until("it hears", () => said.includes(`changed ${directory}/file`), LIMIT_MS);
    await until("it looks at the mounts, too", () => said.includes("mounts"), LIMIT_MS);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await reading;
    Deno.removeSync(directory, ALL);
  }
});

Deno.test("a watcher that is closed keeps no process alive", async () => {
  const script = `${ROOT}tests/support/watcher_child.ts`;
  const args = ["run", "-A", `--config=${ROOT}deno.json`, script, "--close", "/etc/motd"];
  const signal = AbortSignal.timeout(LIMIT_MS);
  const ended = await new Deno.Command(Deno.execPath(), { args, signal }).output();
  assertEquals(ended.code, 0);
});

const ALL = { recursive: true };

async function heardAfter(
  counter: { readonly path: string; readonly count: number },
  act: () => void,
): Promise<void> {
  const before = counter.count;
  act();
  await until(`${counter.path} hears`, () => counter.count > before, LIMIT_MS);
}

const canLimit = new Deno.Command("unshare", {
  args: ["-Ur", "sh", "-c", "echo 20 > /proc/sys/user/max_inotify_watches"],
  stderr: "null",
}).outputSync().success;

Deno.test({
  name: "the kernel's own limit of watches is survived, and named",
  ignore: !canLimit,
  fn: () =>
    inDirectory((directory) => {
      for (let at = 0; at < 30; at++) Deno.mkdirSync(`${directory}/${at}`);
      const wanted = Array.from({ length: 30 }, (_, at) => `${directory}/${at}/file`);
      const prelude = `exec unshare -Ur sh -c 'echo 20 > /proc/sys/user/max_inotify_watches;
        exec "$@"' sh "$@";`;
      return withChild(wanted, prelude, async (child) => {
        assertEquals(child.count("settled 20"), 1);
        const warning = child.lines.find((line) => line.startsWith("warning")) ?? "";
        assert(warning.includes("raise fs.inotify.max_user_watches"), warning);
        await pause(1500);
        const before = child.count(`changed ${directory}/29/file`);
        write(`${directory}/29/file`, "x");
        write(`${directory}/0/file`, "x");
        const both = () =>
          child.count(`changed ${directory}/0/file`) > 0 &&
          child.count(`changed ${directory}/29/file`) > before;
        await until("both", both, LIMIT_MS);
      });
    }),
});

const canMount = isRoot &&
  new Deno.Command("unshare", { args: ["-m", "true"], stderr: "null" }).outputSync().success;

Deno.test({
  name: "what is mounted over a directory on the way, and unmounted again, is noticed",
  ignore: !canMount,
  fn: () =>
    inDirectory((directory) => {
      const path = `${directory}/a/b/file`;
      Deno.mkdirSync(`${directory}/a/b`, { recursive: true });
      // The mounts are made in the child's own world, at the word of files that the test makes.
      const prelude = `exec unshare -m sh -c '
        await() { until [ -e "$1" ]; do sleep 0.01; done; }
        ( await "${directory}/go1"; mount -t tmpfs none "${directory}/a"; mkdir "${directory}/a/b"
          await "${directory}/go2"; echo x > "${path}"
          await "${directory}/go3"; umount "${directory}/a" ) >/dev/null 2>&1 &
        exec "$@"' sh "$@";`;
      return withChild([path], prelude, async (child) => {
        for (const [step, mounts] of [["go1", 1], ["go2", 1], ["go3", 2]] as const) {
          const before = child.count("changed");
          write(`${directory}/${step}`, "");
          await until(`${step} is noticed`, () => child.count("changed") > before, LIMIT_MS);
          await until("mounts are told of", () => child.count("mounts") >= mounts, LIMIT_MS);
          await restsAt(() => child.count("changed"));
        }
        const before = child.count("changed");
        write(path, "below the mount");
        const isHeard = () => child.count("changed") > before;
        await until("the directory below is watched again", isHeard, LIMIT_MS);
      });
    }),
});

const canHang = isRoot && (() => {
  try {
    return Deno.statSync("/dev/fuse").isCharDevice ?? false;
  } catch {
    return false;
  }
})();

Deno.test({
  name: "a mount behind which nobody answers stops nothing, and is polled",
  ignore: !canHang,
  fn: () =>
    withWatcher(async ({ watcher, directory, warnings, want }) => {
      const hung = `${directory}/hung`;
      Deno.mkdirSync(hung);
      const args = [`${ROOT}tests/support/silent_mount.py`, hung];
      const server = new Deno.Command("python3", { args, stdout: "piped" }).spawn();
      const reader = server.stdout.getReader();
      assert(new TextDecoder().decode((await reader.read()).value).includes("mounted"));
      try {
        await pause(300);
        want(`${hung}/deep/file`);
        want(`${hung}/tree`, true);
        const fine = want(`${directory}/fine`);
        const link = want(`${directory}/link/file`);
        await watcher.settle();
        assert(watcher.status().polled.has(hung));
        assert(warnings.some((text) => text.includes(hung)), warnings.join());
        await hears(link, "a link into the mount", () => {
          Deno.symlinkSync("hung/there", `${directory}/link`);
        });
        for (let round = 0; round < 3; round++) {
          await pause(700);
          await hears(fine, "a change", () => write(fine.path, `${round}`));
        }
      } finally {
        server.kill("SIGKILL");
        await server.status;
        await reader.cancel();
        await new Deno.Command("umount", { args: ["-l", hung] }).output();
        await pause(100);
      }
    }),
});

Deno.test("what another machine answers for is looked at again and again", async () => {
  const mount = { point: "/unknown", type: "nfs4", remote: true };
  const mounts = {
    on: (path: string) => path === mount.point ? mount : undefined,
    below: () => [mount],
  };
  await withWatcher(async ({ watcher, directory, warnings, want }) => {
    mount.point = `${directory}/far`;
    Deno.mkdirSync(`${mount.point}/deep`, { recursive: true });
    const counter = want(`${mount.point}/deep/file`);
    const tree = want(`${mount.point}/tree`, true);
    await watcher.settle();
    assertEquals([...watcher.status().polled.keys()].sort(), [
      mount.point,
      `${mount.point}/deep`,
      `${mount.point}/tree`,
    ]);
    assertEquals(watcher.status().directories.includes(mount.point), false);
    assertEquals(warnings.length, 1);
    await pause(1500);
    await quiet([counter, tree]);
    await heardAfter(counter, () => write(counter.path, "x"));
    await heardAfter(tree, () => Deno.mkdirSync(tree.path));
    await heardAfter(counter, () => Deno.removeSync(counter.path));
  }, { mounts });
});

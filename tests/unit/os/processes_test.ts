import { assert, assertEquals, assertMatch } from "@std/assert";
import process from "node:process";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";
import { createLocalProcesses } from "../../../src/os/process/local_processes.ts";
import type { Exit } from "../../../src/os/process/processes.ts";
import { inDirectory, shell } from "../../support/program.ts";
import {
  eventually,
  freshProcesses,
  isRunning,
  processes,
  run,
  sh,
  written,
} from "../../support/processes.ts";

/** A timeout that no test waits for. */
const LONG_MS = 3_600_000;

Deno.test("a command's lines and exit code come back", async () => {
  const ran = await sh("echo one; echo two >&2; exit 3");
  assertEquals([...ran.shown].sort(), ["! two", "one"]);
  assertEquals(ran.code, 3);
  assertEquals(ran.signal, undefined);
  assertEquals(ran.lines, 2);
});

Deno.test("a command that a signal ended says which", async () => {
  const ran = await sh("kill -9 $$");
  assertEquals([ran.code, ran.signal, ran.ended], [undefined, "SIGKILL", undefined]);
});

Deno.test("arguments reach the program as they are", async () => {
  const ran = await run({ argv: ["printf", "%s\\n", "a b", "$HOME", "*", ""] });
  assertEquals(ran.shown, ["a b", "$HOME", "*", ""]);
});

Deno.test("standard input is empty", async () => {
  assertEquals((await sh("cat; echo end")).shown, ["end"]);
});

Deno.test("what a command is given it can read, and need not", async () => {
  const input = "x".repeat(1_000_000);
  assertEquals((await sh("wc -c", { input })).shown, ["1000000"]);
  assertEquals((await sh("cat", { input: "" })).shown, []);
  for (const script of ["true", "exec 0<&-; sleep 0.1", "head -c 1 >/dev/null; exit 0"]) {
    const ran = await sh(script, { input });
    assertEquals([ran.code, ran.ended], [0, undefined], script);
  }
  const hanging = await sh("sleep 1000", { input, timeoutMs: 100 });
  assertEquals(hanging.ended, "timeout");
  // What is left in the background may hold it open, and reads no more of it.
  assertEquals((await sh("sleep 0.3 <&0 >/dev/null 2>&1 & exit 3", { input })).code, 3);
});

Deno.test("a command runs in / unless told, in a session of its own", async () => {
  const ran = await sh("pwd; ps -o pid=,pgid=,sid= -p $$");
  assertEquals(ran.shown[0], "/");
  assertMatch(ran.shown[1]?.trim() ?? "", /^(\d+) +\1 +\1$/);
  assertEquals((await sh("pwd", { cwd: "/usr" })).shown, ["/usr"]);
});

Deno.test("its environment is the agent's and what is added", async () => {
  const ran = await sh("echo $ADDED; echo ${PATH:+set}", { env: { ADDED: "yes" } });
  assertEquals(ran.shown, ["yes", "set"]);
});

Deno.test("of many lines the first are shown, all are counted, the last are kept", async () => {
  const ran = await sh("seq 100000", { lineLimit: 10 });
  assertEquals(ran.shown.length, 11);
  assertEquals(ran.shown.at(-1), "… 99990 more lines");
  assertEquals(ran.lines, 100_000);
  assertEquals(ran.tail, ["99996", "99997", "99998", "99999", "100000"]);
});

Deno.test("50 MB without a line end are one line that is cut", async () => {
  const ran = await sh("head -c 50000000 /dev/zero | tr '\\0' x");
  assertEquals(ran.lines, 1);
  assertMatch(ran.shown[0] ?? "", /^x{4096}… \(49995904 more bytes\)$/);
});

Deno.test("binary output does no harm", async () => {
  const ran = await sh("head -c 300000 /dev/urandom; printf '\\033[31m\\377\\n'");
  // deno-lint-ignore no-control-regex -- looking for them
  assert(ran.shown.every((line) => !/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(line)));
  assert(ran.tail.at(-1)?.endsWith("␛[31m\ufffd"));
});

Deno.test("many commands run at the same time", async () => {
  await inDirectory(async (directory) => {
    const [count, go] = [40, `${directory}/go`];
    await shell(`mkfifo "${go}"`);
    // Whoever opens it for both never waits, and what was written stays in it.
    using gate = await Deno.open(go, { read: true, write: true });
    let up = 0;
    const line = () => {
      if (++up === count) gate.writeSync(new TextEncoder().encode("go\n".repeat(count)));
    };
    const all = await Promise.all(
      Array.from(
        { length: count },
        (_, index) => sh(`echo ${index}; read go < ${go}`, { line, timeoutMs: 120_000 }),
      ),
    );
    assertEquals(
      all.map(({ shown, ended }) => [shown[0], ended]),
      all.map((_, index) => [String(index), undefined]),
    );
  });
});

/** Runs a script whose time is over when it has written these files, however busy the machine is. */
async function timedOutOnce(files: readonly string[], script: string): Promise<Exit> {
  const clock = createLocalClock();
  let timeIsOver = () => {};
  const after = (delayMs: number, run: () => void) => {
    if (delayMs !== LONG_MS) return clock.after(delayMs, run);
    timeIsOver = run;
    return { cancel: () => {} };
  };
  const own = createLocalProcesses({
    clock: Object.create(clock, { after: { value: after } }),
    random: createLocalRandom(),
  });
  const running = own.run({ argv: ["/bin/sh", "-c", script], timeoutMs: LONG_MS });
  for (const file of files) await written(file);
  timeIsOver();
  const ran = await running;
  assert(ran.ok, ran.ok ? "" : ran.failure.message);
  return ran.value;
}

Deno.test("at the timeout the child and its children end", async () => {
  await inDirectory(async (directory) => {
    const script = `sleep 300 & echo $! > ${directory}/pid; sleep 300`;
    const ran = await timedOutOnce([`${directory}/pid`], script);
    assertEquals([ran.ended, ran.signal, ran.survivors], ["timeout", "SIGTERM", 0]);
    assert(!isRunning(Number(await written(`${directory}/pid`))));
  });
});

Deno.test("what ignores SIGTERM is killed after a grace, its children too", async () => {
  await inDirectory(async (directory) => {
    const script = `trap '' TERM; (echo $$ > ${directory}/pid; while :; do sleep 1; done) & ` +
      `echo $! > ${directory}/child; while :; do sleep 1; done`;
    const ran = await timedOutOnce([`${directory}/pid`, `${directory}/child`], script);
    assertEquals([ran.ended, ran.signal, ran.survivors], ["timeout", "SIGKILL", 0]);
    assert(!isRunning(Number(await written(`${directory}/pid`))));
    assert(!isRunning(Number(await written(`${directory}/child`))));
  });
});

Deno.test("children in sessions of their own end too, also those that lost their parent", async () => {
  await inDirectory(async (directory) => {
    const script = `setsid sh -c 'echo $$ > ${directory}/session; exec sleep 300' & ` +
      `(setsid sh -c 'echo $$ > ${directory}/orphan; exec sleep 300' &) ; sleep 300`;
    const stop = new AbortController();
    const running = sh(script, { signal: stop.signal });
    const pids = [
      Number(await written(`${directory}/session`)),
      Number(await written(`${directory}/orphan`)),
    ];
    assert(pids.every(isRunning));
    stop.abort();
    assertEquals((await running).ended, "stopped");
    assertEquals(pids.filter(isRunning), []);
  });
});

Deno.test("a stopped (SIGSTOP) child ends as well", async () => {
  const ran = await sh("kill -STOP $$", { timeoutMs: 300 });
  assertEquals([ran.ended, ran.signal], ["timeout", "SIGTERM"]);
});

Deno.test("a child that obeys is gone long before one that has to be killed", async () => {
  const stop = new AbortController();
  let up = 0;
  const options = { signal: stop.signal, line: () => void (++up === 2 && stop.abort()) };
  const stubborn = sh("trap '' TERM; echo up; while :; do sleep 0.1; done", options);
  const obeys = sh("echo up; sleep 300", options);
  assertEquals(await Promise.race([stubborn, obeys]), await obeys);
  assertEquals([(await obeys).ended, (await obeys).signal], ["stopped", "SIGTERM"]);
  assertEquals([(await stubborn).ended, (await stubborn).signal], ["stopped", "SIGKILL"]);
});

Deno.test("a process left in the background neither blocks nor is ended", async () => {
  await inDirectory(async (directory) => {
    const script =
      `(until [ -e ${directory}/go ]; do sleep 0.05; done; echo late; sleep 0.1; echo later; ` +
      `echo done > ${directory}/done) & echo first`;
    const ran = await sh(script);
    assertEquals(ran.shown, ["first"]);
    Deno.writeTextFileSync(`${directory}/go`, "");
    assertEquals(await written(`${directory}/done`), "done\n");
  });
});

Deno.test("output that comes just before the end is not lost", async () => {
  for (let round = 0; round < 10; round++) {
    const ran = await sh("seq 5000", { lineLimit: Infinity });
    assertEquals(ran.lines, 5000);
  }
});

Deno.test("what relays the last words of a command may come to them late", async () => {
  // It computes for longer than nothing may come: on a busy machine any relay is as late. No limit is reached.
  const real = createLocalClock();
  const sleep = (_: number, signal?: AbortSignal) => real.sleep(10, signal);
  const clock = { ...real, nowMs: () => 0, sleep };
  const own = createLocalProcesses({ clock, random: createLocalRandom() });
  const relay = "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo why";
  const lines: string[] = [];
  const argv = ["/bin/sh", "-c", `(${relay}) & exit 3`] as const;
  const ran = await own.run({ argv, whole: true, line: (line) => void lines.push(line) });
  await own.close();
  assertEquals([ran.ok && ran.value.code, lines], [3, ["why"]]);
});

Deno.test("a stop before the start starts nothing", async () => {
  const result = await processes.run({ argv: ["true"], signal: AbortSignal.abort() });
  assertEquals(result.ok ? undefined : result.failure.code, "stopped");
});

const unstartable: [string, Parameters<typeof processes.run>[0], string, RegExp][] = [
  ["a missing program", { argv: ["no-such-program-here"] }, "not-found", /on the PATH/],
  ["a missing path", { argv: ["/no/such/program"] }, "not-found", /there is no program/],
  ["a directory", { argv: ["/tmp"] }, "not-allowed", /may not be run/],
  ["a file that is no program", { argv: ["/etc/passwd"] }, "not-allowed", /may not be run/],
  ["an empty name", { argv: [""] }, "spawn", /could not be started/],
  ["a NUL in an argument", { argv: ["echo", "a\0b"] }, "spawn", /could not be started/],
  ["an argument that is too long", { argv: ["echo", "x".repeat(200_000)] }, "spawn", /too long/],
  ["a missing directory", { argv: ["true"], cwd: "/no/such" }, "no-directory", /is not there/],
  [
    "a file as directory",
    { argv: ["true"], cwd: "/etc/passwd" },
    "no-directory",
    /is not a directory/,
  ],
];
for (const [name, command, code, message] of unstartable) {
  Deno.test(`${name} is a failure with a reason`, async () => {
    const result = await processes.run(command);
    assert(!result.ok);
    assertEquals(result.failure.code, code, result.failure.message);
    assertMatch(result.failure.message, message);
  });
}

Deno.test("a script whose interpreter is missing says so", async () => {
  await inDirectory(async (directory) => {
    Deno.writeTextFileSync(`${directory}/script`, "#!/no/such/interpreter\n", { mode: 0o755 });
    const result = await processes.run({ argv: [`${directory}/script`] });
    assertMatch(result.ok ? "" : result.failure.message, /what should run it is not/);
  });
});

Deno.test({
  name: "root runs a command as another user with that user's groups and home",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const ran = await sh("id -u; id -g; id -G; echo $USER $HOME", { uid: 65534 });
    assertEquals(ran.shown.slice(0, 3), ["65534", "65534", "65534"]);
    assertMatch(ran.shown[3] ?? "", /^nobody \//);
    assertEquals((await sh("id -u; id -G", { gid: 12345 })).shown, ["0", "12345"]);
    assertEquals((await sh("id -u; id -g", { uid: 65534, gid: 1 })).shown, ["65534", "1"]);
    assertEquals((await sh("id -G", { uid: 43210, gid: 43211 })).shown, ["43211"]);
    const unknown = await processes.run({ argv: ["true"], uid: 43210 });
    assertMatch(unknown.ok ? "" : unknown.failure.message, /not in the user database/);
  },
});

Deno.test("when the door closes, what runs is ended", async () => {
  const own = freshProcesses();
  let pid = 0;
  const running = own.run({
    argv: ["/bin/sh", "-c", "echo $$; sleep 300"],
    line: (line) => pid = Number(line),
  });
  assert(await eventually(() => pid > 0));
  await own.close();
  assert(!isRunning(pid));
  const ran = await running;
  assertEquals(ran.ok ? ran.value.ended : "failed", "stopped");
  const after = await own.run({ argv: ["true"] });
  assertEquals(after.ok ? undefined : after.failure.code, "stopped");
});

Deno.test("everything can be killed at once", async () => {
  const own = freshProcesses();
  const running = own.run({
    argv: ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"],
    line: () => own.kill(),
  });
  const ran = await running;
  assertEquals(ran.ok ? ran.value.signal : "failed", "SIGKILL");
});

Deno.test("what must not be torn is interrupted once, it alone, and then waited for", async () => {
  const own = freshProcesses();
  // The child of the shell would die of a signal that reaches it.
  const script = "trap 'asked=yes' INT; echo up; sleep 0.7; sleep 0.7; echo $asked";
  const lines: string[] = [];
  const running = own.run({
    argv: ["/bin/sh", "-c", script],
    whole: true,
    line: (line) => {
      if (lines.push(line) > 1) return;
      own.kill();
      void own.close();
    },
  });
  const ran = await running;
  assertEquals(lines, ["up", "yes"]);
  assertEquals(ran.ok ? [ran.value.code, ran.value.ended] : ran.failure, [0, "stopped"]);
});

Deno.test("a program that somebody is writing is run when that has ended, or fails and says so", async () => {
  await inDirectory(async (directory) => {
    const program = `${directory}/busy`;
    await Deno.copyFile("/bin/true", program);
    const writer = await Deno.open(program, { append: true });
    const busy = await processes.run({ argv: [program] });
    assertMatch(busy.ok ? "it ran" : busy.failure.message, /open for writing/);
    const running = run({ argv: [program] });
    setTimeout(() => writer.close(), 50);
    assertEquals((await running).code, 0);
  });
});

// A pause in reading may still run when a flood has been stopped.
const FLOOD = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "commands that print without end neither keep others from their turns nor a core busy",
  FLOOD,
  async () => {
    const stop = new AbortController();
    const floods = ["yes", "cat /dev/zero", "while :; do echo x; done"].map((script) =>
      sh(script, { signal: stop.signal })
    );
    let turns = 0;
    const turning = setInterval(() => turns++, 10);
    const others = await eventually(() => turns > 100);
    const [busy, startMs] = [process.cpuUsage(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { user, system } = process.cpuUsage(busy);
    const share = (user + system) / 1000 / (performance.now() - startMs);
    clearInterval(turning);
    stop.abort();
    for (const ran of await Promise.all(floods)) assertEquals(ran.ended, "stopped");
    assert(others, `${turns} turns only`);
    assert(share < 0.5, `${share.toFixed(2)} of a core to read three of them`);
  },
);

Deno.test("a flood from the background is taken as calmly", FLOOD, async () => {
  const own = freshProcesses();
  const left = await own.run({ argv: ["/bin/sh", "-c", "timeout 30 yes & echo $!"] });
  assert(left.ok);
  let turns = 0;
  const turning = setInterval(() => turns++, 10);
  const others = await eventually(() => turns > 50);
  clearInterval(turning);
  await own.close();
  assert(others, `${turns} turns only`);
});

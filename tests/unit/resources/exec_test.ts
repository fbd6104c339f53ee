// both runtimes: it runs real processes

import { assert, assertEquals, assertMatch, fail } from "@std/assert";
import type { Failure } from "../../../src/base/result.ts";
import exec from "../../../src/resources/exec/kind.ts";
import { inExecWorld, resolve, TestExec, textOf } from "../../support/exec_world.ts";
import { eventually, isRunning, written } from "../../support/processes.ts";

function messageOf(result: Failure | string | undefined): string {
  return typeof result === "object" ? result.message : `no failure: ${result}`;
}

Deno.test("without a shell a command is split on blanks, and nothing in it is special", () => {
  const argv = (cmd: string, shell?: string) =>
    resolve(shell === undefined ? { cmd } : { cmd, shell }).params.argv;
  assertEquals(argv("  sleep   10s\n"), ["sleep", "10s"]);
  assertEquals(argv(`echo "a b" $HOME | cat`), ["echo", `"a`, `b"`, "$HOME", "|", "cat"]);
  assertEquals(argv(`echo "a b"`, "/bin/sh"), ["/bin/sh", "-c", `echo "a b"`]);
  assertEquals(argv("false; true", "bash -e"), ["bash", "-e", "-c", "false; true"]);
});

Deno.test("mistakes in fields are told with the field's name", () => {
  const mistakes = (fields: Parameters<typeof resolve>[0]) =>
    resolve(fields).issues.map(({ path, message }) => `${path}: ${message}`);
  assertEquals(mistakes({ cmd: "  " }), ["cmd: cmd says nothing to run"]);
  assertEquals(mistakes({ cmd: " ", shell: "/bin/sh" }), ["cmd: cmd says nothing to run"]);
  assertEquals(mistakes({ cmd: "true", cwd: "here", creates: "there" }), [
    "cwd: cwd is not an absolute path",
    "creates: creates is not an absolute path",
  ]);
  assertEquals(mistakes({ cmd: "true", unless: " ", ifcmd: "true" }), [
    "unless: unless says nothing to run",
  ]);
  assertEquals(mistakes({ cmd: "true", ifshell: "sh", unless_shell: "sh", watchshell: "sh" }), [
    "ifshell: ifshell is set, but not ifcmd",
    "unless_shell: unless_shell is set, but not unless",
    "watchshell: watchshell is set, but not watchcmd",
  ]);
});

Deno.test("args are the program and its arguments, and nothing splits or reads them", async () => {
  await inExecWorld(async (_make, _directory, host) => {
    const args = ["printf", "<%s>\\n", "two  words", "", `"$HOME" | cat; *`, "a\nb"];
    const { params } = resolve({ args });
    assertEquals(params.argv, args as unknown as typeof params.argv);
    const it = new TestExec(host, { args });
    assertEquals([await it.pass(), await it.pass()], ["ran", "fine"]);
    assertEquals(it.lines, ["<two  words>", "<>", `<"$HOME" | cat; *>`, "<a", "b>"]);
  });
});

Deno.test("a program of args that fails gets no hint of a shell, and no doubt", async () => {
  await inExecWorld(async (_make, _directory, host) => {
    const failed = await new TestExec(host, { args: ["ls", "/nope && true"] }).pass();
    assert(typeof failed === "object");
    assertEquals(failed.hint, undefined);
    const missing = await new TestExec(host, { args: ["no such program"] }).pass();
    assertMatch(messageOf(missing), /there is no program/);
  });
});

Deno.test("args beside cmd or a shell, and without a program, are mistakes", () => {
  const mistakes = (fields: Parameters<typeof resolve>[0]) =>
    resolve(fields).issues.map(({ path, message }) => `${path}: ${message}`);
  const missing = ["cmd: cmd is missing (text), and args too"];
  assertEquals([mistakes({}), mistakes({ shell: "/bin/sh" })], [missing, missing]);
  assertEquals(mistakes({ args: ["true"], cmd: "true" }), [
    "args: args and cmd both say what runs",
  ]);
  assertEquals(mistakes({ args: ["true"], shell: "/bin/sh" }), ["shell: no shell reads args"]);
  assertEquals(mistakes({ args: ["", "x"] }), ["args: args begins with an empty text"]);
});

Deno.test({
  name: "root runs args as another user, who gets each argument as it stands",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await inExecWorld(async (_make, _directory, host) => {
      const args = ["sh", "-c", 'id -un; echo "$1"', "sh", "it's  two"];
      const it = new TestExec(host, { args, user: "nobody" });
      assertEquals(await it.pass(), "ran");
      assertEquals(it.lines, ["nobody", "it's  two"]);
    });
  },
});

Deno.test("it runs once, and not again because it is looked at", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({ cmd: "echo ran >> log" });
    assertEquals([await it.pass(), await it.pass(), await it.pass()], ["ran", "fine", "fine"]);
    assertEquals(textOf(`${directory}/log`), "ran\n");
  });
});

Deno.test("the command alone reads what it is given, and need not", async () => {
  await inExecWorld(async (make, directory) => {
    const stdin = "line\n".repeat(50_000);
    const it = make({
      cmd: "cat > read",
      stdin,
      ifcmd: "cat > asked; test ! -e read",
      ifshell: "/bin/sh",
    });
    assertEquals([await it.pass(), await it.pass()], ["ran", "fine"]);
    assertEquals(textOf(`${directory}/read`), stdin);
    assertEquals(textOf(`${directory}/asked`), "");
    assertEquals(await make({ cmd: "true", stdin }).pass(), "ran");
    assertEquals(await make({ cmd: "cat > none" }).pass(), "ran");
    assertEquals(textOf(`${directory}/none`), "");
  });
});

Deno.test("it runs again when its poll interval has passed and when it is refreshed", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({ cmd: "echo ran >> log", pollint: 5 });
    assertEquals(exec.pollSeconds?.(it.params), 5);
    await it.pass();
    assertEquals(await it.pass({ poll: true }), "ran");
    assertEquals(await it.check({ refresh: true }), undefined);
    assertEquals(await it.refresh(), undefined);
    assertEquals(textOf(`${directory}/log`), "ran\nran\nran\n");
  });
});

Deno.test("one that failed runs again at the next look", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({ cmd: "test -e ready" });
    assertEquals(messageOf(await it.pass()), "exited with code 1");
    Deno.writeTextFileSync(`${directory}/ready`, "");
    assertEquals([await it.pass(), await it.pass()], ["ran", "fine"]);
  });
});

Deno.test("success_codes are the exits that are no failure, also of a refresh, and of no condition", async () => {
  await inExecWorld(async (make, directory) => {
    const of = async (cmd: string, success_codes: number[], more = {}) => {
      const ended = await make({ cmd, success_codes, ...more }).pass();
      return typeof ended === "object" ? ended.message : ended;
    };
    assertEquals(await of("exit 3", [0, 3]), "ran");
    assertEquals(await of("exit 0", [0, 3]), "ran");
    assertEquals(await of("exit 4", [0, 3]), "exited with code 4");
    assertEquals(await of("echo why", [3]), "exited with code 0 (success_codes: 3): why");
    assertEquals(await of("kill -9 $$", [0, 137]), "was ended by SIGKILL");
    assertMatch(await of("sleep 50", [0, 143], { timeout: 0.2 }), /^did not end within 0.2 s/);
    assertEquals(await of("exit 1", [1], { ifcmd: "exit 1", ifshell: "/bin/sh" }), "fine");
    assertMatch(await of("exit 3", [3], { creates: `${directory}/never` }), /does not exist/);
    assertEquals(await make({ cmd: "exit 3", success_codes: [3] }).refresh(), undefined);
  });
});

Deno.test("an exit of success_codes is not run again, and one that is none is", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({ cmd: "echo x >> log; exit $(wc -l < log)", success_codes: [2] });
    assertEquals(messageOf(await it.pass()), "exited with code 1");
    assertEquals([await it.pass(), await it.pass()], ["ran", "fine"]);
    assertEquals(textOf(`${directory}/log`), "x\nx\n");
  });
});

Deno.test("umask is that of all its commands, and the agent's stays as it is", async () => {
  await inExecWorld(async (make) => {
    const own = Deno.umask();
    const ran = async (umask?: string, more = {}) => {
      const it = make({ cmd: "umask", ...(umask === undefined ? {} : { umask }), ...more });
      await it.pass();
      return it.lines[0];
    };
    assertEquals(await Promise.all([ran(), ran("077"), ran("0027"), ran("0")]), [
      "0022",
      "0077",
      "0027",
      "0000",
    ]);
    const ifcmd = 'test "$(umask)" = 0077';
    assertEquals(await ran("77", { ifcmd, ifshell: "/bin/sh" }), "0077");
    if (Deno.uid() === 0) assertEquals(await ran("077", { user: "nobody" }), "0077");
    assertEquals(Deno.umask(), own);
  });
});

Deno.test("its output comes as lines, and that there is none is said", async () => {
  await inExecWorld(async (make) => {
    const loud = make({ cmd: "echo one; echo two >&2" });
    await loud.pass();
    assertEquals([[...loud.lines].sort(), loud.notes], [["one", "two"], []]);
    const silent = make({ cmd: "true" });
    await silent.pass();
    assertEquals([silent.lines, silent.notes], [[], ["Command output is empty!"]]);
  });
});

Deno.test("a failure says how it ended, with the last lines", async () => {
  await inExecWorld(async (make) => {
    assertEquals(
      messageOf(await make({ cmd: "seq 9; exit 3" }).pass()),
      "exited with code 3: 7 / 8 / 9",
    );
    assertEquals(messageOf(await make({ cmd: "kill -9 $$" }).pass()), "was ended by SIGKILL");
    const slow = make({ cmd: "sleep 300", timeout: 0.2 });
    assertEquals(
      messageOf(await slow.pass()),
      "did not end within 0.2 s (timeout) and was stopped",
    );
    const missing = await make({ cmd: "true", cwd: "/no/such/directory" }).pass();
    assertMatch(messageOf(missing), /"\/no\/such\/directory", where the command should run/);
  });
});

Deno.test("a command that looks as if a shell should read it gets that hint", async () => {
  await inExecWorld(async (_make, _directory, host) => {
    for (const cmd of ["no-such-program | cat", "ls /nope && true", "false $HOME"]) {
      const failed = await new TestExec(host, { cmd }).pass();
      assertMatch(typeof failed === "object" ? failed.hint ?? "" : "", /set shell: \/bin\/sh/);
    }
    const plain = await new TestExec(host, { cmd: "false" }).pass();
    assertEquals(typeof plain === "object" && plain.hint, undefined);
  });
});

Deno.test("with creates it runs only while the path does not exist", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({ cmd: "echo ran >> log; touch made", creates: `${directory}/made` });
    assertEquals([await it.pass(), await it.pass({ poll: true })], ["ran", "fine"]);
    Deno.removeSync(`${directory}/made`);
    assertEquals(await it.pass(), "ran");
    assertEquals(textOf(`${directory}/log`), "ran\nran\n");
    const vain = make({ cmd: "true", creates: `${directory}/never` });
    assertMatch(messageOf(await vain.pass()), /succeeded, but .*never still does not exist/);
  });
});

Deno.test("with ifcmd it runs whenever that exits with 0, whose output is not shown", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({
      cmd: "rm todo; echo done",
      ifcmd: "echo looking; test -e todo",
      ifshell: "/bin/sh",
    });
    assertEquals(await it.pass(), "fine");
    Deno.writeTextFileSync(`${directory}/todo`, "");
    assertEquals([await it.pass(), await it.pass()], ["ran", "fine"]);
    assertEquals(it.lines, ["done"]);
  });
});

Deno.test("an ifcmd that cannot be started is a failure, and one that a signal ends is a no", async () => {
  await inExecWorld(async (make) => {
    const missing = make({ cmd: "true", ifcmd: "no-such-program-here" });
    assertMatch(messageOf(await missing.pass()), /^ifcmd: there is no program/);
    const killed = make({ cmd: "true", ifcmd: "kill -9 $$", ifshell: "/bin/sh" });
    assertEquals(await killed.pass(), "fine");
  });
});

Deno.test("with unless it runs whenever that does not exit with 0, whose output is not shown", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({
      cmd: "touch made; echo done",
      unless: "echo looking; test -e made",
      unless_shell: "/bin/sh",
    });
    assertEquals([await it.pass(), await it.pass(), await it.pass({ poll: true })], [
      "ran",
      "fine",
      "fine",
    ]);
    assertEquals(it.lines, ["done"]);
    Deno.removeSync(`${directory}/made`);
    assertEquals(await it.pass(), "ran");
  });
});

Deno.test("an unless that says nothing is a failure, and the command does not run", async () => {
  await inExecWorld(async (make, directory) => {
    const missing = make({ cmd: "touch ran", unless: "no-such-program-here" });
    assertMatch(messageOf(await missing.pass()), /^unless: there is no program/);
    const killed = make({ cmd: "touch ran", unless: "kill -9 $$", unless_shell: "/bin/sh" });
    assertEquals(messageOf(await killed.pass()), "unless was ended by SIGKILL");
    const slow = make({ cmd: "touch ran", unless: "sleep 50", timeout: 0.2 });
    assertMatch(messageOf(await slow.pass()), /^unless did not end within 0.2 s/);
    assertEquals([...Deno.readDirSync(directory)], []);
  });
});

Deno.test("creates, unless and ifcmd must all ask for it", async () => {
  await inExecWorld(async (make, directory) => {
    const path = `${directory}/made`;
    for (const unless of ["true", "false"]) {
      for (const ifcmd of ["true", "false"]) {
        const runs = unless === "false" && ifcmd === "true";
        const fields = { cmd: "touch made", unless, ifcmd };
        assertEquals(await make({ ...fields }).pass(), runs ? "ran" : "fine");
        if (runs) assertEquals(await make({ ...fields, creates: path }).pass(), "fine");
        assertEquals(await make({ ...fields, unless: "true" }).refresh(), undefined);
        Deno.removeSync(path);
        assertEquals(await make({ ...fields, creates: path }).pass(), runs ? "ran" : "fine");
        if (runs) Deno.removeSync(path);
      }
    }
  });
});

Deno.test("a plan runs neither ifcmd nor unless, and says which it would have to", async () => {
  await inExecWorld(async (make, directory) => {
    const said = async (fields: Parameters<typeof resolve>[0]) => {
      const it = make({ cmd: "touch ran", ...fields });
      it.probes = false;
      const found = await it.check();
      return found?.type === "drift" ? found.unknown?.why : found;
    };
    const touch = "touch asked";
    assertEquals(await said({ unless: touch }), "its unless was not run (--allow-probe runs it)");
    assertEquals(
      await said({ unless: touch, ifcmd: touch }),
      "its ifcmd and unless were not run (--allow-probe runs them)",
    );
    assertEquals(await said({ unless: "/usr/bin/true", ifcmd: touch }), undefined);
    assertEquals(await said({ unless: touch, ifcmd: "false" }), undefined);
    assertEquals(await said({ unless: touch, creates: directory }), undefined);
    assertEquals(await said({}), "no ifcmd, unless or creates: each run runs it once");
    assertEquals([...Deno.readDirSync(directory)], []);
  });
});

Deno.test("with creates and ifcmd both must ask for it", async () => {
  await inExecWorld(async (make, directory) => {
    const fields = { cmd: "touch made", creates: `${directory}/made` };
    assertEquals(await make({ ...fields, ifcmd: "false" }).pass(), "fine");
    assertEquals(await make({ ...fields, ifcmd: "true" }).pass(), "ran");
    assertEquals(await make({ ...fields, ifcmd: "true" }).pass(), "fine");
  });
});

Deno.test("each line of watchcmd is an event, and an event runs the command", async () => {
  await inExecWorld(async (make, directory) => {
    Deno.writeTextFileSync(`${directory}/in`, "");
    const it = make({ cmd: "echo ran", watchcmd: "tail -n 0 -f in", watchshell: "/bin/sh" });
    assertEquals(await it.pass(), "ran");
    const watch = it.watch();
    try {
      await eventually(() => {
        Deno.writeTextFileSync(`${directory}/in`, "line\n", { append: true });
        return it.events > 0;
      });
      assert(it.events > 0, "no event came");
      assertEquals([await it.pass({ event: true }), await it.pass()], ["ran", "fine"]);
      assertEquals(it.warnings, []);
    } finally {
      watch.close();
    }
  });
});

Deno.test("a watchcmd that ends is started again; one that says nothing draws a warning", async () => {
  await inExecWorld(async (make, directory) => {
    const script = "echo x >> starts; exit 3";
    const it = make({ cmd: "true", watchcmd: script, watchshell: "/bin/sh" });
    const watch = it.watch();
    try {
      assert(await eventually(() => textOf(`${directory}/starts`) === "x\nx\n"), "not again");
      assertEquals(it.warnings[0], "watchcmd exited with code 3; it starts again in 1 s");
    } finally {
      watch.close();
    }
    const fine = make({ cmd: "true", watchcmd: "echo x" });
    const other = fine.watch();
    try {
      assert(await eventually(() => fine.events >= 2), "not again");
      assertEquals(fine.warnings, []);
    } finally {
      other.close();
    }
  });
});

Deno.test("a watchcmd ends with its watch, and all it started too", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({
      cmd: "true",
      watchcmd: "sleep 300 & echo $! > pid; wait",
      watchshell: "/bin/sh",
    });
    const watch = it.watch();
    const pid = Number(await written(`${directory}/pid`));
    assert(isRunning(pid));
    watch.close();
    assert(await eventually(() => !isRunning(pid)), "it still runs");
    assertEquals(it.warnings, []);
  });
});

Deno.test("it sees its variables, and runs where it is told", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({ cmd: 'echo "$GREETING"; pwd -P', env: { GREETING: "good day" } });
    await it.pass();
    assertEquals(it.lines, ["good day", Deno.realPathSync(directory)]);
  });
});

Deno.test("a user or group that does not exist is a failure that says so", async () => {
  await inExecWorld(async (make) => {
    const noUser = make({ cmd: "true", user: "no-such-user" });
    assertMatch(messageOf(await noUser.pass()), /there is no user named "no-such-user"/);
    const noGroup = make({ cmd: "true", group: "no-such-group" });
    assertMatch(messageOf(await noGroup.pass()), /there is no group named "no-such-group"/);
  });
});

Deno.test({
  name: "root runs it as the user and group it names, its condition too",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await inExecWorld(async (make) => {
      const it = make({
        cmd: "id -un; id -gn; echo $HOME",
        ifcmd: "test $(id -un) = nobody",
        ifshell: "/bin/sh",
        user: "nobody",
        group: "daemon",
        cwd: "/",
      });
      assertEquals(await it.pass(), "ran");
      assertEquals(it.lines.slice(0, 2), ["nobody", "daemon"]);
    });
  },
});

Deno.test("a stop ends it with all it started, at once where that obeys", async () => {
  await inExecWorld(async (make, directory) => {
    const it = make({ cmd: "sleep 300 & echo $! > pid; wait" });
    const stubborn = make({ cmd: "trap '' TERM; echo $$ > other; while :; do sleep 0.1; done" });
    const passing = it.pass();
    const other = stubborn.pass();
    const pid = Number(await written(`${directory}/pid`));
    await written(`${directory}/other`);
    stubborn.stop.abort();
    it.stop.abort();
    await Promise.race([
      other.then(() => fail("it waited as long as for one to be killed")),
      passing,
    ]);
    assertEquals(messageOf(await passing), "was stopped");
    assert(!isRunning(pid));
    assertEquals(messageOf(await other), "was stopped");
  });
});

Deno.test("the timeout of a command is that of its condition too", async () => {
  await inExecWorld(async (make) => {
    const startMs = performance.now();
    const it = make({ cmd: "true", ifcmd: "sleep 50", timeout: 1 });
    assertMatch(messageOf(await it.pass()), /ifcmd did not end within 1 s/);
    assert(performance.now() - startMs < 20_000);
  });
});

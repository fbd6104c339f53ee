import { assertEquals, assertMatch } from "@std/assert";
import { type Ended, inDirectory, mgmt } from "../support/program.ts";

/** What is said of one resource, whatever its name is. */
function saidOf({ stderr }: Ended, kind: string, name: string): string {
  const start = `${kind}[${name}]: `;
  return stderr.split("\n").flatMap((line) => line.split(start).slice(1, 2)).join("\n");
}

const EXECS = `graph: t
resources:
  exec:
  - {name: user, cmd: "true", user: no-such-user-here}
  - {name: program, cmd: no-such-program-here now}
  - {name: plain, cmd: DIR/plain}
  - {name: cwd, cmd: "true", cwd: DIR/nowhere}
  - {name: made, cmd: DIR/bin/made}
  - {name: fine, cmd: "true"}
  - {name: again, cmd: no-such-program-here, ifcmd: "false"}
  file:
  - {name: DIR/bin/}
  - {name: DIR/bin/made, content: "#!/bin/sh\\n", mode: "0755"}
  - {name: DIR/changed, content: x}
edges:
- {from: {kind: file, name: DIR/bin/made}, to: {kind: exec, name: made}}
- {from: {kind: file, name: DIR/changed}, to: {kind: exec, name: again}, notify: true}
`;

Deno.test("a command that cannot be started is told before, with noop and without", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, EXECS.replaceAll("DIR", directory));
    await Deno.writeTextFile(`${directory}/plain`, "no program");
    const args = ["run", graph, "--prefix", `${directory}/prefix`, "--converged-timeout=0"];
    const noop = await mgmt([...args, "--noop"]);
    const real = await mgmt(args);
    for (const [ended, fails] of [[noop, "Would fail"], [real, "Failed"]] as const) {
      const reasons = {
        user: /there is no user named "no-such-user-here"/,
        program: /there is no program "no-such-program-here" on the PATH/,
        plain: /plain" may not be run/,
        cwd: /nowhere", where the command should run, is not there/,
        again: /there is no program "no-such-program-here" on the PATH/,
      };
      for (const [name, reason] of Object.entries(reasons)) {
        const said = saidOf(ended, "Exec", name);
        assertMatch(said, reason);
        assertEquals(said.startsWith(`${fails}: `), true, said);
      }
      assertEquals(ended.code, 4, ended.stderr);
    }
    assertMatch(saidOf(noop, "Exec", "fine"), /^Would apply: /);
    assertMatch(saidOf(noop, "Exec", "made"), /^Would apply: not before file\[.*made\] is applied/);
    assertMatch(noop.stderr, /Recap: 0 ok, 0 changed, 5 failed, 0 blocked, 0 contested, 5 noop/);
    assertMatch(real.stderr, /Recap: 5 ok, 5 changed, 5 failed/);
  });
});

const FILES = `graph: t
resources:
  file:
  - {name: DIR/tied, content: new}
  - {name: DIR/checked, content: new, validate: no-such-program-here %s}
  - {name: DIR/tree/, source: DIR/source/, recurse: true}
  - {name: DIR/fine, content: new}
  line:
  - {name: line, path: DIR/tied, line: one}
`;

Deno.test("what is refused of files is told by noop as the run tells it", async () => {
  await inDirectory(async (directory) => {
    const path = (name: string) => `${directory}/${name}`;
    const graph = path("g.yaml");
    await Deno.writeTextFile(path("tied"), "old");
    await Deno.link(path("tied"), path("other"));
    await Deno.mkdir(path("source/deep"), { recursive: true });
    await Deno.writeTextFile(path("source/deep/file"), "x");
    const text = FILES.replaceAll("DIR", directory);
    const args = ["run", graph, "--prefix", path("prefix"), "--converged-timeout=0"];
    for (const which of ["file", "line"]) {
      const keep = which === "file" ? text.replace(/ {2}line:\n.*\n/, "") : text.replace(
        / {2}file:\n(?: {2}- .*\n)*/,
        "",
      );
      await Deno.writeTextFile(graph, keep);
      const noop = await mgmt([...args, "--noop"]);
      const real = await mgmt(args);
      const [kind, name] = which === "file" ? ["File", path("tied")] : ["Line", "line"];
      assertMatch(
        saidOf(noop, kind ?? "", name ?? ""),
        /^Would fail: .*has 2 hard links; replacing it/,
      );
      assertMatch(saidOf(real, kind ?? "", name ?? ""), /Failed: .*has 2 hard links; replacing it/);
      assertEquals([noop.code, real.code], [4, 4]);
      if (which === "line") continue;
      const checked = /there is no program "no-such-program-here" on the PATH/;
      assertMatch(saidOf(noop, "File", path("checked")), checked);
      assertMatch(saidOf(real, "File", path("checked")), checked);
      assertMatch(saidOf(noop, "File", `${path("tree")}/`), /^Would apply: /);
      assertMatch(noop.stderr, /2 failed, 0 blocked, 0 contested, 2 noop/);
      assertMatch(real.stderr, /2 ok, 2 changed, 2 failed/);
    }
  });
});

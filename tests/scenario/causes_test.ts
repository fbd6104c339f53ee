/** What the events of a run say of why something was done, and by whom. */

import { assert, assertEquals } from "@std/assert";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";
import { openFanotify } from "../../src/os/native/fanotify.ts";

const tells = openFanotify(() => {});
if (tells.ok) await tells.value.close();

interface Told {
  readonly type: string;
  readonly key?: string;
  readonly causes?: readonly {
    readonly type: string;
    readonly path?: string;
    readonly what?: string;
    readonly more?: number;
    readonly by?: readonly string[];
    readonly earlier?: true;
    readonly who?: { readonly pid: number; readonly program?: string };
  }[];
  readonly steps?: Readonly<Record<string, number>>;
}

/** What a program has said so far, of one type about one resource. */
function told(program: Program, type: string, key: string): readonly Told[] {
  return program.stdout.split("\n").slice(0, -1).map((line): Told => JSON.parse(line))
    .filter((each) => each.type === type && each.key === key);
}

async function changed(program: Program, key: string, act: () => unknown): Promise<Told> {
  const before = told(program, "changed", key).length;
  await act();
  await within(
    60_000,
    () => told(program, "changed", key).length > before,
    () => `${key} was not changed: ${program.stdout}${program.stderr}`,
  );
  const all = told(program, "changed", key);
  const last = all.at(-1);
  assert(last !== undefined);
  return last;
}

/** Waits until it was looked at once more after the last repair, whose own events would be told as causes, too. */
async function atRest(program: Program, key: string): Promise<void> {
  const last = () =>
    program.stdout.split("\n").slice(0, -1).map((line): Told => JSON.parse(line))
      .findLast((each) => each.key === key)?.type;
  await within(60_000, () => last() === "ok", () => `${key} is not at rest: ${program.stdout}`);
}

async function ran(program: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args }).output();
  assert(success, `${program} ${args.join(" ")}`);
}

Deno.test("a run says what happened to a file, what was owed for it, and how long that took", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/motd`;
    const graph = (content: string) =>
      Deno.writeTextFile(
        `${directory}/g.yaml`,
        `graph: causes
resources:
  file:
  - name: motd
    path: ${path}
    content: ${content}
    mode: "0644"
  exec:
  - {name: reload, cmd: echo reloaded, ifcmd: "false"}
edges:
- {name: tells, from: {kind: file, name: motd}, to: {kind: exec, name: reload}, notify: true}
`,
      );
    await graph("one");
    const options = ["--output", "json", "--tmp-prefix", "--who", "off", "--verbose"];
    const program = new Program(["run", `${directory}/g.yaml`, ...options]);
    try {
      await program.says('"settled"');
      assertEquals(told(program, "changed", "file[motd]")[0]?.causes, [{ type: "start" }]);
      const rewritten = `${directory}/other`;
      const ways: readonly (readonly [string, () => unknown])[] = [
        ["moved here", () => ran("sed", "-i", "s/one/two/", path)],
        ["removed", () => ran("rm", path)],
        ["modified", () => ran("sh", "-c", `echo x >> ${path}`)],
        ["moved away", () => ran("mv", path, rewritten)],
        ["attributes", () => ran("chmod", "600", path)],
      ];
      for (const [what, act] of ways) {
        await atRest(program, "file[motd]");
        const [cause, ...others] = (await changed(program, "file[motd]", act)).causes ?? [];
        assertEquals([cause?.type, cause?.path, cause?.what], ["event", path, what]);
        assertEquals(others, []);
        assertEquals("who" in (cause ?? {}), false);
        assertEquals(contentOf(path), "one");
      }
      await within(
        60_000,
        () => told(program, "changed", "exec[reload]").length > 1,
        () => program.stdout,
      );
      const owed = told(program, "changed", "exec[reload]").at(-1);
      assertEquals(owed?.causes, [{ type: "refresh", by: ["file[motd]"] }]);
      for (const name of ["checkMs", "waitMs", "applyMs"]) {
        assert((owed?.steps?.[name] ?? -1) >= 0, name);
      }
      await atRest(program, "file[motd]");
      const edited = await changed(program, "file[motd]", () => graph("new"));
      const [edit, seen, ...rest] = edited.causes ?? [];
      assertEquals(edit as unknown, { type: "graph", change: "changed" });
      assertEquals([seen?.type, seen?.path], ["event", `${directory}/g.yaml`]);
      assertEquals(rest, []);
    } finally {
      await program.interrupt();
    }
  }));

Deno.test("a refresh that a killed run still owes is told as an earlier run's", () =>
  inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(
      graph,
      `graph: owed
resources:
  file:
  - {name: motd, path: ${directory}/motd, content: one}
  exec:
  - {name: reload, cmd: "sleep 1000", shell: /bin/sh, ifcmd: "false"}
edges:
- {name: tells, from: {kind: file, name: motd}, to: {kind: exec, name: reload}, notify: true}
`,
    );
    const options = ["--output", "json", "--prefix", `${directory}/prefix`];
    const first = new Program(["run", graph, ...options]);
    await first.says(/"apply","key":"exec\[reload\]"/);
    await first.killed();
    const second = new Program(["run", graph, ...options]);
    try {
      await second.says(/"apply","key":"exec\[reload\]"/);
      assertEquals(told(second, "apply", "exec[reload]")[0]?.causes as unknown, [
        { type: "start" },
        { type: "refresh", by: ["file[motd]"], earlier: true },
      ]);
    } finally {
      await second.killed();
    }
  }));

for (const how of ["on", "exec"]) {
  Deno.test({
    name: `--who ${how}: a change has its author, the agent's own commands are told as such`,
    ignore: !tells.ok,
    fn: () =>
      inDirectory(async (directory) => {
        const path = `${directory}/motd`;
        const other = `${directory}/other`;
        await Deno.writeTextFile(
          `${directory}/g.yaml`,
          `graph: who
resources:
  file:
  - {name: motd, path: ${path}, content: one}
  - {name: other, path: ${other}, content: two}
  exec:
  - {name: spoil, cmd: "echo x > ${other}; sleep 1", shell: /bin/sh, ifcmd: "false"}
edges:
- {name: tells, from: {kind: file, name: motd}, to: {kind: exec, name: spoil}, notify: true}
`,
        );
        const options = ["--output", "json", "--tmp-prefix", "--who", how];
        const program = new Program(["run", `${directory}/g.yaml`, ...options]);
        try {
          await program.says('"settled"');
          // The marks are set after that: the first changes may be nobody's, or of a program that began before.
          let who: { pid: number; program?: string } | undefined;
          const removed: Promise<void>[] = [];
          const isWhole = () => how === "exec" ? who?.program !== undefined : who !== undefined;
          for (let tries = 0; tries < 50 && !isWhole(); tries++) {
            const { causes } = await changed(program, "file[motd]", () => {
              // It stays a moment, so that all of it can be read.
              removed.push(ran("sh", "-c", `rm ${path}; sleep 1`));
            });
            who = causes?.[0]?.who;
          }
          assert(who !== undefined && who.pid > 0, program.stdout);
          if (how === "exec") assertEquals(who.program, "rm");
          await within(
            60_000,
            () =>
              told(program, "changed", "file[other]").some(({ causes = [] }) =>
                // By mgmt itself, for that resource.
                causes.some((cause) =>
                  (cause.who as { resource?: string } | undefined)?.resource === "exec[spoil]"
                )
              ),
            () => program.stdout,
          );
          await Promise.all(removed);
        } finally {
          await program.interrupt();
        }
      }),
  });
}

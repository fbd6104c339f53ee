import { assert, assertEquals } from "@std/assert";
import exec from "../../../src/resources/exec/kind.ts";
import type { ExecFields } from "../../../src/resources/exec/fields.ts";
import file from "../../../src/resources/file/kind.ts";
import line from "../../../src/resources/line/kind.ts";
import probe from "../../../src/resources/probe/kind.ts";
import { inExecWorld } from "../../support/exec_world.ts";
import { inKindWorld, type KindWorld, resourceOf } from "../../support/kind_world.ts";
import { eventually } from "../../support/processes.ts";

/** What the agent has in its environment here, as it would from a terminal or a unit. */
const AGENTS = {
  AGENT_TOKEN: "s3cret",
  MGMT_TOKEN: "mgmt1-x",
  LC_ALL: "de_DE.UTF-8",
  PATH: `/agent/bin:${PATH()}`,
};

function PATH(): string {
  return Deno.env.get("PATH") ?? "";
}

/** Runs a test while the agent has a few variables more. */
async function asAgent(test: () => Promise<void>): Promise<void> {
  const before = new Map(Object.keys(AGENTS).map((name) => [name, Deno.env.get(name)]));
  for (const [name, value] of Object.entries(AGENTS)) Deno.env.set(name, value);
  try {
    await test();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

const MARK = /^MGMT_COMMAND_MARK=/;
/** What a shell sets by itself. */
const SHELLS = /^(PWD|OLDPWD|SHLVL|_)=/;

/** Variables that a command wrote down, but for the mark, which must be there. */
function variables(text: string): Record<string, string> {
  const lines = text.split("\n").filter((each) => each !== "" && !SHELLS.test(each));
  assert(lines.some((each) => MARK.test(each)), "nobody would find it and what it starts");
  const own = lines.filter((each) => !MARK.test(each));
  return Object.fromEntries(own.map((each) => [each.split("=")[0], each.replace(/^\w+=/, "")]));
}

/** What an exec here has, be it its command or its condition. */
async function ofExec(world: KindWorld, fields: Partial<ExecFields>) {
  Deno.chmodSync(world.directory, 0o777);
  const out = world.path("out");
  const it = await resourceOf(exec, world, { cmd: `env > ${out}`, shell: "/bin/sh", ...fields });
  await it.heal();
  return variables(world.text("out"));
}

const NAMES = ["HOME", "LANG", "LOGNAME", "PATH", "SHELL", "USER"];

Deno.test("no command of a graph has the environment of the agent", () =>
  asAgent(() =>
    inKindWorld(async (world) => {
      const names = async (command: Promise<unknown>, out: string) => {
        await command;
        return Object.keys(variables(world.text(out))).sort();
      };
      const script = (out: string) => {
        const path = world.put(`${out}.sh`, `env > ${world.path(out)}\n`);
        return `/bin/sh ${path}`;
      };
      const cmd = await resourceOf(exec, world, { cmd: script("cmd") });
      assertEquals(await names(cmd.heal(), "cmd"), NAMES);
      const ifcmd = await resourceOf(exec, world, { cmd: "true", ifcmd: script("ifcmd") });
      assertEquals(await names(ifcmd.check(), "ifcmd"), NAMES);
      const probed = await resourceOf(probe, world, { command: script("probe") });
      assertEquals(await names(probed.check(), "probe"), NAMES);
      const path = world.path("f");
      const made = { path, content: "x\n", validate: `${script("validate")} %s` };
      assertEquals(await names((await resourceOf(file, world, made)).heal(), "validate"), NAMES);
      const added = { path, line: "y", validate: `${script("line")} %s` };
      assertEquals(await names((await resourceOf(line, world, added)).heal(), "line"), NAMES);
    })
  ));

Deno.test("nor has a watchcmd", () =>
  asAgent(() =>
    inExecWorld(async (make) => {
      const it = make({ cmd: "true", watchcmd: "env >&2; sleep 100", watchshell: "/bin/sh" });
      const watch = it.watch();
      assert(await eventually(() => it.lines.some((each) => MARK.test(each))));
      watch.close();
      assert(!it.lines.some((each) => each.startsWith("AGENT_TOKEN")), it.lines.join("\n"));
    })
  ));

Deno.test("it is the same from a terminal and from a unit", () =>
  asAgent(() =>
    inKindWorld(async (world) => {
      const { PATH, LANG } = await ofExec(world, {});
      assertEquals(PATH, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
      assertEquals(LANG, "C.UTF-8");
    })
  ));

Deno.test("what env says comes first, then what inherit_env names", () =>
  asAgent(() =>
    inKindWorld(async (world) => {
      const found = await ofExec(world, {
        env: { LANG: "C", EMPTY: "" },
        // That by which the host joins its cluster is nobody else's.
        inherit_env: ["AGENT_TOKEN", "LANG", "MGMT_TOKEN", "NOT_SET_ANYWHERE"],
      });
      assertEquals(found.AGENT_TOKEN, "s3cret");
      assertEquals([found.LANG, found.EMPTY], ["C", ""]);
      assertEquals(Object.keys(found).sort(), ["AGENT_TOKEN", "EMPTY", ...NAMES].sort());
    })
  ));

Deno.test({
  name: "who it runs as is what it has in HOME, USER, LOGNAME and SHELL",
  ignore: Deno.uid() !== 0,
  fn: () =>
    asAgent(() =>
      inKindWorld(async (world) => {
        Deno.chmodSync(world.directory.replace(/\/[^/]+$/, ""), 0o755);
        const nobody = await ofExec(world, { user: "nobody", cwd: "/" });
        const { HOME, USER, LOGNAME, SHELL } = nobody;
        assertEquals([USER, LOGNAME], ["nobody", "nobody"]);
        assertEquals(HOME, "/nonexistent");
        assertEquals(SHELL, "/bin/sh", "a shell that lets nobody in is none");
        assertEquals(Object.keys(nobody).sort(), NAMES);
        Deno.removeSync(world.path("out"));
        const unknown = await ofExec(world, { user: "54321", group: "54321" });
        assertEquals(Object.keys(unknown).sort(), ["HOME", "LANG", "PATH", "SHELL"]);
        assertEquals(unknown.HOME, "/");
      })
    ),
});

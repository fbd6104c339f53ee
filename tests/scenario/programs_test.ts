/** Graphs that are programs, in the executable: its runtime is another one than that of the source. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

const SITE = `import { exec, file, noop, program } from "mgmt";
import { words } from "./lib/words.ts";
export default program(({ host, data }) => {
  const made = file(place(), { content: words(host.labels.role ?? "none") });
  const input = data("in.json");
  const next = file("DIR/next", { content: String(input.next), require: made });
  exec("told", { cmd: "echo told >> DIR/told", shell: "/bin/sh", subscribe: next, creates: "/" });
  for (let i = 0; i < input.count; i++) noop("n" + i);
  const asked = exec("ask", { cmd: "echo 42" });
  file("DIR/answer", { content: asked.output });
});
function place(): string {
  try {
    return "DIR/" + new Date();
  } catch {
    return "DIR/made";
  }
}
`;

const WORDS = "export const words = (role: string): string => `role ${role}`;\n";

/** Replaces a file, as an editor does. */
async function replace(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

/** The processes that evaluate programs for an agent. */
function childrenOf(pid: number): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((each) =>
    contentOf(`/proc/${each}/stat`)?.split(") ").at(-1)?.split(" ")[1] === String(pid) &&
    isEvaluating(each)
  );
}

function isEvaluating(pid: number | undefined): boolean {
  return contentOf(`/proc/${pid}/cmdline`)?.includes("__evaluate") === true;
}

async function layOut(directory: string): Promise<void> {
  await Deno.mkdir(`${directory}/lib`);
  await Deno.writeTextFile(`${directory}/site.ts`, SITE.replaceAll("DIR", directory));
  await Deno.writeTextFile(`${directory}/lib/words.ts`, WORDS);
  await Deno.writeTextFile(`${directory}/in.json`, '{"next": 1, "count": 2}');
}

Deno.test("an agent with a program follows its modules and inputs, keeps what is good, and leaves no child", () =>
  inDirectory(async (directory) => {
    await layOut(directory);
    const flags = ["--prefix", `${directory}/prefix`, "--label", "role=web"];
    const run = () => new Program(["run", `${directory}/site.ts`, ...flags]);
    const becomes = (name: string, content: string, program: Program) =>
      within(60_000, () => contentOf(`${directory}/${name}`) === content, () => program.stderr);
    const agent = run();
    await becomes("made", "role web", agent);
    await becomes("next", "1", agent);
    await becomes("answer", "42", agent);
    const [child] = childrenOf(agent.pid);
    assert(child !== undefined);

    await replace(`${directory}/in.json`, '{"count": 2, "next": 2}');
    await becomes("next", "2", agent);
    await agent.says("0 added, 1 changed, 0 removed, 6 kept");
    assertEquals(childrenOf(agent.pid), [child], "the child is kept");
    // Once when it was made, and once when it was another.
    await becomes("told", "told\ntold\n", agent);

    await replace(`${directory}/lib/words.ts`, "export const words = (role: string) => rol;\n");
    await agent.says("lib/words.ts:1:40: error: ReferenceError: rol is not defined");
    await agent.says("the graph that was read before stays in force");
    await Deno.writeTextFile(`${directory}/made`, "harmed");
    await becomes("made", "role web", agent);

    // Killed, it leaves no child; the next one starts with what was good.
    const [last] = childrenOf(agent.pid);
    agent.signal("SIGKILL");
    await agent.ended();
    await within(60_000, () => !isEvaluating(last), "the child goes on without its agent");
    await Deno.remove(`${directory}/made`);
    const next = run();
    await becomes("made", "role web", next);
    await next.says("what runs is its last good reading");
    await replace(`${directory}/lib/words.ts`, WORDS.replace("role ", "the role "));
    await becomes("made", "the role web", next);
    const { code } = await next.interrupt();
    assertEquals(code, 130);
  }));

Deno.test("validate, graph and plan of a program, and what it evaluates to as a graph file", () =>
  inDirectory(async (directory) => {
    await layOut(directory);
    const site = `${directory}/site.ts`;
    const validated = await mgmt(["validate", site]);
    assertEquals(validated.stdout, `${site}: ok (6 resources, 2 edges)\n`, validated.stderr);
    const yaml = await mgmt(["graph", site, "--format", "yaml", "--label", "role=db"]);
    assertStringIncludes(yaml.stdout, "content: role db");
    await Deno.writeTextFile(`${directory}/same.yaml`, yaml.stdout);
    const [one, other] = await Promise.all([
      mgmt(["graph", site, "--format", "json", "--label", "role=db"]),
      mgmt(["graph", `${directory}/same.yaml`, "--format", "json"]),
    ]);
    assertEquals(one.stdout, other.stdout);
    assertEquals(one.code, 0);
    const planned = await mgmt(["plan", site, "--prefix", `${directory}/prefix`]);
    assertStringIncludes(planned.stdout, `File[${directory}/made]: does not exist`);
    assertEquals(contentOf(`${directory}/made`), undefined);
  }));

Deno.test("what is endless, or needs all memory, does no harm to the agent", () =>
  inDirectory(async (directory) => {
    await layOut(directory);
    const site = `${directory}/site.ts`;
    const bomb = `import { program } from "mgmt";
export default program(() => { const all = []; for (;;) all.push(new Array(1e6).fill(0)); });
`;
    await Deno.writeTextFile(site, bomb);
    const { code, stderr } = await mgmt(["validate", site]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "the program needs more memory than");
    const loop = 'import { program } from "mgmt";\nexport default program(() => { for (;;); });\n';
    await Deno.writeTextFile(site, loop);
    const looped = await mgmt(["validate", site]);
    assertStringIncludes(looped.stderr, "the program was not done after 5 s, and was ended");
  }));

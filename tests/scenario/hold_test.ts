import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inDirectory, mgmt, Program, within } from "../support/program.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: a, path: DIR/a, content: "a\\n"}
  - {name: b, path: DIR/b, content: "b\\n"}
  exec:
  - {name: told, cmd: touch DIR/told, creates: DIR/told}
edges:
- {from: {kind: file, name: a}, to: {kind: file, name: b}}
- {from: {kind: file, name: a}, to: {kind: exec, name: told}, notify: true}
`;

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

interface World {
  readonly directory: string;
  readonly graph: string;
  readonly flags: readonly string[];
}

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await work({ directory, graph, flags: ["--prefix", `${directory}/prefix`] });
  });
}

Deno.test("what is held is watched and not touched, also after kill -9, until it is released", async () => {
  await inWorld(async ({ directory, graph, flags }) => {
    const run = () => new Program(["run", graph, ...flags]);
    let agent = run();
    await within(60_000, () => textOf(`${directory}/told`) !== undefined, "it did not settle");
    await Deno.remove(`${directory}/told`);
    const held = await mgmt(["hold", "File[a]", "--for", "2h", "--reason", "by hand", ...flags]);
    assertEquals(held.code, 0, held.stderr);
    assertMatch(held.stdout, /^File\[a\]: held until .* \(by hand\)\n$/);
    await Deno.writeTextFile(`${directory}/a`, "mine\n");
    await agent.says(/File\[a\]: Held until .*\(by hand\): content differs/);
    assertEquals(textOf(`${directory}/a`), "mine\n");
    // What depends on it waits, and is not put right.
    await Deno.remove(`${directory}/b`);
    await agent.says("File[b]: Waits for: File[a]");
    agent.signal("SIGKILL");
    await agent.ended();
    agent = run();
    await agent.says(/File\[a\]: Held until/);
    await agent.says(/1 held/);
    assertEquals([textOf(`${directory}/a`), textOf(`${directory}/b`)], ["mine\n", undefined]);
    const listed = await mgmt(["hold", "--output", "json", ...flags]);
    const [one] = JSON.parse(listed.stdout).held;
    assertEquals([one.key, one.reason], ["file[a]", "by hand"]);
    const plan = await mgmt(["plan", graph, "--output", "json", ...flags]);
    const planned = JSON.parse(plan.stdout).resources.find(({ key }: { key: string }) =>
      key === "file[a]"
    );
    assertEquals([planned.outcome, planned.otherwise], ["blocked", "change"]);
    const released = await mgmt(["release", "a", ...flags]);
    assertEquals([released.code, released.stdout], [0, "File[a]: released\n"]);
    await within(60_000, () => textOf(`${directory}/b`) === "b\n", "b did not come back");
    assertEquals(textOf(`${directory}/a`), "a\n");
    // The refresh that it owes by that is done.
    await within(60_000, () => textOf(`${directory}/told`) !== undefined, "no refresh came");
    // Who looks at a file knows its path, and not how its resource is called.
    const path = `${directory}/a`;
    assertMatch((await mgmt(["why", path, ...flags])).stdout, /because its hold was released\n/);
    assertMatch((await mgmt(["hold", path, ...flags])).stdout, /^File\[a\]: held until/);
    assertEquals((await mgmt(["release", path, ...flags])).stdout, "File[a]: released\n");
    const nothing = await mgmt(["release", path, ...flags]);
    assertStringIncludes(nothing.stderr, `${path} is not held\n`);
    await agent.interrupt();
  });
});

Deno.test("a hold ends by itself, and one that nobody heeds yet is heeded by the next run", async () => {
  await inWorld(async ({ directory, graph, flags }) => {
    const once = ["run", graph, "--converged-timeout=0", ...flags];
    await mgmt(once);
    const one = await mgmt(["hold", `${directory}/b`, ...flags]);
    assertMatch(one.stdout, /^File\[b\]: held until/, one.stderr);
    await mgmt(["release", `${directory}/b`, ...flags]);
    const all = await mgmt(["hold", "--all", "--for", "30m", ...flags]);
    assertMatch(all.stdout, /^all resources: held until/);
    await Deno.remove(`${directory}/b`);
    const first = await mgmt(once);
    assertEquals([first.code, textOf(`${directory}/b`)], [0, undefined]);
    assertMatch(
      first.stderr,
      /Recap: 2 ok, 0 changed, 0 failed, 0 blocked, 0 contested, 0 noop, 1 held/,
    );
    await mgmt(["release", "--all", ...flags]);
    await mgmt(["hold", "file[b]", "--for", "1s", ...flags]);
    const agent = new Program(["run", graph, ...flags]);
    await within(60_000, () => textOf(`${directory}/b`) === "b\n", "the hold did not end");
    await agent.interrupt();
  });
});

Deno.test("a hold on something unknown, twice, of nothing, or for ever is refused with what to say instead", async () => {
  await inWorld(async ({ graph, flags }) => {
    const agent = new Program(["run", graph, ...flags]);
    await agent.says("Recap:");
    const unknown = await mgmt(["hold", "file[aa]", ...flags]);
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, "did you mean File[a]?");
    assertEquals((await mgmt(["hold", "a", "--all", ...flags])).code, 1);
    assertEquals((await mgmt(["hold", "a", "--for", "91d", ...flags])).code, 1);
    assertEquals((await mgmt(["release", "a", ...flags])).code, 1);
    assertEquals((await mgmt(["release", ...flags])).code, 1);
    assertEquals((await mgmt(["hold", ...flags])).stdout, "nothing is held\n");
    await agent.interrupt();
    // Where no agent runs, what was managed is known by its name, and anything by its key.
    assertEquals((await mgmt(["hold", "told", ...flags])).code, 1);
    assertMatch((await mgmt(["hold", "a", ...flags])).stdout, /^File\[a\]: held until/);
    assertEquals((await mgmt(["hold", "exec[told]", ...flags])).code, 0);
  });
});

Deno.test("all holds that there may be are listed and released, also while an agent runs", async () => {
  await inWorld(async ({ directory, graph, flags }) => {
    const sinceMs = Date.now();
    const one = { reason: "r".repeat(200), author: "ann", sinceMs, untilMs: sinceMs + 3_600_000 };
    const holds = Array.from({ length: 10_000 }, (_, i) => ({ key: `file[x${i}]`, ...one }));
    await Deno.mkdir(`${directory}/prefix`, { mode: 0o700 });
    await Deno.writeTextFile(`${directory}/prefix/holds.json`, JSON.stringify({ holds }));
    const agent = new Program(["run", graph, ...flags]);
    await agent.says("Recap:");
    const { stdout } = await mgmt(["hold", ...flags]);
    assertEquals(stdout.split("\n").length, holds.length + 1, stdout.slice(0, 200));
    assertEquals((await mgmt(["release", "--all", ...flags])).code, 0);
    assertEquals((await mgmt(["hold", ...flags])).stdout, "nothing is held\n");
    await agent.interrupt();
  });
});

Deno.test("a file of holds that is damaged is said to be so by hold, plan and run, until it is written again", async () => {
  await inWorld(async ({ directory, graph, flags }) => {
    const file = `${directory}/prefix/holds.json`;
    await mgmt(["hold", "file[a]", ...flags]);
    const whole = await Deno.readTextFile(file);
    for (const text of ["", "{}", whole.slice(0, -9), whole.replace("untilMs", "until")]) {
      await Deno.writeTextFile(file, text);
      const said = [
        await mgmt(["hold", ...flags]),
        await mgmt(["plan", graph, ...flags]),
        await mgmt(["run", graph, "--noop", "-t", "0", ...flags]),
      ];
      for (const { stderr } of said) assertStringIncludes(stderr, "holds.json is damaged");
    }
    await mgmt(["release", "--all", ...flags]);
    const { code, stdout } = await mgmt(["hold", ...flags]);
    assertEquals([code, stdout], [0, "nothing is held\n"]);
  });
});

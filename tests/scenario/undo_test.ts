import { assert, assertEquals, assertMatch } from "@std/assert";
import { isSoon } from "../support/polling.ts";
import { EXECUTABLE, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

const GRAPH = `graph: g
resources:
  file:
  - {name: a, path: DIR/a, content: "new\\n", mode: "0600"}
  - {name: b, path: DIR/b, content: "b\\n"}
  exec:
  - {name: told, cmd: cp DIR/a DIR/told, creates: DIR/told}
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

/** Of a run that has ended, or of an agent, which may take a moment until it tells. */
async function lastChange(key: string, flags: readonly string[]): Promise<string> {
  let found = "";
  const isTold = async () => {
    const told = await mgmt(["history", key, "--changed", "--output", "json", ...flags]);
    found = told.code === 0 ? String(JSON.parse(told.stdout).entries.at(-1)?.id ?? "") : "";
    return found !== "";
  };
  assert(await isSoon(isTold, 60_000), `nothing is told of ${key}`);
  return found;
}

Deno.test("a running agent takes a change back, refreshes who heard of it, and leaves it so until it is released", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const flags = ["--prefix", `${directory}/prefix`];
    const [a, told] = [`${directory}/a`, `${directory}/told`];
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await Deno.writeTextFile(a, "old\n");
    const run = () => new Program(["run", graph, ...flags]);
    let agent = run();
    await within(60_000, () => textOf(told) === "new\n", "it did not settle");
    const change = await lastChange("file[a]", flags);
    const foretold = await mgmt(["undo", "--change", change, "--noop", ...flags]);
    assertMatch(foretold.stdout, /would be taken back[^]*Gets a refresh then: Exec\[told\]/);
    assertEquals(textOf(a), "new\n");
    const undone = await mgmt(["undo", "--change", change, ...flags]);
    assertEquals([undone.code, undone.stderr], [0, ""]);
    assertMatch(undone.stdout, /Gets a refresh for it: Exec\[told\]\nHeld until .*: File\[a\]/);
    assertEquals(textOf(a), "old\n");
    await within(60_000, () => textOf(told) === "old\n", "nobody was refreshed");
    // Until the command's end is known, the refresh is owed.
    const planned = async () => (await mgmt(["plan", graph, "--output", "json", ...flags])).stdout;
    const isPaid = async () => /"outcome":"ok","key":"exec\[told\]"/.test(await planned());
    assert(await isSoon(isPaid, 60_000), await planned());
    // What depends on it goes on, also in another run.
    agent.signal("SIGKILL");
    await agent.ended();
    await Deno.remove(`${directory}/b`);
    const outcomes = JSON.parse(await planned()).resources
      .map(({ key, outcome }: { key: string; outcome: string }) => `${key} ${outcome}`);
    assertEquals(outcomes.sort(), ["exec[told] ok", "file[a] blocked", "file[b] change"]);
    agent = run();
    await within(60_000, () => textOf(`${directory}/b`) === "b\n", "b did not come back");
    await agent.says(/File\[a\]: Held until .*undo of change/);
    assertEquals(textOf(a), "old\n");
    // A graph that says the same again makes the hold needless, which is said once.
    const text = await Deno.readTextFile(graph);
    await Deno.writeTextFile(graph, text.replace(/"new.*"0600"/, '"old\\n"'));
    await agent.says(/Undo: File\[a\]: the graph agrees with .*mgmt release 'file\[a\]'/);
    await Deno.writeTextFile(graph, text);
    await agent.says(/File\[a\]: Held until [^]*File\[a\]: Held until/);
    assertEquals((await mgmt(["release", "file[a]", ...flags])).code, 0);
    await within(
      60_000,
      () => textOf(a) === "new\n" && textOf(told) === "new\n",
      "the graph counts",
    );
    agent.signal("SIGTERM");
    await agent.ended();
  });
});

Deno.test("an agent with --noop has nothing to say, and the command does it", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const flags = ["--prefix", `${directory}/prefix`];
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
    const change = await lastChange("file[a]", flags);
    const agent = new Program(["run", graph, "--noop", ...flags]);
    await agent.says(/Recap/);
    const undone = await mgmt(["undo", "--change", change, ...flags]);
    assertEquals([undone.code, undone.stderr], [0, ""]);
    assertMatch(undone.stdout, /no agent runs to do so again: Exec\[told\]/);
    assertEquals(textOf(`${directory}/a`), undefined);
    agent.signal("SIGTERM");
    await agent.ended();
  });
});

Deno.test("an undo that is killed in the middle has done each thing or not, and can be said again", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const flags = ["--prefix", `${directory}/prefix`];
    const count = 30;
    const list = Array.from(
      { length: count },
      (_, index) =>
        `  - {name: f${index}, path: ${directory}/f${index}, content: "new ${index}\\n"}\n`,
    );
    await Deno.writeTextFile(graph, `graph: g\nresources:\n  file:\n${list.join("")}`);
    const paths = list.map((_, index) => `${directory}/f${index}`);
    for (const path of paths) await Deno.writeTextFile(path, `old ${path}\n`);
    await mgmt(["run", graph, "--converged-timeout=0", "-q", ...flags]);
    const isOld = (path: string) => textOf(path) === `old ${path}\n`;
    const isNew = (path: string) => textOf(path)?.startsWith("new ") === true;
    for (let tries = 0; tries < 3 && !paths.every(isOld); tries++) {
      const undo = new Program(["undo", "--since", "1h", ...flags]);
      const before = paths.filter(isOld).length;
      let isOver = false;
      void undo.ended().then(() => isOver = true);
      await within(60_000, () => isOver || paths.filter(isOld).length > before + 5, "it waits");
      undo.signal("SIGKILL");
      await undo.ended();
      assertEquals(paths.filter((path) => !isOld(path) && !isNew(path)), []);
    }
    const last = await mgmt(["undo", "--since", "1h", ...flags]);
    assertEquals(last.code, 0, last.stdout + last.stderr);
    assertEquals(paths.filter((path) => !isOld(path)), []);
    const told = await mgmt(["history", "--changed", "--output", "json", ...flags]);
    const undone = JSON.parse(told.stdout).entries
      .filter(({ type }: { type: string }) => type === "undone");
    assertEquals(undone.length >= count, true);
  });
});

Deno.test(
  "another user is told that the state is not his",
  { ignore: Deno.uid() !== 0 },
  async () => {
    await inDirectory(async (directory) => {
      const graph = `${directory}/g.yaml`;
      const flags = ["--prefix", `${directory}/prefix`];
      await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
      await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
      await Deno.chmod(directory, 0o755);
      // A user who may not come to where this repository is can be the one.
      await Deno.copyFile(EXECUTABLE, `${directory}/mgmt`);
      const through = [
        ...["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"],
        ...["sh", "-c", `shift; exec ${directory}/mgmt "$@"`, "sh"],
      ];
      const refused = await mgmt(["undo", "--change", "3", ...flags], { through });
      assertEquals([refused.code, refused.stdout], [1, ""]);
      assertMatch(refused.stderr, /permission denied|belongs to another user/i);
      assertEquals(textOf(`${directory}/a`), "new\n");
    });
  },
);

Deno.test("a full disk: nothing is taken back that could not be told, or held", {
  ignore: Deno.uid() !== 0,
}, async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const prefix = `${directory}/prefix`;
    const flags = ["--prefix", prefix];
    await Deno.writeTextFile(graph, GRAPH.replaceAll("DIR", directory));
    await Deno.writeTextFile(`${directory}/a`, "old\n");
    assertEquals(
      await shell(`mkdir ${prefix} && mount -t tmpfs -o size=2m,mode=700 tmpfs ${prefix}`),
      "",
    );
    try {
      await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
      const change = await lastChange("file[a]", flags);
      await shell(`dd if=/dev/zero of=${prefix}/ballast bs=1k 2>/dev/null`);
      const refused = await mgmt(["undo", "--change", change, ...flags]);
      assertEquals([refused.code, textOf(`${directory}/a`)], [1, "new\n"], refused.stdout);
      assertMatch(refused.stderr, /full|no space left/i);
      // What is to be reversed one day is not changed before that is written down.
      const reversed = (await Deno.readTextFile(graph)).replace(
        'mode: "0600"',
        'mode: "0640", meta: {reverse: true}',
      );
      await Deno.writeTextFile(graph, reversed);
      await shell(`dd if=/dev/zero of=${prefix}/more bs=1k 2>/dev/null`);
      const run = await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
      assertMatch(run.stderr, /File\[a\]: Failed.*(full|no space left)/i);
      assertEquals(Deno.statSync(`${directory}/a`).mode! & 0o7777, 0o600);
      await shell(`rm ${prefix}/ballast ${prefix}/more`);
      assertEquals((await mgmt(["undo", "--change", change, ...flags])).code, 0);
      assertEquals(textOf(`${directory}/a`), "old\n");
    } finally {
      await shell(`umount ${prefix}`);
    }
  });
});

Deno.test("what has another name by now is taken back, and held by that, too", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const flags = ["--prefix", `${directory}/prefix`];
    const write = (name: string) =>
      Deno.writeTextFile(
        graph,
        `graph: g\nresources:\n  file:\n  - {name: ${name}, path: ${directory}/a, content: "new\\n"}\n`,
      );
    await Deno.writeTextFile(`${directory}/a`, "old\n");
    await write("before");
    await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
    await write("after");
    await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
    const change = await lastChange("file[before]", flags);
    const undone = await mgmt(["undo", "--change", change, ...flags]);
    assertMatch(undone.stdout, /Held until .*: File\[before\] and File\[after\]\n/);
    await mgmt(["run", graph, "--converged-timeout=0", ...flags]);
    assertEquals(textOf(`${directory}/a`), "old\n");
  });
});

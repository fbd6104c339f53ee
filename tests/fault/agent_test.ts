import { assert, assertEquals, assertMatch } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

function graphOf(directory: string, names: readonly string[], more = ""): string {
  const files = names.map((name) =>
    `  - name: ${name}\n    path: ${directory}/${name}\n    content: "i am ${name}\\n"\n${more}`
  );
  return `graph: t\nresources:\n  file:\n${files.join("")}`;
}

Deno.test("two agents on one prefix: the second says who holds it and names --prefix", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, graphOf(directory, ["a"]));
    const args = ["run", graph, "--prefix", `${directory}/prefix`];
    const first = new Program(args);
    try {
      await within(30_000, () => contentOf(`${directory}/a`) !== undefined, () => first.stderr);
      const second = await mgmt(args);
      assertEquals(second.code, 1, second.stderr);
      assertMatch(second.stderr, new RegExp(`\\b${first.pid}\\b`));
      assertMatch(second.stderr, /--prefix/);
      const noop = await mgmt([...args, "--noop", "--converged-timeout=0"]);
      assertEquals(noop.code, 0, "noop takes no lock");
    } finally {
      await first.interrupt();
    }
  });
});

Deno.test("after kill -9 the next agent takes the prefix over", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, graphOf(directory, ["a"]));
    const args = ["run", graph, "--prefix", `${directory}/prefix`];
    const first = new Program(args);
    await within(30_000, () => contentOf(`${directory}/a`) !== undefined, () => first.stderr);
    first.signal("SIGKILL");
    await first.ended();
    await Deno.remove(`${directory}/a`);
    const second = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(second.code, 0, second.stderr);
    assertEquals(contentOf(`${directory}/a`), "i am a\n");
  });
});

Deno.test("a change made while the kernel's queue overflowed is healed", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.mkdir(`${directory}/d`);
    await Deno.writeTextFile(graph, graphOf(`${directory}/d`, ["a", "b"]));
    const program = new Program(["run", graph, "--prefix", `${directory}/prefix`]);
    try {
      const areThere = () =>
        ["a", "b"].every((name) => contentOf(`${directory}/d/${name}`) !== undefined);
      await within(30_000, areThere, () => program.stderr);
      const limit = Number(contentOf("/proc/sys/fs/inotify/max_queued_events"));
      program.signal("SIGSTOP");
      // Each file is at least two events; the change that matters comes when the queue is full.
      for (let made = 0; made < 0.6 * limit; made++) {
        Deno.writeTextFileSync(`${directory}/d/x`, "");
        Deno.removeSync(`${directory}/d/x`);
      }
      Deno.removeSync(`${directory}/d/a`);
      program.signal("SIGCONT");
      await within(
        30_000,
        () => contentOf(`${directory}/d/a`) === "i am a\n",
        () => program.stderr,
      );
    } finally {
      program.signal("SIGCONT");
      await program.interrupt();
    }
  });
});

Deno.test("a writer that fights is braked and reported, and the rest is healed on", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, graphOf(directory, ["a", "b"]));
    const program = new Program([
      "run",
      graph,
      "--prefix",
      `${directory}/prefix`,
      "--repair-burst",
      "50",
    ]);
    try {
      await within(30_000, () => contentOf(`${directory}/b`) !== undefined, () => program.stderr);
      const fight = shell("until [ -e peace ]; do echo theirs > a; done", directory);
      try {
        await program.says("Contested");
        await Deno.remove(`${directory}/b`);
        await within(30_000, () => contentOf(`${directory}/b`) !== undefined, "b waits for a");
      } finally {
        await Deno.writeTextFile(`${directory}/peace`, "");
        await fight;
      }
      await within(70_000, () => contentOf(`${directory}/a`) === "i am a\n", () => program.stderr);
    } finally {
      await program.interrupt();
    }
  });
});

Deno.test("a tree larger than max_user_watches is polled, visibly, and still healed", async () => {
  const own = await shell("unshare --user --map-root-user true");
  if (own !== "") throw new Error(`user namespaces are needed for this test: ${own}`);
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const names: string[] = [];
    for (let i = 0; i < 200; i++) {
      await Deno.mkdir(`${directory}/d/${i}`, { recursive: true });
      names.push(`d/${i}/f`);
    }
    await Deno.writeTextFile(graph, graphOf(directory, names));
    // A user namespace has a limit of its own, so that nobody else's watches are touched.
    const program = new Program(["run", graph, "--prefix", `${directory}/prefix`], {
      through: [
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        'echo 50 > /proc/sys/user/max_inotify_watches && exec "$@"',
        "sh",
      ],
    });
    try {
      await within(
        60_000,
        () => names.every((name) => contentOf(`${directory}/${name}`) !== undefined),
        () => program.stderr,
      );
      await program.says(/max_user_watches|polled/);
      await Deno.remove(`${directory}/d/150/f`);
      await within(
        30_000,
        () => contentOf(`${directory}/d/150/f`) !== undefined,
        () => program.stderr,
      );
    } finally {
      await program.interrupt();
    }
  });
});

Deno.test("replaced and moved parents: the file is healed in the directory that is there now", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.mkdir(`${directory}/x/y/z`, { recursive: true });
    await Deno.writeTextFile(graph, graphOf(`${directory}/x/y/z`, ["a"]));
    const program = new Program(["run", graph, "--prefix", `${directory}/prefix`]);
    const file = `${directory}/x/y/z/a`;
    try {
      await within(30_000, () => contentOf(file) !== undefined, () => program.stderr);
      for (let i = 0; i < 5; i++) {
        await shell("mv x/y gone && mkdir -p x/y/z", directory);
        await within(30_000, () => contentOf(file) === "i am a\n", () => program.stderr);
        await shell("rm -rf gone; mv x gone; sleep 0.2; mv gone x; rm x/y/z/a", directory);
        await within(30_000, () => contentOf(file) === "i am a\n", () => program.stderr);
      }
      await shell("rm -rf x", directory);
      await program.says(/nearest/);
      await shell("mkdir -p x/y/z", directory);
      await within(30_000, () => contentOf(file) === "i am a\n", () => program.stderr);
    } finally {
      await program.interrupt();
    }
  });
});

Deno.test("a refresh that a killed agent owed is done by the next one", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    // The target is held by a command that does not end, so that the debt stays open.
    await Deno.writeTextFile(
      graph,
      `graph: t
resources:
  file:
  - name: a
    path: ${directory}/a
    content: "1"
  exec:
  - name: gate
    shell: /bin/sh
    cmd: while [ ! -e ${directory}/open ]; do sleep 0.1; done
  - name: restart
    shell: /bin/sh
    cmd: echo restarted >> ${directory}/log
    creates: ${directory}/never-looked-at-again
    ifcmd: 'false'
edges:
- from: {kind: file, name: a}
  to: {kind: exec, name: restart}
  notify: true
- from: {kind: exec, name: gate}
  to: {kind: exec, name: restart}
`.replace(/ {4}creates: .*\n/, ""),
    );
    const args = ["run", graph, "--prefix", `${directory}/prefix`];
    const first = new Program(args);
    await within(30_000, () => contentOf(`${directory}/a`) === "1", () => first.stderr);
    first.signal("SIGKILL");
    await first.ended();
    assertEquals(contentOf(`${directory}/log`), undefined);
    await Deno.writeTextFile(`${directory}/open`, "");
    const second = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(second.code, 0, second.stderr);
    assertEquals(contentOf(`${directory}/log`), "restarted\n", second.stderr);
    const third = await mgmt([...args, "--converged-timeout=0"]);
    assertEquals(contentOf(`${directory}/log`), "restarted\n", third.stderr);
    assert(third.code === 0);
  });
});

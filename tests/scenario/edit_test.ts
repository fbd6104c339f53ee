import { assert, assertEquals, assertMatch } from "@std/assert";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";

async function withGraph(
  first: (directory: string) => string,
  test: (
    parts: { directory: string; program: Program; edit: (text: string) => Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const graph = `${directory}/graph.yaml`;
    await Deno.writeTextFile(graph, first(directory));
    const program = new Program(["run", "--file", graph, "--prefix", `${directory}/prefix`]);
    const edit = async (text: string) => {
      // As editors do it: a new file takes the place of the old one.
      await Deno.writeTextFile(`${graph}.new`, text);
      await Deno.rename(`${graph}.new`, graph);
    };
    try {
      await test({ directory, program, edit });
    } finally {
      await program.interrupt();
    }
  });
}

function file(directory: string, name: string, content: string): string {
  return `  - name: ${name}\n    path: ${directory}/${name}\n    content: "${content}"\n`;
}

Deno.test("an edit touches only what it changed", async () => {
  await withGraph(
    (directory) =>
      "graph: t\nresources:\n  file:\n" + file(directory, "a", "1") + file(directory, "b", "1"),
    async ({ directory, program, edit }) => {
      await within(60_000, () => contentOf(`${directory}/b`) === "1", "b appears");
      await program.says("File[a]");
      const inode = (await Deno.stat(`${directory}/a`)).ino;
      await edit(
        "graph: t\nresources:\n  file:\n" + file(directory, "a", "1") + file(directory, "b", "2") +
          file(directory, "c", "3"),
      );
      await within(60_000, () => contentOf(`${directory}/c`) === "3", () => program.stderr);
      await within(60_000, () => contentOf(`${directory}/b`) === "2", () => program.stderr);
      assertEquals((await Deno.stat(`${directory}/a`)).ino, inode);
      assertEquals(program.stderr.split("File[a]: Apply").length, 2, program.stderr);
    },
  );
});

Deno.test("what leaves the graph stays on disk, and is no longer healed", async () => {
  await withGraph(
    (directory) =>
      "graph: t\nresources:\n  file:\n" + file(directory, "a", "1") + file(directory, "b", "1"),
    async ({ directory, program, edit }) => {
      await within(60_000, () => contentOf(`${directory}/b`) === "1", () => program.stderr);
      await edit("graph: t\nresources:\n  file:\n" + file(directory, "a", "2"));
      await within(60_000, () => contentOf(`${directory}/a`) === "2", () => program.stderr);
      assertEquals(contentOf(`${directory}/b`), "1");
      await Deno.remove(`${directory}/b`);
      await Deno.remove(`${directory}/a`);
      await within(60_000, () => contentOf(`${directory}/a`) === "2", "a is healed");
      assertEquals(contentOf(`${directory}/b`), undefined);
    },
  );
});

Deno.test("a running command of an unchanged vertex goes on through an edit", async () => {
  const exec = (directory: string, name: string, command: string) =>
    `  - name: ${name}\n    shell: /bin/sh\n    cmd: "${command} >> ${directory}/log"\n`;
  await withGraph(
    (directory) =>
      "graph: t\nresources:\n  exec:\n" + exec(directory, "slow", "echo begin; sleep 2; echo end") +
      exec(directory, "other", "echo other"),
    async ({ directory, program, edit }) => {
      await program.says("Exec[slow]: Apply");
      await edit(
        "graph: t\nresources:\n  exec:\n" +
          exec(directory, "slow", "echo begin; sleep 2; echo end") +
          exec(directory, "other", "echo changed"),
      );
      await program.says(/Exec\[slow\]: Done/);
      assertEquals(program.stderr.split("Exec[slow]: Apply").length, 2, program.stderr);
      await within(
        60_000,
        () => (contentOf(`${directory}/log`) ?? "").includes("changed"),
        () => program.stderr,
      );
    },
  );
});

Deno.test("a command that an edit removes is ended with all it started", async () => {
  await withGraph(
    (directory) =>
      `graph: t\nresources:\n  exec:\n  - name: long\n    shell: /bin/sh\n` +
      `    cmd: "sleep 1000 & echo $! > ${directory}/pid; wait"\n`,
    async ({ directory, program, edit }) => {
      await within(
        60_000,
        () => (contentOf(`${directory}/pid`) ?? "") !== "",
        () => program.stderr,
      );
      const pid = Number(contentOf(`${directory}/pid`));
      await edit("graph: t\nresources: {}\n");
      await within(
        60_000,
        () => (contentOf(`/proc/${pid}/stat`) ?? " Z ").includes(" Z "),
        () => `the command's child still runs: ${program.stderr}`,
      );
    },
  );
});

Deno.test("a broken edit is refused with its place, and the next good one takes", async () => {
  await withGraph(
    (directory) => "graph: t\nresources:\n  file:\n" + file(directory, "a", "1"),
    async ({ directory, program, edit }) => {
      await within(60_000, () => contentOf(`${directory}/a`) === "1", () => program.stderr);
      await edit("graph: t\nresources:\n  file:\n  - name: a\n    pth: /x\n");
      await program.says(/graph\.yaml:5:5: error/);
      assertMatch(program.stderr, /did you mean.*path/);
      await Deno.remove(`${directory}/a`);
      await within(60_000, () => contentOf(`${directory}/a`) === "1", "the old graph is in force");
      await edit("graph: t\nresources:\n  file:\n" + file(directory, "a", "2"));
      await within(60_000, () => contentOf(`${directory}/a`) === "2", () => program.stderr);
      assert(!program.stderr.includes("bug"), program.stderr);
    },
  );
});

Deno.test("an edit is seen where the file is a link, also after the link leads elsewhere", async () => {
  await inDirectory(async (directory) => {
    const graph = (content: string) =>
      `graph: t\nresources:\n  file:\n` + file(directory, "a", content);
    const shows = (content: string, program: Program) =>
      within(60_000, () => contentOf(`${directory}/a`) === content, () => program.stderr);
    for (const [name, content] of [["v1", "1"], ["v2", "2"]] as const) {
      await Deno.mkdir(`${directory}/${name}`);
      await Deno.writeTextFile(`${directory}/${name}/g.yaml`, graph(content));
    }
    // As Kubernetes does it: the file is a link through a directory that is a link.
    await Deno.symlink("v1", `${directory}/data`);
    await Deno.symlink("data/g.yaml", `${directory}/g.yaml`);
    const program = new Program(["run", `${directory}/g.yaml`, "--tmp-prefix"]);
    try {
      await shows("1", program);
      await Deno.symlink("v2", `${directory}/data.new`);
      await Deno.rename(`${directory}/data.new`, `${directory}/data`);
      await shows("2", program);
      await Deno.writeTextFile(`${directory}/v2/g.yaml`, graph("3"));
      await shows("3", program);
      await Deno.writeTextFile(`${directory}/other.yaml`, graph("4"));
      await Deno.symlink("other.yaml", `${directory}/g.new`);
      await Deno.rename(`${directory}/g.new`, `${directory}/g.yaml`);
      await shows("4", program);
      await Deno.writeTextFile(`${directory}/other.yaml`, graph("5"));
      await shows("5", program);
    } finally {
      await program.interrupt();
    }
  });
});

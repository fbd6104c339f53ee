/** What a hold meets: hooks, edits of a directory of graphs, orphans, a new name of what is held. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventually } from "../support/processes.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

/** A graph file of such files below a directory, each as its name and what is in it. */
function graphOf(directory: string, files: Readonly<Record<string, string>>): string {
  const lines = Object.entries(files).map(([name, path]) =>
    `  - {name: ${name}, path: ${directory}/${path}, content: "ours\\n"}\n`
  );
  return `resources:\n  file:\n${lines.join("")}`;
}

Deno.test("a hold meets hooks, edits of a directory, orphans and another name", async () => {
  await inDirectory(async (directory) => {
    const graphs = `${directory}/graphs`;
    await Deno.mkdir(graphs);
    const write = (name: string, files: Readonly<Record<string, string>>) =>
      Deno.writeTextFile(`${graphs}/${name}.yaml`, graphOf(directory, files));
    await write("one", { held: "held", other: "other" });
    const flags = ["--prefix", `${directory}/prefix`];
    const told = () => contentOf(`${directory}/told`) ?? "";
    const hook = `cat >>${directory}/told`;
    const hooks = ["--on-change", hook, "--on-failure", hook, "--hook-shell", "/bin/sh"];
    const agent = new Program(["run", graphs, ...hooks, ...flags]);
    const isOurs = (name: string) => contentOf(`${directory}/${name}`) === "ours\n";
    await within(
      60_000,
      () => isOurs("held") && told().includes('"file[held]"'),
      "no first change",
    );
    await Deno.remove(`${directory}/told`);

    // Hooks hear nothing of what is held, and of the rest as ever.
    await mgmt(["hold", "held", "--reason", "by hand", ...flags]);
    await Deno.writeTextFile(`${directory}/held`, "mine\n");
    await agent.says(/File\[held\]: Held until/);
    await Deno.writeTextFile(`${directory}/other`, "mine\n");
    await within(60_000, () => told().includes('"file[other]"'), "the hook did not hear of other");
    assert(!told().includes("file[held]"), told());

    // A plan of an edit of the directory knows of the hold, of what comes and what goes.
    const draft = `${directory}/draft`;
    await Deno.mkdir(draft);
    await Deno.writeTextFile(
      `${draft}/one.yaml`,
      graphOf(directory, { held: "held" }).replace("ours", "theirs"),
    );
    await Deno.writeTextFile(`${draft}/two.yaml`, graphOf(directory, { come: "come" }));
    const plan = await mgmt(["plan", draft, "--running", "--output", "json", ...flags]);
    const { resources, removed } = JSON.parse(plan.stdout);
    assertEquals(
      resources.map(({ key, outcome, edit, hold }: Record<string, { reason?: string }>) =>
        [key, outcome, edit, hold?.reason].join(" ")
      ),
      ["file[held] blocked changed by hand", "file[come] unknown added "],
    );
    assertEquals(removed, ["file[other]"]);

    // What is held and leaves the graph is an orphan, and stays held until it is released.
    await write("two", { come: "come" });
    await write("one", { other: "other" });
    await within(60_000, () => isOurs("come"), "the edit did not come");
    const orphans = async () => (await mgmt(["orphans", ...flags])).stdout;
    assert(await eventually(async () => (await orphans()).includes("file[held]")), "no orphan");
    assertMatch(
      (await mgmt(["hold", ...flags])).stdout,
      /^File\[held\]: held until .*\(by hand\)\n$/,
    );
    assertEquals(contentOf(`${directory}/held`), "mine\n");

    // Under another name it is another resource, which nobody holds.
    await write("one", { other: "other", renamed: "held" });
    await within(60_000, () => isOurs("held"), "what has another name is not put right");
    assert(await eventually(async () => !(await orphans()).includes("file[held]")), "an orphan");
    assertMatch(
      (await mgmt(["release", "file[held]", ...flags])).stdout,
      /^File\[held\]: released\n$/,
    );
    assertStringIncludes((await mgmt(["hold", ...flags])).stdout, "nothing is held");
    await agent.interrupt();
  });
});

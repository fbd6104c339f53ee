/** The live screen of the executable on a real terminal, at events that the test decides about. */

import { assert, assertEquals } from "@std/assert";
import { eventually } from "../support/processes.ts";
import { contentOf, mgmt, within } from "../support/program.ts";
import { Tmux } from "../support/tmux.ts";

/** A command that ends when there is a file `gate`, and a small file. */
function graphOf(directory: string): string {
  const cmd = `echo begun; while [ ! -e ${directory}/gate ]; do sleep 0.05; done; echo over`;
  return `graph: web
resources:
  exec:
  - {name: build, shell: /bin/sh, cmd: ${JSON.stringify(cmd)}}
  file:
  - {name: note, path: ${directory}/note, content: x}
`;
}

/** A screen without what is another each time. */
function fixed(screen: string): string[] {
  return screen.split("\n").map((line) =>
    line.replace(/^\d\d:\d\d:\d\d /, "").replace(/^\d+ s {2}/, "N s  ")
      .replace(/Done in .*/, "Done").replace(/(version|Start|order): .*/, "$1")
  );
}

/** Runs the graph on a terminal until its command has been at it for a second. */
async function atWork(
  size: { columns: number; rows: number },
  test: (tmux: Tmux, directory: string) => Promise<void>,
  flags = "",
): Promise<void> {
  await Tmux.in(size, async (tmux, directory) => {
    await Deno.writeTextFile(`${directory}/g.yaml`, graphOf(directory));
    await tmux.runsAnew(`./mgmt run g.yaml --tmp-prefix --color never ${flags}`);
    await tmux.shows(/^\d+ s {2}Exec\[build\]/m);
    await test(tmux, directory);
  });
}

const ABOVE = [
  "This is: mgmt, version",
  "Main: Start",
  "Main: Running...",
  "Graph: Vertices(2), Edges(0)",
  "Graph: Seed of the order",
  "State: graphStarting",
  "State: graphStarted",
];

Deno.test("lines scroll above who works and how all is; after a resize and at the end all is in its place", async () => {
  await atWork({ columns: 80, rows: 24 }, async (tmux, directory) => {
    const screen = fixed(await tmux.text());
    assertEquals(screen.slice(0, ABOVE.length), ABOVE);
    assertEquals(screen.slice(ABOVE.length, -3).sort(), [
      "           +x",
      "           @@ -0,0 +1 @@",
      "           \\ No newline at end of file",
      "Exec[build]: Apply: has not run yet",
      "Exec[build]: begun",
      "File[note]: Apply: does not exist",
    ]);
    assertEquals(screen.slice(-3), [
      "",
      "N s  Exec[build]",
      "web: 1 ok, 1 changed, 1 not done yet",
    ]);

    await tmux.resize({ columns: 24, rows: 10 });
    const narrow = fixed(await tmux.shows(/^web: 1 ok, 1 changed, …$/m));
    assertEquals(narrow.slice(-3), ["", "N s  Exec[build]", "web: 1 ok, 1 changed, …"]);
    await tmux.resize({ columns: 20, rows: 3 });
    assertEquals((await tmux.shows(/^web: 1 ok, 1 chang…$/m)).split("\n").length, 3);
    await tmux.resize({ columns: 80, rows: 24 });
    await tmux.shows(/^web: 1 ok, 1 changed, 1 not done yet$/m);
    const all = fixed(await tmux.text("all"));
    assertEquals(all.filter((line) => /^(web:|N s )/.test(line)).length, 2, all.join("\n"));

    await Deno.writeTextFile(`${directory}/gate`, "");
    const done = fixed(await tmux.shows(/Recap:[^]*^web: 2 ok, 2 changed; settled$/m));
    assertEquals(done.slice(-5), [
      "Exec[build]: over",
      "Exec[build]: Done",
      "Recap: 2 ok, 2 changed, 0 failed, 0 blocked, 0 contested, 0 noop",
      "",
      "web: 2 ok, 2 changed; settled",
    ]);
    assertEquals(await tmux.value("alternate_on"), "0");

    await tmux.types("C-c");
    const end = fixed(await tmux.shows(/Goodbye!\n\$$/));
    assert(!end.some((line) => line.startsWith("web:") || line.startsWith("N s ")), end.join("\n"));
    assertEquals([await tmux.value("cursor_flag"), await tmux.value("cursor_x")], ["1", "2"]);
  });
});

Deno.test("a run that has nothing to do writes nothing to its terminal, and then heals as ever", async () => {
  await atWork({ columns: 80, rows: 24 }, async (tmux, directory) => {
    await Deno.writeTextFile(`${directory}/gate`, "");
    await tmux.shows(/Recap:[^]*settled$/m);
    const written = `${directory}/written`;
    await tmux.keep(written);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assertEquals(contentOf(written) ?? "", "");
    await Deno.remove(`${directory}/note`);
    await tmux.shows(/does not exist[^]*does not exist[^]*^web: 2 ok, 2 changed; settled$/m);
    assertEquals(contentOf(`${directory}/note`), "x");
  });
});

Deno.test("^Z leaves the terminal to the shell, bg writes lines alone, and fg brings the screen back", async () => {
  await atWork({ columns: 80, rows: 30 }, async (tmux, directory) => {
    await tmux.types("C-z");
    const shell = await tmux.shows(/Stopped.*\n\$$/);
    assert(!/^(web:|\d+ s )/m.test(shell), shell);
    await tmux.runs("bg");
    await Deno.remove(`${directory}/note`);
    const lines = await tmux.shows(/Stopped[^]*File\[note\]: Apply: does not exist/);
    await within(60_000, () => contentOf(`${directory}/note`) === "x", "it does not heal");
    assert(!/^(web:|\d+ s )/m.test(lines), lines);
    await tmux.runs("fg");
    await tmux.shows(/^\d+ s {2}Exec\[build\]\nweb: 1 ok, 1 changed, 1 not done yet$/m);
    await Deno.writeTextFile(`${directory}/gate`, "");
    await tmux.shows(/^web: 2 ok, 2 changed; settled$/m);
  });
});

Deno.test("a stopped terminal (^S) holds up no repair, and what was said is there when it goes on", async () => {
  await atWork({ columns: 80, rows: 24 }, async (tmux, directory) => {
    const shown = (screen: string) => screen.match(/File\[note\]: Apply/g)?.length ?? 0;
    await tmux.types("C-s");
    let [repairs, seen, unseen] = [1, 1, 0];
    // The kernel may stop it only after a line more.
    while (unseen < 3 && repairs < 50) {
      await Deno.remove(`${directory}/note`);
      await within(60_000, () => contentOf(`${directory}/note`) === "x", "it does not heal");
      repairs++;
      const now = shown(await tmux.text("all"));
      unseen = now === seen ? unseen + 1 : 0;
      seen = now;
    }
    assert(seen <= repairs - 3, `${seen} of ${repairs} are shown`);
    await tmux.types("C-q");
    const areAll = async () => shown(await tmux.text("all")) === repairs;
    assert(await eventually(areAll), "not all lines are shown");
    await tmux.types("C-c");
    await Deno.writeTextFile(`${directory}/gate`, "");
    await tmux.shows(/Goodbye!\n\$$/);
  });
});

Deno.test("what others write to the terminal stays, and two ^C leave it clean", async () => {
  await atWork({ columns: 80, rows: 24 }, async (tmux) => {
    await Deno.writeTextFile(await tmux.value("pane_tty"), "a word from elsewhere\n");
    await tmux.shows(/^a word from elsewhere\n\n\d+ s {2}Exec\[build\]\nweb: /m);
    await tmux.types("C-c");
    await tmux.shows(/Waiting for Exec\[build\]/);
    // What comes within a moment is the same wish.
    await new Promise((resolve) => setTimeout(resolve, 250));
    await tmux.types("C-c");
    await tmux.shows(/Goodbye!\n\$$/);
    assert(!/^(web:|\d+ s )/m.test(await tmux.text()));
  });
});

Deno.test("the lines are those of a run that nobody watches, and where CI is set or TERM is dumb they are all", async () => {
  await Tmux.in({ columns: 100, rows: 24 }, async (tmux, directory) => {
    await Deno.writeTextFile(`${directory}/g.yaml`, graphOf(directory));
    await Deno.writeTextFile(`${directory}/gate`, "");
    const run = ["run", "g.yaml", "--tmp-prefix", "-t", "1", "--sema", "1", "--seed", "7"];
    const piped = await mgmt(run, { cwd: directory });
    const wanted = fixed(piped.stderr.trimEnd());
    for (const before of ["", "CI=true ", "TERM=dumb "]) {
      await Deno.remove(`${directory}/note`);
      const written = `${directory}/written${before.slice(0, 2)}`;
      await tmux.keep(written);
      await tmux.runsAnew(`${before}./mgmt ${run.join(" ")} --color never`);
      const screen = fixed(await tmux.shows(/Goodbye!\n\$$/));
      assertEquals(screen.slice(0, -1), wanted);
      const bytes = contentOf(written) ?? "";
      const draws = bytes.slice(bytes.indexOf("Graph: ")).includes("\x1b[J");
      assertEquals(draws, before === "", bytes);
    }
  });
});

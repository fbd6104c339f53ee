/** Mode, owner, source and place of files: made so, kept so against whoever changes them, refused where they cannot be. */

import { assertEquals } from "@std/assert";
import { contentOf, shell, within } from "../../support/program.ts";
import { eventsOf, failureCodes, tells, withJsonRun } from "../../support/json_run.ts";

const IS_ROOT = Deno.uid() === 0;

const GRAPH = `graph: files
resources:
  file:
  - {name: number, path: DIR/in/number, content: "number\\n", mode: "0640"}
  - {name: letters, path: DIR/in/letters, content: "letters\\n", mode: "u=rwx,g=rx,o="}
  - {name: folder, path: DIR/in/folder/, mode: "2750"}
  - {name: copy, path: DIR/in/copy, source: source}
  - {name: moved, path: DIR/in/moved, content: "moved\\n", mode: "0644"}
  - {name: gone, path: DIR/in/gone, state: absent}
`;

const OWNED =
  `  - {name: names, path: DIR/in/names, content: "names\\n", owner: nobody, group: daemon}
  - {name: numbers, path: DIR/in/numbers, content: "numbers\\n", owner: "54321", group: "54322"}
`;

/** How a file is: its mode, owner and text. */
function look(path: string): string {
  try {
    const { mode, uid, gid, isFile } = Deno.lstatSync(path);
    const what = isFile ? JSON.stringify(Deno.readTextFileSync(path)) : "no file";
    return `${(mode! & 0o7777).toString(8)} ${uid}:${gid} ${what}`;
  } catch {
    return "not there";
  }
}

/** What is done to the files, one after the other, each by its intent. */
const HARM = {
  mode: ["chmod 777 number letters", "chmod 000 number", "chmod u+s letters; chmod 0700 folder"],
  owner: ["chown 1:2 names numbers", "chgrp 3 names; chown 4 numbers"],
  source: ["rm copy", "echo other > copy", "mv copy elsewhere; ln -s elsewhere copy"],
  move: [
    "mv moved moved-away",
    "mv moved gone",
    "mv number moved",
    "mkdir d && mv moved copy d/ && mv d gone-with-them",
    "mv folder folder-away",
    "mv ../in ../in-away && mkdir ../in",
  ],
} as const;

Deno.test("file mode, owner, source and move: whatever is done to them is undone, and the mode without a new file", async () => {
  await withJsonRun(GRAPH + (IS_ROOT ? OWNED : ""), async (run) => {
    const { directory } = run;
    const files = `${directory}/in`;
    Deno.mkdirSync(files);
    Deno.writeTextFileSync(`${directory}/source`, "first source\n");
    const made = await run.once();
    assertEquals(made.code, 0, made.stdout + made.stderr);
    const owner = `${Deno.uid()}:${Deno.gid()}`;
    const named = (await shell("id -u nobody; getent group daemon | cut -d: -f3")).trim();
    const right: Record<string, string> = {
      number: `640 ${owner} "number\\n"`,
      letters: `750 ${owner} "letters\\n"`,
      folder: `2750 ${owner} no file`,
      copy: `644 ${owner} "first source\\n"`,
      moved: `644 ${owner} "moved\\n"`,
      gone: "not there",
      ...(IS_ROOT ? { names: `644 ${named.replace("\n", ":")} "names\\n"` } : {}),
      ...(IS_ROOT ? { numbers: '644 54321:54322 "numbers\\n"' } : {}),
    };
    const there = () =>
      Object.fromEntries(Object.keys(right).map((name) => [name, look(`${files}/${name}`)]));
    assertEquals(there(), right);

    const program = run.start();
    const back = async (harm: string) => {
      await shell(harm, files);
      const isRight = () => JSON.stringify(there()) === JSON.stringify(right);
      const differs = () => `${harm}: ${JSON.stringify(there())}\n${program.stdout}`;
      await within(60_000, isRight, differs);
    };
    await tells(program, ({ type }) => type === "settled");
    const inode = Deno.statSync(`${files}/number`).ino;
    for (const harm of HARM.mode) await back(harm);
    assertEquals(Deno.statSync(`${files}/number`).ino, inode, "the same file, with another mode");
    if (IS_ROOT) { for (const harm of HARM.owner) await back(harm); }
    for (const harm of HARM.source) await back(harm);
    for (const harm of HARM.move) await back(harm);
    assertEquals(contentOf(`${files}/moved`), "moved\n");

    Deno.writeTextFileSync(`${directory}/source`, "second source\n");
    const follows = () => contentOf(`${files}/copy`) === "second source\n";
    await within(60_000, follows, () => program.stdout);
    Deno.renameSync(`${directory}/source`, `${directory}/source-away`);
    await within(60_000, () => failureCodes(program)["file[copy]"] !== undefined, "it fails");
    assertEquals(contentOf(`${files}/copy`), "second source\n", "what was copied stays");
    Deno.writeTextFileSync(`${directory}/source`, "third source\n");
    await within(60_000, () => contentOf(`${files}/copy`) === "third source\n", "it is back");
    const ended = await program.interrupt();
    assertEquals(ended.code, 130);
    assertEquals(eventsOf(ended).at(-1).failed, []);
  });
});

const REFUSED = `graph: refused
resources:
  file:
  - {name: no-source, path: DIR/no-source, source: nowhere}
  - {name: no-owner, path: DIR/no-owner, content: x, owner: no-such-user}
  - {name: no-group, path: DIR/no-group, content: x, group: no-such-group}
  - {name: no-place, path: DIR/no/place/there, content: x}
`;

Deno.test("file mode, owner, source and move: what cannot be is a failure with its code, and nothing is made", async () => {
  await withJsonRun(REFUSED, async ({ directory, once }) => {
    const run = await once();
    assertEquals(run.code, 4, run.stdout + run.stderr);
    assertEquals(failureCodes(run), {
      "file[no-group]": "no-account",
      "file[no-owner]": "no-account",
      "file[no-place]": "parent-missing",
      "file[no-source]": "source",
    });
    const there = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    assertEquals(there, ["graph.yaml", "prefix"]);
  });
});

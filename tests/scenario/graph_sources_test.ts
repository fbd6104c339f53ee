/** What an agent does with a graph, wherever it is written, and whatever else happens meanwhile. */

import { assertEquals } from "@std/assert";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";

/** A graph of one file that says what it is called. */
function graph(directory: string, name: string, more = ""): string {
  return `graph: ${name}\nresources:\n  file:\n  - {name: ${name}, path: ${directory}/${name}, ` +
    `content: "${name}"}\n${more}`;
}

/** Waits until that graph is in force: its file is made again. */
async function isInForce(directory: string, name: string, program: Program): Promise<void> {
  const path = `${directory}/${name}`;
  const isMade = () => contentOf(path) === name;
  await within(60_000, isMade, () => `${name} is not in force: ${program.stderr}`);
  await Deno.remove(path);
  await within(60_000, isMade, () => `${name} is not in force any more: ${program.stderr}`);
}

/** Replaces a graph, as an editor does. */
async function write(directory: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${directory}/new`, text);
  await Deno.rename(`${directory}/new`, `${directory}/graph.yaml`);
}

Deno.test("a graph from the standard input says the same at each reload", () =>
  inDirectory(async (directory) => {
    await write(directory, graph(directory, "a"));
    const program = new Program(["run", "-", "--prefix", `${directory}/prefix`], {
      through: ["sh", "-c", `exec "$0" "$@" <${directory}/graph.yaml`],
    });
    try {
      await isInForce(directory, "a", program);
      // What its file says now is nobody's business.
      await write(directory, graph(directory, "b"));
      for (let times = 0; times < 2; times++) {
        program.signal("SIGHUP");
        await isInForce(directory, "a", program);
      }
    } finally {
      const { code, stderr } = await program.interrupt();
      assertEquals(code, 130);
      assertEquals(stderr.match(/error|Refused|empty/g), null, stderr);
      assertEquals(contentOf(`${directory}/b`), undefined);
    }
  }));

Deno.test("a broken graph from the standard input is exit 1, also for an agent that stays", () =>
  inDirectory(async (directory) => {
    for (const [text, code] of [[graph(directory, "a"), 0], ["graph: [\n", 1]] as const) {
      await write(directory, text);
      const program = new Program(
        ["run", "-", "--prefix", `${directory}/prefix`, ...code === 0 ? ["-t", "0"] : []],
        { through: ["sh", "-c", `exec timeout 60 "$0" "$@" <${directory}/graph.yaml`] },
      );
      const ended = await program.ended();
      assertEquals(ended.code, code, ended.stderr);
    }
  }));

/** What is warned of as soon as it is read. */
const DOUBTFUL = `  noop: [{name: a}, {name: b}]
edges: [&e {from: {kind: noop, name: a}, to: {kind: noop, name: b}}, *e]
`;

/** Draws nothing, and of the graph called second only when it is allowed to. */
const SLOW_FILTER = `#!/bin/sh
set -e
directory=$(dirname "$0")
: >"$3"
grep -q second "$4" || exit 0
: >"$directory/drawing"
while [ ! -e "$directory/go-on" ]; do sleep 0.02; done
`;

Deno.test("what is written last stays in force, though what was written before takes longer to come", () =>
  inDirectory(async (directory) => {
    await write(directory, graph(directory, "first"));
    await Deno.writeTextFile(`${directory}/filter`, SLOW_FILTER, { mode: 0o755 });
    const draw = ["--graphviz", `${directory}/g.dot`, "--graphviz-filter", `${directory}/filter`];
    const flags = ["--prefix", `${directory}/prefix`, ...draw];
    const program = new Program(["run", `${directory}/graph.yaml`, ...flags]);
    const exists = (name: string) => contentOf(`${directory}/${name}`) !== undefined;
    try {
      await isInForce(directory, "first", program);
      await write(directory, graph(directory, "second"));
      await within(60_000, () => exists("drawing"), () => program.stderr);
      await write(directory, graph(directory, "third", DOUBTFUL));
      await program.says("is there twice");
      await Deno.writeTextFile(`${directory}/go-on`, "");
      const drawn = () => program.stderr.split("Successfully generated").length === 4;
      await within(60_000, drawn, () => program.stderr);
      await isInForce(directory, "third", program);
      program.signal("SIGHUP");
      await isInForce(directory, "third", program);
    } finally {
      await program.interrupt();
    }
  }));

/** Paths that become something else, and something else again, and what taking that back makes of them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

const HOUR_AGO = { since: { type: "ago", agoMs: 3_600_000 } } as const;

/** What is wanted of a path. */
type Wanted =
  | { readonly type: "absent" }
  | { readonly type: "file"; readonly content: string; readonly mode: string }
  | { readonly type: "link"; readonly target: string }
  | { readonly type: "directory"; readonly mode: string };

const ABSENT: Wanted = { type: "absent" };
const ONE: Wanted = { type: "file", content: "1\\n", mode: "0644" };
const TWO: Wanted = { type: "file", content: "2\\n", mode: "0644" };
const LINK: Wanted = { type: "link", target: "/etc/hostname" };
const DIRECTORY: Wanted = { type: "directory", mode: "0711" };

function resource(name: string, wanted: Wanted): string {
  const { type, ...fields } = wanted;
  const path = `DIR/${name}${type === "directory" ? "/" : ""}`;
  const more = type === "file"
    ? [`content: "${wanted.type === "file" ? wanted.content : ""}"`, "force: true"]
    : type === "absent"
    ? ["state: absent", "recurse: true", "force: true"]
    : ["force: true"];
  const rest = Object.entries(fields).filter(([field]) => field !== "content")
    .map(([field, value]) => `${field}: "${value}"`);
  return `{name: ${name}, path: ${path}, ${[...more, ...rest].join(", ")}}`;
}

async function run(world: UndoWorld, wanted: Readonly<Record<string, Wanted>>): Promise<void> {
  const lines = Object.entries(wanted).map(([name, each]) => `  - ${resource(name, each)}\n`);
  await world.run(`graph: g\nresources:\n  file:\n${lines.join("")}`);
}

/** Puts something there as if it had always been there; a directory has something in it. */
function put(path: string, wanted: Wanted): void {
  switch (wanted.type) {
    case "absent":
      return;
    case "file":
      Deno.writeTextFileSync(path, JSON.parse(`"${wanted.content}"`));
      return Deno.chmodSync(path, parseInt(wanted.mode, 8));
    case "link":
      return Deno.symlinkSync(wanted.target, path);
    case "directory":
      Deno.mkdirSync(`${path}/sub`, { recursive: true });
      Deno.writeTextFileSync(`${path}/sub/inside`, "inside\n");
      Deno.chmodSync(`${path}/sub/inside`, 0o640);
      return Deno.chmodSync(path, parseInt(wanted.mode, 8));
  }
}

/** Bytes, type and attributes of what is there, and of all that is in it. */
function stateAt(path: string): unknown {
  try {
    const { mode, uid, gid, isFile, isSymlink } = Deno.lstatSync(path);
    if (isSymlink) return { link: Deno.readLinkSync(path), uid, gid };
    const attributes = { mode: mode! & 0o7777, uid, gid };
    if (isFile) return { content: Deno.readTextFileSync(path), ...attributes };
    const entries = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
    return { ...attributes, entries: entries.map((name) => [name, stateAt(`${path}/${name}`)]) };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "absent";
    throw thrown;
  }
}

for (
  const [what, start, steps] of [
    ["a link that became a file that was edited", LINK, [ONE, TWO]],
    ["a link that became a file that went", LINK, [ONE, ABSENT]],
    ["a directory that became a file that was edited", DIRECTORY, [ONE, TWO]],
    ["a file that became a link that became a directory", ONE, [LINK, DIRECTORY]],
    ["a link that became a directory and a link again", LINK, [DIRECTORY, LINK]],
  ] as const
) {
  Deno.test(`${what} is itself again after one undo, and the same undo again has nothing to do`, async () => {
    await inUndoWorld(async (world) => {
      const path = world.path("x");
      put(path, start);
      const before = stateAt(path);
      for (const step of steps) await run(world, { x: step });
      await world.undone(HOUR_AGO, { noop: true });
      for (let times = 0; times < 3; times++) {
        const said = await world.undone(HOUR_AGO);
        assertEquals(stateAt(path), before, said);
        if (times > 0) assertStringIncludes(said, "is as it was before already");
      }
    });
  });

  Deno.test(`${what} is itself again after restore --at`, async () => {
    await inUndoWorld(async (world) => {
      const path = world.path("x");
      put(path, start);
      const before = stateAt(path);
      // Of what was before the journal nothing is known.
      await run(world, { other: ONE });
      const at = { type: "date", atMs: Date.now() } as const;
      for (const step of steps) await run(world, { x: step });
      for (let times = 0; times < 2; times++) {
        // The journal began only with the first change.
        const said = await world.undone({ resource: "x", at }, { force: true });
        assertEquals(stateAt(path), before, said);
      }
    });
  });
}

Deno.test("a link that became a file: the undo is undone by its number, and says what it is about", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, LINK);
    await run(world, { x: ONE });
    const said = await world.undone(HOUR_AGO, { noop: true });
    assertStringIncludes(
      said,
      "the link to /etc/hostname comes back in place of the file (2 bytes, mode 644)",
    );
    const done = await world.undo(HOUR_AGO, { asJson: true });
    assert(done.ok);
    const [{ entry }] = JSON.parse(done.value.text).resources;
    await world.undone({ change: entry });
    assertEquals(Deno.readTextFileSync(path), "1\n");
  });
});

Deno.test("a file that came in place of a link and was edited by hand since is left", async () => {
  await inUndoWorld(async (world) => {
    const path = world.path("x");
    put(path, LINK);
    await run(world, { x: ONE });
    Deno.writeTextFileSync(path, "9\n");
    const said = await world.undone(HOUR_AGO);
    assertStringIncludes(said, "left as it is: it was changed since");
    assertEquals(Deno.readTextFileSync(path), "9\n");
  });
});

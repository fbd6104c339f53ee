/** What may be wanted of a path, and what stands there. */

import type { UndoWorld } from "./undo_world.ts";

/** What is wanted of a path. */
export type WantedPath =
  | { readonly type: "absent" }
  | { readonly type: "file"; readonly content: string; readonly mode: string }
  | { readonly type: "link"; readonly target: string }
  | { readonly type: "directory"; readonly mode: string; readonly purge?: boolean };

export const ABSENT = { type: "absent" } as const satisfies WantedPath;
export const ONE = { type: "file", content: "1\\n", mode: "0644" } as const satisfies WantedPath;
export const TWO = { type: "file", content: "2\\n", mode: "0644" } as const satisfies WantedPath;
export const LINK = { type: "link", target: "/etc/hostname" } as const satisfies WantedPath;
export const DIRECTORY = { type: "directory", mode: "0711" } as const satisfies WantedPath;

function resource(name: string, wanted: WantedPath): string {
  const { type, ...fields } = wanted;
  const path = `DIR/${name}${type === "directory" ? "/" : ""}`;
  const more = type === "file"
    ? [`content: "${wanted.type === "file" ? wanted.content : ""}"`, "force: true"]
    : type === "absent"
    ? ["state: absent", "recurse: true", "force: true"]
    : wanted.type === "directory" && wanted.purge === true
    ? ["force: true", "recurse: true"]
    : ["force: true"];
  const rest = Object.entries(fields).filter(([field]) => field !== "content")
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
  return `{name: ${name}, path: ${path}, ${[...more, ...rest].join(", ")}}`;
}

/** Has a run bring each path into its state. */
export async function run(
  world: UndoWorld,
  wanted: Readonly<Record<string, WantedPath>>,
): Promise<void> {
  const lines = Object.entries(wanted).map(([name, each]) => `  - ${resource(name, each)}\n`);
  await world.run(`graph: g\nresources:\n  file:\n${lines.join("")}`);
}

/** Puts something there as if it had always been there; a directory has something in it. */
export function put(path: string, wanted: WantedPath): void {
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
export function stateAt(path: string): unknown {
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

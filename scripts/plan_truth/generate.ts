/**
 * Graphs by chance, with a state to find: files, links, directories, copies, lines and commands that make or
 * need each other's paths, some of which cannot be.
 *
 * @module
 */

import { stringify } from "yaml";
import { seededRandom } from "../../src/engine/seeded_random.ts";

interface Made {
  readonly kind: string;
  readonly fields: Record<string, unknown> & { readonly name: string };
}

/** Writes a graph and what it finds below `directory`; the result is the graph's file. */
export async function generateGraph(seed: number, directory: string): Promise<string> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const happens = (share: number) => random() < share;
  const root = `${directory}/world`;
  await Deno.mkdir(`${root}/d0/d1`, { recursive: true });
  const places = ["", "d0/", "d0/d1/", "d0/d2/", "e/", "no/such/"];
  const paths = Array.from({ length: 8 }, (_, index) => `${root}/${pick(places)}f${index}`);
  for (const path of paths) {
    if (!happens(0.5)) continue;
    try {
      if (happens(0.15)) await Deno.symlink("elsewhere", path);
      else await Deno.writeTextFile(path, pick(["", "one\n", "two\n", "one\ntwo\n"]));
    } catch { /* its directory is not there */ }
  }
  const taken = new Set<string>();
  const free = () => {
    const path = paths.find((each) => !taken.has(each) && happens(0.6)) ??
      paths.find((each) => !taken.has(each)) ?? `${root}/more${taken.size}`;
    taken.add(path);
    return path;
  };
  const resources: Made[] = [];
  const count = 3 + below(8);
  for (let index = 0; index < count; index++) {
    resources.push(resourceOf(`r${index}`, { root, paths, pick, happens, free, taken, seed }));
  }
  const edges = [];
  for (let to = 1; to < resources.length; to++) {
    if (!happens(0.5)) continue;
    const [one, other] = [resources[below(to)] as Made, resources[to] as Made];
    edges.push({
      from: { kind: one.kind, name: one.fields.name },
      to: { kind: other.kind, name: other.fields.name },
      ...(happens(0.4) ? { notify: true } : {}),
    });
  }
  const byKind: Record<string, unknown[]> = {};
  for (const { kind, fields } of resources) (byKind[kind] ??= []).push(fields);
  const file = `${directory}/graph.yaml`;
  await Deno.writeTextFile(file, stringify({ graph: `seed${seed}`, resources: byKind, edges }));
  return file;
}

interface Chance {
  readonly root: string;
  readonly paths: readonly string[];
  readonly taken: Set<string>;
  readonly seed: number;
  pick<T>(all: readonly T[]): T;
  happens(share: number): boolean;
  free(): string;
}

function resourceOf(name: string, chance: Chance): Made {
  const { root, paths, pick, happens, free, taken } = chance;
  const kind = pick([
    "file",
    "file",
    "file",
    "copy",
    "directory",
    "link",
    "absent",
    "line",
    "exec",
    "exec",
    "probe",
    "noop",
  ]);
  switch (kind) {
    case "file": {
      const mode = happens(0.3) ? { mode: pick(["0600", "0644", "0755"]) } : {};
      const judged = happens(0.1) ? { validate: pick(["true %s", "false %s"]) } : {};
      const owner = happens(0.1) ? { owner: pick(["root", "no-such-user-7301"]) } : {};
      return {
        kind: "file",
        fields: {
          name,
          path: free(),
          content: pick(["one\n", "two\n"]),
          ...mode,
          ...judged,
          ...owner,
        },
      };
    }
    case "copy":
      return { kind: "file", fields: { name, path: free(), source: pick(paths) } };
    case "directory": {
      const path = `${root}/${pick(["d0", "d0/d2", "e", "x"])}/`;
      if (taken.has(path)) return { kind: "noop", fields: { name } };
      taken.add(path);
      return { kind: "file", fields: { name, path, ...(happens(0.3) ? { mode: "0750" } : {}) } };
    }
    case "link":
      return { kind: "file", fields: { name, path: free(), target: pick(["elsewhere", "f0"]) } };
    case "absent":
      return { kind: "file", fields: { name, path: free(), state: "absent" } };
    case "line":
      return { kind: "line", fields: { name, path: free(), line: "two" } };
    case "exec":
      return { kind: "exec", fields: { name, ...commandOf(chance) } };
    case "probe":
      return { kind: "probe", fields: { name, command: pick(["true", "false"]) } };
    default:
      return { kind: "noop", fields: { name } };
  }
}

function commandOf({ root, paths, pick, happens }: Chance): Record<string, unknown> {
  const path = pick(paths);
  return {
    cmd: pick([`touch ${path}`, "true", "false", `touch ${root}/own`, "no-such-program-7301"]),
    timeout: 20,
    ...(happens(0.4) ? { creates: pick([path, `${root}/own`]) } : {}),
    ...(happens(0.4) ? { ifcmd: pick(["true", "false", `test -e ${path}`]) } : {}),
  };
}

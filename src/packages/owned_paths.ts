import { LIMITS } from "../base/limits.ts";

/** Where dpkg keeps the list of each installed package's files. */
const LISTS = "/var/lib/dpkg/info";

/** Which of some paths are asked for, and of which packages. */
export interface OwnedQuestion {
  readonly packages: ReadonlySet<string>;
  readonly paths: ReadonlySet<string>;
}

/**
 * Those of the paths that an installed package owns, by package; what is not installed, or not
 * managed by dpkg, owns nothing. It only reads.
 */
export async function ownedPaths(
  { packages, paths }: OwnedQuestion,
  lists = LISTS,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const owned = new Map<string, readonly string[]>();
  if (packages.size === 0 || paths.size === 0) return owned;
  for (const [name, file] of await listsOf(packages, lists)) {
    const lines = (await readList(file)).split("\n");
    owned.set(name, [...owned.get(name) ?? [], ...lines.filter((line) => paths.has(line))]);
  }
  return owned;
}

/** The lists that there are of the packages; of a package for several architectures, several. */
async function listsOf(
  packages: ReadonlySet<string>,
  lists: string,
): Promise<[name: string, file: string][]> {
  const found: [string, string][] = [];
  try {
    for await (const { name: file } of Deno.readDir(lists)) {
      const [, full, plain] = /^((.+?)(?::[^:]+)?)\.list$/.exec(file) ?? [];
      if (full === undefined || plain === undefined) continue;
      for (const name of new Set([full, plain])) {
        if (packages.has(name)) found.push([name, `${lists}/${file}`]);
      }
    }
  } catch {
    // Without dpkg there are no lists.
  }
  return found;
}

async function readList(file: string): Promise<string> {
  try {
    const { size } = await Deno.stat(file);
    return size > LIMITS.packageListBytes ? "" : await Deno.readTextFile(file);
  } catch {
    // It may go while it is looked at; then the package is not installed.
    return "";
  }
}

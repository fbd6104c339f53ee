/**
 * Where a file stands in the project.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url).pathname;

/** The path below the project's root, or undefined where the file is elsewhere. */
export function pathInProject(filename: string): string | undefined {
  return filename.startsWith(ROOT) ? filename.slice(ROOT.length) : undefined;
}

/** The folder of src/ that a path of the project is in, `main.ts` for that file, or undefined. */
export function folderOf(path: string | undefined): string | undefined {
  if (path === "main.ts") return "main.ts";
  return path === undefined ? undefined : /^src\/([^/]+)\//.exec(path)?.[1];
}

/** The folder of src/resources/ that a path is in: a kind's, or what kinds share. */
export function kindFolderOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : /^src\/resources\/([^/]+)\//.exec(path)?.[1];
}

/** What a relative import of a file means, as a path of the project. */
export function resolveImport(filename: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return pathInProject(new URL(specifier, `file://${filename}`).pathname);
}

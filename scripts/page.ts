/**
 * Makes the page of `mgmt web` as the executable has it: its files as one object in JSON, compressed.
 *
 * Usage: deno run -A scripts/page.ts OUTPUT DIRECTORY
 *
 * DIRECTORY gets its programs with their source maps, from which the notices of what is inside are gathered.
 *
 * @module
 */

import { join, relative, resolve } from "node:path";
import { bundleForBrowser } from "../src/os/browser_bundle.ts";

/** What `deno info` says of a program, as far as it is about packages. */
export interface ModuleGraph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<Record<string, NpmPackage>>;
}

interface NpmPackage {
  readonly dependencies: readonly string[];
  readonly localPath: string;
}

/**
 * The directories of the packages that a program imports, and of those that they need. One that is bundled already when
 * it is published leaves no trace in a source map.
 */
export function packagesOf({ modules, npmPackages }: ModuleGraph): readonly string[] {
  const needed = new Set(modules.flatMap(({ npmPackage }) => npmPackage ?? []));
  for (const id of needed) for (const each of npmPackages[id]?.dependencies ?? []) needed.add(each);
  return [...needed].map((id) => {
    const found = npmPackages[id];
    if (found === undefined) throw new Error(`nobody knows where the npm package ${id} is`);
    return found.localPath;
  });
}

async function graphOf(program: string): Promise<ModuleGraph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--frozen", program],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

if (import.meta.main) {
  const [output, directory] = Deno.args;
  if (output === undefined || directory === undefined) throw new Error("needs two paths");
  const page = new URL("../src/web/page", import.meta.url).pathname;
  const files = await bundleForBrowser(page, resolve(directory));
  const packed = new Blob([JSON.stringify(files)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(output, packed);
  const programs = Object.keys(files).filter((name) => name.endsWith(".js"))
    .map((name) => join(page, name.replace(/js$/, "ts")));
  const graphs = await Promise.all(programs.map(graphOf));
  const sources = graphs.flatMap(packagesOf).map((path) =>
    relative(resolve(directory), join(path, "package.json"))
  );
  Deno.writeTextFileSync(join(directory, "packages.js.map"), JSON.stringify({ sources }));
}

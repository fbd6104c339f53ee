/**
 * Makes of a directory with code for browsers what a browser loads. A build does that once; a program that runs from
 * its source, at each start.
 *
 * @module
 */

import { join } from "node:path";

/** Files of a page by name, as texts. */
type BundledFiles = Record<string, string>;

/** Programs, each of which becomes one file; those that are not there are left out. */
const PROGRAMS = ["main", "worker"];
const PLAIN = /^[a-z_]+\.(html|css|svg)$/;

/** Bundles it; `output`: a directory that keeps what was made, source maps too. What goes wrong is thrown. */
export async function bundleForBrowser(directory: string, output?: string): Promise<BundledFiles> {
  const files: BundledFiles = {};
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  for (const name of names.filter((each) => PLAIN.test(each))) {
    files[name] = Deno.readTextFileSync(join(directory, name));
  }
  const place = output ?? Deno.makeTempDirSync({ prefix: "mgmt-page-" });
  try {
    for (const program of PROGRAMS.filter((each) => names.includes(`${each}.ts`))) {
      await bundle(directory, `${program}.ts`, place);
      files[`${program}.js`] = Deno.readTextFileSync(join(place, `${program}.js`));
    }
  } finally {
    if (output === undefined) Deno.removeSync(place, { recursive: true });
  }
  return files;
}

async function bundle(directory: string, program: string, output: string): Promise<void> {
  const args = ["bundle", "--quiet", "--minify", "--platform", "browser", "--sourcemap=external"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--outdir", output, program],
    cwd: directory,
    detached: true,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`cannot bundle ${program}: ${new TextDecoder().decode(stderr)}`);
}

/**
 * What an executable of ours is made of, and the notices of each part, from where they are: what the
 * bundler took, what a build of etcd left, and what the Deno runtime names.
 *
 * @module
 */

import { existsSync } from "@std/fs";
import { join, normalize } from "node:path";

/** A part by its name and version, and the texts that must go with it. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly texts: readonly string[];
}

/** Files whose texts must go along. */
const NOTICE_FILE = /^(un)?licen[cs]es?|^copying|^copyright|^notice|^patents/i;
/** Sources of an npm package, as the bundler names them: its directory, its name, its version. */
const PACKAGE = /^(.*?\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/(\d[^/]*))\//;
/** The same where the package's own source map says another place. */
const PACKAGE_ELSEWHERE = /\/npm\/[^/]+\/(?:node_modules\/)?((?:@[^/]+\/)?[^/]+)\//;
/** What packages have in them of others, and that these ask for no notice. */
const WITHOUT_NOTICE = new Map([["tslib", "0BSD, which asks for no notice"]]);

/** The npm packages of which there is something in the bundle below `code`, with its source maps. */
export function bundledPackages(code: string): Component[] {
  const found = new Map<string, Component>();
  const elsewhere = new Set<string>();
  for (const { name } of Deno.readDirSync(code)) {
    if (!name.endsWith(".js.map")) continue;
    const { sources }: { sources: string[] } = JSON.parse(Deno.readTextFileSync(join(code, name)));
    for (const source of sources) {
      const [, place = "", npmName = "", version = ""] = PACKAGE.exec(source) ?? [];
      const id = `${npmName} ${version}`;
      if (place === "") {
        const other = PACKAGE_ELSEWHERE.exec(source)?.[1];
        if (other !== undefined) elsewhere.add(other);
      } else if (!found.has(id)) {
        found.set(id, {
          name: npmName,
          version,
          texts: ownNotice(npmName) ?? noticesIn(normalize(join(code, place)), id),
        });
      }
    }
  }
  const names = new Set([...found.values()].map(({ name }) => name));
  for (const name of elsewhere) {
    if (names.has(name) || WITHOUT_NOTICE.has(name)) continue;
    throw new Error(
      `a part of the npm package ${name} is in the bundle, and nobody knows its notice`,
    );
  }
  return sorted([...found.values()]);
}

/** Go and the modules of etcd, as scripts/etcd left them below `directory`. */
export function goModules(directory: string): Component[] {
  const lines = Deno.readTextFileSync(join(directory, "modules")).trim().split("\n");
  return sorted(lines.map((line) => {
    const [name = "", version = ""] = line.split(" ");
    return { name, version, texts: noticesIn(join(directory, `${name}@${version}`), line) };
  }));
}

/** The Rust crates that a Deno runtime names. Their notices are not in it. */
export async function runtimeCrates(runtime: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("grep", {
    args: ["-aoE", "registry/src/[^/]+/[A-Za-z0-9_-]+-[0-9]+\\.[0-9]+\\.[^/ ]*/", runtime],
    env: { LC_ALL: "C" },
  }).output();
  const crates = new TextDecoder().decode(stdout).split("\n").flatMap((path) => {
    const [, name, version] = /\/([^/]+?)-(\d+\.\d+\.[^/]*)\/$/.exec(path) ?? [];
    return name === undefined ? [] : [`${name} ${version}`];
  });
  return [...new Set(crates)].sort();
}

/** Of a package that has no file of its notice, but says it in its code: what it says, with the text of the licence. */
function ownNotice(name: string): string[] | undefined {
  const path = join(import.meta.dirname ?? ".", `${name.replaceAll("/", "_")}.txt`);
  return existsSync(path) ? [Deno.readTextFileSync(path)] : undefined;
}

function noticesIn(directory: string, what: string): string[] {
  const names = existsSync(directory)
    ? [...Deno.readDirSync(directory)].filter(({ name, isFile }) =>
      isFile && NOTICE_FILE.test(name) && !/\.(js|ts|go|json|html)$/.test(name)
    ).map(({ name }) => name).sort()
    : [];
  if (names.length === 0) {
    throw new Error(`${what} is inside, and its notice is not in ${directory}`);
  }
  return names.map((name) => Deno.readTextFileSync(join(directory, name)));
}

function sorted(components: Component[]): Component[] {
  const key = ({ name, version }: Component) => `${name} ${version}`;
  return components.sort((a, b) => key(a) < key(b) ? -1 : 1);
}

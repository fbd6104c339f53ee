/** The notices that the executable prints, against what is in it by another way than the build's. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { etcdPrograms } from "../support/etcd.ts";
import { EXECUTABLE, inDirectory, mgmt, repositoryFile } from "../support/program.ts";

const { stdout: notices, code } = await mgmt(["version", "--licenses"]);

/** Those that have no line of their own in the notices. */
function missing(components: Iterable<string>): string[] {
  const lines = new Set(notices.split("\n"));
  return [...components].filter((component) => !lines.has(component));
}

async function output(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(program, {
    args: [...args],
    env: { LC_ALL: "C", NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("the notices name each Go module that etcd says it is made of, and Go", async () => {
  assertEquals(code, 0);
  const dependency = "dep\\t[^\\t]+\\tv[^\\t]+\\t";
  const found = await output("grep", "-aoP", dependency, join(etcdPrograms(), "etcd"));
  const modules = [...found.matchAll(/dep\t(\S+)\t(\S+)/g)].map(([, name, version]) =>
    `${name} ${version}`
  );
  assert(modules.length > 20, found);
  assertEquals(missing(modules), []);
  assert(/^go go1\.\d+/m.test(notices));
});

Deno.test("the notices name each npm package of which the bundler takes something", () =>
  inDirectory(async (directory) => {
    await output(
      repositoryFile("scripts/deno"),
      ...["bundle", "--quiet", "--frozen", "--platform", "deno", "--code-splitting"],
      ...["--external", "usocket", "--external", "x11", "--external", "debug"],
      ...["--outdir", directory, repositoryFile("main.ts")],
    );
    const packages = new Set<string>();
    for (const { name } of Deno.readDirSync(directory)) {
      // Where it keeps names, the bundler says above each module where it comes from.
      const text = Deno.readTextFileSync(join(directory, name));
      for (
        const [, path] of text.matchAll(/^ *(?:\/\/ |"|require_).*?\/npm\/[^/\n]+\/([^\n]+)/gm)
      ) {
        const [, id, version] = /^((?:@[^/]+\/)?[^/]+)\/(\d[^/]*)\//.exec(path ?? "") ?? [];
        if (id !== undefined) packages.add(`${id} ${version}`);
      }
    }
    assert(packages.size > 20, [...packages].join());
    assertEquals(missing(packages), []);
  }));

Deno.test("the notices have the runtime's own, and each part with its text", () => {
  for (const text of ["the Deno authors", "the V8 project authors", "tokio ", "Cargo.lock"]) {
    assertStringIncludes(notices, text);
  }
  const [, ...parts] = notices.split(`${"=".repeat(80)}\n`);
  assert(parts.length > 40 && parts.length % 2 === 0, `${parts.length} titles and texts`);
  for (const [at, text] of parts.entries()) {
    if (at % 2 === 1) assert(text.length > 150, `${parts[at - 1]}: ${text}`);
  }
});

Deno.test("what is printed is the executable's, wherever it stands", () =>
  inDirectory(async (directory) => {
    const copy = join(directory, "elsewhere");
    await Deno.copyFile(EXECUTABLE, copy);
    assertEquals(await output(copy, "version", "--licenses"), notices);
  }));

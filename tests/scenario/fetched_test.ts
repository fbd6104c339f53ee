/** What comes from elsewhere, by the whole program: killed in between, beside other kinds, and run again. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import tar from "tar-stream";
import { serveHttps } from "../support/https_files.ts";
import { contentOf, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

const FLAGS = ["--no-network", "--prefix"];

/** A tar of so many files; what is in them cannot be compressed. */
async function tarOf(files: number, bytes: number): Promise<Uint8Array> {
  const pack = tar.pack();
  for (let index = 0; index < files; index++) {
    const content = crypto.getRandomValues(new Uint8Array(bytes));
    pack.entry({ name: `app-1/f${index}` }, content as never);
  }
  pack.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of pack as AsyncIterable<Uint8Array>) pieces.push(new Uint8Array(piece));
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

interface Place {
  readonly directory: string;
  readonly graph: (text: string) => void;
  readonly args: readonly string[];
  readonly run: () => ReturnType<typeof mgmt>;
}

function inPlace(test: (place: Place) => Promise<void>): Promise<void> {
  return inDirectory(async (directory) => {
    const args = ["run", `${directory}/g.yaml`, "-t", "0", ...FLAGS, `${directory}/prefix`];
    await test({
      directory,
      graph: (text) =>
        Deno.writeTextFileSync(`${directory}/g.yaml`, text.replaceAll("DIR", directory)),
      args,
      run: () => mgmt(args),
    });
  });
}

function namesIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

const FILES = 300;

Deno.test("a download that is killed goes on, what is killed while it unpacks is never half there", () =>
  inPlace(async ({ directory, graph, args, run }) => {
    const content = await tarOf(FILES, 3000);
    await using server = await serveHttps({ files: { "/app.tar": content }, silentAfter: 300_000 });
    const sum = createHash("sha256").update(content).digest("hex");
    Deno.writeTextFileSync(`${directory}/ca.pem`, server.ca);
    graph(`graph: g
resources:
  download:
  - {name: DIR/app.tar, url: "${server.url}/app.tar", checksum: ${sum}, ca: ca.pem}
  archive:
  - {name: DIR/app, source: DIR/app.tar, strip: 1}
`);
    const part = `${directory}/prefix/downloads/${sum}`;
    const first = new Program(args);
    await within(60_000, () => (statOf(part)?.size ?? 0) > 100_000, () => first.stderr);
    await first.killed();
    const begun = statOf(part)?.size ?? 0;
    assertEquals(namesIn(directory), ["ca.pem", "g.yaml", "prefix"]);
    delete server.options.silentAfter;
    const second = new Program(args);
    const isUnpacking = () => namesIn(directory).some((name) => /^\.mgmt-|^app$/.test(name));
    await within(60_000, isUnpacking, () => second.stderr);
    await second.killed();
    assertEquals(server.asked[1]?.range, `bytes=${begun}-`);
    assert([0, FILES].includes(namesIn(`${directory}/app`).length), "half of it is seen");
    const third = await run();
    assertEquals(third.code, 0, third.stderr);
    assertEquals(namesIn(directory), ["app", "app.tar", "ca.pem", "g.yaml", "prefix"]);
    assertEquals(namesIn(`${directory}/app`).length, FILES);
    assertStringIncludes((await run()).stderr, "2 ok, 0 changed, 0 failed");
    assertEquals(server.asked.length, 2, "what is right is not asked for");
  }));

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

Deno.test("an archive beside a purge, with a file of its own in it: both are left alone, twice", () =>
  inPlace(async ({ directory, graph, run }) => {
    Deno.writeFileSync(`${directory}/app.tar`, await tarOf(3, 10));
    Deno.mkdirSync(`${directory}/opt`);
    Deno.writeTextFileSync(`${directory}/opt/stray`, "");
    graph(`graph: g
resources:
  file:
  - {name: DIR/opt/, recurse: true, purge: true}
  - {name: DIR/opt/app/f0, content: "configured"}
  - {name: DIR/opt/app/local.conf, content: "local"}
  archive:
  - {name: DIR/opt/app, source: DIR/app.tar, strip: 1}
`);
    const first = await run();
    assertEquals(first.code, 0, first.stderr);
    assertEquals(namesIn(`${directory}/opt`), ["app"]);
    assertEquals(namesIn(`${directory}/opt/app`), ["f0", "f1", "f2", "local.conf"]);
    assertEquals(contentOf(`${directory}/opt/app/f0`), "configured");
    Deno.writeTextFileSync(`${directory}/opt/app/mine`, "");
    const second = await run();
    assertStringIncludes(second.stderr, "4 ok, 0 changed, 0 failed");
    assertEquals(namesIn(`${directory}/opt/app`).includes("mine"), true);
  }));

Deno.test("a clone that comes to another commit has a command run, and only then", () =>
  inPlace(async ({ directory, graph, run }) => {
    const identity = "-c user.name=a -c user.email=a@b -c commit.gpgsign=false";
    await shell(
      `set -e; export GIT_CONFIG_GLOBAL=/dev/null; git init -q r; cd r
       echo one >f; git add .; git ${identity} commit -qm 1; git tag v1
       echo two >f; git ${identity} commit -qam 2; git tag v2`,
      directory,
    );
    const at = (ref: string) =>
      graph(`graph: g
resources:
  git:
  - {name: DIR/clone, url: DIR/r, ref: ${ref}}
  exec:
  - {name: restart, cmd: "cat DIR/clone/f >>DIR/log", shell: /bin/sh, unless: "true"}
edges:
- {name: e, from: {kind: git, name: DIR/clone}, to: {kind: exec, name: restart}, notify: true}
`);
    for (const ref of ["v1", "v2"]) {
      at(ref);
      const changed = await run();
      assertEquals(changed.code, 0, changed.stderr);
      assertMatch((await run()).stderr, /2 ok, 0 changed, 0 failed/);
    }
    assertEquals(contentOf(`${directory}/log`), "one\ntwo\n");
    assertEquals(namesIn(directory).filter((name) => name.startsWith(".mgmt")), []);
  }));

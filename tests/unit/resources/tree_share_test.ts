import { assert, assertEquals } from "@std/assert";
import type { AttributeExpectation } from "../../../src/kind/claim.ts";
import { Claims } from "../../../src/kind/claims.ts";
import type { KindContext } from "../../../src/kind/kind.ts";
import file from "../../../src/resources/file/kind.ts";
import type { FileParams } from "../../../src/resources/file/params.ts";
import { registry } from "../../../src/resources/registry.ts";
import { type FileWorld, inFileWorld } from "../../support/file_world.ts";
import { loadText } from "../../support/load_text.ts";

/** What a tree in `t` would do, among the resources of a graph. */
async function planOf(
  world: FileWorld,
  tree: string,
  others: string,
  expected: readonly AttributeExpectation[] = [],
): Promise<{ readonly paths: readonly string[]; readonly heldBack: string | undefined }> {
  const text = `graph: t
resources:
  file: [{name: tree, path: AT/, recurse: true, ${tree}}]
${others}
`.replaceAll("AT", world.path("t"));
  const outcome = await loadText(text, { file: "g", directory: world.root, registry });
  assert(outcome.ok, outcome.ok ? "" : outcome.diagnostics[0]?.message);
  const { vertices } = outcome.loaded.graph;
  const claims = new Claims(vertices.values(), expected);
  let heldBack: string | undefined;
  const context = {
    host: world.host,
    signal: new AbortController().signal,
    memory: {},
    warn: () => {},
    claimed: (subject) => claims.has(subject),
    comes: (subject) => claims.makersOf(subject).length > 0,
    claims: (path) => claims.at(path),
    expected: (path) => claims.expected(path),
    leftOut: (path) => claims.isLeftOut(path),
    holdBack: (why, what) => heldBack = `${why}: ${what}`,
  } as Partial<KindContext> as KindContext<ReturnType<typeof file.memory>>;
  const found = await file.check(vertices.get("file[tree]")?.params as FileParams, context);
  assert(found?.type !== "failure", found?.type === "failure" ? found.message : "");
  const paths = (found?.plan ?? []).map(({ path }) => path.slice(world.path("t/").length));
  return { paths, heldBack };
}

function put(world: FileWorld, ...names: string[]): void {
  for (const name of names) {
    const path = world.path(name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, name);
  }
}

const OTHERS = `  user: [{name: u, home: AT/home, manage_home: true}]
  mount: [{name: AT/disk, device: tmpfs, type: tmpfs}]
  exec: [{name: e, cmd: "true", creates: AT/built/it}]`;

Deno.test("homes, mounts and what a command creates are not purged, nor filled from a source", () =>
  inFileWorld(async (world) => {
    put(world, "t/home/x", "t/disk/x", "t/built/it", "t/built/x", "t/stray/x");
    put(world, "s/home/y", "s/disk/y", "s/built/y", "s/z");
    const purge = await planOf(world, "purge: true, mode: '0600'", OTHERS);
    assertEquals(purge.paths.filter((path) => /home|disk/.test(path)), []);
    assertEquals(purge.paths.includes("built/it"), true, "its mode is the tree's");
    assertEquals(purge.paths.includes("stray"), true);
    const copy = await planOf(world, "source: s", OTHERS);
    assertEquals(copy.paths, ["built/y", "z"]);
  }));

Deno.test("what may be collected is told from what may not, and from what is on the way", () =>
  inFileWorld(async (world) => {
    put(world, "t/a", "t/in/x", "t/in/d/x", "t/deep/d/x", "t/deep/y", "t/own", "s/a", "s/own");
    const expected: readonly AttributeExpectation[] = [
      { path: world.path("t/in"), reach: "entries" },
      { path: world.path("t/deep/d"), reach: "below" },
      { path: world.path("t/a"), reach: "itself" },
    ];
    const own = `  line: [{name: own, path: AT/own, line: x}]`;
    const purge = await planOf(world, "purge: true", own, expected);
    assertEquals(purge.paths, ["deep/y"]);
    assert(purge.heldBack !== undefined);
    const copy = await planOf(world, "source: s, mode: '0600'", own, expected);
    assertEquals(copy.paths.filter((path) => ["a", "own"].includes(path)), ["own"]);
    const anywhere = [{ path: "/", reach: "below" }] as const;
    assertEquals((await planOf(world, "purge: true", "", anywhere)).paths, []);
    assertEquals((await planOf(world, "source: s", "", anywhere)).paths, ["a", "own"]);
  }));

Deno.test("a file of the source makes way for what others manage below it", () =>
  inFileWorld(async (world) => {
    put(world, "t/a/x", "s/a", "s/b");
    const file = `  line: [{name: x, path: AT/a/x, line: x}]`;
    assertEquals((await planOf(world, "source: s, force: true", file)).paths, ["b"]);
  }));

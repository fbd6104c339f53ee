import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { storedExport } from "../../src/kind/export.ts";
import { freeUrl, TestCluster } from "../support/etcd.ts";
import { LoopbackExports } from "../support/loopback_exports.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

/** A directory that is purged, in which a file of host a is collected, and others are. */
interface World {
  readonly cluster: TestCluster;
  readonly graph: string;
  at(name: string): string;
  /** The arguments of a run of host b. */
  run(...more: string[]): string[];
  exports(name: string, value: string | undefined): Promise<void>;
}

const HELD = /Held back: what other hosts export is not known yet/;
const LEFT_OUT = /Held back: an export of another host .* cannot be read, or is left out/;

function graphText(directory: string, rest: string): string {
  return `graph: t
resources:
  file:
  - {name: all, path: ${directory}/t/, purge: true, recurse: true}
${rest}`;
}

/** In the directory are the file of host a, one that is nobody's, and one deeper down. */
async function inWorld(test: (world: World) => Promise<void>): Promise<void> {
  await using cluster = await TestCluster.start(1);
  await inDirectory(async (directory) => {
    const at = (name: string) => `${directory}/${name}`;
    await Deno.mkdir(at("t/d"), { recursive: true });
    for (const name of ["t/x", "t/stray", "t/d/stray"]) await Deno.writeTextFile(at(name), "kept");
    const graph = at("g.yaml");
    await Deno.writeTextFile(
      graph,
      graphText(directory, `collect: [{kind: file, pattern: ${at("t/")}}]\n`),
    );
    const others = new LoopbackExports(cluster, "a");
    const exports = (name: string, value: string | undefined) => others.file(name, value);
    await exports("x", offered("x"));
    const run = (...more: string[]) => [
      ...["run", graph, "--prefix", at("prefix"), "--hostname", "b", "--no-server"],
      ...["--seeds", cluster.clientUrls[0] ?? "", "--client-urls", freeUrl(), ...more],
    ];
    await test({ cluster, graph, at, run, exports });
  });
}

/** What is stored of a file that host a offers. */
function offered(name: string, content: string | number = "kept"): string {
  return storedExport("1", { kind: "file", name, fields: { path: `/${name}`, content } });
}

async function goes(path: string, program: Program): Promise<void> {
  await within(60_000, () => inode(path) === 0, () => `${path}: ${program.stderr}`);
}

/** Which inode a path is, so that nothing was put in its place; 0: nothing is there. */
function inode(path: string): number {
  try {
    return Deno.statSync(path).ino ?? 0;
  } catch {
    return 0;
  }
}

const AWAY = ["--cluster-wait", "0", "-t", "0", "--seeds", "127.0.0.1:1"];

Deno.test("a purge leaves what may be collected until it is known what others export", () =>
  inWorld(async ({ at, run, exports, graph }) => {
    const before = inode(at("t/x"));
    const stay = () => ["t/x", "t/stray"].map((name) => contentOf(at(name)));
    for (const more of [["--noop"], [], []]) {
      const away = await mgmt(run(...AWAY, ...more));
      assertEquals(away.code, 0, away.stderr);
      assertEquals(stay(), ["kept", "kept"], away.stderr);
      assertMatch(away.stderr, HELD);
      assertMatch(away.stderr, / 1 blocked/);
      assertNotMatch(away.stderr, /not accounted for/);
    }
    const noop = await mgmt(run("--noop", "-t", "0"));
    assertNotMatch(noop.stderr, /t\/x: is not accounted for/);
    assertMatch(noop.stderr, /Would apply: .*t\/d: is not accounted for/);
    assertMatch(noop.stderr, /t\/stray: is not accounted for/);
    const known = await mgmt(run("-t", "0"));
    assertEquals(known.code, 0, known.stderr);
    assertMatch(known.stderr, / 0 blocked/);
    assertEquals([inode(at("t/x")), inode(at("t/stray")), inode(at("t/d"))], [before, 0, 0]);
    // What was collected before is not all that may be there by now.
    await Deno.writeTextFile(at("t/y"), "kept");
    const cached = await mgmt(run(...AWAY));
    assertEquals(contentOf(at("t/y")), "kept", cached.stderr);
    // An export that cannot be read may be the one that was taken before; one that fits nothing, too.
    await exports("z", "{}");
    await exports("y", offered("y", 1));
    await Deno.writeTextFile(at("t/z"), "kept");
    const unread = await mgmt(run("-t", "0"));
    assertMatch(unread.stderr, LEFT_OUT);
    assertEquals([contentOf(at("t/y")), contentOf(at("t/z"))], ["kept", "kept"], unread.stderr);
    await exports("z", offered("y", 1));
    const left = await mgmt(run("-t", "0"));
    assertEquals([contentOf(at("t/y")), contentOf(at("t/z"))], ["kept", undefined], left.stderr);
    await Deno.writeTextFile(graph, graphText(at(""), ""));
    await mgmt(run("-t", "0"));
    assertEquals([...Deno.readDirSync(at("t"))], []);
  }));

Deno.test("a collect that an edit adds, and an export that goes, are no moment without knowledge", () =>
  inWorld(async ({ at, run, graph, exports }) => {
    const collecting = await Deno.readTextFile(graph);
    const before = inode(at("t/x"));
    const edit = async (text: string) => {
      await Deno.writeTextFile(at("new"), text);
      await Deno.rename(at("new"), graph);
    };
    const others = collecting.replace("pattern", "host: c, pattern");
    await edit(others);
    // As long as the cluster is away, no list is there for any entry.
    const away = new Program(run("--seeds", "127.0.0.1:1"));
    try {
      await away.says(HELD);
      await edit(collecting);
      await away.says(/Vertices\(1\).*kept/);
      assertEquals(inode(at("t/x")), before, away.stderr);
    } finally {
      await away.interrupt();
    }
    await edit(others.replace(", purge: true", ""));
    const program = new Program(run());
    try {
      await program.says("joined");
      await edit(collecting);
      await goes(at("t/stray"), program);
      assertEquals(inode(at("t/x")), before, program.stderr);
      await exports("x", undefined);
      await goes(at("t/x"), program);
      // Who has left the cluster knows nothing of the others any more.
      await exports("x", offered("x"));
      await within(60_000, () => inode(at("t/x")) !== 0, () => program.stderr);
      const again = inode(at("t/x"));
      const left = await mgmt(["leave", "--prefix", at("prefix")]);
      assertEquals(left.code, 0, left.stderr);
      await Deno.writeTextFile(at("t/stray"), "kept");
      await program.says(/has left its cluster[^]*Held back/);
      assertEquals([inode(at("t/x")), contentOf(at("t/stray"))], [again, "kept"], program.stderr);
      assert(!/Failed|Contested/.test(program.stderr), program.stderr);
    } finally {
      await program.interrupt();
    }
  }));

Deno.test("what a collected resource changed is taken back, and stays so although it is still offered", () =>
  inWorld(async ({ at, run, graph }) => {
    const text = await Deno.readTextFile(graph);
    await Deno.writeTextFile(graph, text.replace("purge: true, recurse: true", "mode: u+rwx"));
    await Deno.writeTextFile(at("t/x"), "before");
    const agent = new Program(run());
    try {
      await within(60_000, () => contentOf(at("t/x")) === "kept", () => agent.stderr);
      const flags = ["--prefix", at("prefix")];
      const undone = await mgmt(["restore", at("t/x"), ...flags]);
      assertEquals([undone.code, contentOf(at("t/x"))], [0, "before"], undone.stderr);
      await Deno.remove(at("t/stray"));
      await agent.says(/Held until .*restore/);
      assertEquals(contentOf(at("t/x")), "before");
      await mgmt(["release", "--all", ...flags]);
      await within(60_000, () => contentOf(at("t/x")) === "kept", () => agent.stderr);
    } finally {
      await agent.interrupt();
    }
  }));

/** Files that are put together from the files of a directory, and copies that keep permissions. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import file from "../../../src/resources/file/kind.ts";
import { registry } from "../../../src/resources/registry.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";
import { loadText } from "../../support/load_text.ts";
import { finalGraph } from "../../../src/app/graph/final_graph.ts";

function pieces(world: KindWorld, texts: Readonly<Record<string, string | Uint8Array>>): string {
  Deno.mkdirSync(world.path("d"), { recursive: true });
  for (const [name, text] of Object.entries(texts)) world.put(`d/${name}`, text);
  return world.path("d");
}

Deno.test("the files of a directory are joined in the order of their names, each on lines of its own", () =>
  inKindWorld(async (world) => {
    const fragments = pieces(world, {
      "20-b": "b",
      "10-a": "a\n",
      "9": "nine\n",
      "empty": "",
      ".hidden": "no\n",
      "10-a~": "no\n",
    });
    const made = await resourceOf(file, world, { path: world.path("f"), fragments });
    await made.heal();
    assertEquals(world.text("f"), "a\nb\nnine\n");
    assertEquals(await made.heal(), undefined);
    world.put("d/30-c", "c\n");
    Deno.removeSync(world.path("d/10-a"));
    const found = await made.check();
    assert(found?.type === "drift");
    assertEquals(await found.difference?.(), ["@@ -1,3 +1,3 @@", "-a", " b", "+c", " nine"]);
    await made.heal();
    assertEquals(world.text("f"), "b\nc\nnine\n");
  }));

Deno.test("bytes of fragments stay, and a directory without any gives an empty file", () =>
  inKindWorld(async (world) => {
    const fragments = pieces(world, {
      a: new Uint8Array([0xe4, 13, 10]),
      b: new Uint8Array([0, 1]),
    });
    await (await resourceOf(file, world, { path: world.path("f"), fragments })).heal();
    assertEquals([...Deno.readFileSync(world.path("f"))], [0xe4, 13, 10, 0, 1, 10]);
    Deno.mkdirSync(world.path("none"));
    const none = { path: world.path("g"), fragments: world.path("none") };
    await (await resourceOf(file, world, none)).heal();
    assertEquals(world.text("g"), "");
  }));

Deno.test("links of the own user are followed, and what is no file among the fragments is refused", () =>
  inKindWorld(async (world) => {
    const fragments = pieces(world, { a: "a\n" });
    Deno.symlinkSync(world.put("elsewhere", "linked\n"), world.path("d/b"));
    const made = await resourceOf(file, world, { path: world.path("f"), fragments });
    await made.heal();
    assertEquals(world.text("f"), "a\nlinked\n");
    Deno.mkdirSync(world.path("d/c"));
    const refused = await made.refuse();
    assertEquals(refused.code, "source");
    assertStringIncludes(refused.message, "d/c, which is to be a part of the file, is a directory");
    assertEquals(world.text("f"), "a\nlinked\n");
  }));

Deno.test("a directory of fragments that is missing, no directory, or too large is said", () =>
  inKindWorld(async (world) => {
    const refusal = async (fragments: string) =>
      await (await resourceOf(file, world, { path: world.path("f"), fragments })).refuse();
    const missing = await refusal(world.path("d"));
    assertEquals([missing.code, missing.needs], ["source", [world.path("d")]]);
    assertStringIncludes((await refusal(world.put("x", ""))).message, "is not a directory");
    const large = pieces(world, { a: "a".repeat(9_000_000), b: "b".repeat(9_000_000) });
    assertEquals((await refusal(large)).code, "too-large");
  }));

Deno.test("what goes together with fragments and kept permissions is said", async () => {
  const cases = [
    [{ fragments: "/d", content: "x" }, "content and fragments exclude each other"],
    [{ fragments: "/d", source: "/s" }, "source and fragments exclude each other"],
    [{ fragments: "/" }, "path is in the directory of its fragments"],
    [{ fragments: "/f" }, "fragments is the path itself"],
    [{ fragments: "/d", state: "absent" as const }, "fragments is not for what should be absent"],
    [{ keep_modes: true }, "keep_modes is set, but not source"],
    [{ source: "/s", keep_modes: true, mode: "0644" }, "keep_modes and mode exclude each other"],
  ] as const;
  for (const [fields, words] of cases) {
    const { issues } = await resolving(file, { path: "/f", ...fields });
    assertStringIncludes(issues.map(({ message }) => message).join("\n"), words);
  }
  const { issues } = await resolving(file, { path: "/f/", fragments: "/d" });
  assertStringIncludes(issues[0]?.message ?? "", "fragments is not for directories");
});

Deno.test("a file of fragments comes after whoever makes its directory and what is directly in it", async () => {
  const text = `graph: g
resources:
  file:
  - {name: whole, path: /etc/whole, fragments: /etc/whole.d}
  - {name: piece, path: /etc/whole.d/10, content: a}
  - {name: deep, path: /etc/whole.d/deep/10, content: a}
  - {name: directory, path: /etc/whole.d/}
  line:
  - {name: line, path: /etc/whole.d/20, line: x, create: true}
`;
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  assert(outcome.ok);
  const { graph } = await finalGraph(outcome.loaded, { registry });
  const before = graph.edges.filter(({ to }) => to === "file[whole]").map(({ from }) => from)
    .sort();
  assertEquals(before, ["file[directory]", "file[piece]"]);
});

Deno.test("the permissions of a source are kept on request, of a tree each entry's own", () =>
  inKindWorld(async (world) => {
    const modeOf = (name: string) => (Deno.statSync(world.path(name)).mode ?? 0) & 0o7777;
    Deno.mkdirSync(world.path("s/sub"), { recursive: true });
    for (const [name, mode] of [["s/run", 0o750], ["s/sub/key", 0o600]] as const) {
      world.put(name, "x");
      Deno.chmodSync(world.path(name), mode);
    }
    Deno.chmodSync(world.path("s/sub"), 0o700);
    Deno.chmodSync(world.path("s"), 0o711);
    const tree = { path: `${world.path("t")}/`, source: world.path("s"), recurse: true };
    await (await resourceOf(file, world, tree)).heal();
    assertEquals([modeOf("t/run"), modeOf("t/sub")], [0o644, 0o755]);
    const kept = await resourceOf(file, world, { ...tree, keep_modes: true });
    await kept.heal();
    const modes = ["t", "t/run", "t/sub", "t/sub/key"].map(modeOf);
    assertEquals(modes, [0o711, 0o750, 0o700, 0o600]);
    Deno.chmodSync(world.path("s/run"), 0o4755);
    assertEquals(await kept.heal(), `${world.path("t/run")}: mode 0750 → 0755`);
    const one = { path: world.path("copy"), source: world.path("s/sub/key"), keep_modes: true };
    await (await resourceOf(file, world, one)).heal();
    assertEquals(modeOf("copy"), 0o600);
  }));

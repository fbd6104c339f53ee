// both runtimes: streams, libraries and files of the runtime
/** Archives, unpacked to a real directory. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import tar from "tar-stream";
import type { ArchiveFields } from "../../../src/resources/archive/fields.ts";
import archive from "../../../src/resources/archive/kind.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";
import { SMALL_ARCHIVES } from "../../support/small_archives.ts";

/** One entry of a tar that is made here. */
interface Made {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: "directory" | "symlink" | "link" | "character-device" | "fifo";
  readonly linkname?: string;
  readonly mode?: number;
  readonly pax?: Readonly<Record<string, string>>;
}

async function tarOf(entries: readonly Made[]): Promise<Uint8Array> {
  const pack = tar.pack();
  for (const { content = "", ...header } of entries) {
    const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
    pack.entry(header, body as never);
  }
  pack.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of pack as AsyncIterable<Uint8Array>) pieces.push(new Uint8Array(piece));
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

async function of(
  world: KindWorld,
  content: Uint8Array | readonly Made[],
  fields: Partial<ArchiveFields> = {},
) {
  const source = world.put(
    "source",
    content instanceof Uint8Array ? content : await tarOf(content),
  );
  return await resourceOf(archive, world, { path: world.path("d"), source, ...fields });
}

/** All below a directory: `bin/tool 755`, `bin/t -> tool`. */
function tree(path: string, below = ""): string[] {
  return [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1).flatMap((entry) => {
    const [at, name] = [`${path}/${entry.name}`, `${below}${entry.name}`];
    if (entry.isSymlink) return [`${name} -> ${Deno.readLinkSync(at)}`];
    const mode = (Deno.lstatSync(at).mode! & 0o7777).toString(8);
    return [`${name} ${mode}`, ...entry.isDirectory ? tree(at, `${name}/`) : []];
  });
}

const TREE = ["README 644", "bin 755", "bin/t -> tool", "bin/tool 755"];

/** What a directory has, beside what is the test's. */
function beside(world: KindWorld): string[] {
  return [...Deno.readDirSync(world.directory)].map(({ name }) => name).sort();
}

for (const [form, content] of Object.entries(SMALL_ARCHIVES)) {
  Deno.test(`${form}: it is unpacked, and what is edited or removed comes back`, () =>
    inKindWorld(async (world) => {
      const it = await of(world, content, { strip: 1, links: true });
      assertEquals(await it.heal(), `${world.path("d")} does not exist`);
      assertEquals(tree(world.path("d")), TREE);
      assertEquals(world.text("d/README"), "read me\n");
      assertEquals(await it.heal(), undefined);
      world.put("d/README", "edited");
      world.put("d/mine", "stays");
      Deno.chmodSync(world.path("d/bin/tool"), 0o700);
      Deno.removeSync(world.path("d/bin/t"));
      assertEquals(
        await it.heal(),
        "README differs, bin/t is missing, bin/tool has another owner or mode",
      );
      Deno.removeSync(world.path("d/bin"), { recursive: true });
      assertEquals(await it.heal(), "bin is missing, bin/t is missing, bin/tool is missing");
      assertEquals(tree(world.path("d")), [...TREE, "mine 644"]);
      assertEquals(beside(world), ["d", "source"]);
    }));

  Deno.test(`${form}: cut off or damaged it is refused, and nothing is seen of it`, () =>
    inKindWorld(async (world) => {
      for (const bytes of [content.subarray(0, content.length - 60), damaged(content)]) {
        const refused = await (await of(world, bytes, { links: true })).refuse();
        assertEquals(refused.code, "archive");
        assertStringIncludes(refused.message, `${world.path("source")} cannot be unpacked`);
        assertEquals(beside(world), ["source"]);
      }
    }));
}

function damaged(content: Uint8Array): Uint8Array {
  const copy = content.slice();
  copy.fill(0x55, 20, 60);
  return copy;
}

Deno.test("a file that is compressed alone has the name of its source without the suffix", () =>
  inKindWorld(async (world) => {
    const source = world.put("note.gz", gzipSync("read me\n"));
    const it = await resourceOf(archive, world, { path: world.path("d"), source });
    await it.heal();
    assertEquals(tree(world.path("d")), ["note 644"]);
  }));

Deno.test("what leads out of its directory, links and devices are refused before anything is written", () =>
  inKindWorld(async (world) => {
    const link = { type: "symlink", name: "a/l" } as const;
    const cases: readonly [readonly Made[], RegExp, Partial<ArchiveFields>?][] = [
      [[{ name: "../f", content: "x" }], /leads out of its directory/],
      [[{ name: "a/../../f", content: "x" }], /leads out of its directory/],
      [[{ name: "/etc/f", content: "x" }], /has an absolute path/],
      [[{ name: "a\\..\\f", content: "x" }], /has a \\ in its name/],
      [[{ name: "f", type: "character-device" }], /is a device, a FIFO or something else/],
      [[{ name: "f", type: "fifo" }], /is a device, a FIFO or something else/],
      [[{ ...link, linkname: "b" }], /is a link/],
      [[{ name: "f", content: "x" }, { name: "g", type: "link", linkname: "f" }], /is a link/],
      [[{ ...link, linkname: "/etc" }], /link to an absolute path/, { links: true }],
      [[{ ...link, linkname: "../../x" }], /link that leads out/, { links: true }],
      [[{ ...link, linkname: "b/../../x" }], /link that leads out/, { links: true }],
      [[{ ...link, linkname: "b/.." }], /link that leads out/, { links: true }],
      [[{ ...link, linkname: "b" }, { name: "a/l/f", content: "x" }], /is below a\/l/, {
        links: true,
      }],
      [[{ name: "g", type: "link", linkname: "../f" }], /leads out/, { links: true }],
      [[{ name: "g", type: "link", linkname: "f" }], /hard link to no file/, { links: true }],
      [[{ name: "f", content: "x" }, { name: "f", content: "y" }], /is there twice/],
      [[{ name: "f", content: "x" }, { name: "f/g", content: "y" }], /is below f/],
      [[{ name: "a/b/f", content: "x" }, { name: "../f" }], /leads out/, { strip: 1 }],
    ];
    for (const [entries, message, fields] of cases) {
      const refused = await (await of(world, entries, fields)).refuse();
      assertEquals(refused.code, "archive-entry", JSON.stringify(entries));
      assertMatch(refused.message, message);
      assertEquals(beside(world), ["source"]);
    }
  }));

Deno.test("set-id bits, and rights of others to write, are left out unless they are said", () =>
  inKindWorld(async (world) => {
    const entries = [{ name: "f", content: "x", mode: 0o6777 }, { name: "g", mode: 0o1666 }];
    await (await of(world, entries)).heal();
    assertEquals(tree(world.path("d")), ["f 755", "g 644"]);
    await (await of(world, entries, { set_id: true })).heal();
    assertEquals(tree(world.path("d")), ["f 6755", "g 644"]);
  }));

Deno.test("hard links become copies, links that stay inside are links", () =>
  inKindWorld(async (world) => {
    const entries: Made[] = [
      { name: "a/f", content: "x".repeat(100_000) },
      { name: "b/g", type: "link", linkname: "a/f" },
      { name: "b/l", type: "symlink", linkname: "../a/f" },
      { name: "b/h", type: "link", linkname: "b/g" },
    ];
    const it = await of(world, entries, { links: true });
    await it.heal();
    assertEquals(world.text("d/b/h"), world.text("d/a/f"));
    assertEquals(Deno.lstatSync(world.path("d/b/g")).nlink, 1);
    Deno.removeSync(world.path("d/b/h"));
    assertEquals(await it.heal(), "b/h is missing");
  }));

Deno.test("bombs, and more than is allowed, are given up while they are read", () =>
  inKindWorld(async (world) => {
    const zeros = await tarOf([{ name: "f", content: new Uint8Array(40 * 1024 * 1024) }]);
    const many = Array.from({ length: 30 }, (_, index) => ({ name: `f${index}` }));
    const cases: readonly [
      Uint8Array | readonly Made[],
      string,
      RegExp,
      Partial<ArchiveFields>?,
    ][] = [
      [gzipSync(zeros), "too-large", /more than 200 times as large/],
      [[{ name: "f", content: "x".repeat(300_000) }], "too-large", /more than 102400 bytes/, {
        max_size: "100K",
        max_entries: 3,
      }],
      [many, "too-many", /more than 29 entries/, { max_entries: 29 }],
    ];
    for (const [content, code, message, fields] of cases) {
      const refused = await (await of(world, content, fields)).refuse();
      assertEquals(refused.code, code);
      assertMatch(refused.message, message);
      assertEquals(beside(world), ["source"]);
    }
  }));

Deno.test("names with more directories than entries are allowed are given up", () =>
  inKindWorld(async (world) => {
    const deep = ["a", "b"].map((name) => ({ name: `${`${name}/`.repeat(20)}f` }));
    const refused = await (await of(world, deep, { max_entries: 39 })).refuse();
    assertEquals(refused.code, "too-many");
    assertEquals(beside(world), ["source"]);
    await (await of(world, deep, { max_entries: 40 })).heal();
  }));

Deno.test("zip: content that is not compressed and has another sum than the zip says is refused", () =>
  inKindWorld(async (world) => {
    const zip = SMALL_ARCHIVES.zip.slice();
    const at = new TextDecoder("latin1").decode(zip).indexOf("read me");
    zip[at] = "R".charCodeAt(0);
    const refused = await (await of(world, zip, { links: true })).refuse();
    assertEquals(refused.code, "archive");
    assertStringIncludes(refused.message, "the sum of tool-1/README in it is wrong");
    assertEquals(beside(world), ["source"]);
  }));

Deno.test("a sparse file, whose content is in parts, is refused in place of a wrong one", () =>
  inKindWorld(async (world) => {
    const pax = { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "f" };
    const sparse = [{ name: "GNUSparseFile.0/f", content: "1\n0\n1\n", pax }];
    const refused = await (await of(world, sparse)).refuse();
    assertEquals(refused.code, "archive-entry");
    assertStringIncludes(refused.message, "a sparse file");
    assertEquals(beside(world), ["source"]);
  }));

Deno.test("an empty directory is filled at once and keeps its mode; a new archive changes what is other", () =>
  inKindWorld(async (world) => {
    Deno.mkdirSync(world.path("d"));
    Deno.chmodSync(world.path("d"), 0o750);
    const first = await of(world, [{ name: "f", content: "1" }, { name: "g", content: "1" }]);
    assertEquals(await first.heal(), `${world.path("d")} is empty`);
    assertEquals(Deno.statSync(world.path("d")).mode! & 0o7777, 0o750);
    world.put("source", await tarOf([{ name: "f", content: "2" }, { name: "h", content: "2" }]));
    assertEquals(await first.heal(), "f differs, h is missing");
    assertEquals(["f", "g", "h"].map((name) => world.text(`d/${name}`)), ["2", "1", "2"]);
  }));

Deno.test("strip that leaves nothing is a failure, and ./ before a name does not count", () =>
  inKindWorld(async (world) => {
    const made = [{ name: "./f", content: "x" }, { name: "./a/g", content: "x" }];
    const refused = await (await of(world, made, { strip: 2 })).refuse();
    assertMatch(refused.message, /^strip: 2 leaves nothing of /);
    assertMatch(refused.hint ?? "", /does not count/);
    await (await of(world, made, { strip: 1 })).heal();
    assertEquals(tree(world.path("d")), ["g 644"]);
  }));

Deno.test("what stands in its way, or is not there, is said; what others manage in it is left to them", () =>
  inKindWorld(async (world) => {
    const it = await of(world, [{ name: "f", content: "x" }, { name: "g", content: "x" }]);
    Deno.removeSync(world.path("source"));
    assertEquals((await it.refuse()).code, "source");
    world.claimed.add(world.path("source"));
    const due = await it.check();
    assert(due?.type === "drift" && due.unknown?.isDue === true, JSON.stringify(due));
    world.put("source", "neither this nor that");
    assertMatch((await it.refuse()).message, /has none of the forms that are known/);
    world.put("source", await tarOf([{ name: "f", content: "x" }, { name: "g", content: "x" }]));
    world.put("d", "a file");
    assertEquals((await it.refuse()).code, "wrong-type");
    Deno.removeSync(world.path("d"));
    Deno.mkdirSync(world.path("d/f"), { recursive: true });
    assertEquals((await it.refuse()).code, "wrong-type");
    Deno.removeSync(world.path("d"), { recursive: true });
    Deno.symlinkSync(world.directory, world.path("d"));
    assertEquals((await it.refuse()).code, "wrong-type");
  }));

Deno.test("mistakes in its fields are found before anything is done", async () => {
  const messages = async (fields: Partial<ArchiveFields>, name = "/d") =>
    (await resolving(archive, { source: "/a.tar", ...fields }, name)).issues
      .map(({ message }) => message);
  assertEquals(await messages({}), []);
  assertEquals(await messages({}, "/d/"), []);
  assertEquals(await messages({ path: "/" }), ["nothing is unpacked to /: name a directory"]);
  assertEquals(await messages({ source: "/d/a" }), [
    "source is in the directory that is unpacked to",
  ]);
  assertEquals(await messages({ source: "https://localhost/a.tgz" }), [
    "source must be a file of this host, not a URL",
  ]);
});

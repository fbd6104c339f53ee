import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import line from "../../../src/resources/line/kind.ts";
import type { LineFields } from "../../../src/resources/line/fields.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";

type Fields = Omit<LineFields, "path">;

/** Heals a file that holds `before`, and gives what it holds then. */
async function healed(world: KindWorld, before: string, fields: Fields, name?: string) {
  const path = world.put("f", before);
  await (await resourceOf(line, world, { path, ...fields }, name)).heal();
  return world.text("f");
}

/** What `before` becomes, by fields. */
function becomes(before: string, fields: Fields, after: string) {
  return inKindWorld(async (world) => assertEquals(await healed(world, before, fields), after));
}

Deno.test("a line that is not there goes to the end, and then nothing is left to do", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "one\ntwo\n");
    const made = await resourceOf(line, world, { path, line: "three" });
    assertEquals(await made.heal(), "the line is not there");
    assertEquals(world.text("f"), "one\ntwo\nthree\n");
    assertEquals(await made.heal(), undefined);
  }));

Deno.test("a line that is there twice is there", () => becomes("x\nx\n", { line: "x" }, "x\nx\n"));

Deno.test("only the whole line counts, blanks included", () =>
  becomes("x y\n x\n", { line: "x" }, "x y\n x\nx\n"));

Deno.test("a line that fits match becomes the line, in its place", () =>
  becomes(
    "Port 22\n#PermitRootLogin yes\nUsePAM yes\n",
    { match: "^#?PermitRootLogin", line: "PermitRootLogin no" },
    "Port 22\nPermitRootLogin no\nUsePAM yes\n",
  ));

Deno.test("where several lines fit, one of them becomes the line and the others go", async () => {
  const fields = { match: "^#?Root ", line: "Root no" };
  await becomes("#Root yes\na\nRoot yes\nb\n", fields, "Root no\na\nb\n");
  await becomes("#Root yes\na\nRoot no\nb\n", fields, "a\nRoot no\nb\n");
  await inKindWorld(async (world) => {
    const path = world.put("f", "#Root yes\na\nRoot no\nRoot maybe\n");
    const made = await resourceOf(line, world, { path, ...fields });
    assertEquals(await made.heal(), "lines 1 and 4 fit match too");
  });
});

Deno.test("a line outside of match is added only once", () =>
  becomes("old = 1\n", { match: "^old", line: "new = 1" }, "new = 1\n"));

Deno.test("a pattern that fits very many lines changes nothing", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "a\n".repeat(101));
    const refused = await (await resourceOf(line, world, { path, match: ".", line: "b" })).refuse();
    assertEquals(refused.code, "too-many");
    assertEquals(world.text("f").length, 202);
  }));

Deno.test("what should be absent goes: equal lines, and what fits match", async () => {
  await becomes("a\nb\na\n", { line: "a", state: "absent" }, "b\n");
  await becomes("a1\nb\na2\n", { match: "^a", state: "absent" }, "b\n");
  await becomes("a1\nb\nc\n", { match: "^a", line: "c", state: "absent" }, "b\n");
  await becomes("b\n", { line: "a", state: "absent" }, "b\n");
});

Deno.test("a new line goes where after and before say", async () => {
  const text = "[a]\nx\n[b]\nx\n";
  await becomes(text, { line: "new", after: "^\\[a\\]" }, "[a]\nnew\nx\n[b]\nx\n");
  await becomes(text, { line: "new", after: "^x" }, "[a]\nx\n[b]\nx\nnew\n");
  await becomes(text, { line: "new", before: "^x" }, "[a]\nnew\nx\n[b]\nx\n");
  await becomes(text, { line: "new", before: "BOF" }, `new\n${text}`);
  await becomes(text, { line: "new", after: "EOF" }, `${text}new\n`);
});

Deno.test("a place that is not there is a failure that says so", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "x\n");
    const refused = await (await resourceOf(line, world, { path, line: "y", after: "^z" }))
      .refuse();
    assertEquals(refused.code, "no-place");
    assertStringIncludes(refused.message, `no line of ${path} fits after: ^z`);
  }));

Deno.test("a last line without an end gets one only where something follows", async () => {
  await becomes("a\nb", { line: "c" }, "a\nb\nc\n");
  await becomes("a\nb", { line: "c", before: "BOF" }, "c\na\nb");
  await becomes("a\nb1", { match: "^b", line: "b2" }, "a\nb2");
  await becomes("a\nb", { line: "b", state: "absent" }, "a\n");
  await becomes("", { line: "a" }, "a\n");
});

Deno.test("the line ends of the file are kept, and those of what is new are the same", async () => {
  await becomes("a\r\nb\r\n", { line: "a" }, "a\r\nb\r\n");
  await becomes("a\r\nb\r\n", { line: "c" }, "a\r\nb\r\nc\r\n");
  await becomes("a\r\nb", { line: "c" }, "a\r\nb\r\nc\r\n");
  await becomes("a\r\nb1\r\n", { match: "^b", line: "b2" }, "a\r\nb2\r\n");
});

Deno.test("bytes that are no UTF-8 and a byte order mark stay", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", new Uint8Array([0xef, 0xbb, 0xbf, 97, 10, 0xe4, 10]));
    await (await resourceOf(line, world, { path, line: "b", before: "BOF" })).heal();
    await (await resourceOf(line, world, { path, line: "a" })).heal();
    assertEquals([...Deno.readFileSync(path)], [0xef, 0xbb, 0xbf, 98, 10, 97, 10, 0xe4, 10]);
  }));

Deno.test("a block stands between two lines that name the resource, and is kept so", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "first\n");
    const made = await resourceOf(line, world, { path, block: "a\nb\n" }, "mine");
    assertEquals(await made.heal(), "the block is not there");
    const whole = "first\n# BEGIN mgmt mine\na\nb\n# END mgmt mine\n";
    assertEquals(world.text("f"), whole);
    world.put("f", `${whole.replace("a\n", "x\ny\nz\n")}last`);
    assertEquals(await made.heal(), "the block differs (lines 2 to 7)");
    assertEquals(world.text("f"), `${whole}last`);
    world.put("f", `${whole}middle\n${whole}`);
    assertEquals(await made.heal(), "it is there again (lines 8 to 11)");
    assertEquals(world.text("f"), `${whole}middle\nfirst\n`);
    const gone = await resourceOf(line, world, { path, block: "a", state: "absent" }, "mine");
    assertEquals(await gone.heal(), "the block is there (lines 2 to 5) and should not be");
    assertEquals(world.text("f"), "first\nmiddle\nfirst\n");
  }));

Deno.test("a block is written with the file's line ends and comments", () =>
  inKindWorld(async (world) => {
    const block = { block: "a\nb", comment: "<!-- -->", after: "^one" };
    assertEquals(
      await healed(world, "one\r\ntwo\r\n", block, "x"),
      "one\r\n<!-- BEGIN mgmt x -->\r\na\r\nb\r\n<!-- END mgmt x -->\r\ntwo\r\n",
    );
  }));

Deno.test("a block that lost one of its marks is left for a person", () =>
  inKindWorld(async (world) => {
    for (const text of ["x\n# BEGIN mgmt it\na\n", "# BEGIN mgmt it\n# BEGIN mgmt it\n"]) {
      const path = world.put("f", text);
      const refused = await (await resourceOf(line, world, { path, block: "a" })).refuse();
      assertEquals(refused.code, "half-block");
      assertStringIncludes(refused.hint ?? "", '"# END mgmt it"');
      assertEquals(world.text("f"), text);
    }
  }));

Deno.test("a file is made only with create, and nothing is made to remove from", () =>
  inKindWorld(async (world) => {
    const path = world.path("f");
    const refused = await (await resourceOf(line, world, { path, line: "a" })).refuse();
    assertEquals(refused.code, "no-file");
    assertStringIncludes(refused.hint ?? "", "create: true");
    const absent = await resourceOf(line, world, { path, line: "a", state: "absent" });
    assertEquals(await absent.heal(), undefined);
    const made = await resourceOf(line, world, { path, line: "a", create: true });
    assertEquals(await made.heal(), `${path} does not exist`);
    assertEquals(world.text("f"), "a\n");
    const deep = await resourceOf(line, world, {
      path: world.path("no/f"),
      line: "a",
      create: true,
    });
    assertEquals((await deep.refuse()).code, "parent-missing");
  }));

Deno.test("a file that another resource makes is no failure beforehand", () =>
  inKindWorld(async (world) => {
    const path = world.path("f");
    world.claimed.add(path);
    const made = await resourceOf(line, world, { path, line: "a" });
    const found = await made.check();
    assertEquals(found?.type === "drift" && found.reason, `${path} is still to be made`);
    assertEquals((await made.refuse()).code, "no-file");
  }));

Deno.test("mode and owner of the file are kept, and a secret that is made is its owner's", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "a\n");
    Deno.chmodSync(path, 0o640);
    await (await resourceOf(line, world, { path, line: "b" })).heal();
    assertEquals(Deno.statSync(path).mode! & 0o7777, 0o640);
    const secret = { path: world.path("s"), line: "S3CRET", create: true, sensitive: true };
    const made = await resourceOf(line, world, secret);
    const found = await made.check();
    assert(found?.type === "drift" && found.difference === undefined);
    await made.heal();
    assertEquals(Deno.statSync(secret.path).mode! & 0o7777, 0o600);
  }));

Deno.test("what changes is shown", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "one\ntwo\n");
    const found = await (await resourceOf(line, world, { path, line: "2", match: "two" })).check();
    assert(found?.type === "drift");
    assertEquals(found.reason, "line 2 differs");
    assertEquals(await found.difference?.(), ["@@ -1,2 +1,2 @@", " one", "-two", "+2"]);
  }));

Deno.test("what is no text, too large or no file is a clear failure", () =>
  inKindWorld(async (world) => {
    const refuse = async (path: string) =>
      await (await resourceOf(line, world, { path, line: "a" })).refuse();
    const binary = await refuse(world.put("binary", new Uint8Array([97, 10, 0])));
    assertMatch(binary.message, /binary is no text: byte 2 is 0/);
    assertMatch((await refuse(world.put("large", "a\n".repeat(600_000)))).message, /1200000 bytes/);
    world.put("target", "x");
    Deno.symlinkSync("target", world.path("link"));
    assertMatch((await refuse(world.path("link"))).message, /link is a symbolic link to target/);
    Deno.mkdirSync(world.path("directory"));
    assertMatch((await refuse(world.path("directory"))).message, /is a directory, not a file/);
    assertEquals(world.text("target"), "x");
  }));

Deno.test("a file of some hundred kilobytes is no trouble", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "0123456789\n".repeat(40_000));
    await (await resourceOf(line, world, { path, line: "a" })).heal();
    assertEquals(world.text("f").length, 440_002);
  }));

Deno.test("a command can refuse the new content, and the old file stays", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "good\n");
    const validate = "grep -c good %s";
    const fields = { path, match: "^", line: "bad", validate };
    assertEquals((await (await resourceOf(line, world, fields)).refuse()).code, "validate");
    assertEquals(world.text("f"), "good\n");
    await (await resourceOf(line, world, { path, line: "very good", validate })).heal();
    assertEquals(world.text("f"), "good\nvery good\n");
  }));

Deno.test("a file with hard links is written into only with in_place", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "a\n");
    Deno.linkSync(path, world.path("g"));
    const refused = await (await resourceOf(line, world, { path, line: "b" })).refuse();
    assertEquals(refused.code, "hard-link");
    await (await resourceOf(line, world, { path, line: "b", in_place: true })).heal();
    assertEquals(world.text("g"), "a\nb\n");
  }));

Deno.test("resources for one file at the same time lose nothing of each other", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "first\n");
    const names = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    // A command for each keeps the writes apart in time.
    const validate = "true %s";
    const resources = await Promise.all(
      names.map((name) => resourceOf(line, world, { path, line: name, validate }, name)),
    );
    const found = await Promise.all(resources.map((each) => each.check()));
    const failures = await Promise.all(resources.map((each, index) => {
      const drift = found[index];
      assert(drift?.type === "drift");
      return each.apply(drift);
    }));
    assertEquals(failures.filter((each) => each !== undefined), []);
    assertEquals(world.text("f").split("\n").toSorted(), ["", "first", ...names].toSorted());
  }));

Deno.test("what somebody else writes while the file is being changed is not lost", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "first\n");
    const script = world.put(
      "once",
      `[ -e ${path}.done ] || { : >${path}.done; echo b >>${path}; }`,
    );
    const made = await resourceOf(line, world, { path, line: "a", validate: `sh ${script} %s` });
    await made.heal();
    assertEquals(world.text("f"), "first\nb\na\n");
  }));

Deno.test("fields that do not go together are said", async () => {
  const cases: readonly [LineFields, RegExp][] = [
    [{ path: "f", line: "a" }, /path must be absolute/],
    [{ path: "/d/", line: "a" }, /must name a file/],
    [{ path: "/f" }, /line and block are missing/],
    [{ path: "/f", match: "a" }, /line is missing/],
    [{ path: "/f", line: "a", block: "b" }, /line and block exclude each other/],
    [{ path: "/f", match: "a", block: "b" }, /match and block exclude each other/],
    [{ path: "/f", line: "a", after: "b", before: "c" }, /exclude each other/],
    [{ path: "/f", line: "\\2", match: "(a)" }, /match has no group 2/],
    [{ path: "/f", line: "\\g<b>", match: "(?P<a>x)" }, /match has no group b/],
    [{ path: "/f", line: "\\1", match: "(a)", after: "b" }, /after is not for a line with groups/],
    [{ path: "/f", line: "\\1", match: "(a)", create: true }, /create is not for a line with/],
    [{ path: "/f", line: "\\1", match: "(a)", state: "absent" }, /not for what should be absent/],
    [{ path: "/f", line: "a", unless: "b" }, /unless is for match/],
    [{ path: "/f", line: "a", which: "all" }, /which is for match/],
    [{ path: "/f", line: "a", match: "a", which: "first", state: "absent" }, /which is not for/],
    [{ path: "/f", line: "a b", match: "a", setting: true }, /match and setting exclude/],
    [{ path: "/f", line: "export A=b", setting: true }, /export is not the name/],
    [{ path: "/f", line: "= b", setting: true }, /begins with no name/],
    [{ path: "/f", line: "a", section: "mysqld" }, /section must be TOP, or the line/],
    [{ path: "/f", line: "a", section: ["[a]", "[b]"] }, /all must end with \{/],
    [{ path: "/f", line: "a", state: "absent", create: true }, /create is not for what/],
    [{ path: "/f", line: "a", comment: ";" }, /comment is for a block/],
    [{ path: "/f", block: "a", comment: "  " }, /must not be blank/],
    [{ path: "/f", block: "x\n# END mgmt it\n" }, /block holds the lines/],
    [{ path: "/f", line: "a", match: "(" }, /match is no regular expression: missing closing \)/],
    [{ path: "/f", line: "a", match: "(?=b)" }, /match is no regular expression/],
    [{ path: "/f", line: "a", validate: "visudo -c" }, /does not say where the file goes/],
  ];
  for (const [fields, message] of cases) {
    const { issues } = await resolving(line, fields);
    assertMatch(issues.map((issue) => issue.message).join("\n"), message);
  }
});

Deno.test("a pattern that would keep other engines busy for years costs nothing", async () => {
  const hostile = `${"a".repeat(50_000)}!`;
  await becomes(`${hostile}\n`, { match: "^(a+)+$", line: "b" }, `${hostile}\nb\n`);
});

Deno.test("a new line ends as most lines of the file do, whatever the first one is", () =>
  inKindWorld(async (world) => {
    const cases = [
      ["#!/bin/x\na\r\nb\r\n", "#!/bin/x\na\r\nb\r\nnew\r\n"],
      ["a\r\nb\nc\n", "a\r\nb\nc\nnew\n"],
      ["a\r\nb\n", "a\r\nb\nnew\r\n"],
      ["a\nb\r\nc", "a\nb\r\nc\nnew\n"],
      ["a\nb\r\nc\r\nd", "a\nb\r\nc\r\nd\r\nnew\r\n"],
    ] as const;
    for (const [before, after] of cases) {
      const path = world.put("f", before);
      await (await resourceOf(line, world, { path, line: "new" })).heal();
      assertEquals(world.text("f"), after);
    }
    const path = world.put("f", "a\nb\r\nc\r\n");
    await (await resourceOf(line, world, { path, block: "x\ny" })).heal();
    const block = "# BEGIN mgmt it\r\nx\r\ny\r\n# END mgmt it\r\n";
    assertEquals(world.text("f"), `a\nb\r\nc\r\n${block}`);
  }));

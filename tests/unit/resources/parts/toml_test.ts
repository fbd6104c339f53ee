/** Values in files of TOML. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import toml from "../../../../src/resources/toml/kind.ts";
import type { DataFields } from "../../../../src/resources/shared/parts/data/data_fields.ts";
import { inKindWorld, resourceOf } from "../../../support/kind_world.ts";

type Fields = Omit<DataFields, "path">;

function becomes(before: string, fields: Fields, after: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    await (await resourceOf(toml, world, { path, ...fields })).heal();
    assertEquals(world.text("f"), after);
  });
}

function refused(before: string, fields: Fields, code: string, words: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const failure = await (await resourceOf(toml, world, { path, ...fields })).refuse();
    assertEquals(failure.code, code);
    assertStringIncludes(failure.message, words);
    assertEquals(world.text("f"), before);
  });
}

const TEXT = `# what it is

title   =  "x" # its title

[server]
# about host
host = '192.0.2.1'   # why
ports = [ 80, # http
  443 ] # https
factor = 1.0
big = 12_000
when = 2020-01-01T00:00:00Z
day = 2020-01-01

  [server.tls]
  on = true

[[users]]
name = "a"

[[users]]
name = "b" # the other
`;

Deno.test("a value of TOML takes the place of another, and comments, quotes and blanks stay", async () => {
  await becomes(TEXT, { at: "title", value: "y" }, TEXT.replace('"x"', '"y"'));
  await becomes(TEXT, { at: "server.host", value: "192.0.2.2" }, TEXT.replace("2.1'", "2.2'"));
  await becomes(TEXT, { at: "server.big", value: 12000 }, TEXT);
  await becomes(TEXT, { at: "server.ports", value: [80, 443] }, TEXT);
  await becomes(TEXT, { at: "server.ports.1", value: 444 }, TEXT.replace("443", "444"));
  await becomes(TEXT, { at: "users.1.name", value: "c" }, TEXT.replace('"b"', '"c"'));
  await becomes(TEXT, { at: "server.factor", value: 1 }, TEXT);
});

Deno.test("what is new in TOML stands at the end of its table", async () => {
  await becomes(
    TEXT,
    { at: "server.new", value: 5 },
    TEXT.replace("day = 2020-01-01\n", "day = 2020-01-01\nnew = 5\n"),
  );
  await becomes(
    TEXT,
    { at: "server.tls.key", value: "/k" },
    TEXT.replace("on = true\n", 'on = true\n  key = "/k"\n'),
  );
  await becomes("", { at: "a.b", value: true }, "[a]\nb = true\n");
  await becomes(
    "a = 1\r\n[b]\r\nc = 2\r\n",
    { at: "b.d", value: 3 },
    "a = 1\r\n[b]\r\nc = 2\r\nd = 3\r\n",
  );
  await becomes("[b]\nc = 2\n", { at: "a", value: 1 }, "a = 1\n\n[b]\nc = 2\n");
});

Deno.test("what is taken out of TOML leaves the rest as it is", async () => {
  await becomes(TEXT, { at: "server.big", state: "absent" }, TEXT.replace("big = 12_000\n", ""));
  await becomes(TEXT, { at: "nothing", state: "absent" }, TEXT);
  await becomes(
    'a = ["x", "y"] # both\n',
    { at: "a", item: "x", state: "absent" },
    'a = ["y"] # both\n',
  );
  await becomes('a = ["x"]\n', { at: "a", item: "y" }, 'a = ["x", "y"]\n');
});

Deno.test("what is no TOML is said with its line and column, and shows nothing of the text", async () => {
  await refused('a = 1\nsecret = "S3CRET\n', { at: "a", value: 2 }, "syntax", "line 2, column");
  await refused("a = 1\na = 2\n", { at: "a", value: 2 }, "syntax", "line 2");
  await inKindWorld(async (world) => {
    const path = world.put("f", "a = 1\nsecret = S3CRET\n");
    const failure = await (await resourceOf(toml, world, { path, at: "a", value: 2 })).refuse();
    assertEquals(failure.message.includes("S3CRET"), false);
  });
});

Deno.test("TOML has nothing for null, so that it is refused before anything is written", () =>
  refused("a = 1\n", { at: "b", value: { c: null } }, "cannot-edit", "b of"));

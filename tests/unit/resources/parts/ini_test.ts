/** Values in files of sections and keys, also what other tools are known to have got wrong with them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import ini from "../../../../src/resources/ini/kind.ts";
import { editIni } from "../../../../src/resources/ini/edit.ts";
import { INI_FIELDS, type IniFields } from "../../../../src/resources/ini/fields.ts";
import { inKindWorld, resolving, resourceOf } from "../../../support/kind_world.ts";

type Fields = Omit<IniFields, "path">;

function becomes(before: string, fields: Fields, after: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    await (await resourceOf(ini, world, { path, ...fields })).heal();
    assertEquals(world.text("f"), after);
  });
}

function refused(before: string, fields: Fields, code: string, words: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const failure = await (await resourceOf(ini, world, { path, ...fields })).refuse();
    assertEquals(failure.code, code);
    assertStringIncludes(failure.message, words);
    assertEquals(world.text("f"), before);
  });
}

const TEXT = `; of the whole file
root = 1

[mysqld]
# where it listens
bind-address = 0.0.0.0   ; everywhere
port=3306
#max_connections = 10
skip-networking

# about clients
[client]
port = 3307
`;

const mysqld = { section: "mysqld" };

Deno.test("a value takes the place of the one in its section, with the blanks that are there", async () => {
  await becomes(
    TEXT,
    { ...mysqld, key: "port", value: 3308 },
    TEXT.replace("port=3306", "port=3308"),
  );
  await becomes(TEXT, { ...mysqld, key: "port", value: 3306 }, TEXT);
  await becomes(TEXT, { section: "client", key: "port", value: "1" }, TEXT.replace("3307", "1"));
  await becomes(TEXT, { key: "root", value: false }, TEXT.replace("root = 1", "root = false"));
});

Deno.test("what is new goes behind the comment that has it ready, else behind the last value", async () => {
  await becomes(
    TEXT,
    { ...mysqld, key: "max_connections", value: 99 },
    TEXT.replace("#max_connections = 10\n", "#max_connections = 10\nmax_connections = 99\n"),
  );
  await becomes(
    TEXT,
    { ...mysqld, key: "skip-name-resolve" },
    TEXT.replace("skip-networking\n", "skip-networking\nskip-name-resolve\n"),
  );
  await becomes(
    TEXT,
    { key: "other", value: "x" },
    TEXT.replace("root = 1\n", "root = 1\nother = x\n"),
  );
  await becomes(TEXT, { section: "new", key: "a", value: 1 }, `${TEXT}\n[new]\na = 1\n`);
  await becomes("[a]\n[b]\n", { section: "a", key: "x", value: 1 }, "[a]\nx = 1\n[b]\n");
  await becomes("# c\n[a]\n", { key: "x", value: 1 }, "x = 1\n# c\n[a]\n");
  await becomes("[a]\nx=1\n", { section: "a", key: "y", value: 2 }, "[a]\nx=1\ny=2\n");
  await becomes(
    "[a]\nx=1",
    { section: "b", key: "y", value: 2, separator: " : " },
    "[a]\nx=1\n\n[b]\ny : 2\n",
  );
  await becomes(
    "[core]\n\tbare = false\n",
    { section: "core", key: "x", value: "" },
    "[core]\n\tbare = false\n\tx =\n",
  );
  await becomes("", { key: "x", value: 1 }, "x = 1\n");
});

Deno.test("what should be absent goes, a key or a whole section", async () => {
  const gone = { state: "absent" as const };
  await becomes(TEXT, { ...mysqld, key: "port", ...gone }, TEXT.replace("port=3306\n", ""));
  await becomes(TEXT, { ...mysqld, key: "nothing", ...gone }, TEXT);
  await becomes(TEXT, { section: "nothing", ...gone }, TEXT);
  const head = TEXT.slice(0, TEXT.indexOf("[mysqld]"));
  await becomes(TEXT, { ...mysqld, ...gone }, head + TEXT.slice(TEXT.indexOf("# about")));
  await becomes(TEXT, { section: "client", ...gone }, TEXT.slice(0, TEXT.indexOf("[client]")));
});

Deno.test("a list is the key as many times, in this order, each in its place", async () => {
  const text = "[S]\nExecStartPre=a\nx=1\nExecStartPre=b\n";
  const set = (value: string[]) => ({ section: "S", key: "ExecStartPre", value });
  await becomes(text, set(["a", "b"]), text);
  await becomes(text, set(["a", "c"]), text.replace("=b", "=c"));
  await becomes(text, set(["c"]), "[S]\nExecStartPre=c\nx=1\n");
  await becomes(text, set(["a", "b", "c"]), `${text}ExecStartPre=c\n`);
  await becomes(
    "[S]\r\nExecStartPre=a",
    set(["a", "b"]),
    "[S]\r\nExecStartPre=a\r\nExecStartPre=b",
  );
  await becomes("", set(["a", "b"]), "[S]\nExecStartPre = a\nExecStartPre = b\n");
});

Deno.test("what stands behind a value is part of it, or a comment that stays, as it is said", async () => {
  const set = { ...mysqld, key: "bind-address", value: "127.0.0.1" };
  await becomes(TEXT, { ...set, inline_comments: true }, TEXT.replace("0.0.0.0", "127.0.0.1"));
  await becomes(TEXT, { ...set, value: "0.0.0.0", inline_comments: true }, TEXT);
  await becomes(TEXT, set, TEXT.replace("0.0.0.0   ; everywhere", "127.0.0.1"));
  await becomes("a = x#y\n", { key: "a", value: "x#y", inline_comments: true }, "a = x#y\n");
});

Deno.test("a value on several lines goes as a whole; where nobody can tell, nothing is written", async () => {
  const text = "[options]\nrequires =\n    foo>=1.0\n    bar==2\nname = x\n";
  const set = { section: "options", key: "requires", value: "none" };
  await becomes(text, set, "[options]\nrequires = none\nname = x\n");
  await becomes(text, { ...set, key: "name" }, text.replace("name = x", "name = none"));
  await becomes(
    "[S]\nExecStart=/bin/a \\\n  --long\nType=simple\n",
    { section: "S", key: "ExecStart", value: "/bin/b" },
    "[S]\nExecStart=/bin/b\nType=simple\n",
  );
  await refused(
    "[global]\nworkgroup = X\n   server string = Y\n",
    { section: "global", key: "workgroup", value: "Z" },
    "ambiguous",
    "line 3",
  );
});

Deno.test("line ends and a missing one stay, and a section that does not end is said", async () => {
  await becomes(
    "[a]\r\nx = 1\r\n",
    { section: "a", key: "y", value: 2 },
    "[a]\r\nx = 1\r\ny = 2\r\n",
  );
  await becomes("[a]\nx = 1", { section: "a", key: "x", value: 2 }, "[a]\nx = 2");
  await refused(
    "[a]\n  [b\n",
    { key: "x", value: 2 },
    "syntax",
    "line 2, column 3: a section that",
  );
});

Deno.test("ansible-modules-core#2618: the same key in another section is another one", () =>
  becomes(
    "[DEFAULT]\nrabbit_password = abc\n\n[oslo]\n",
    { section: "oslo", key: "rabbit_password", value: "abc" },
    "[DEFAULT]\nrabbit_password = abc\n\n[oslo]\nrabbit_password = abc\n",
  ));

Deno.test("ansible/ansible#8677: a key that stands there twice is nobody's business but its own", () =>
  becomes(
    "[extension]\nextension=redis.so\nextension=lzf.so\n",
    { section: "mail function", key: "sendmail_path", value: "x" },
    "[extension]\nextension=redis.so\nextension=lzf.so\n\n[mail function]\nsendmail_path=x\n",
  ));

Deno.test("ansible/ansible#4522: comments stay, before the first section, too", () =>
  becomes(
    "# General INI file\n#\n\n[general]\n",
    { section: "general", key: "managed", value: "yes" },
    "# General INI file\n#\n\n[general]\nmanaged = yes\n",
  ));

Deno.test("ansible-modules-core#2475: brackets in a key are part of it, and it is added once", () =>
  becomes(
    "[www]\nuser = w\n",
    { section: "www", key: "php_admin_value[sendmail_path]", value: '"/usr/sbin/sendmail -t"' },
    '[www]\nuser = w\nphp_admin_value[sendmail_path] = "/usr/sbin/sendmail -t"\n',
  ));

Deno.test("ansible-modules-core#212: keys that end with [] are not taken for sections", () =>
  becomes(
    '[user]\noptions.dbname= xx \n\n[res]\nplugins[] = A "/../x"\nplugins[] = A "/../y"\n',
    { section: "user", key: "options.dbname", value: "dbname" },
    '[user]\noptions.dbname= dbname\n\n[res]\nplugins[] = A "/../x"\nplugins[] = A "/../y"\n',
  ));

Deno.test("ansible/ansible#29711: a value of several lines is a mistake, not a broken file", () =>
  assertEquals(INI_FIELDS.value.type.safeParse("line 1\nline 2").success, false));

Deno.test("puppetlabs-inifile#155: a key with blanks in it is found again", () =>
  becomes(
    "[global]\npassdb backend = tdbsam\n",
    { section: "global", key: "passdb backend", value: "tdbsam" },
    "[global]\npassdb backend = tdbsam\n",
  ));

Deno.test("puppetlabs-inifile#15: a value with blanks in it is found again", () =>
  becomes(
    "[main]\nconfig_version = /a/b.sh $environment\n",
    { section: "main", key: "config_version", value: "/a/b.sh $environment" },
    "[main]\nconfig_version = /a/b.sh $environment\n",
  ));

Deno.test("puppetlabs-inifile#58: a section has any words", () =>
  becomes(
    "[bad things on web hosts]\na = 1\n",
    { section: "bad things on web hosts", key: "a", value: 2 },
    "[bad things on web hosts]\na = 2\n",
  ));

Deno.test("puppetlabs-inifile#239: a new line has the blanks of other lines, not those of a comment", () =>
  becomes(
    "[a]\nx=1\n#y   =   2\n",
    { section: "a", key: "y", value: 3 },
    "[a]\nx=1\n#y   =   2\ny=3\n",
  ));

Deno.test("fields that do not go together are said", async () => {
  const cases: readonly [Fields, string][] = [
    [{}, "key is missing"],
    [{ key: "a", value: 1, state: "absent" }, "value is not for what should be absent"],
    [{ state: "absent" }, "key and section are missing"],
    [{ key: "a=b", value: 1 }, "key must not"],
    [{ key: "[a]", value: 1 }, "key must not"],
    [{ key: "#a", value: 1 }, "key must not"],
    [{ key: "a", value: " x" }, "value must not begin or end with blanks"],
    [{ key: "a", value: [] }, "value is an empty list"],
    [{ section: "[a]", key: "a", value: 1 }, "without brackets"],
  ];
  for (const [fields, words] of cases) {
    const { issues } = await resolving(ini, { path: "/f", ...fields });
    assertStringIncludes(issues.map(({ message }) => message).join("\n"), words);
  }
});

Deno.test("a section that should be gone and a value in it contradict each other", async () => {
  const params = async (fields: Fields) => (await resolving(ini, { path: "/f", ...fields })).params;
  const gone = await params({ section: "a", state: "absent" });
  const contradicts = async (fields: Fields) =>
    ini.contradicts?.(gone, { kind: "ini", params: await params(fields) });
  assertStringIncludes(
    await contradicts({ section: "a", key: "x", value: 1 }) ?? "",
    "has no section [a]",
  );
  assertEquals(await contradicts({ section: "b", key: "x", value: 1 }), undefined);
});

const lineOfText = fc.constantFrom(
  "[a]",
  "[b]",
  "x = 1",
  "x=1",
  "y: 2",
  "# x = 3",
  "",
  "z",
  "x = a \\\n  b",
);
const text = fc.array(fc.tuple(lineOfText, fc.constantFrom("\n", "\r\n")), { maxLength: 9 })
  .map((lines) => lines.flat().join(""));

Deno.test("what was set needs no further change, and lines of other keys stay", async () => {
  const sets = [
    { section: "a", key: "x", value: "9" },
    { section: "b", key: "z" },
    { key: "x", value: ["1", "2"] },
    { section: "a", state: "absent" as const },
    { key: "y", state: "absent" as const },
  ];
  const all = await Promise.all(
    sets.map(async (fields) => (await resolving(ini, { path: "/f", ...fields })).params),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...all), (before, params) => {
      const edit = editIni(new TextEncoder().encode(before), params);
      if (!edit.ok || edit.value === undefined) return;
      const again = editIni(edit.value.content, params);
      assert(
        again.ok && again.value === undefined,
        `${JSON.stringify(before)} ${JSON.stringify(params)}`,
      );
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a line of nothing but blanks or signs costs no more than it is long", async () => {
  const { params } = await resolving(ini, { path: "/f", key: "x", value: "1" });
  for (const hostile of [" ".repeat(500_000), "[".repeat(500_000), `x${" ".repeat(500_000)}y`]) {
    const edit = editIni(new TextEncoder().encode(`${hostile}a\n`), params);
    assert(edit.ok || edit.failure.code === "syntax");
  }
});

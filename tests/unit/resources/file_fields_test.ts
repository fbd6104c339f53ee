import { assert, assertEquals, assertMatch } from "@std/assert";
import file from "../../../src/resources/file/kind.ts";
import {
  applyMode,
  forTreeDirectory,
  parseMode,
} from "../../../src/resources/shared/files/mode.ts";
import { fieldMistakes } from "../../../src/lang/field_issues.ts";
import { FILE_FIELDS } from "../../../src/resources/file/fields.ts";
import type { FileFields } from "../../../src/resources/file/fields.ts";
import { resolved, resolving } from "../../support/file_world.ts";

function mistakes(fields: FileFields, name?: string): string[] {
  return resolving(fields, "/graphs", name).issues
    .map(({ message, hint }) => hint === undefined ? message : `${message} (${hint})`);
}

/** What the language says of a value that does not fit its field. */
function misfits(field: keyof FileFields, value: unknown): string[] {
  const schema = FILE_FIELDS[field];
  const issues = schema.type.safeParse(value).error?.issues ?? [];
  return fieldMistakes(field, schema, issues, value)
    .map(({ message, hint, quote }) => `${message}${hint ?? ""}${quote ? " (quote it)" : ""}`);
}

function modeOf(text: string, present = 0, directory = false): string {
  const mode = parseMode(text);
  return mode === undefined ? "none" : applyMode(mode, present, directory).toString(8);
}

Deno.test("octal modes have three or four digits", () => {
  assertEquals(modeOf("0644"), "644");
  assertEquals(modeOf("755"), "755");
  assertEquals(modeOf("4755"), "4755");
  assertEquals(modeOf("01777"), "1777");
  assertEquals(modeOf("0o644"), "644");
  assertEquals(modeOf("0o1777"), "1777");
  for (const text of ["", "9", "0899", "64", "rw-r--r--", "u=q", "u", "=z", "u=rw;g=r", "1e3"]) {
    assertEquals(modeOf(text), "none", text);
  }
});

Deno.test("symbolic modes do what chmod does", async () => {
  const cases = [
    "u=rw,go=r",
    "a+X",
    "+x",
    "g-w",
    "u+s",
    "g+s",
    "+t",
    "o=g",
    "g=u",
    "u=rwx,g=rx,o=",
    "a=",
    "go-rwx",
    "u+x,g=u-w",
    "ug+rw,o-rwx",
    "u=",
  ];
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/f`;
  Deno.writeTextFileSync(path, "");
  try {
    for (const text of cases) {
      for (const present of [0o000, 0o640, 0o755, 0o4711]) {
        Deno.chmodSync(path, present);
        const args = [text, path];
        // Without a class chmod asks the umask; here it means everybody.
        const script = 'umask 0; chmod -- "$@"';
        await new Deno.Command("sh", { args: ["-c", script, "sh", ...args] }).output();
        const wanted = (Deno.statSync(path).mode! & 0o7777).toString(8);
        assertEquals(modeOf(text, present), wanted, `${text} on ${present.toString(8)}`);
      }
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("X is for directories, and for files that somebody may execute", () => {
  assertEquals(modeOf("a+X", 0o644), "644");
  assertEquals(modeOf("a+X", 0o744), "755");
  assertEquals(modeOf("a+X", 0o644, true), "755");
});

Deno.test("in a tree an octal mode lets directories be searched by whoever may read", () => {
  const mode = parseMode("0640");
  assert(mode !== undefined);
  assertEquals(applyMode(forTreeDirectory(mode), 0, true).toString(8), "750");
});

Deno.test("the path is normalised, and a slash at the end means a directory", () => {
  assertEquals(resolved({ path: "//a/./b//c" }).path, "/a/b/c");
  assertEquals(resolved({ path: "/a/b" }).type, "presence");
  assertEquals(resolved({ path: "/a/b/" }).type, "directory");
  assertEquals(resolved({ path: "/a/b/." }).type, "directory");
  assertEquals(resolved({ path: "/a/b/" }).path, "/a/b");
});

Deno.test("the path comes from the name, or from dirname and basename", () => {
  assertEquals(resolving({}, "/", "/a/b").params.path, "/a/b");
  assertEquals(resolved({ dirname: "/a/", basename: "b" }).path, "/a/b");
  assertEquals(resolved({ dirname: "/a", basename: "b/" }).type, "directory");
  assertMatch(mistakes({}, "motd")[0] ?? "", /path is missing \(write path/);
  assertMatch(mistakes({ dirname: "/a" })[0] ?? "", /need each other/);
  assertMatch(mistakes({ path: "/a", dirname: "/b", basename: "c" })[0] ?? "", /says what/);
});

Deno.test("paths that cannot be meant are refused", () => {
  assertMatch(mistakes({ path: "a/b" })[0] ?? "", /path must be absolute, not "a\/b" \(begin/);
  assertMatch(mistakes({ path: "/a/../b" })[0] ?? "", /must not contain \.\./);
  assertMatch(mistakes({ path: "/a\0b" })[0] ?? "", /NUL/);
  assertMatch(mistakes({ path: `/${"ä".repeat(128)}` })[0] ?? "", /more than 255 bytes/);
  assertMatch(mistakes({ path: `/${"a/".repeat(2100)}b` })[0] ?? "", /longer than 4095 bytes/);
  assertEquals(mistakes({ path: "/a..b/.c/..d" }), []);
  assertEquals(mistakes({ path: `/${"ä".repeat(127)}` }), []);
});

Deno.test("a component that is too long is one mistake, whatever else is said", () => {
  const path = `/${"x".repeat(256)}`;
  for (const fields of [{ content: "x" }, { target: "x" }, { purge: true }, { state: "absent" }]) {
    const found = mistakes({ path, ...fields } as FileFields);
    assertEquals(found, ["path has a component of more than 255 bytes"]);
  }
  assertEquals(mistakes({ content: "x", validate: "true %s" }, "no-path").length, 1);
});

Deno.test("an owner or a group that is a list is told once", () => {
  for (const field of ["owner", "group"] as const) {
    assertEquals(misfits(field, []).length, 1);
    assertEquals(misfits(field, ["root", "daemon"]).length, 1);
    assertEquals(misfits(field, ""), [`${field} must not be empty`]);
    assertEquals(misfits(field, "x".repeat(257)), [`${field} is longer than 256 characters`]);
    assertEquals(misfits(field, 0).length, 1);
  }
});

Deno.test("a mode that is a bare number is not to be quoted as it stands", () => {
  for (const value of [420, 9, 644]) {
    assertEquals(misfits("mode", value), [
      `mode must be text in octal, as chmod takes it, for instance "0644"; not the number ${value}`,
    ]);
  }
  assertMatch(
    misfits("mode", [])[0] ?? "",
    /^mode must be 0644 or 644, quoted or not, or u=rw,go=r, not /,
  );
  assertEquals(misfits("mode", "0\0").length, 1);
});

Deno.test("what does not go together is said", () => {
  const path = "/a";
  assertMatch(mistakes({ path, content: "x", source: "y" })[0] ?? "", /exclude each other/);
  assertMatch(mistakes({ path, recurse: true })[0] ?? "", /recurse is for directories/);
  assertMatch(mistakes({ path, purge: true })[0] ?? "", /purge is for directories/);
  assertMatch(mistakes({ path: "/a/", content: "x" })[0] ?? "", /content is not for directories/);
  assertMatch(mistakes({ path: "/a/", target: "x" })[0] ?? "", /target is not for directories/);
  assertMatch(mistakes({ path, content: "x", validate: "true" })[0] ?? "", /%s/);
  assertMatch(
    mistakes({ path, validate: "true %s" })[0] ?? "",
    /needs content, source or fragments/,
  );
  assertMatch(mistakes({ path, target: "b", mode: "0644" })[0] ?? "", /no mode of its own/);
  assertMatch(mistakes({ path, mode: "rw" })[0] ?? "", /"rw" is no mode/);
});

Deno.test("the forms of 2016 are read: empty content of a directory, content of what is absent", () => {
  assertEquals(mistakes({ path: "/a/", content: "" }), []);
  assertEquals(resolved({ path: "/a", content: "x", state: "absent" }).type, "absent");
});

Deno.test("source and target of what should be absent are mistakes, unless they are empty", () => {
  const state = "absent";
  assertEquals(mistakes({ path: "/a", state, source: "f" }), [
    "source is not for what should be absent (take source away, or state: absent)",
  ]);
  assertEquals(mistakes({ path: "/a/", state, target: "f" }).length, 1);
  assertEquals(mistakes({ path: "/a", state, source: "", target: "", content: "" }), []);
});

Deno.test("a source is looked for beside the graph file", () => {
  assertEquals(resolving({ path: "/a", source: "f" }, "/graphs").params.source, "/graphs/f");
  assertEquals(resolving({ path: "/a", source: "../f" }, "/graphs").params.source, "/f");
  assertEquals(resolving({ path: "/a", source: "/f" }, "/graphs").params.source, "/f");
});

Deno.test("two resources with one path are one", () => {
  assertEquals(
    file.identity(resolved({ path: "/a/b/" })),
    file.identity(resolved({ path: "/a//b" })),
  );
});

Deno.test("a symbolic mode for a tree leaves its directories searchable, as an octal one does", () => {
  for (const [text, expected] of [["u=rw,go=r", "755"], ["u=rw,g=r,o=", "750"], ["a=r", "555"]]) {
    const mode = parseMode(text ?? "");
    assert(mode !== undefined);
    assertEquals(applyMode(forTreeDirectory(mode), 0, true).toString(8), expected);
  }
});

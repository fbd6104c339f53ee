import { assertEquals, assertMatch } from "@std/assert";
import sudoers from "../../../src/resources/sudoers/kind.ts";
import type { SudoersFields } from "../../../src/resources/sudoers/fields.ts";
import { registry } from "../../../src/resources/registry.ts";
import { resolving } from "../../support/kind_world.ts";
import { loadText } from "../../support/load_text.ts";

async function contentOf(fields: SudoersFields): Promise<string> {
  const { params, issues } = await resolving(sudoers, fields, "admins");
  assertEquals(issues, []);
  return params.content;
}

async function mistakes(fields: SudoersFields, name = "admins"): Promise<string> {
  return (await resolving(sudoers, fields, name)).issues.map(({ message }) => message).join("; ");
}

Deno.test("users, groups and commands become a line, with signs that mean something else escaped", async () => {
  assertEquals(await contentOf({ users: ["ada"] }), "ada ALL=(ALL) ALL\n");
  const fields = { users: ["ada", "#1000"], groups: ["ops"], nopasswd: true, run_as: "www:adm" };
  const commands = ["/bin/a b,c", "/bin/x --y=1 \\, z", "!/bin/sh", "sudoedit /etc/x"];
  assertEquals(
    await contentOf({ ...fields, commands }),
    "ada, #1000, %ops ALL=(www:adm) NOPASSWD: /bin/a b\\,c, /bin/x --y\\=1 \\, z, !/bin/sh, sudoedit /etc/x\n",
  );
  assertEquals(await contentOf({ content: "Defaults !lecture" }), "Defaults !lecture\n");
});

Deno.test("sudo reads no file whose name has a dot or ends with ~, so none is made", async () => {
  const rule = { users: ["ada"] };
  for (const name of ["a.conf", "a~", ".a"]) {
    assertMatch(await mistakes(rule, name), /reads no file/);
  }
  assertMatch(await mistakes({ ...rule, path: "/etc/sudoers.d/a.b" }), /reads no file/);
  assertMatch(await mistakes(rule, "a/b"), /must be that of a file/);
  assertMatch(await mistakes(rule, "../sudoers"), /must not contain/);
  assertMatch(await mistakes({ ...rule, path: "/etc/sudoers.d/" }), /must be that of a file/);
  assertEquals(await mistakes(rule, "our-admins_1"), "");
});

Deno.test("fields that do not go together are said", async () => {
  assertMatch(await mistakes({}), /users and groups are missing/);
  assertMatch(await mistakes({ content: "", users: ["a"] }), /users and content both/);
  assertMatch(await mistakes({ state: "absent", users: ["a"] }), /not for what should be absent/);
  assertMatch(await mistakes({ users: ["a"], commands: ["ls"] }), /absolute path/);
  assertMatch(await mistakes({ content: "a\r\n" }), /line ends of Windows/);
  const said = async (fields: string) => {
    const text = `graph: g\nresources:\n  sudoers:\n  - {name: a, ${fields}}\n`;
    const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
    return outcome.ok ? "" : outcome.diagnostics.map(({ message }) => message).join();
  };
  assertMatch(await said('users: ["a, b"]'), /must be letters/);
  assertMatch(await said('users: [a], run_as: "ALL) NOPASSWD: ALL"'), /must be a user/);
  assertMatch(await said('users: [a], commands: ["/bin/a\\nb ALL=ALL"]'), /single line/);
});

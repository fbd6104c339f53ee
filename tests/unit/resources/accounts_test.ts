/** What of users and groups needs no host: fields, passwords, contradictions. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { renderDiagnostic } from "../../../src/base/diagnostic_render.ts";
import group from "../../../src/resources/group/kind.ts";
import { registry } from "../../../src/resources/registry.ts";
import user from "../../../src/resources/user/kind.ts";
import type { UserFields } from "../../../src/resources/user/fields.ts";
import { parseHomeMode } from "../../../src/resources/user/home_mode.ts";
import type { UserParams } from "../../../src/resources/user/params.ts";
import { passwordDrift } from "../../../src/resources/user/password.ts";
import { resolving } from "../../support/kind_world.ts";
import { loadText } from "../../support/load_text.ts";

/** What is said of a graph with these resources, as it is shown. */
async function said(resources: string): Promise<string[]> {
  const text = `graph: g\nresources:\n${resources}`;
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  if (outcome.ok) return [];
  return outcome.diagnostics.map((each) => renderDiagnostic(each, text, { color: false }));
}

Deno.test("homedir is home", async () => {
  const { params, issues } = await resolving(user, { homedir: "/srv/a" }, "a");
  assertEquals([params.home, issues], ["/srv/a", []]);
  const both = await resolving(user, { home: "/srv/a", homedir: "/srv/a" }, "a");
  assertEquals([both.params.home, both.issues], ["/srv/a", []]);
});

Deno.test("fields of a user that do not go together are said", async () => {
  const cases: readonly [string, UserFields, RegExp][] = [
    ["root", { state: "absent" }, /root cannot be absent/],
    ["a b", {}, /"a b" can have letters/],
    ["-rf", {}, /"-rf" can have letters/],
    ["1000", {}, /is a number/],
    ["x".repeat(33), {}, /longer than 32/],
    ["a", { gid: 1, group: "b" }, /gid and group say the same/],
    ["a", { append: true }, /append is for groups/],
    ["a", { remove_home: true }, /remove_home is for a user with state: absent/],
    ["a", { home: "/home/../etc" }, /must not contain ../],
    ["a", { homedir: "/home/../etc" }, /^homedir must not contain ../],
    ["a", { home: "/a", homedir: "/b" }, /homedir is another word for home/],
    ["a", { locked: false, password_hash: "*" }, /there is nothing to unlock/],
    ["a", { expires: "2031-02-30" }, /expires is no day: "2031-02-30"/],
    ["a", { expires: "tomorrow" }, /expires is no day/],
  ];
  for (const [name, fields, message] of cases) {
    const { issues } = await resolving(user, fields, name);
    assertMatch(issues.map((issue) => issue.message).join("\n"), message);
  }
  for (const name of ["a", "www-data", "a.b", "_apt", "machine$", "A1"]) {
    assertEquals((await resolving(user, {}, name)).issues, []);
  }
});

Deno.test("fields of a group that do not go together are said", async () => {
  const { issues } = await resolving(group, { members: ["a b"], append: true }, "root:");
  assertEquals(issues.length, 2);
  assertMatch(
    (await resolving(group, { state: "absent" }, "root")).issues[0]?.message ?? "",
    /cannot be absent/,
  );
});

Deno.test("the order and the doubles of groups and members are of no account", async () => {
  const one = await resolving(user, { groups: ["b", "a", "b"] });
  assertEquals(one.params, (await resolving(user, { groups: ["a", "b"] })).params);
  const other = await resolving(group, { members: ["b", "a", "b"] });
  assertEquals(other.params, (await resolving(group, { members: ["a", "b"] })).params);
});

/** What has to be done about a password, as one text. */
function passwordChange(
  current: string | undefined,
  passwordHash?: string,
  locked?: boolean,
): string {
  const params = {
    ...(passwordHash === undefined ? {} : { passwordHash }),
    ...(locked === undefined ? {} : { locked }),
  } as UserParams;
  const { args, hash } = passwordDrift(params, current);
  return [...args, ...(hash === undefined ? [] : [hash])].join(" ");
}

Deno.test("what a password should be, by what it is", () => {
  assertEquals(passwordChange(undefined, "$h"), "$h");
  assertEquals(passwordChange(undefined, "$h", true), "!$h");
  assertEquals(passwordChange("$h", "$h"), "");
  assertEquals(passwordChange("!$h", "$h"), "", "somebody has locked it");
  assertEquals(passwordChange("!$i", "$h"), "!$h");
  assertEquals(passwordChange("!!$i", "$h"), "!$h");
  assertEquals(passwordChange("!$h", "$h", false), "--unlock");
  assertEquals(passwordChange("!!$h", "$h", false), "$h");
  assertEquals(passwordChange("!!$h", "$h", true), "");
  assertEquals(passwordChange("$h", "$h", true), "--lock");
  assertEquals(passwordChange("$h", undefined, true), "--lock");
  assertEquals(passwordChange("!$h", undefined, false), "--unlock");
  assertEquals(passwordChange("!!$h", undefined, false), "$h");
  assertEquals(passwordChange("", undefined, true), "--lock", "an empty one lets everybody in");
  assertEquals(passwordChange("", undefined, false), "");
  assertEquals(passwordChange("*", "*", true), "");
  assertEquals(passwordChange("!", "*"), "*");
  assertEquals(passwordChange("$h"), "");
});

Deno.test("a user that never had a password is not locked by somebody", () => {
  for (const never of [undefined, "!", "!!", "*", "!*", "*LK*", "x", "!x", "NP"]) {
    assertEquals(passwordChange(never, "$h"), "$h", `${never}`);
    assertEquals(passwordChange(never, "$h", false), "$h", `${never}`);
    assertEquals(passwordChange(never, "$h", true), "!$h", `${never}`);
    assertEquals(passwordChange(never, undefined, true), "", `${never} is locked`);
  }
});

Deno.test("a password is a hash, and what is wrong about it never shows it", async () => {
  const hash = `  - {name: a, password_hash: "secret"}\n`;
  const [line = ""] = await said(`  user:\n${hash}`);
  assertMatch(line, /password_hash is no hash of a password; openssl passwd -6 makes one/);
  assert(!line.includes("secret"), line);
  const unknown = await said(`  user:\n  - {name: a, password_hash: $6$secret, sehll: /bin/sh}\n`);
  assert(unknown.length === 1 && !unknown.join().includes("$6$secret"), unknown.join());
});

Deno.test("the mode of a home directory is what login.defs says", () => {
  assertEquals(parseHomeMode("UMASK\t022\nHOME_MODE 0750\n"), 0o750);
  assertEquals(parseHomeMode("# HOME_MODE 0750\nUMASK\t\t027 \n"), 0o750);
  assertEquals(parseHomeMode(""), 0o700);
});

Deno.test("a user and a group that contradict each other are a mistake", async () => {
  const both = (one: string, other: string) =>
    said(`  user:\n  - {name: anna, ${one}}\n  group:\n  - {name: staff, ${other}}\n`);
  assertMatch(
    (await both("groups: [staff]", "members: [bob]")).join(),
    /user\[anna\] and group\[staff\]|group\[staff\] and user\[anna\] contradict.*leaves anna out/,
  );
  assertMatch((await both("groups: []", "members: [anna]")).join(), /leaves staff out/);
  for (
    const [one, other] of [
      ["groups: [staff]", "members: [anna]"],
      ["groups: [staff]", "members: [bob], append: true"],
      ["groups: [games], append: true", "members: [anna]"],
      ["groups: [staff]", "state: exists"],
      ["uid: 5", "members: [anna]"],
    ] as const
  ) assertEquals(await both(one, other), [], `${one} and ${other}`);
});

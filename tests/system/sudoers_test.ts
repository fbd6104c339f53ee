/** Files of sudoers on a host that has sudo, and on one that has not. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import sudoers from "../../src/resources/sudoers/kind.ts";
import type { SudoersFields } from "../../src/resources/sudoers/fields.ts";
import { inKindWorld, type KindWorld, resourceOf } from "../support/kind_world.ts";
import { contentOf, shell } from "../support/program.ts";
import { installSudo, NO_SUDO } from "../support/sudo.ts";

async function made(world: KindWorld, name: string, fields: SudoersFields) {
  return await resourceOf(sudoers, world, fields, name);
}

/** What sudo itself says of what is in force. */
async function isRight(): Promise<boolean> {
  return (await shell("visudo -c >/dev/null 2>&1; echo $?")).trim() === "0";
}

function test(what: string, run: (world: KindWorld) => Promise<void>): void {
  Deno.test({ name: what, ignore: NO_SUDO !== "", fn: () => inKindWorld(run) });
}

test("without visudo nothing is written, and it is said", async (world) => {
  await shell("if v=$(command -v visudo); then mv $v /var/tmp/visudo; fi; mkdir -p /etc/sudoers.d");
  const refused = await (await made(world, "early", { content: "ada ALL=ALL\n" })).refuse();
  assertMatch(refused.message, /no program visudo/);
  assertEquals(contentOf("/etc/sudoers.d/early"), undefined);
  await shell("[ ! -e /var/tmp/visudo ] || mv /var/tmp/visudo /usr/sbin/visudo");
  await installSudo();
});

test("a right file takes its place, with mode and owner that sudo asks for", async (world) => {
  const rule = await made(world, "rule", {
    users: ["daemon"],
    groups: ["adm"],
    run_as: "games:games",
    commands: ["/bin/ls a,b", "/bin/echo x=1"],
    nopasswd: true,
  });
  assertEquals(await rule.heal(), "/etc/sudoers.d/rule does not exist");
  assertEquals(
    contentOf("/etc/sudoers.d/rule"),
    "daemon, %adm ALL=(games:games) NOPASSWD: /bin/ls a\\,b, /bin/echo x\\=1\n",
  );
  assertEquals((await shell("stat -c '%U %a' /etc/sudoers.d/rule")).trim(), "root 440");
  assertMatch(await shell("sudo -l -U daemon"), /\(games : games\) NOPASSWD: \/bin\/ls a\\?,b/);
  await shell("chmod 666 /etc/sudoers.d/rule && chown games /etc/sudoers.d/rule");
  assertMatch(await rule.heal() ?? "", /^mode 666 → 440, owner \d+ → 0$/);
  const gone = await made(world, "rule", { state: "absent" });
  assertEquals(await gone.heal(), "/etc/sudoers.d/rule is there and should not be");
});

test("what is no sudoers never takes its place: what was there stays, and where it is wrong is said", async (world) => {
  await (await made(world, "a", { content: "daemon ALL=ALL\n" })).heal();
  const bad = { content: "daemon ALL=ALL\nhush BAR BAZ\n" };
  const refused = await (await made(world, "a", bad)).refuse();
  assertMatch(refused.message, /a is no right file of sudoers: stdin:2:\d+: syntax error$/);
  assert(!refused.message.includes("hush"));
  assertMatch(
    (await (await made(world, "a", { ...bad, sensitive: false })).refuse()).message,
    /hush/,
  );
  const silent = await (await made(world, "a", { ...bad, sensitive: true })).refuse();
  assertMatch(silent.message, /visudo exited with 1$/);
  assertEquals(contentOf("/etc/sudoers.d/a"), "daemon ALL=ALL\n");
  assert(await isRight());
});

test("what is right alone but not with the others is refused", async (world) => {
  await (await made(world, "b1", { content: "User_Alias OPS = daemon\n" })).heal();
  const refused = await (await made(world, "b2", { content: "User_Alias OPS = games\n" })).refuse();
  assertMatch(refused.message, /right, but not with what sudo reads besides: .*already defined/);
  assert(await isRight());
  // Its own old content is no other.
  await (await made(world, "b1", { content: "User_Alias OPS = games\n" })).heal();
});

test("two that are right alone and wrong together: one of them is refused, also at the same moment", async (world) => {
  const both = await Promise.all(["c1", "c2"].map(async (name) => {
    const one = await made(world, name, { content: "Host_Alias HERE = ALL\n" });
    const found = await one.check();
    assert(found?.type === "drift");
    return await one.apply(found);
  }));
  assertEquals(both.filter((each) => each !== undefined).length, 1);
  assert(await isRight());
});

test("what others have broken is said, and stands in nobody's way", async (world) => {
  Deno.writeTextFileSync("/etc/sudoers.d/broken", "nonsense here\n");
  await (await made(world, "d", { content: "daemon ALL=ALL\n" })).heal();
  assertStringIncludes(world.said.join("\n"), "visudo finds mistakes in what sudo reads besides");
  assertEquals(contentOf("/etc/sudoers.d/d"), "daemon ALL=ALL\n");
  Deno.removeSync("/etc/sudoers.d/broken");
});

test("a directory that sudoers does not include is warned of", async (world) => {
  await shell("mkdir -p /srv/sudo/sudoers.d && echo 'root ALL=ALL' >/srv/sudo/sudoers");
  const path = "/srv/sudo/sudoers.d/x";
  await (await made(world, "x", { path, content: "daemon ALL=ALL" })).heal();
  assertEquals(contentOf(path), "daemon ALL=ALL\n");
  assertMatch(world.said.join("\n"), /\/srv\/sudo\/sudoers does not include/);
});

test("a link in the place of the file is refused", async (world) => {
  await shell("ln -s /etc/passwd /etc/sudoers.d/link");
  const refused = await (await made(world, "link", { content: "daemon ALL=ALL\n" })).refuse();
  assertEquals(refused.code, "wrong-type");
  await shell("rm /etc/sudoers.d/link");
});

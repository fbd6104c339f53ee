import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import authorizedKey from "../../../../src/resources/authorized_key/kind.ts";
import type { AuthorizedKeyFields } from "../../../../src/resources/authorized_key/fields.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../../support/kind_world.ts";
import { shell } from "../../../support/program.ts";

const A = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const B = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";

type Fields = Partial<AuthorizedKeyFields>;

/** What `before` becomes, and why. */
function becomes(before: string, fields: Fields, after: string, reason?: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const said = await (await resourceOf(authorizedKey, world, { path, key: A, ...fields })).heal();
    assertEquals(world.text("f"), after);
    assertEquals(said, reason);
  });
}

/** What is said against fields. */
async function mistakes(fields: Fields): Promise<string> {
  const { issues } = await resolving(authorizedKey, { user: "anna", key: A, ...fields });
  return issues.map(({ message }) => message).join("; ");
}

Deno.test("a key that is not there goes to the end, also where the last line has no end", async () => {
  await becomes("", {}, `${A}\n`, "the key is not there");
  await becomes(
    `# mine\n${B} b`,
    { key: `${A} a` },
    `# mine\n${B} b\n${A} a\n`,
    "the key is not there",
  );
  await becomes(`${B}\r\n`, {}, `${B}\r\n${A}\r\n`, "the key is not there");
  await becomes(`# ${A}\n`, {}, `# ${A}\n${A}\n`, "the key is not there");
});

Deno.test("a comment stays where none is said, options never do", async () => {
  await becomes(`  ${A}   a b  \n`, {}, `  ${A}   a b  \n`);
  await becomes(`${A} a\n`, { key: `${A} a` }, `${A} a\n`);
  await becomes(`${A} a\n`, { comment: "b" }, `${A} b\n`, "the comment of the key differs");
  await becomes(`pty ${A} a\n`, {}, `${A} a\n`, "the options of the key differ");
  const options = ["restrict", 'command="a \\"b\\", c"'];
  const line = `restrict,command="a \\"b\\", c" ${A} a\n`;
  await becomes(`${A} a\n`, { options }, line, "the options of the key differ");
  await becomes(line, { options }, line);
  await becomes(line, { key: line }, line);
  await becomes(
    `pty,restrict ${A}\n`,
    { options: ["restrict", "pty"] },
    `restrict,pty ${A}\n`,
    "the options of the key differ",
  );
});

Deno.test("a key stands there once: with other options sshd would go by another line", async () => {
  await becomes(`${A}\npty ${A}\n${A} x\n`, {}, `${A}\n`, "it is there 3 times");
  await becomes(
    `from="a" ${A}\n${B}\npty ${A}\n`,
    {},
    `${A}\n${B}\n`,
    "the options of the key differ, it is there 2 times",
  );
});

Deno.test("an absent key goes, whatever its options, and a comment with it stays", async () => {
  const before = `# ${A}\npty ${A} x\n${B}\n${A}`;
  await becomes(
    before,
    { state: "absent" },
    `# ${A}\n${B}\n`,
    "the key is there and should not be",
  );
  await becomes(`${B}\n`, { state: "absent" }, `${B}\n`);
});

Deno.test("what is no UTF-8 stays as it is", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", new Uint8Array([35, 0xe4, 10]));
    await (await resourceOf(authorizedKey, world, { path, key: A })).heal();
    assertEquals([...Deno.readFileSync(path).slice(0, 3)], [35, 0xe4, 10]);
    assertStringIncludes(world.text("f"), `\n${A}\n`);
  }));

Deno.test("purge leaves the keys of other resources, comments and blanks, and nothing else", () =>
  inKindWorld(async (world) => {
    const other =
      "pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC";
    const path = world.put("f", `# mine\n\n${other} x\nnonsense\n${B} b\n`);
    world.claimed.add(`authorized-key:${path}:${B.split(" ")[1]}`);
    const fields = { path, key: A, purge: true };
    const said = await (await resourceOf(authorizedKey, world, fields)).heal();
    assertEquals(world.text("f"), `# mine\n\n${B} b\n${A}\n`);
    assertEquals(said, "the key is not there, 2 lines are there that no resource says");
  }));

Deno.test("a key that has left the graph is not taken for gone where its home may be elsewhere", async () => {
  const { params } = await resolving(authorizedKey, { user: "anna", key: A });
  assertEquals(authorizedKey.remains?.(params), { at: "elsewhere" });
  const told = await resolving(authorizedKey, { path: "/etc/keys/anna", key: A });
  assertEquals(authorizedKey.remains?.(told.params), { at: "inside", path: "/etc/keys/anna" });
});

Deno.test("what is no whole public key is refused, and a private one never shown", async () => {
  assertMatch(await mistakes({ key: "-----BEGIN OPENSSH PRIVATE KEY-----" }), /is a private key/);
  assertMatch(await mistakes({ key: `${A}\n${B}` }), /single line/);
  assertMatch(await mistakes({ key: A.slice(0, -8) }), /is not whole/);
  assertMatch(await mistakes({ key: A.replace("ed25519 ", "rsa ") }), /is no public key/);
  assertMatch(await mistakes({ key: "hello" }), /is no public key/);
  assertMatch(await mistakes({ options: ["pty,restrict"] }), /is not one option/);
  assertMatch(await mistakes({ options: ['from="a'] }), /is not one option/);
  assertMatch(
    await mistakes({ options: ["pty"], key: `pty ${A}` }),
    /said here, and before the key/,
  );
  assertMatch(await mistakes({ state: "absent", purge: true }), /purge is for/);
  assertMatch(await mistakes({ user: "a/b" }), /the user's name can have/);
  assertMatch(await mistakes({ path: "a" }), /path must be absolute/);
  assertEquals(await mistakes({ key: `from="a b",command="x \\" y" ${A} a comment` }), "");
  const { issues } = await resolving(authorizedKey, { key: A });
  assertMatch(issues[0]?.message ?? "", /user is missing/);
});

Deno.test("keys of all types that ssh-keygen makes are taken", () =>
  inKindWorld(async (world) => {
    for (const [type, bits] of [["rsa", 2048], ["ecdsa", 256], ["ecdsa", 521], ["ed25519", 256]]) {
      const name = world.path(`${type}${bits}`);
      await shell(`ssh-keygen -q -t ${type} -b ${bits} -N '' -C 'a b' -f ${name}`);
      const { params, issues } = await resolving(authorizedKey, {
        user: "anna",
        key: Deno.readTextFileSync(`${name}.pub`),
      });
      assertEquals([issues, params.comment], [[], "a b"]);
    }
  }));

/** An entry of passwd is the machine's own, so the home stands below a path that is told. */
function inDirectoryOf(world: KindWorld, uid: number): string {
  const home = world.path("home");
  Deno.mkdirSync(home);
  Deno.chownSync(home, uid, uid);
  return home;
}

Deno.test("a file that is made is of whoever has the directory", () =>
  inKindWorld(async (world) => {
    const home = inDirectoryOf(world, 40_009);
    await (await resourceOf(authorizedKey, world, { path: `${home}/keys`, key: A })).heal();
    const { uid, mode } = Deno.statSync(`${home}/keys`);
    assertEquals([uid, (mode ?? 0) & 0o777], [40_009, 0o600]);
    await (await resourceOf(authorizedKey, world, { path: world.path("keys"), key: A })).heal();
    const own = Deno.statSync(world.path("keys"));
    assertEquals([own.uid, (own.mode ?? 0) & 0o777], [0, 0o644], "sshd reads it as the user");
  }));

Deno.test("what a user plants in the own home is neither followed nor written to", () =>
  inKindWorld(async (world) => {
    const home = inDirectoryOf(world, 40_009);
    const path = `${home}/keys`;
    const made = await resourceOf(authorizedKey, world, { path, key: A });
    const target = world.put("target", "secret\n");
    Deno.symlinkSync(target, path);
    assertEquals((await made.refuse()).code, "wrong-type");
    Deno.removeSync(path);
    Deno.linkSync(target, path);
    assertEquals((await made.refuse()).code, "hard-link");
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, "");
    Deno.chownSync(path, 40_010, 40_010);
    assertEquals((await made.refuse()).code, "foreign");
    assertEquals(world.text("target"), "secret\n");
  }));

Deno.test("a file that others may write is closed, with the key in it or not", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", `${A}\n`);
    Deno.chmodSync(path, 0o664);
    const made = await resourceOf(authorizedKey, world, { path, key: A });
    assertMatch(await made.heal() ?? "", /others may write to/);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o644);
    Deno.writeTextFileSync(path, "");
    Deno.chmodSync(path, 0o622);
    assertMatch(await made.heal() ?? "", /others may write to .*, the key is not there/);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("a user that is not there is a failure, or awaited where another resource makes it", () =>
  inKindWorld(async (world) => {
    const made = await resourceOf(authorizedKey, world, { user: "mgmt-nobody", key: A });
    const refused = await made.refuse();
    assertEquals([refused.code, refused.needs], ["no-user", ["user:mgmt-nobody"]]);
    world.claimed.add("user:mgmt-nobody");
    const found = await made.check();
    assert(found?.type === "drift");
    assertEquals(found.reason, "the user mgmt-nobody is still to be made");
    assertEquals(await made.refusal(found), undefined);
    assertEquals((await made.apply(found))?.code, "no-file");
    const gone = { user: "mgmt-nobody", key: A, state: "absent" } as const;
    assertEquals(await (await resourceOf(authorizedKey, world, gone)).check(), undefined);
  }));

/** Clones by the host's git, of real repositories. */

import { createHash } from "node:crypto";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ThingState } from "../../../src/kind/undo.ts";
import type { GitFields } from "../../../src/resources/git/fields.ts";
import git from "../../../src/resources/git/kind.ts";
import { gitFailed } from "../../../src/resources/git/run.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";
import { shell } from "../../support/program.ts";
import { serveDirectory } from "../../support/static_server.ts";

/** A repository with two tags and a branch, in the world's directory. */
async function repository(
  world: KindWorld,
): Promise<{ readonly url: string; readonly commits: string[] }> {
  const identity = "-c user.name=a -c user.email=a@b -c commit.gpgsign=false -c tag.gpgsign=false";
  await shell(
    `set -e; export GIT_CONFIG_GLOBAL=/dev/null; git init -q -b main work; cd work
     echo one >f; mkdir d; echo deep >d/g; git add .; git ${identity} commit -qm 1; git tag v1
     echo two >f; git ${identity} commit -qam 2; git ${identity} tag -am two v2
     echo three >f; git ${identity} commit -qam 3
     cd ..; git clone -q --bare work r.git; cd r.git; git update-server-info`,
    world.directory,
  );
  const log = await shell("git log --reverse --format=%H", world.path("work"));
  return { url: world.path("r.git"), commits: log.trim().split("\n") };
}

function inRepository(
  test: (
    world: KindWorld,
    at: { readonly url: string; readonly commits: string[] },
  ) => Promise<void>,
): Promise<void> {
  return inKindWorld(async (world) => await test(world, await repository(world)));
}

function of(world: KindWorld, fields: GitFields) {
  return resourceOf(git, world, { path: world.path("clone"), ...fields });
}

/** What is there beside what the test has made. */
function beside(world: KindWorld): string[] {
  return [...Deno.readDirSync(world.directory)].map(({ name }) => name)
    .filter((name) => !["work", "r.git"].includes(name)).sort();
}

Deno.test("a tag and a commit are checked out, what is edited comes back, and what is untracked stays", () =>
  inRepository(async (world, { url, commits }) => {
    const [first = "", second = "", third = ""] = commits;
    const tag = await of(world, { url, ref: "v1" });
    const due = await tag.check();
    assert(due?.type === "drift" && due.unknown?.isDue === true, "only the other side knows a tag");
    assertEquals(await tag.heal(), `${world.path("clone")} does not exist`);
    assertEquals([world.text("clone/f"), world.text("clone/d/g")], ["one\n", "deep\n"]);
    assertEquals(await tag.heal(), undefined);
    world.put("clone/f", "edited");
    world.put("clone/mine", "stays");
    Deno.removeSync(world.path("clone/d"), { recursive: true });
    assertEquals(await tag.heal(), "edited: d/g, f");
    assertEquals([world.text("clone/f"), world.text("clone/mine")], ["one\n", "stays"]);
    const commit = await of(world, { url, ref: second });
    const known = await commit.check();
    assert(known?.type === "drift" && known.unknown === undefined);
    assertEquals(await commit.heal(), `is at ${first.slice(0, 12)}, not ${second.slice(0, 12)}`);
    assertEquals(world.text("clone/f"), "two\n");
    await (await of(world, { url, ref: third })).heal();
    await (await of(world, { url, ref: "v2" })).heal();
    assertEquals(world.text("clone/f"), "two\n");
    assertEquals(beside(world), ["clone"]);
  }));

Deno.test("what is edited is kept, also under a name with blanks and quotes, or another than before", () =>
  inRepository(async (world, { url }) => {
    const it = await of(world, { url, ref: "v1" });
    await it.heal();
    const names = ["a b", 'a "b"', "a\tb\\"];
    for (const name of names) world.put(`clone/${name}`, `in ${name}`);
    await shell("git mv f g && git add .", world.path("clone"));
    await it.heal();
    const kept = await shell("cat $(find backups -type f)", `${world.directory}/../prefix`);
    for (const name of names) assertStringIncludes(kept, `in ${name}`);
    assertStringIncludes(kept, "one\n");
    assertEquals(world.text("clone/f"), "one\n");
  }));

Deno.test("over http without git's own protocol, and by file://, it comes as well", () =>
  inRepository(async (world, { url, commits: [first = ""] }) => {
    const server = serveDirectory(world.directory);
    try {
      const from = `http://127.0.0.1:${server.port}/r.git`;
      await (await of(world, { url: from, ref: "v1" })).heal();
      await (await of(world, { url: from, ref: first, path: world.path("by-commit") })).heal();
      assertEquals(world.text("by-commit/f"), "one\n");
    } finally {
      await server.close();
    }
    await (await of(world, { url: `file://${url}`, ref: first, path: world.path("file") })).heal();
    assertEquals(beside(world), ["by-commit", "clone", "file"]);
  }));

Deno.test("a ref that is not there, a branch, and a repository that is not there leave nothing behind", () =>
  inRepository(async (world, { url }) => {
    const cases: readonly [string, string, RegExp][] = [
      [url, "v9", /has no tag v9/],
      [url, "main", /has no tag main/],
      [url, "0".repeat(40), /has no commit 000000000000/],
      [`${url}-not`, "v1", /git exited with 128/],
    ];
    for (const [from, ref, message] of cases) {
      const refused = await (await of(world, { url: from, ref })).refuse();
      assertMatch(refused.message, message);
      assertEquals(beside(world), []);
    }
  }));

Deno.test("an empty directory is filled; what is no clone, and where others can write, is refused", () =>
  inRepository(async (world, { url }) => {
    Deno.mkdirSync(world.path("clone"));
    Deno.chmodSync(world.path("clone"), 0o750);
    const it = await of(world, { url, ref: "v1" });
    assertEquals(await it.heal(), `${world.path("clone")} is empty`);
    assertEquals(Deno.statSync(world.path("clone")).mode! & 0o7777, 0o750);
    Deno.removeSync(world.path("clone/.git"), { recursive: true });
    assertEquals((await it.refuse()).code, "wrong-type");
    Deno.mkdirSync(world.path("open"));
    Deno.chmodSync(world.path("open"), 0o777);
    const open = await of(world, { url, ref: "v1", path: world.path("open/clone") });
    assertEquals((await open.refuse()).code, "untrusted-directory");
    const itself = await of(world, { url, ref: "v1", path: world.path("open") });
    assertEquals((await itself.refuse()).code, "untrusted-directory");
    const lost = await of(world, { url, ref: "v1", path: world.path("no/clone") });
    assertEquals((await lost.refuse()).code, "parent-missing");
  }));

Deno.test("hooks and watching programs of a clone are not run", () =>
  inRepository(async (world, { url }) => {
    const it = await of(world, { url, ref: "v1" });
    await it.heal();
    const hook = `#!/bin/sh\ntouch ${world.path("ran")}\n`;
    for (const name of ["post-checkout", "reference-transaction"]) {
      world.put(`clone/.git/hooks/${name}`, hook);
      Deno.chmodSync(world.path(`clone/.git/hooks/${name}`), 0o755);
    }
    await shell(
      `git config core.fsmonitor 'touch ${world.path("ran")}; false'`,
      world.path("clone"),
    );
    // Settings in env are heeded beside ours.
    const env = {
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_0: "core.hooksPath",
      GIT_CONFIG_VALUE_0: world.path("clone/.git/hooks"),
      GIT_CONFIG_KEY_1: "core.autocrlf",
      GIT_CONFIG_VALUE_1: "true",
    };
    for (const each of [it, await of(world, { url, ref: "v1", env })]) {
      world.put("clone/f", "edited");
      await each.heal();
      assertEquals(beside(world), ["clone"]);
    }
    assertEquals(world.text("clone/f"), "one\r\n");
  }));

Deno.test("a lock that a killed git has left is waited for, and removed when it is old", () =>
  inRepository(async (world, { url }) => {
    const it = await of(world, { url, ref: "v1" });
    await it.heal();
    world.put("clone/f", "edited");
    const lock = world.put("clone/.git/index.lock", "");
    const refused = await it.refuse();
    assertEquals(refused.code, "locked");
    assertStringIncludes(refused.hint ?? "", "ten minutes");
    Deno.utimeSync(lock, new Date(0), new Date(0));
    await it.heal();
    assertEquals(world.text("clone/f"), "one\n");
  }));

Deno.test("a clone is not taken away with what git ignores there, and is brought to another commit beside it", () =>
  inRepository(async (world, { url, commits: [first = "", second = ""] }) => {
    await (await of(world, { url, ref: first })).heal();
    await (await of(world, { url, ref: second })).heal();
    world.put("clone/.git/info/exclude", "local\n");
    world.put("clone/local", "mine");
    const { signal } = new AbortController();
    const context = { host: world.host, signal, ending: signal, warn: () => {}, note: () => {} };
    const restore = async (state: ThingState) =>
      await git.undo?.restore({ name: world.path("clone"), is: "checkout" }, state, context);
    assertEquals(await restore({ type: "directory", commit: first }), undefined);
    assertEquals([world.text("clone/f"), world.text("clone/local")], ["one\n", "mine"]);
    const refused = await restore({ type: "absent" });
    assertEquals(refused?.code, "changed");
    assertStringIncludes(refused?.message ?? "", "local");
    Deno.removeSync(world.path("clone/local"));
    assertEquals(await restore({ type: "absent" }), undefined);
    assertEquals(beside(world), []);
  }));

Deno.test("what is moved, or stands untracked in the way of another commit, is overwritten, and kept as a copy", () =>
  inRepository(async (world, { url, commits: [first = ""] }) => {
    const it = await of(world, { url, ref: "v1" });
    await it.heal();
    const identity = "-c user.name=a -c user.email=a@b -c commit.gpgsign=false";
    await shell(`git mv f moved; echo mine >>moved`, world.path("clone"));
    assertEquals(await it.heal(), "edited: f, moved");
    assert(await isKept(world, "one\nmine\n"));
    await shell(
      `git rm -qr d && git ${identity} commit -qm 4 && git tag v4`,
      world.path("work"),
    );
    const without = await shell("git rev-parse HEAD", world.path("work"));
    const next = await of(world, { url: world.path("work"), ref: without.trim() });
    await next.heal();
    Deno.mkdirSync(world.path("clone/d"));
    world.put("clone/d/g", "untracked");
    assertEquals(await it.heal(), `is at ${without.slice(0, 12)}, not v1`);
    assertEquals(world.text("clone/d/g"), "deep\n");
    assert(await isKept(world, "untracked"));
    const abbreviated = await of(world, { url, ref: first.slice(0, 8) });
    const { message, hint } = await abbreviated.refuse();
    assertMatch(message, /has no tag/);
    assertMatch(hint ?? "", /a commit is written whole/);
  }));

async function isKept(world: KindWorld, content: string): Promise<boolean> {
  const sum = createHash("sha256").update(content).digest("hex");
  const names = await Array.fromAsync(Deno.readDir(`${world.directory}/../prefix/backups`));
  return names.some(({ name }) => name === sum);
}

Deno.test("what git says is not left without what helps", () => {
  const hint = (said: string) => {
    const failed = gitFailed("look", { code: 128, lines: [], errors: [`fatal: ${said}`] });
    return failed.ok ? undefined : failed.failure.hint;
  };
  assertMatch(hint("detected dubious ownership in repository at '/d'") ?? "", /safe\.directory/);
  assertMatch(hint("server certificate verification failed. CAfile: x") ?? "", /GIT_SSL_CAINFO/);
  assertMatch(hint("git@localhost: Permission denied (publickey).") ?? "", /GIT_SSH_COMMAND/);
  assertMatch(hint("could not read Username for 'https://h'") ?? "", /never asks/);
  assertMatch(hint("Host key verification failed.") ?? "", /known_host/);
  assertEquals(hint("out of memory"), undefined);
});

Deno.test("locks that a git has left when it was killed at fetching or at HEAD go when they are old", () =>
  inRepository(async (world, { url }) => {
    const it = await of(world, { url, ref: "v1" });
    await it.heal();
    for (const [index, name] of ["HEAD", "shallow", "packed-refs"].entries()) {
      const lock = world.put(`clone/.git/${name}.lock`, "");
      const next = await of(world, { url, ref: index % 2 === 0 ? "v2" : "v1" });
      assertEquals((await next.refuse()).code, "locked", name);
      Deno.utimeSync(lock, new Date(0), new Date(0));
      await next.heal();
      assertEquals(world.text("clone/f"), index % 2 === 0 ? "two\n" : "one\n", name);
    }
  }));

Deno.test("what git prints of its env, whole or in words, is not in what is said", () =>
  inRepository(async (world) => {
    const url = "ssh://git@127.0.0.1:1/r.git";
    for (const trace of ["0", "1"]) {
      const env = { GIT_SSH_COMMAND: "/nowhere/hidden-token -x", GIT_TRACE: trace };
      const { message, printed } = await (await of(world, { url, ref: "v1", env })).refuse();
      const said = `${message} ${printed}`;
      assert(!said.includes("hidden-token"), said);
      assertEquals(said.includes("(from env)"), trace === "1", said);
    }
  }));

Deno.test("without git it is said which package has it", () =>
  inKindWorld(async (world) => {
    const host = { ...world.host, processes: { ...world.host.processes, foresee: noProgram } };
    const it = await of({ ...world, host }, { url: "/nowhere", ref: "v1" });
    const refused = await it.refuse();
    assertEquals(refused.message, "there is no program git on this host");
    assertStringIncludes(refused.hint ?? "", "package git");
  }));

function noProgram() {
  return Promise.resolve({ type: "failure" as const, code: "not-found", message: "no git" });
}

Deno.test("mistakes in its fields are found before anything is done", async () => {
  const messages = async (fields: Partial<GitFields>) =>
    (await resolving(git, { url: "https://localhost/r.git", ref: "v1", ...fields }, "/clone"))
      .issues.map(({ message }) => message);
  for (const url of ["/r.git", "file:///r", "git@host:a/r.git", "ssh://git@host/r", "host:r"]) {
    assertEquals(await messages({ url }), [], url);
  }
  for (const url of ["ext::sh -c x", "-u", "r", "https://", "fd::7", "--upload-pack=x:y"]) {
    assertEquals(await messages({ url }), ["url must be one that git can clone"], url);
  }
  for (const url of ["https://a:b@localhost/r", "https://token@localhost/r"]) {
    assertMatch((await messages({ url })).join(), /must not contain a password or a token/, url);
  }
  for (const ref of ["-x", "a..b", "a b", "a:b", "a^", "x.lock", "a/", "/a"]) {
    assertEquals(
      await messages({ ref }),
      ["ref must be a whole commit, or the name of a tag"],
      ref,
    );
  }
  assertMatch((await messages({ ref: "refs/heads/main" })).join(), /must not be a branch/);
  assertEquals(await messages({ ref: "refs/tags/v1" }), []);
});

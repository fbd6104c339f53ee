/** Users and groups of a real host. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import group from "../../src/resources/group/kind.ts";
import type { GroupFields } from "../../src/resources/group/fields.ts";
import user from "../../src/resources/user/kind.ts";
import type { UserFields } from "../../src/resources/user/fields.ts";
import { inKindWorld, type KindWorld, resourceOf } from "../support/kind_world.ts";
import { agent } from "../support/host_world.ts";
import { type Program, shell, within } from "../support/program.ts";

const HASH = "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2";
let number = 0;

/** A name that no test before has used. */
function fresh(): string {
  return `t${++number}`;
}

async function line(database: string, name: string): Promise<string> {
  return (await shell(`grep ^${name}: /etc/${database}`)).trim();
}

async function heal(world: KindWorld, name: string, fields: UserFields) {
  return await (await resourceOf(user, world, fields, name)).heal();
}

async function refuse(world: KindWorld, name: string, fields: UserFields) {
  return await (await resourceOf(user, world, fields, name)).refuse();
}

async function healGroup(world: KindWorld, name: string, fields: GroupFields) {
  return await (await resourceOf(group, world, fields, name)).heal();
}

Deno.test("an account and its password hold as long as is said, and others change that back in vain", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    const fields = {
      expires: "2031-02-28",
      password_max_days: 90,
      password_min_days: 0,
      password_warn_days: 14,
      password_inactive_days: 0,
    };
    assertEquals(await heal(world, name, fields), `there is no user ${name}`);
    const ages = async () => (await line("shadow", name)).split(":").slice(3, 8).join(":");
    assertEquals(await ages(), "0:90:14:0:22338");
    await shell(`chage -E -1 -M 99999 -I -1 ${name}`);
    assertEquals(
      await heal(world, name, fields),
      "expires never → 2031-02-28, password_max_days never → 90, password_inactive_days never → 0",
    );
    const never = {
      expires: "never",
      password_max_days: "never",
      password_inactive_days: "never",
    } as const;
    await heal(world, name, never);
    assertEquals(await ages(), "0::14::");
    await shell(`chage -M 99999 ${name}`);
    assertEquals(await heal(world, name, { ...never, password_warn_days: 14 }), undefined);
    assertEquals(await heal(world, name, { locked: true, password_warn_days: 14 }), undefined);
  }));

Deno.test("a user is made as it should be, and then nothing is left to do", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    const fields = {
      uid: 41001,
      group: "games",
      groups: ["audio", "video"],
      home: `/home/${name}`,
      shell: "/bin/sh",
      comment: "Some One",
      manage_home: true,
      password_hash: HASH,
    };
    assertEquals(await heal(world, name, fields), `there is no user ${name}`);
    const gid = (await line("group", "games")).split(":")[2];
    assertEquals(
      await line("passwd", name),
      `${name}:x:41001:${gid}:Some One:/home/${name}:/bin/sh`,
    );
    assertEquals((await line("shadow", name)).split(":")[1], HASH);
    assertEquals(await shell(`id -Gn ${name}`), "games audio video\n");
    assertEquals(await shell(`stat -c %U /home/${name}/.profile`), `${name}\n`);
    assertEquals(await heal(world, name, fields), undefined);
    assertEquals(
      await heal(world, name, { ...fields, password_hash: `${HASH}x` }),
      "the password differs",
    );
    assert(!world.said.join().includes("saltsalt"));
  }));

Deno.test("what differs is changed, and nothing else", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    await shell(`useradd -u 41002 -G audio,video -c old ${name}`);
    assertEquals(
      await heal(world, name, { shell: "/bin/bash", comment: "new", groups: ["audio", "games"] }),
      'groups audio,video → audio,games, shell "/bin/sh" → "/bin/bash", comment "old" → "new"',
    );
    assertEquals(await shell(`id -Gn ${name}`), `${name} audio games\n`);
    assertEquals(
      await heal(world, name, { groups: ["video"], append: true }),
      "groups audio,games → audio,games,video",
    );
    assertEquals(await heal(world, name, { groups: ["audio"], append: true }), undefined);
    assertEquals(await heal(world, name, { groups: [] }), "groups audio,games,video → (none)");
    assertEquals(
      await heal(world, name, { group: "games", groups: ["games"] }),
      `group ${name} → games`,
    );
    assertEquals(await heal(world, name, { gid: 60, uid: 41003 }), "uid 41002 → 41003");
    assertEquals(
      world.said.at(-1),
      "files outside of its home that belonged to uid 41002 still do",
    );
  }));

Deno.test("a password is locked and unlocked without being lost", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    const secret = async () => (await line("shadow", name)).split(":")[1];
    await heal(world, name, { password_hash: HASH, locked: true });
    assertEquals(await secret(), `!${HASH}`);
    assertEquals(await heal(world, name, { locked: true }), undefined);
    assertEquals(await heal(world, name, { password_hash: HASH }), undefined, "the lock stays");
    assertEquals(await heal(world, name, { locked: false }), "the password is locked");
    assertEquals(await secret(), HASH);
    assertEquals(await heal(world, name, { locked: true }), "the password is not locked");
    assertEquals(
      await heal(world, name, { password_hash: HASH, locked: false }),
      "the password is locked",
    );
    assertEquals(await heal(world, name, { password_hash: "*" }), "the password differs");
    assertEquals(await secret(), "*");
    const other = fresh();
    await heal(world, other, {});
    const refused = await refuse(world, other, { locked: false });
    assertStringIncludes(refused.hint ?? "", "set password_hash");
  }));

Deno.test("a password is set for whoever never had one, and is not locked", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    await shell(`useradd -M ${name}`);
    const shadow = (state: string) =>
      shell(`sed -i 's|^${name}:[^:]*|${name}:${state}|' /etc/shadow`);
    const passwd = (state: string) =>
      shell(`sed -i 's|^${name}:[^:]*|${name}:${state}|' /etc/passwd`);
    const is = async () => await shell(`getent shadow ${name} | cut -d: -f2`);
    for (const never of ["!", "!!", "*", "!*", "x", ""]) {
      await shadow(never);
      assertEquals(await heal(world, name, { password_hash: HASH }), "the password differs", never);
      assertEquals(await is(), `${HASH}\n`, never);
      await shadow(never);
      await heal(world, name, { password_hash: HASH, locked: true });
      assertEquals(await is(), `!${HASH}\n`, never);
    }
    await shell(`sed -i '/^${name}:/d' /etc/shadow`);
    assertEquals(await heal(world, name, { password_hash: HASH }), "the password differs");
    assertEquals(await is(), `${HASH}\n`, "there was no line");
    await shadow(`!!${HASH}`);
    assertEquals(await heal(world, name, { password_hash: HASH }), undefined, "the lock stays");
    assertEquals(await heal(world, name, { locked: false }), "the password is locked");
    assertEquals(await is(), `${HASH}\n`, "passwd -l of some distributions locks with two signs");
    await shadow("");
    assertEquals(await heal(world, name, { locked: false }), undefined);
    assertEquals(await heal(world, name, { locked: true }), "the password is not locked");
    await passwd("");
    assertEquals(
      await heal(world, name, { password_hash: HASH }),
      "the password differs",
      "an empty one in passwd let everybody in",
    );
    assertEquals((await line("passwd", name)).split(":")[1], HASH);
  }));

Deno.test("a home directory that was removed is back, and moves when its path changes", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    await heal(world, name, { manage_home: true });
    await shell(`rm -r /home/${name}`);
    assertEquals(
      await heal(world, name, { manage_home: true }),
      `the home directory /home/${name} does not exist`,
    );
    assertEquals(await shell(`stat -c '%U %G' /home/${name}/.profile`), `${name} ${name}\n`);
    await shell(`echo mine >/home/${name}/mine`);
    const moved = { manage_home: true, home: `/home/${name}-new` };
    await heal(world, name, moved);
    assertEquals(
      await shell(`cat /home/${name}-new/mine; ls -d /home/${name} 2>&1 | wc -l`),
      "mine\n1\n",
    );
    const other = { manage_home: true, home: `/home/${name}-other` };
    await shell(`mkdir ${other.home}`);
    const refused = await refuse(world, name, other);
    assertEquals(
      refused.message,
      `the home directory of ${name} cannot be moved to ${other.home}: there is one already`,
    );
    assertMatch(await line("passwd", name), /-new:/, "nothing was changed");
    await heal(world, name, { home: other.home });
    assertEquals(await shell(`cat /home/${name}-new/mine`), "mine\n", "only the entry was changed");
    assertMatch(
      (await refuse(world, name, { manage_home: true, home: "/etc/passwd" })).message,
      /is not a directory/,
    );
  }));

Deno.test("a home directory that others need is not moved, and that is said", () =>
  inKindWorld(async (world) => {
    const [name, other] = [fresh(), fresh()];
    await shell(`mkdir -p /srv/shared/mine; useradd -M -d /srv/shared ${name}`);
    await shell(`useradd -M -d /srv/shared/mine ${other}`);
    await heal(world, name, { manage_home: true, home: `/home/${name}` });
    assertEquals(
      world.said,
      [`what is in /srv/shared was not moved to /home/${name}: the home of ${other} is in it`],
    );
    assertEquals(
      await shell(`stat -c %U /home/${name}/.profile; ls /srv/shared`),
      `${name}\nmine\n`,
    );
    await shell(`usermod -d / ${name}`);
    await heal(world, name, { manage_home: true, home: `/home/${name}-new` });
    assertMatch(
      world.said.at(-1) ?? "",
      /^what is in \/ was not moved .*: the system lives from it$/,
    );
  }));

Deno.test("a user that is gone leaves its home, unless that should go too", () =>
  inKindWorld(async (world) => {
    const [kept, gone] = [fresh(), fresh()];
    for (const name of [kept, gone]) await heal(world, name, { manage_home: true });
    const reason = await heal(world, kept, { state: "absent" });
    assertEquals(reason, `the user ${kept} is there and should not be`);
    assertEquals(await line("passwd", kept), "");
    assert(Deno.statSync(`/home/${kept}`).isDirectory);
    await shell(`usermod -d /home/${gone} games`);
    const refused = await refuse(world, gone, { state: "absent", remove_home: true });
    assertStringIncludes(refused.message, "the home of games is in it");
    await shell("usermod -d /usr/games games");
    await heal(world, gone, { state: "absent", remove_home: true });
    assertEquals(await shell(`ls -d /home/${gone} 2>/dev/null`), "");
    const odd = fresh();
    await shell(`useradd -M -d /usr ${odd}`);
    const system = await refuse(world, odd, { state: "absent", remove_home: true });
    assertStringIncludes(system.message, "the system lives from it");
  }));

Deno.test("the superuser by another name is not removed", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    await shell(`useradd -o -u 0 -M ${name}`);
    const refused = await refuse(world, name, { state: "absent" });
    assertEquals(refused.code, "own-user");
    assertEquals(await shell(`id -u ${name}`), "0\n");
    await shell(`sed -i /^${name}:/d /etc/passwd /etc/shadow`);
  }));

Deno.test("a group of the user's name is its group", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    await shell(`groupadd ${name}`);
    await heal(world, name, {});
    assertEquals(await shell(`id -gn ${name}`), `${name}\n`);
  }));

Deno.test("numbers that are taken and groups that are not there are said", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    assertEquals(
      (await refuse(world, name, { uid: 1 })).message,
      "uid 1 is the number of daemon already",
    );
    const refused = await refuse(world, name, { groups: ["vidoe"] });
    assertEquals(refused.message, "there is no group vidoe");
    assertStringIncludes(refused.hint ?? "", 'did you mean "video"?');
    assertEquals((await refuse(world, name, { gid: 47110 })).message, "there is no group 47110");
    const grouped = await resourceOf(group, world, { gid: 1 }, name);
    assertEquals((await grouped.refuse()).message, "gid 1 is the number of daemon already");
    const lonely = await resourceOf(group, world, { members: ["gamse"] }, name);
    assertStringIncludes((await lonely.refuse()).hint ?? "", 'did you mean "games"?');
    world.claimed.add("group:later");
    const later = await (await resourceOf(user, world, { group: "later" }, name)).check();
    assertEquals(later?.type, "drift", "another resource makes the group");
  }));

Deno.test("a group is made, changed and removed", () =>
  inKindWorld(async (world) => {
    const name = fresh();
    assertEquals(
      await healGroup(world, name, { gid: 45010, members: ["games", "daemon"] }),
      `there is no group ${name}`,
    );
    assertEquals(await line("group", name), `${name}:x:45010:daemon,games`);
    assertEquals(
      await healGroup(world, name, { gid: 45011, members: ["man"] }),
      "gid 45010 → 45011, members daemon,games → man",
    );
    assertEquals(
      await healGroup(world, name, { members: ["daemon"], append: true }),
      "members man → daemon,man",
    );
    assertEquals(await healGroup(world, name, { members: ["daemon"], append: true }), undefined);
    assertEquals(await healGroup(world, name, { members: [] }), "members daemon,man → (none)");
    assertEquals(await line("group", name), `${name}:x:45011:`);
    const member = fresh();
    await heal(world, member, { group: name });
    const refused = await (await resourceOf(group, world, { state: "absent" }, name)).refuse();
    assertEquals(
      refused.message,
      `the group ${name} cannot be removed: it is the primary group of ${member}`,
    );
    await heal(world, member, { state: "absent" });
    await healGroup(world, name, { state: "absent" });
    assertEquals(await line("group", name), "");
  }));

Deno.test("whoever holds the lock of the account files is waited for, and named", () =>
  inKindWorld(async (world) => {
    const hold = `
import fcntl, sys, time
f = open("/etc/.pwd.lock", "w")
fcntl.lockf(f, fcntl.LOCK_EX)
sys.stdout.write("held"); sys.stdout.flush()
sys.stdin.read()`;
    const holder = new Deno.Command("python3", {
      args: ["-c", hold],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    const [name, other] = [fresh(), fresh()];
    const done = Promise.all([heal(world, name, {}), healGroup(world, other, {})]);
    await within(60_000, () => world.said.length > 0, "nothing was said");
    assertMatch(
      world.said[0] ?? "",
      /^waits for \/etc\/\.pwd\.lock, which is held by python3 \(process/,
    );
    assertEquals(await line("passwd", name), "");
    await holder.stdin.close();
    await done;
    assertMatch(await line("passwd", name), /^t/);
    assertEquals(world.said.length, 1);
    await reader.cancel();
    await holder.status;
  }));

/** A run over two users while a lock file is there; `during` is called when it has said that it waits. */
async function whileLocked(
  lock: string,
  holder: string,
  during: (program: Program) => Promise<unknown>,
  { meta = "", args = [] }: { meta?: string; args?: readonly string[] } = {},
): Promise<void> {
  const users = [fresh(), fresh()].map((name) => `  - {name: ${name}${meta}}\n`).join("");
  await Deno.writeTextFile(lock, holder);
  try {
    await agent(`graph: locked\nresources:\n  user:\n${users}`, async ({ program }) => {
      await program.says(`waits for ${lock}`);
      await during(program);
    }, args);
  } finally {
    await Deno.remove(lock).catch(() => {});
  }
}

Deno.test("a lock file is waited for without a flood of programs, until it is gone", async () => {
  const [lock, starts, useradd] = ["/etc/gshadow.lock", "/tmp/starts", "/usr/local/sbin/useradd"];
  const counting = `#!/bin/sh\necho >>${starts}\nexec /usr/sbin/useradd "$@"\n`;
  await Deno.writeTextFile(useradd, counting, { mode: 0o755 });
  const holder = new Deno.Command("sleep", { args: ["300"] }).spawn();
  try {
    await whileLocked(lock, String(holder.pid), async (program) => {
      const who = `waits for ${lock}, which is held by sleep (process ${holder.pid})`;
      assertStringIncludes(program.stderr, who);
      await program.says("did not end within 2 s and was stopped");
      const count = Deno.readTextFileSync(starts).length;
      assert(count < 15, `${count} programs in two seconds`);
      await Deno.remove(lock);
      await program.says("Recap: 2 ok");
    }, { meta: ", meta: {timeout: 2}" });
  } finally {
    holder.kill();
    await holder.status;
    await shell(`rm ${useradd} ${starts}`);
  }
});

Deno.test("a wait for a lock file ends with the run, and at once at ^C", async () => {
  await whileLocked("/etc/passwd.lock", "", async (program) => {
    assertStringIncludes(program.stderr, "/etc/passwd.lock, which is there, but names no process");
    assertEquals((await program.interrupt()).code, 130);
    assert(!/aborted/i.test(program.stderr), program.stderr);
  });
  await whileLocked("/etc/shadow.lock", "", async (program) => {
    assertEquals((await program.ended()).code, 0);
  }, { args: ["--max-runtime", "12"] });
});

Deno.test("many users at the same time are all made", () =>
  inKindWorld(async (world) => {
    const names = Array.from({ length: 20 }, fresh);
    await Promise.all(names.map((name) => heal(world, name, { groups: ["audio"] })));
    assertEquals((await shell(`getent passwd ${names.join(" ")} | wc -l`)).trim(), "20");
    assertEquals(await shell("pwck -rq; grpck -r"), "");
  }));

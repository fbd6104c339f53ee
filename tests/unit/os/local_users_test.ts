import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { parseNames } from "../../../src/base/account_files.ts";
import { createLocalUsers } from "../../../src/os/local_users.ts";
import type { ProcessCommand, Processes } from "../../../src/os/process/processes.ts";

const asked: string[] = [];
const processes: Processes = {
  foresee: () => Promise.resolve(undefined),
  ofUser: () => Promise.resolve(undefined),
  run({ argv, line }: ProcessCommand) {
    asked.push(argv.join(" "));
    const known = argv[2] === "remote";
    if (known) line?.("remote:*:70000:70000::/:/bin/sh", "stdout");
    return Promise.resolve({
      ok: true,
      value: { code: known ? 0 : 2, lines: 0, tail: [], survivors: 0 },
    });
  },
};

async function withUsers(test: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${directory}/passwd`, "root:x:0:0::/:/bin/sh\njoe:x:1000:100::/:\n");
  Deno.writeTextFileSync(`${directory}/group`, "root:x:0:\nusers:x:100:joe\n");
  try {
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

const clock = createLocalClock();

Deno.test("local names and numbers are known at once", () =>
  withUsers((directory) => {
    const users = createLocalUsers({ clock, processes, directory });
    assertEquals(users.uid("joe"), { ok: true, value: 1000 });
    assertEquals(users.gid("users"), { ok: true, value: 100 });
    assertEquals(users.uid("12345"), { ok: true, value: 12345 });
  }));

Deno.test("a user who was added is known", () =>
  withUsers((directory) => {
    const users = createLocalUsers({ clock, processes, directory });
    assertEquals(users.uid("joe"), { ok: true, value: 1000 });
    Deno.writeTextFileSync(`${directory}/passwd`, "ann:x:1001:100::/:\n", { append: true });
    assertEquals(users.uid("ann"), { ok: true, value: 1001 });
  }));

Deno.test("a name that the files do not have is asked of getent, once in a while", () =>
  withUsers(async (directory) => {
    const users = createLocalUsers({ clock, processes, directory });
    asked.length = 0;
    assertEquals(await users.uid("remote"), { ok: true, value: 70000 });
    assertEquals(await users.uid("remote"), { ok: true, value: 70000 });
    assertEquals(asked, ["getent passwd remote"]);
  }));

Deno.test("a name that nobody has is a failure, and never an option of getent", () =>
  withUsers(async (directory) => {
    const users = createLocalUsers({ clock, processes, directory });
    asked.length = 0;
    const nobody = await users.gid("nobody-has-it");
    assert(!nobody.ok);
    assertStringIncludes(nobody.failure.message, 'no group named "nobody-has-it"');
    assert(!(await users.uid("--help")).ok);
    assertEquals(asked, ["getent group nobody-has-it"]);
  }));

Deno.test("broken lines and second entries of a name do not count", () => {
  const names = parseNames("a:x:1:\nbroken\n:x:3:\nb:x:many:\na:x:2:\n+::::\n");
  assertEquals([...names], [["a", 1]]);
});

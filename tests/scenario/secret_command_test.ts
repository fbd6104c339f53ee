import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { failureCodes } from "../support/json_run.ts";
import {
  EXECUTABLE,
  inDirectory,
  mgmt,
  Program,
  type ProgramOptions,
  within,
} from "../support/program.ts";

const VALUE = "canary-of-the-age-file-9902";

/** A run of the executable that reads something from its standard input. */
async function given(input: string, args: readonly string[], options: ProgramOptions = {}) {
  const child = new Deno.Command(EXECUTABLE, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("a secret that is encrypted for a host is read by that host, also after a rekey", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    const prefixOf = (host: string) => ["--prefix", `${directory}/${host}`];
    const identityOf = async (host: string) =>
      (await mgmt(["secret", "identity", ...prefixOf(host)])).stdout.trim();
    const [web, db] = [await identityOf("web"), await identityOf("db")];
    assertEquals(await identityOf("web"), web);
    assert(web.startsWith("age1") && web !== db, web);
    const key = await Deno.stat(`${directory}/web/identity`);
    assertEquals((key.mode ?? 0) & 0o777, 0o600);

    const cwd = directory;
    const nobody = await given(VALUE, ["secret", "encrypt", "app-key"], { cwd });
    assertEquals(nobody.code, 1);
    assertStringIncludes(nobody.stderr, "for whom is app-key?");
    const made = await given(VALUE, ["secret", "encrypt", "app-key", "--to", web], { cwd });
    assertEquals([made.code, made.stderr], [0, ""]);
    const text = await Deno.readTextFile(`${directory}/secrets/app-key.age`);
    assert(text.startsWith("-----BEGIN AGE ENCRYPTED FILE-----") && !text.includes(VALUE), text);

    await Deno.writeTextFile(
      `${directory}/g.yaml`,
      `graph: g\nresources:\n  file:\n  - {name: ${directory}/key, content: !secret app-key}\n`,
    );
    const run = (host: string) =>
      mgmt([
        ...["run", `${directory}/g.yaml`, "-t", "0", "--no-network", "--output", "json"],
        ...prefixOf(host),
        ...["--secrets", `${directory}/none`],
      ]);
    assertEquals((await run("web")).code, 0);
    assertEquals(await Deno.readTextFile(`${directory}/key`), VALUE);
    const code = { [`file[${directory}/key]`]: "secret-unreadable" };
    assertEquals(failureCodes(await run("db")), code);
    assertEquals(failureCodes(await run("fresh")), code);

    // Who cannot read it cannot rekey it either, and then nothing is written.
    const rekey = (host: string, ...more: readonly string[]) =>
      mgmt(["secret", "rekey", ...prefixOf(host), ...more], { cwd });
    assertEquals((await rekey("db", "--to", web, "--to", db)).code, 1);
    assertEquals(await Deno.readTextFile(`${directory}/secrets/app-key.age`), text);
    assertEquals((await rekey("web", "app-key", "--to", web, "--to", db)).code, 0);
    assertEquals((await run("db")).code, 0);
    assertEquals((await rekey("db", "app-key", "--to", db)).code, 0);
    assertEquals(failureCodes(await run("web")), code);
    assertEquals((await run("db")).code, 0);

    // An agent that stays takes what is encrypted for it anew.
    const agent = new Program([
      ...["run", `${directory}/g.yaml`, "--no-network", ...prefixOf("db")],
      ...["--secrets", `${directory}/none`],
    ]);
    try {
      await agent.says("graphStarted");
      assertEquals((await given("next value", ["secret", "encrypt", "app-key"], { cwd })).code, 0);
      const isNext = () => Deno.readTextFileSync(`${directory}/key`) === "next value";
      await within(60_000, isNext, () => agent.stderr);
    } finally {
      await agent.interrupt();
    }
  }));

Deno.test("a secret is edited in the editor of whoever does it, and listed by its name alone", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    const cwd = directory;
    const place = ["--prefix", `${directory}/me`];
    const me = (await mgmt(["secret", "identity", ...place])).stdout.trim();
    await Deno.mkdir(`${directory}/secrets`);
    await Deno.writeTextFile(`${directory}/secrets/recipients`, `* ${me} # me\n`);
    const editor = `${directory}/editor`;
    await Deno.writeTextFile(
      editor,
      `#!/bin/sh\nstat -c %a "$1" "$(dirname "$1")" > ${directory}/modes\n` +
        `cat "$1" > ${directory}/was\nprintf %s "$NEXT" > "$1"\n`,
      { mode: 0o755 },
    );
    const edit = (next: string) =>
      mgmt(["secret", "edit", "token", ...place], { cwd, env: { EDITOR: editor, NEXT: next } });
    assertEquals((await edit(VALUE)).code, 0);
    assertEquals(await Deno.readTextFile(`${directory}/modes`), "600\n700\n");
    const same = await edit(VALUE);
    assertEquals(same.stdout, "nothing was changed\n");
    assertEquals(await Deno.readTextFile(`${directory}/was`), VALUE);
    assertEquals((await edit("")).code, 1);
    const listed = await mgmt(["secret", "list", "--output", "json", ...place], { cwd });
    assertEquals(JSON.parse(listed.stdout).secrets, [
      { name: "token", recipients: [me], readable: true },
    ]);
    const elsewhere = await mgmt(["secret", "list", "--prefix", `${directory}/other`], { cwd });
    assert(/token +1 recipient +no/.test(elsewhere.stdout), elsewhere.stdout);
    assert(!listed.stdout.includes(VALUE) && !same.stdout.includes(VALUE));
  }));

Deno.test("a recipient, a name and a key that are none are refused", () =>
  inDirectory(async (directory) => {
    const cwd = directory;
    const refused = async (input: string, ...args: readonly string[]) => {
      const { code, stderr } = await given(input, ["secret", ...args], { cwd });
      assertEquals(code, 1);
      return stderr;
    };
    assertStringIncludes(await refused("x", "encrypt", "a", "--to", "age1qqqq"), "no recipient");
    assertStringIncludes(await refused("x", "encrypt", "../a", "--to", "age1qqqq"), "no name");
    await Deno.writeTextFile(`${directory}/key`, "AGE-SECRET-KEY-1\n", { mode: 0o644 });
    assertStringIncludes(await refused("", "list", "--identity", "key"), "others can read it");
    await Deno.chmod(`${directory}/key`, 0o600);
    await Deno.mkdir(`${directory}/secrets`);
    await Deno.writeTextFile(`${directory}/secrets/recipients`, "* age1a\n* age1b\n");
    assertStringIncludes(await refused("", "rekey", "--identity", "key"), "a second time");
  }));

/** A place where `edit` works, and runs of it with an editor that is this script. */
async function inEditing(
  test: (place: {
    readonly directory: string;
    readonly args: (name: string) => string[];
    readonly edit: (script: string, name?: string) => ReturnType<typeof mgmt>;
    readonly put: (value: string) => Promise<void>;
    readonly valueOf: (name: string) => Promise<string>;
  }) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    const cwd = directory;
    const place = ["--prefix", `${directory}/me`];
    const me = (await mgmt(["secret", "identity", ...place])).stdout.trim();
    await Deno.mkdir(`${directory}/secrets`);
    await Deno.writeTextFile(`${directory}/secrets/recipients`, `* ${me}\n`);
    const args = (name: string) => ["secret", "edit", name, ...place];
    const editor = `${directory}/ed two`;
    const edit = async (script: string, name = "token") => {
      await Deno.writeTextFile(editor, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return await mgmt(args(name), { cwd, env: { EDITOR: `'${editor}' --wait` } });
    };
    const put = async (value: string) => {
      assertEquals((await given(value, ["secret", "encrypt", "token"], { cwd })).code, 0);
    };
    const valueOf = async (name: string) => {
      assertEquals((await edit(`cat "$2" > ${directory}/seen`, name)).code, 0);
      return await Deno.readTextFile(`${directory}/seen`);
    };
    await test({ directory, args, edit, put, valueOf });
  });
}

Deno.test("an editor with quotes is used; its last line break is no change; a file it removes is missed", () =>
  inEditing(async ({ edit, put, valueOf }) => {
    await put(VALUE);
    const lineBreak = await edit('test "$1" = --wait && echo >> "$2"');
    assertEquals(lineBreak.code, 0);
    assertStringIncludes(lineBreak.stdout, "nothing was changed but the line break");
    assertEquals(await valueOf("token"), VALUE);
    const more = await edit('echo more >> "$2"');
    assertStringIncludes(more.stdout, "token:trim");
    assertEquals(await valueOf("token"), `${VALUE}more\n`);
    assertStringIncludes((await edit('rm "$2"')).stderr, "removed the file");
    const failed = await edit('echo x > "$2"; exit 1');
    assertEquals([failed.code, await valueOf("token")], [1, `${VALUE}more\n`]);
  }));

Deno.test("what was edited is kept where somebody else has changed the secret, or it is too large", () =>
  inEditing(async ({ directory, edit, put, valueOf }) => {
    await put(VALUE);
    const next = `cp ${directory}/next.age ${directory}/secrets/token.age`;
    await put("of somebody else");
    await Deno.rename(`${directory}/secrets/token.age`, `${directory}/next.age`);
    await put(VALUE);
    const lost = await edit(`${next}; printf mine > "$2"`);
    assertEquals(lost.code, 1);
    assertStringIncludes(lost.stderr, "somebody else has changed");
    assertStringIncludes(lost.stderr, "token.edited");
    assertEquals(await valueOf("token"), "of somebody else");
    assertEquals(await valueOf("token.edited"), "mine");
    const large = await edit('head -c 70000 /dev/zero | tr "\\0" a > "$2"');
    assertEquals(large.code, 1);
    assertStringIncludes(large.stderr, "larger than 65536 bytes");
    assertEquals(await valueOf("token"), "of somebody else");
    assertEquals((await valueOf("token.edited-2")).length, 70000);
    const huge = await edit('head -c 600000 /dev/zero > "$2"');
    assertEquals(huge.code, 1);
    assertStringIncludes(huge.stderr, "not even kept");
  }));

/** One that has ended may still be in the list of processes. */
function isAlive(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

Deno.test("a signal that ends an edit takes the clear text away and ends the editor", () =>
  inEditing(async ({ directory, args, put }) => {
    await put(VALUE);
    const editor = `${directory}/waits`;
    await Deno.writeTextFile(
      editor,
      `#!/bin/sh\nsleep 300 &\necho "$! $1" > ${directory}/.begun; ` +
        `mv ${directory}/.begun ${directory}/begun; wait\n`,
      { mode: 0o755 },
    );
    const isThere = (path: string) => {
      try {
        Deno.lstatSync(path);
        return true;
      } catch {
        return false;
      }
    };
    for (const signal of ["SIGTERM", "SIGHUP", "SIGUSR2"] as const) {
      const editing = new Program(args("token"), { cwd: directory, env: { EDITOR: editor } });
      await within(60_000, () => isThere(`${directory}/begun`), () => editing.stderr);
      const [pid, path] = (await Deno.readTextFile(`${directory}/begun`)).trim().split(" ");
      await Deno.remove(`${directory}/begun`);
      assertEquals(await Deno.readTextFile(`${path}`), VALUE);
      // The keys for this one are meant for the editor.
      Deno.kill(editing.pid, "SIGINT");
      Deno.kill(editing.pid, signal);
      assertEquals((await editing.ended()).code, 1);
      assertStringIncludes(editing.stderr, `${signal} ended the editor`);
      assertEquals(isThere(`${path}`), false);
      await within(60_000, () => !isAlive(`${pid}`), "what the editor has started goes on");
    }
  }));

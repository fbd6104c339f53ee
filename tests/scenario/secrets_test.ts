import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { failureCodes, tells } from "../support/json_run.ts";
import { inDirectory, mgmt, Program, within } from "../support/program.ts";

const VALUE = "canary-of-the-secret-7411";

async function putSecret(directory: string, name: string, value: string, mode = 0o600) {
  await Deno.mkdir(`${directory}/secrets`, { recursive: true, mode: 0o700 });
  const temporary = `${directory}/secrets/.new`;
  await Deno.writeTextFile(temporary, value, { mode: 0o600 });
  await Deno.chmod(temporary, mode);
  await Deno.rename(temporary, `${directory}/secrets/${name}`);
}

async function putGraph(directory: string, resources: string): Promise<string> {
  const file = `${directory}/g.yaml`;
  await Deno.writeTextFile(file, `graph: g\nresources:\n${resources.replaceAll("DIR", directory)}`);
  return file;
}

const FILE =
  "  file:\n  - {name: DIR/key, content: !secret app-key}\n  - {name: DIR/other, content: x}\n";

Deno.test("a secret is written for its owner alone, once, and left as it is where it is missing", () =>
  inDirectory(async (directory) => {
    const file = await putGraph(directory, FILE);
    const run = (...more: string[]) =>
      mgmt([
        "run",
        file,
        "-t",
        "0",
        "--no-network",
        "--output",
        "json",
        ...["--prefix", `${directory}/prefix`, "--secrets", `${directory}/secrets`],
        ...more,
      ]);
    assertEquals((await mgmt(["validate", file])).code, 0);
    const without = await run();
    assertEquals(failureCodes(without), { [`file[${directory}/key]`]: "secret-missing" });
    assertEquals(await Deno.readTextFile(`${directory}/other`), "x");
    await putSecret(directory, "app-key", `${VALUE}\n`);
    assertEquals((await run()).code, 0);
    assertEquals(await Deno.readTextFile(`${directory}/key`), `${VALUE}\n`);
    const modeOf = async () => ((await Deno.stat(`${directory}/key`)).mode ?? 0) & 0o777;
    assertEquals(await modeOf(), 0o600);
    // What is there may have been for everybody.
    await Deno.writeTextFile(`${directory}/key`, "before");
    await Deno.chmod(`${directory}/key`, 0o644);
    assertEquals((await run()).code, 0);
    assertEquals(await modeOf(), 0o640);
    assertStringIncludes((await run()).stdout, '"changed":0');
    await putSecret(directory, "app-key", VALUE, 0o644);
    assertEquals(failureCodes(await run()), { [`file[${directory}/key]`]: "secret-unsafe" });
    await Deno.remove(`${directory}/secrets/app-key`);
    assertEquals(failureCodes(await run()), { [`file[${directory}/key]`]: "secret-missing" });
    assertEquals(await Deno.readTextFile(`${directory}/key`), `${VALUE}\n`);
  }));

Deno.test("a secret that changes is written again, and only who notifies is heard of", () =>
  inDirectory(async (directory) => {
    await putSecret(directory, "app-key", "first-value");
    const file = await putGraph(
      directory,
      `${FILE}  exec:
  - {name: told, cmd: echo >> DIR/told, shell: /bin/sh, ifcmd: "false"}
  - {name: given, cmd: 'printf %s "$KEY" > DIR/given', shell: /bin/sh, env: {KEY: !secret app-key}}
edges:
- {name: e, from: {kind: file, name: DIR/key}, to: {kind: exec, name: told}, notify: true}
`,
    );
    const program = new Program([
      "run",
      file,
      "--no-network",
      "--output",
      "json",
      ...["--prefix", `${directory}/prefix`, "--secrets", `${directory}/secrets`],
    ]);
    try {
      await tells(program, ({ type }) => type === "settled");
      assertEquals(await Deno.readTextFile(`${directory}/given`), "first-value");
      const before = program.stdout.length;
      await putSecret(directory, "app-key", "second-value");
      const isThere = (name: string, text: string) => {
        try {
          return Deno.readTextFileSync(`${directory}/${name}`) === text;
        } catch {
          return false;
        }
      };
      for (const name of ["key", "given"]) {
        await within(20_000, () => isThere(name, "second-value"), () => program.stdout);
      }
      await within(20_000, () => isThere("told", "\n\n"), () => program.stdout);
      const since = program.stdout.slice(before);
      assert(!since.includes(`"key":"file[${directory}/other]"`), since);
      await Deno.remove(`${directory}/secrets/app-key`);
      await tells(program, ({ failure }) => failure?.code === "secret-missing");
      assertEquals(await Deno.readTextFile(`${directory}/key`), "second-value");
      await putSecret(directory, "app-key", "third-value");
      await within(20_000, () => isThere("key", "third-value"), () => program.stdout);
      for (const value of ["first", "second", "third"]) {
        assert(!program.stdout.includes(`${value}-value`), program.stdout);
      }
    } finally {
      program.signal("SIGTERM");
      await program.ended();
    }
  }));

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

function isThere(path: string, text: string): boolean {
  try {
    return Deno.readTextFileSync(path) === text;
  } catch {
    return false;
  }
}

/** An agent with the secrets of a directory, until a test is over. */
async function withAgent(
  directory: string,
  file: string,
  test: (agent: Program, has: (name: string, text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const place = ["--prefix", `${directory}/prefix`, "--secrets", `${directory}/secrets`];
  const agent = new Program(["run", file, "--no-network", "--output", "json", ...place]);
  try {
    await tells(agent, ({ type }) => type === "settled");
    await test(
      agent,
      (name, text) =>
        within(
          60_000,
          () => isThere(`${directory}/${name}`, text),
          () => `${name}: ${agent.stdout}`,
        ),
    );
  } finally {
    await agent.interrupt();
  }
}

Deno.test("a secret that changes is written again, and only who notifies is heard of", () =>
  inDirectory(async (directory) => {
    await putSecret(directory, "app-key", "first-value");
    const resources = `${FILE}  exec:
  - {name: told, cmd: echo >> DIR/told, shell: /bin/sh, ifcmd: "false"}
  - {name: given, cmd: 'printf %s "$KEY" > DIR/given', shell: /bin/sh, env: {KEY: !secret app-key}}
  - {name: reads, cmd: tee DIR/read, stdin: !secret app-key}
`;
    const edges =
      "edges:\n- {from: {kind: file, name: DIR/key}, to: {kind: exec, name: told}, notify: true}\n";
    const file = await putGraph(directory, resources + edges);
    await withAgent(directory, file, async (agent, has) => {
      await has("given", "first-value");
      const before = agent.stdout.length;
      await putSecret(directory, "app-key", "second-value");
      for (const name of ["key", "given", "read"]) await has(name, "second-value");
      await has("told", "\n\n");
      const since = agent.stdout.slice(before);
      assert(!since.includes(`"key":"file[${directory}/other]"`), since);
      assertStringIncludes(since, '"causes":[{"type":"secret","names":["app-key"]}]');
      await Deno.remove(`${directory}/secrets/app-key`);
      await tells(agent, ({ failure }) => failure?.code === "secret-missing");
      assertEquals(await Deno.readTextFile(`${directory}/key`), "second-value");
      await putSecret(directory, "app-key", "third-value");
      await has("key", "third-value");
      // A graph that is refused leaves the one before in force, and its secrets watched.
      await Deno.writeTextFile(file, "graph: g\nresources: {file: [}\n");
      await tells(agent, ({ type, keepsOld }) => type === "diagnostics" && keepsOld);
      await putSecret(directory, "app-key", "fourth-value");
      await has("key", "fourth-value");
      // One that is new in the graph is watched, too.
      await putSecret(directory, "other-key", "fifth-value");
      await putGraph(
        directory,
        "  file:\n  - {name: DIR/other, content: !secret other-key}\n  - {name: DIR/key}\n",
      );
      await has("other", "fifth-value");
      await putSecret(directory, "other-key", "sixth-value");
      await has("other", "sixth-value");
      assertEquals(await Deno.readTextFile(`${directory}/key`), "fourth-value");
      for (const value of ["first", "second", "third", "fourth", "fifth", "sixth"]) {
        assert(!agent.stdout.includes(`${value}-value`), agent.stdout);
      }
    });
    const { stdout } = await mgmt(["why", `${directory}/other`, "--prefix", `${directory}/prefix`]);
    assertStringIncludes(stdout, "its secret other-key was changed");
  }));

Deno.test("what stands for a secret in a source, or in another host's export, is not one", () =>
  inDirectory(async (directory) => {
    await putSecret(directory, "app-key", VALUE);
    await Deno.writeTextFile(`${directory}/data`, "a \0secret:app-key\0");
    const file = await putGraph(
      directory,
      "  file:\n  - {name: DIR/copy, source: data}\n  - {name: DIR/key, content: !secret app-key}\n",
    );
    const place = ["--prefix", `${directory}/prefix`, "--secrets", `${directory}/secrets`];
    assertEquals((await mgmt(["run", file, "-t", "0", "--no-network", ...place])).code, 0);
    assertEquals(await Deno.readTextFile(`${directory}/copy`), "a \0secret:app-key\0");
    assertEquals(await Deno.readTextFile(`${directory}/key`), VALUE);
    const program = `${directory}/site.ts`;
    await Deno.writeTextFile(
      program,
      'import { file, program } from "mgmt";\n' +
        `export default program(({ read }) => { file("${directory}/read", { content: read("data") }); });\n`,
    );
    const { code, stderr } = await mgmt(["validate", program]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "site.ts:2:");
    assertStringIncludes(stderr, "data holds what stands for a secret");
  }));

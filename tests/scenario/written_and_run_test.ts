/** What a `file` writes can be run by whatever comes behind it, at once. */

import { assert, assertEquals } from "@std/assert";
import { contentOf, type Ended, inDirectory, mgmt } from "../support/program.ts";

type Fields = Record<string, unknown>;

/** A script that says so in a file beside it; `padding` makes it large. */
function script(path: string, padding = 0): string {
  return `#!/bin/sh\necho ran > ${path}.ran\nexit 0\n${"#".repeat(padding)}\n`;
}

/** Runs a graph of files, each with another resource behind it. */
async function runPairs(
  directory: string,
  pairs: readonly { readonly file: Fields; readonly kind: string; readonly behind: Fields }[],
): Promise<Ended> {
  const resources: Record<string, Fields[]> = { file: [] };
  const edges: Fields[] = [];
  for (const [index, { file, kind, behind }] of pairs.entries()) {
    resources.file?.push({ name: `f${index}`, mode: "0755", ...file });
    (resources[kind] ??= []).push({ name: `b${index}`, ...behind });
    const [from, to] = [{ kind: "file", name: `f${index}` }, { kind, name: `b${index}` }];
    edges.push({ name: `e${index}`, from, to });
  }
  const graph = `${directory}/graph.yaml`;
  await Deno.writeTextFile(graph, JSON.stringify({ graph: "pairs", resources, edges }));
  const prefix = `${directory}/prefix`;
  return await mgmt(["run", "--file", graph, "--converged-timeout=0", "--prefix", prefix]);
}

/** As `runPairs`, where each script must have run. */
async function assertAllRun(directory: string, pairs: Parameters<typeof runPairs>[1]) {
  const ended = await runPairs(directory, pairs);
  assertEquals(ended.code, 0, ended.stderr);
  for (const { file } of pairs) {
    assertEquals(contentOf(`${file.path}.ran`), "ran\n", `${file.path} ran:\n${ended.stderr}`);
  }
}

const SIZES = { small: 0, "in steps": 100_000, large: 3_000_000 };

Deno.test("a script runs as soon as it is written, whatever its size and whoever runs it", () =>
  inDirectory(async (directory) => {
    const ways = [
      ["shell", (path: string) => ({ shell: "/bin/sh", cmd: path })],
      ["env", (path: string) => ({ cmd: `env ${path}` })],
      ["bare", (path: string) => ({ cmd: path })],
    ] as const;
    const pairs = Object.entries(SIZES).flatMap(([size, padding]) =>
      ways.map(([way, behind]) => {
        const path = `${directory}/${size.replace(" ", "-")}-${way}`;
        const source = `${path}.source`;
        Deno.writeTextFileSync(source, script(path, padding));
        const file = padding === 0 ? { path, content: script(path) } : { path, source };
        return { file, kind: "exec", behind: behind(path) };
      })
    );
    await assertAllRun(directory, pairs);
  }));

Deno.test("a script that was just written can be a condition and a probe", () =>
  inDirectory(async (directory) => {
    const [condition, probe] = [`${directory}/condition`, `${directory}/probe`];
    const done = `${directory}/done`;
    const behind = { ifcmd: `env ${condition}`, shell: "/bin/sh", cmd: `echo done > ${done}` };
    await assertAllRun(directory, [
      { file: { path: condition, content: script(condition) }, kind: "exec", behind },
      {
        file: { path: probe, content: script(probe) },
        kind: "probe",
        behind: { command: probe, shell: "/bin/sh" },
      },
    ]);
    assertEquals(contentOf(done), "done\n", "the condition that could be run held");
  }));

Deno.test("a new script is run by its own validation", () =>
  inDirectory(async (directory) => {
    const pairs = Object.entries(SIZES).flatMap(([size, padding]) =>
      ["%s", "env %s"].map((validate) => {
        const path = `${directory}/${size.replace(" ", "-")}-${validate.length}`;
        const source = `${path}.source`;
        Deno.writeTextFileSync(source, script(path, padding));
        return { file: { path, source, validate }, kind: "noop", behind: {} };
      })
    );
    await assertAllRun(directory, pairs);
  }));

Deno.test("scripts of a tree and scripts that are written in place run at once", () =>
  inDirectory(async (directory) => {
    const place = `${directory}/place`;
    const large = `${directory}/large-place`;
    for (const path of [place, large]) {
      Deno.writeTextFileSync(path, "old");
      Deno.writeTextFileSync(`${path}.source`, script(path, path === large ? 2_000_000 : 0));
    }
    const tree = `${directory}/tree/`;
    Deno.mkdirSync(`${directory}/source`);
    for (const name of ["a", "b"]) {
      Deno.writeTextFileSync(`${directory}/source/${name}`, script(`${directory}/${name}`));
    }
    const ended = await runPairs(directory, [
      ...[place, large].map((path) => ({
        file: { path, source: `${path}.source`, in_place: true },
        kind: "exec",
        behind: { shell: "/bin/sh", cmd: path },
      })),
      {
        file: { path: tree, source: `${directory}/source/`, recurse: true },
        kind: "exec",
        behind: { shell: "/bin/sh", cmd: `${tree}a && ${tree}b` },
      },
    ]);
    assertEquals(ended.code, 0, ended.stderr);
    for (const path of [place, large, `${directory}/a`, `${directory}/b`]) {
      assertEquals(contentOf(`${path}.ran`), "ran\n", `${path} ran:\n${ended.stderr}`);
    }
  }));

Deno.test("a hundred scripts run at once while others are being written", () =>
  inDirectory(async (directory) => {
    const pairs = Array.from({ length: 100 }, (_, index) => {
      const path = `${directory}/s${index}`;
      const source = `${path}.source`;
      // Every third is written on other threads, so that commands start in between.
      Deno.writeTextFileSync(source, script(path, index % 3 === 0 ? 300_000 : 0));
      const behind = index % 2 === 0 ? { shell: "/bin/sh", cmd: path } : { cmd: `env ${path}` };
      return { file: { path, source }, kind: "exec", behind };
    });
    const ended = await runPairs(directory, pairs);
    assert(!ended.stderr.includes("ext file busy"), ended.stderr);
    assertEquals(ended.code, 0, ended.stderr);
  }));

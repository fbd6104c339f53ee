/** Command lines as the articles of 2016 and later versions have them. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { contentOf, inDirectory, mgmt, Program } from "../support/program.ts";

/** Writes a graph; `rest` is what follows its name. */
function graphOf(directory: string, rest: string): string {
  const path = `${directory}/graph.yaml`;
  Deno.writeTextFileSync(path, `graph: g\n${rest}`);
  return path;
}

/** Commands that write down when they begin and end. */
function commands(directory: string, names: readonly string[]): string {
  return `resources:\n  exec:\n${
    names.map((name) =>
      `  - {name: ${name}, shell: /bin/sh, cmd: "echo begin >> ${directory}/log; sleep 0.2; ` +
      `echo end >> ${directory}/log; touch ${directory}/${name}", creates: ${directory}/${name}}\n`
    ).join("")
  }`;
}

const once = ["--tmp-prefix", "-t", "0"];

Deno.test("r, -f, -g, -gf and yaml FILE are what they were", () =>
  inDirectory(async (directory) => {
    const content = `resources:\n  file:\n  - {name: ${directory}/f, content: x}\n`;
    const graph = graphOf(directory, content);
    const filter = `${directory}/draws`;
    // Called as Graphviz is: the file that it is to draw is the last argument.
    Deno.writeTextFileSync(filter, '#!/bin/sh\necho "$@" > "$0.log"\n', { mode: 0o755 });
    const drawn = ["-g", `${directory}/g.dot`, "-gf", filter];
    const first = await mgmt(["r", "-f", graph, ...drawn, ...once]);
    assertEquals(first.code, 0, first.stderr);
    assertStringIncludes(first.stderr, "1 changed");
    assertStringIncludes(contentOf(`${directory}/g.dot`) ?? "", "digraph");
    assertStringIncludes(contentOf(`${filter}.log`) ?? "", "graph.dot");
    const words = [[graph], ["yaml", graph], ["yaml", "--file", graph], [`-f=${graph}`]];
    for (const each of words) {
      const { code, stderr } = await mgmt(["run", ...each, ...once]);
      assertEquals(code, 0, `${each}: ${stderr}`);
      assertMatch(stderr, /Recap: 1 ok, 0 changed, /, "nothing is left to be done");
    }
    const named = await mgmt(["run", "yaml", ...once], { cwd: directory });
    assertEquals(named.code, 1);
    Deno.renameSync(graph, `${directory}/yaml`);
    assertEquals((await mgmt(["run", "yaml", ...once], { cwd: directory })).code, 0);
  }));

Deno.test("--converger-timeout says when a run has converged, again after a change; --converged-exit ends it", () =>
  inDirectory(async (directory) => {
    const graph = graphOf(
      directory,
      `resources:\n  file:\n  - {name: ${directory}/f, content: x}\n`,
    );
    const said = "Converged for 0.2 seconds";
    const program = new Program(["run", graph, "--tmp-prefix", "--converger-timeout=0.2"]);
    try {
      await program.says(said);
      Deno.removeSync(`${directory}/f`);
      await program.says(new RegExp(`${said}[^]*${said}`));
      assertEquals(contentOf(`${directory}/f`), "x");
    } finally {
      assertEquals((await program.interrupt()).code, 130);
    }
    const ended = await mgmt([
      ...["run", graph, "--tmp-prefix", "--converged-exit"],
    ], { env: { MGMT_CONVERGER_TIMEOUT: "0.2" } });
    assertEquals(ended.code, 0, ended.stderr);
    assertStringIncludes(ended.stderr, `${said}, exiting!`);
  }));

Deno.test("--sema 1 does one after the other, and --noop", () =>
  inDirectory(async (directory) => {
    const graph = graphOf(directory, commands(directory, ["a", "b", "c"]));
    const log = () => contentOf(`${directory}/log`)?.trim().split("\n") ?? [];
    const { code, stderr } = await mgmt(["run", graph, "--sema", "1", ...once]);
    assertEquals([code, log()], [0, Array(3).fill(["begin", "end"]).flat()], stderr);
    const noop = await mgmt(["run", graph, "--sema=1", "--noop", ...once]);
    assertEquals([noop.code, log().length], [0, 6], noop.stderr);
  }));

Deno.test("--no-network collects what the graph itself exports, and has nothing to do with others", () =>
  inDirectory(async (directory) => {
    Deno.mkdirSync(`${directory}/taken`);
    Deno.writeTextFileSync(`${directory}/taken/earlier`, "of another host");
    const graph = graphOf(
      directory,
      `resources:
  file:
  - {name: "@@own", path: /anywhere/own, content: x}
  - {name: all, path: ${directory}/taken/, purge: true}
collect:
- {kind: file, pattern: ${directory}/taken/}
`,
    );
    const run = ["run", graph, "--no-network", "--prefix", `${directory}/state`, "-t", "0"];
    // What the environment knows of a cluster does not count.
    const options = { env: { MGMT_SEEDS: freeUrl() } };
    const first = await mgmt([...run, "--hostname", "h1"], options);
    assertEquals(first.code, 0, first.stderr);
    assertStringIncludes(first.stderr, "--no-network");
    assertEquals(contentOf(`${directory}/taken/own`), "x");
    assertEquals(contentOf(`${directory}/taken/earlier`), "of another host");
    assertEquals(contentOf(`${directory}/state/cluster/identity.json`), undefined);
    assert(![...Deno.readDirSync(`${directory}/state`)].some(({ name }) => name === "cluster"));
    const second = await mgmt([...run, "--hostname", "h1"], options);
    assertMatch(second.stderr, /Recap: 1 ok, 0 changed, 0 failed, 1 blocked/);
  }));

Deno.test("--no-network: what needs a place of the fleet fails with the reason, or goes on without where it may", () =>
  inDirectory(async (directory) => {
    const run = async (meta: string) => {
      const text = `resources:
  file:
  - {name: ${directory}/f, content: x, meta: {sema: ["fleet:one:1"]${meta}}}
`;
      return await mgmt(["run", graphOf(directory, text), "--no-network", ...once]);
    };
    const fails = await run("");
    assertEquals([fails.code, contentOf(`${directory}/f`)], [4, undefined], fails.stderr);
    assertStringIncludes(fails.stderr, "needs a place in fleet:one:1");
    const goes = await run(", fleet_fallback: go");
    assertEquals([goes.code, contentOf(`${directory}/f`)], [0, "x"], goes.stderr);
    // What is right already needs no place.
    assertEquals((await run("")).code, 0);
  }));

Deno.test("modes and owners without quotes are right at once: in files, trees and exports, and the second time", () =>
  inDirectory(async (directory) => {
    Deno.mkdirSync(`${directory}/taken`);
    Deno.mkdirSync(`${directory}/tree`);
    Deno.writeTextFileSync(`${directory}/tree/file`, "of nobody");
    const own = Deno.uid() ?? 0;
    const graph = graphOf(
      directory,
      `resources:
  file:
  - {name: ${directory}/a, content: x, mode: 0640, owner: ${own}}
  - {name: ${directory}/b, content: x, mode: 0o600, group: ${Deno.gid() ?? 0}}
  - {name: ${directory}/drop/, mode: 1777}
  - {name: ${directory}/shared/, mode: 02775}
  - {name: ${directory}/nobody, content: x, mode: 000}
  - {name: ${directory}/tree/, recurse: true, mode: 0640}
  - {name: "@@c", path: /anywhere/c, content: x, mode: 0604}
collect:
- {kind: file, pattern: ${directory}/taken/}
`,
    );
    const run = ["run", graph, "--no-network", ...once];
    const before = await mgmt([...run, "--noop"]);
    assertEquals([before.code, contentOf(`${directory}/a`)], [0, undefined], before.stderr);
    const first = await mgmt(run);
    assertEquals(first.code, 0, first.stderr);
    const bits = (name: string) =>
      ((Deno.lstatSync(`${directory}/${name}`).mode ?? 0) & 0o7777).toString(8);
    const names = ["a", "b", "drop", "shared", "nobody", "tree", "tree/file", "taken/c"];
    assertEquals(names.map(bits), ["640", "600", "1777", "2775", "0", "750", "640", "604"]);
    const second = await mgmt(run);
    assertMatch(second.stderr, /Recap: 7 ok, 0 changed, 0 failed, 0 blocked/);
    const wrong = await mgmt([
      "run",
      graphOf(
        directory,
        `resources:
  file:
  - {name: ${directory}/a, mode: 0999}
`,
      ),
      ...once,
    ]);
    assertEquals([wrong.code, bits("a")], [1, "640"], wrong.stderr);
  }));

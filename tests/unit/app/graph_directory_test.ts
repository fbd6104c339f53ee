/** A directory as a source of graphs: what of it is read, when, and who may write it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { GraphReader } from "../../../src/app/graph/graph_reader.ts";
import { openGraphSource } from "../../../src/app/graph/open_source.ts";
import { readGraph } from "../../../src/app/graph/read_graph.ts";
import type { TrustRule } from "../../../src/app/graph/graph_trust.ts";
import { LIMITS } from "../../../src/base/limits.ts";
import { registry } from "../../../src/resources/registry.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { shell } from "../../support/program.ts";
import { quiet, until, withWatcher } from "../os/watcher_helpers.ts";

const noop = (name: string) => `resources: {noop: [{name: ${name}}]}\n`;

/** Runs a test with a directory of graph files, a.yaml among them, that is watched. */
function watched(
  test: (world: {
    readonly directory: string;
    readonly clock: ManualClock;
    /** Names of the resources of each graph that was read since the start. */
    readonly read: readonly string[];
    /** Reports that mistakes were found. */
    readonly refused: () => number;
    /** Waits until what happened was heard. */
    heard(): Promise<void>;
    /** The same, and then what is waited for. */
    passes(delayMs: number): Promise<void>;
    /** The same until that is so: on a busy machine what happened is heard late. */
    comes(what: string, isTrue: () => boolean): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  return withWatcher(async ({ watcher, directory, want }) => {
    const path = `${directory}/graph`;
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}/a.yaml`, noop("a"));
    const clock = new ManualClock();
    let refused = 0;
    const emit = ({ type }: { readonly type: string }) => {
      if (type === "diagnostics") refused++;
    };
    const source = openGraphSource({ file: path, path, host: { watcher, clock } });
    const graphs = new GraphReader(source, { registry, color: false, emit });
    await graphs.first({ resident: true });
    const read: string[] = [];
    graphs.watch(({ graph }) => void read.push([...graph.vertices.keys()].join(" ")));
    const wish = want(directory, true);
    await watcher.settle();
    const passes = async (delayMs: number) => {
      await quiet([wish]);
      await clock.pass(delayMs);
      await graphs.read();
    };
    // It is looked at once more as soon as it is watched, which on a busy machine is late.
    await until("it is watched", () => clock.armed > 0);
    await passes(60);
    const heard = () => quiet([wish]);
    const comes = async (what: string, isTrue: () => boolean) => {
      // Not by a reading of the test's own: what that sees is no news for the watch any more.
      for (let tries = 0; tries < 500 && !isTrue(); tries++) {
        await quiet([wish]);
        await clock.pass(60);
      }
      assert(isTrue(), what);
    };
    await test({ directory: path, clock, read, refused: () => refused, passes, comes, heard });
    await graphs.close();
    assertEquals(clock.armed, 0);
  });
}

Deno.test("files of a directory that come, change, are renamed and go make another graph", () =>
  watched(async ({ directory, read, comes }) => {
    const steps: readonly (readonly [command: string, keys: string])[] = [
      [`echo '${noop("b")}' >b.yaml`, "noop[a] noop[b]"],
      [`echo '${noop("b2")}' >b.new; mv b.new b.yaml`, "noop[a] noop[b2]"],
      ["mv b.yaml 0.yaml", "noop[b2] noop[a]"],
      [`echo '${noop("l")}' >../elsewhere; ln -s ../elsewhere l.yaml`, "noop[b2] noop[a] noop[l]"],
      [`echo '${noop("l2")}' >../elsewhere`, "noop[b2] noop[a] noop[l2]"],
      ["rm 0.yaml l.yaml", "noop[a]"],
      [
        `mkdir ../other; echo '${
          noop("o")
        }' >../other/o.yaml; mv ../graph ../was; ln -s other ../graph`,
        "noop[o]",
      ],
      [`echo '${noop("o2")}' >../other/o.yaml`, "noop[o2]"],
    ];
    for (const [command, keys] of steps) {
      await shell(command, directory);
      await comes(command, () => read.at(-1) === keys);
    }
    assertEquals(read.length, steps.length);
  }));

Deno.test("what is no graph file of a directory makes no other graph, and is in nobody's way", () =>
  watched(async ({ directory, clock, read, refused, passes, heard }) => {
    await shell(
      `for i in .hidden.yaml .#a.yaml a.yaml~ '#a.yaml#' .a.yaml.swp a.yaml.bak a.yaml.dpkg-new a.yml 4913
       do echo broken: [ >"$i"; done
       mkdir -p files/deep; echo broken: [ >files/b.yaml; echo broken: [ >files/deep/c.yaml; mkfifo fifo`,
      directory,
    );
    await passes(60);
    assertEquals([read, refused()], [[], 0]);
    for (const command of ["echo more >>a.yaml~", "echo more >>files/b.yaml", "rm a.yml"]) {
      await shell(command, directory);
      await heard();
      // Nobody waits to read it again.
      assertEquals(clock.armed, 0, command);
    }
    await shell("touch a.yaml", directory);
    await passes(60);
    assertEquals([read, refused()], [[], 0]);
  }));

Deno.test("several files are read when they are all there, and what never rests after a second", () =>
  watched(async ({ directory, read, passes, comes }) => {
    const put = (name: string, text = noop(name)) =>
      shell(`echo '${text}' >${name}.new; mv ${name}.new ${name}.yaml`, directory);
    await put("b");
    await passes(30);
    await put("c");
    await passes(30);
    // Whoever reads by order sees what is there; nobody was told of half of it.
    assertEquals(read, []);
    await passes(30);
    assertEquals(read.length <= 1, true);
    for (let count = 0; count < 60 && !read.at(-1)?.includes("noop[d"); count++) {
      await put("d", noop(`d${count}`));
      await quiet([], 30);
      await passes(40);
    }
    await comes("it was read", () => read.at(-1)?.includes("noop[d") === true);
  }));

const BROKEN: readonly (readonly [command: string, said: RegExp])[] = [
  ["echo 'resources: [' >b.yaml", /b\.yaml:1:\d+: error/],
  [": >a.yaml; echo '# x' >b.yaml", /graph: error: all graph files here are empty/],
  [`echo '${noop("a")}' >b.yaml`, /b\.yaml:1:.*noop\[a\] is there twice .*a\.yaml line 1\)/],
  ["ln -s nowhere b.yaml", /b\.yaml: error: .* does not exist/],
  ["ln -s b.yaml b.yaml", /b\.yaml: error: .* too many links/],
  ["mkfifo b.yaml", /b\.yaml: error: .* not a regular file/],
  ["mkdir b.yaml", /b\.yaml: error: .* is a directory/],
  ["ln -s /dev/zero b.yaml", /b\.yaml: error: .* not a regular file/],
  ["printf 'graph: \\377' >b.yaml", /b\.yaml:1:8: error: this is not UTF-8/],
  ["printf '\\376\\377' >b.yaml", /b\.yaml: error: the file is UTF-16/],
  [`truncate -s ${LIMITS.graphFileBytes + 1} b.yaml`, /: error: .* larger than 16 MiB/],
  [
    `for i in b c; do truncate -s ${LIMITS.graphFileBytes / 2 + 100} $i.yaml; done`,
    /graph: error: the graph files of .* are together larger than 16 MiB/,
  ],
  [
    `touch $(seq -f %g.yaml ${LIMITS.graphFiles})`,
    /graph: error: .* has more than 1000 graph files/,
  ],
  [
    `touch "$(printf '\\377.yaml')" "$(printf '\\377.txt')"`,
    /graph: error: .* has a graph file whose name is not UTF-8: \\xff\.yaml/,
  ],
  ["mv a.yaml a.yml", /graph: error: there is no graph file in/],
  ["echo 'only: {host: [else, where]}' >a.yaml", /all graph files here .* \(else, where\).* is h1/],
  ["cd ..; mv graph was; echo broken: [ >graph", /graph:1:\d+: error/],
];

Deno.test("what is wrong with one file refuses the whole directory, and is told with its place", async () => {
  for (const [command, said] of BROKEN) {
    const directory = `${await Deno.makeTempDir()}/graph`;
    try {
      await Deno.mkdir(directory);
      await Deno.writeTextFile(`${directory}/a.yaml`, noop("a"));
      await shell(command, directory);
      const { loaded, text } = await readGraph(directory, { registry, color: false, host: "h1" });
      assertEquals(loaded, undefined, command);
      assertMatch(text, said);
    } finally {
      await Deno.remove(directory.slice(0, -"/graph".length), { recursive: true });
    }
  }
});

Deno.test("a broken file changes nothing until it is mended", () =>
  watched(async ({ directory, read, refused, comes }) => {
    await shell("echo 'resources: [' >b.yaml", directory);
    await comes("it is refused", () => refused() === 1);
    assertEquals(read, []);
    await shell(`echo '${noop("b")}' >b.yaml`, directory);
    await comes("the mended one is read", () => read.join() === "noop[a] noop[b]");
    // Gone as a whole, and back.
    await shell("mv ../graph ../gone", "/".concat(directory.slice(1)));
    await comes("it is gone", () => refused() === 2);
    await shell("mv gone graph; rm graph/b.yaml", directory.slice(0, -"/graph".length));
    await comes("it is read again", () => read.at(-1) === "noop[a]");
  }));

const STRANGER = 54_321;

Deno.test({
  name: "who may add a file to a directory, or change one, is judged as for a file",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const rule = (strict: boolean): TrustRule => ({
      agentUid: 0,
      trusted: new Set([0]),
      strict,
    });
    // What is done, and whether a service and a run by hand refuse it.
    const open: readonly (readonly [command: string, strict: boolean, byHand: boolean])[] = [
      ["true", false, false],
      ["chmod 777 .", true, true],
      // Nobody can change what is there, but everybody can add a file.
      ["chmod 1777 .", true, true],
      ["chmod 666 a.yaml", true, true],
      [`chown ${STRANGER} a.yaml`, true, false],
      [`chown ${STRANGER} .`, true, false],
      [`mv a.yaml ..; chmod 666 ../a.yaml; ln -s ../a.yaml .`, true, true],
      ["chmod 1777 ..", false, false],
      ["echo broken >b.yaml~; chmod 666 b.yaml~", false, false],
    ];
    for (const [command, ...refused] of open) {
      const parent = await Deno.makeTempDir();
      const directory = `${parent}/graph`;
      try {
        await Deno.mkdir(directory);
        await Deno.writeTextFile(`${directory}/a.yaml`, noop("a"));
        await shell(command, directory);
        const results = [];
        for (const strict of [true, false]) {
          const how = { registry, color: false, trust: rule(strict) };
          const { loaded, text } = await readGraph(directory, how);
          results.push(loaded === undefined);
          if (loaded === undefined) assertMatch(text, /others than root can change what/);
        }
        assertEquals(results, refused, command);
      } finally {
        await Deno.remove(parent, { recursive: true });
      }
    }
  },
});

Deno.test("what stands in a file of a directory means what it means in a file alone", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const text = "graph: g\nresources: {file: [{name: /x, content: '', mode: 0640, owner: 0}]}\n";
    await Deno.writeTextFile(`${directory}/b.yaml`, text);
    const read = async (file: string) =>
      (await readGraph(file, { registry, color: false })).loaded?.graph.vertices
        .get("file[/x]")?.params;
    const alone = await read(`${directory}/b.yaml`);
    await Deno.writeTextFile(`${directory}/a.yaml`, noop("a"));
    assertEquals(await read(directory), alone);
    assertEquals(JSON.stringify(alone).includes('"bits":416'), true, JSON.stringify(alone));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a file of a directory that says nothing adds nothing, and one that is not read is named", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/a.yaml`, noop("a") + "values: [more.yml]\n");
    for (const [name, text] of [["b.yaml", ""], ["c.yaml", "# later\n"], ["d.yml", noop("d")]]) {
      await Deno.writeTextFile(`${directory}/${name}`, text ?? "");
    }
    await Deno.writeTextFile(`${directory}/more.yml`, "port: 80\n");
    const { loaded, text } = await readGraph(directory, { registry, color: false, host: "h1" });
    assertEquals([...loaded?.graph.vertices.keys() ?? []], ["noop[a]"], text);
    assertMatch(text, /b\.yaml: warning: the file says nothing/);
    assertMatch(text, /c\.yaml: warning: the file says nothing/);
    assertMatch(text, /d\.yml: warning: the file is not read/);
    assertEquals(text.match(/warning/g)?.length, 3, text);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

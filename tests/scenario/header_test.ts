import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

/** A file with a header and a command that is refreshed by it, after so many lines of comments. */
function graphOf(directory: string, lines: number, content: string): string {
  return `${"# a comment\n".repeat(lines)}graph: g
resources:
  file:
  - name: config
    path: ${directory}/server.conf
    content: ${JSON.stringify(content)}
    meta: {header: true}
  exec:
  - name: restart
    cmd: echo restarted >>${directory}/restarts
    shell: /bin/sh
edges:
- from: {kind: file, name: config}
  to: {kind: exec, name: restart}
  notify: true
`;
}

Deno.test("a resource that moves in its graph rewrites nothing; the next change says where it is", () =>
  inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const file = `${directory}/server.conf`;
    const written = (line: number, content: string) =>
      `# Managed by mgmt, do not edit: file[config], ${graph}:${line}\n${content}`;
    const put = async (lines: number, content: string) => {
      await Deno.writeTextFile(`${graph}.new`, graphOf(directory, lines, content));
      await Deno.rename(`${graph}.new`, graph);
    };
    await put(0, "a\n");
    const program = new Program(["run", graph, "--tmp-prefix"]);
    try {
      await program.says("Recap: 2 ok");
      assertEquals(contentOf(file), written(4, "a\n"));
      const [inode, restarts] = [Deno.statSync(file).ino, contentOf(`${directory}/restarts`)];
      await put(3, "a\n");
      await program.says("0 added, 0 changed, 0 removed, 2 kept");
      assertEquals([Deno.statSync(file).ino, contentOf(`${directory}/restarts`)], [
        inode,
        restarts,
      ]);
      // Who harms it has it healed, with the place of now.
      await Deno.writeTextFile(file, "a\n");
      await within(60_000, () => contentOf(file) === written(7, "a\n"), `${contentOf(file)}`);
      await Deno.remove(file);
      await within(60_000, () => contentOf(file) === written(7, "a\n"), `${contentOf(file)}`);
      await put(1, "b\n");
      await within(60_000, () => contentOf(file) === written(5, "b\n"), `${contentOf(file)}`);
    } finally {
      await program.interrupt();
    }
    // Another run, from another place in the file: all is as it should be.
    await put(9, "b\n");
    const again = await mgmt(["run", graph, "--tmp-prefix", "-t", "0", "--noop"]);
    assertMatch(again.stderr, /1 ok, 0 changed, .* 1 noop/);
    assertEquals(contentOf(file), written(5, "b\n"));
  }));

Deno.test("noop shows the header that would be written, and validate what can have none", () =>
  inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, graphOf(directory, 0, "a\n"));
    await Deno.writeTextFile(`${directory}/server.conf`, "a\n");
    const { stderr } = await mgmt(["run", graph, "--tmp-prefix", "-t", "0", "--noop"]);
    assertMatch(stderr, /\+# Managed by mgmt, do not edit: file\[config\], .*\/g\.yaml:4\n +a\n/);
    await Deno.writeTextFile(
      graph,
      `graph: g
resources:
  file:
  - {name: ${directory}/a.json, content: "{}", meta: {header: true}}
  - {name: ${directory}/b, content: "x", meta: {header: "one sign too many"}}
  exec:
  - {name: e, cmd: "true", meta: {header: true}}
`,
    );
    const refused = await mgmt(["validate", graph]);
    assertEquals(refused.code, 1);
    for (
      const text of ["have no comments", "the signs of a comment", "header is for the content"]
    ) {
      assertStringIncludes(refused.stderr, text);
    }
    assert(refused.stderr.includes("3 mistakes"), refused.stderr);
  }));

Deno.test("what a host exports with a header is collected with one, which names that host", () =>
  inDirectory(async (directory) => {
    const exporter = `${directory}/a.yaml`;
    await Deno.writeTextFile(
      exporter,
      `graph: a
resources:
  file:
  - {name: "@@x", path: /x/peer.conf, content: "peer\\n", meta: {header: true}}
  - {name: "@@y", path: /x/other, content: "other\\n", meta: {header: "//"}}
collect:
- {kind: file, pattern: ${directory}/got/}
`,
    );
    await Deno.mkdir(`${directory}/got`);
    const program = new Program([
      ...["run", exporter, "--tmp-prefix", "--hostname", "web1"],
      ...["--client-urls", freeUrl(), "--server-urls", freeUrl()],
    ]);
    try {
      const path = `${directory}/got/peer.conf`;
      await within(60_000, () => contentOf(path) !== undefined, () => program.stderr);
      await within(
        60_000,
        () => contentOf(`${directory}/got/other`) !== undefined,
        () => program.stderr,
      );
      const said = "Managed by mgmt, do not edit: file[web1";
      assertEquals(contentOf(path), `# ${said}/x], exported by host web1\npeer\n`);
      assertEquals(
        contentOf(`${directory}/got/other`),
        `// ${said}/y], exported by host web1\nother\n`,
      );
    } finally {
      await program.interrupt();
    }
  }));

Deno.test("a file with a header is its own in a tree, and no other resource changes lines of it", () =>
  inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.mkdir(`${directory}/source`);
    for (const name of ["own.conf", "tool.sh", "plain.conf"]) {
      await Deno.writeTextFile(`${directory}/source/${name}`, "#!/bin/sh\r\nx\r\n");
    }
    const text = `graph: g
resources:
  file:
  - {name: tree, path: ${directory}/tree/, source: source/, recurse: true, purge: true}
  - {name: own, path: ${directory}/tree/own.conf, content: "own\\n", meta: {header: true}}
  - {name: tool, path: ${directory}/tree/tool.sh, source: source/tool.sh, meta: {header: true}}
`;
    await Deno.writeTextFile(graph, text);
    const run = ["run", graph, "--tmp-prefix", "-t", "0"];
    assertEquals((await mgmt(run)).code, 0);
    const said = (name: string, line: number) =>
      `# Managed by mgmt, do not edit: file[${name}], ${graph}:${line}`;
    const written = () =>
      ["own.conf", "tool.sh", "plain.conf"].map((name) => contentOf(`${directory}/tree/${name}`));
    const expected = [
      `${said("own", 5)}\nown\n`,
      `#!/bin/sh\r\n${said("tool", 6)}\r\nx\r\n`,
      "#!/bin/sh\r\nx\r\n",
    ];
    assertEquals(written(), expected);
    assertMatch((await mgmt(run)).stderr, /3 ok, 0 changed/);
    await Deno.writeTextFile(
      graph,
      `${text}  line:
  - {name: l, path: ${directory}/tree/own.conf, line: more}
`,
    );
    const refused = await mgmt(run);
    assertEquals([refused.code, written()], [1, expected], refused.stderr);
  }));

Deno.test("killed between two versions, a file has one of them with its header", () =>
  inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    const file = `${directory}/server.conf`;
    for (let round = 0; round < 5; round++) {
      await Deno.writeTextFile(graph, graphOf(directory, round, `${round}\n`));
      const program = new Program(["run", graph, "--prefix", `${directory}/state`]);
      await program.says("File[config]: Apply");
      program.signal("SIGKILL");
      await program.ended();
      const seen = contentOf(file);
      const lines = seen === undefined ? [] : seen.trim().split("\n");
      assert(seen === undefined || lines.length === 2, JSON.stringify(seen));
      if (seen !== undefined) assertMatch(seen, /^# Managed by mgmt, do not edit: .*:\d+\n\d\n$/);
    }
    await mgmt(["run", graph, "--prefix", `${directory}/state`, "-t", "0"]);
    assertMatch(contentOf(file) ?? "", /:8\n4\n$/);
  }));

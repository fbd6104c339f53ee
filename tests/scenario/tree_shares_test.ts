import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

const GRAPH = `graph: shares
resources:
  file:
  - {name: tree, path: AT/t/, source: source, recurse: true, mode: "0640"}
  - {name: own, path: AT/t/own, content: "own"}
  - {name: gone, path: AT/t/gone, state: absent}
  - {name: gone with all in it, path: AT/t/gone.d/, state: absent}
  - {name: link, path: AT/t/link, target: plain}
  - {name: secret, path: AT/t/secret, mode: "0400"}
  - {name: changed, path: AT/t/changed, content: "changed", if_exists: true}
  - {name: nested, path: AT/t/nested/, source: other, recurse: true, purge: true}
  - {name: flat, path: AT/t/flat/, source: other}
  - {name: private, path: AT/t/private/, recurse: true, purge: true, mode: "0600"}
  - {name: "@@offered", path: /elsewhere/collected, content: "collected"}
  line:
  - {name: lined, path: AT/t/lined, line: added}
  - {name: blocked, path: AT/t/blocked, block: added}
collect:
- {kind: file, pattern: AT/t/}
`;

const SOURCES = [
  ...["plain", "own", "gone", "gone.d/x", "link", "secret", "nested/a", "nested/b/c", "flat/a"],
  ...["flat/d/x", "changed", "private/a", "private/d/b", "collected", "lined", "blocked"],
];

/** What there must be, with modes. */
const RIGHT = {
  plain: "640 plain",
  own: "644 own",
  gone: "nothing",
  "gone.d": "nothing",
  link: "640 plain",
  secret: "400 secret",
  changed: "640 changed",
  "nested/a": "644 other",
  "nested/b/c": "nothing",
  "flat/a": "644 other",
  "flat/d/x": "640 flat/d/x",
  "private/a": "600 private/a",
  "private/d/b": "600 private/d/b",
  "private/stray": "nothing",
  collected: "644 collected",
  lined: "640 lined\nadded\n",
};

function put(path: string, content: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, content);
}

function shown(path: string): string {
  try {
    const { mode, isDirectory } = Deno.statSync(path);
    if (isDirectory) return "a directory";
    return `${((mode ?? 0) & 0o777).toString(8)} ${Deno.readTextFileSync(path)}`;
  } catch {
    return "nothing";
  }
}

function applies(text: string): string[] {
  return text.split("\n").filter((line) => line.includes("Apply: "));
}

Deno.test("what other resources say of paths in a tree is theirs, and the rest is the tree's", () =>
  inDirectory(async (directory) => {
    const at = (name: string) => `${directory}/${name}`;
    for (const name of SOURCES) put(at(`source/${name}`), name);
    put(at("source/lined"), "lined\n");
    put(at("other/a"), "other");
    for (const stray of ["nested/stray", "private/stray"]) put(at(`t/${stray}`), "");
    await Deno.writeTextFile(at("g.yaml"), GRAPH.replaceAll("AT", directory));
    const run = (...more: string[]) => [
      ...["run", at("g.yaml"), "--prefix", at("prefix"), "--no-server", "--cluster-wait", "0"],
      ...["--seeds", "127.0.0.1:1", "--client-urls", freeUrl(), ...more],
    ];
    const seen = () =>
      Object.fromEntries(Object.keys(RIGHT).map((name) => [name, shown(at(`t/${name}`))]));
    const first = await mgmt(run("-t", "0"));
    assertEquals(seen(), RIGHT, first.stderr);
    assertStringIncludes(contentOf(at("t/blocked")) ?? "", "blocked");
    assertStringIncludes(contentOf(at("t/blocked")) ?? "", "\nadded\n");
    const second = await mgmt(run("-t", "0"));
    assertMatch(second.stderr, / 0 changed, 0 failed, 0 blocked, 0 contested/);
    assertEquals(seen(), RIGHT);
    const agent = new Program(run());
    try {
      await agent.says("Recap");
      assertEquals(applies(agent.stderr), []);
      // Both are heard; only one of them is the tree's to follow.
      Deno.writeTextFileSync(at("source/own"), "edited");
      Deno.writeTextFileSync(at("source/plain"), "edited");
      await within(60_000, () => contentOf(at("t/plain")) === "edited", () => agent.stderr);
      // What brings a file is gone, so that a purge inside of its tree removes the file.
      Deno.removeSync(at("source/private/a"));
      await within(60_000, () => shown(at("t/private/a")) === "nothing", () => agent.stderr);
      const edited = GRAPH.replaceAll("AT", directory).replace(/.*AT.t.own.*\n/, "")
        .replace(/.*name: own.*\n/, "");
      Deno.writeTextFileSync(at("new"), edited);
      Deno.renameSync(at("new"), at("g.yaml"));
      await within(60_000, () => contentOf(at("t/own")) === "edited", () => agent.stderr);
      const { stderr } = await agent.interrupt();
      assertEquals(applies(stderr).length, 3, stderr);
      assertEquals(seen(), {
        ...RIGHT,
        own: "640 edited",
        plain: "640 edited",
        link: "640 edited",
        "private/a": "nothing",
      });
    } finally {
      await agent.interrupt();
    }
  }));

Deno.test("with a purge of all of it, a tree leaves what homes, commands and lines account for", () =>
  inDirectory(async (directory) => {
    const at = (name: string) => `${directory}/${name}`;
    for (const stray of ["made/x", "made/y", "lined", "home/u/x", "stray/x"]) {
      put(at(`t/${stray}`), "x\n");
    }
    await Deno.writeTextFile(
      at("g.yaml"),
      `graph: purge
resources:
  file:
  - {name: tree, path: ${at("t")}/, recurse: true, purge: true}
  line:
  - {name: lined, path: ${at("t/lined")}, line: "x"}
  exec:
  - {name: made, cmd: "false", creates: ${at("t/made")}}
`,
    );
    const program = new Program(["run", at("g.yaml"), "--tmp-prefix"]);
    const names = () => [...Deno.readDirSync(at("t"))].map(({ name }) => name).sort();
    try {
      await program.says("Recap");
      assertEquals(
        [names(), contentOf(at("t/made/y"))],
        [["lined", "made"], "x\n"],
        program.stderr,
      );
      // What nobody speaks of any more goes at once.
      const edited = (await Deno.readTextFile(at("g.yaml"))).replace(/ {2}line:\n.*\n/, "");
      await Deno.writeTextFile(at("new"), edited);
      await Deno.rename(at("new"), at("g.yaml"));
      await within(60_000, () => names().join() === "made", () => program.stderr);
    } finally {
      await program.interrupt();
    }
  }));

Deno.test("what is managed below a file, or below what should be absent, is a mistake", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/g.yaml`;
    const validate = async (top: string) => {
      const files = `  - {name: top, path: /srv/t, ${top}}\n  - {name: b, path: /srv/t/a/b}\n`;
      await Deno.writeTextFile(path, `graph: t\nresources:\n  file:\n${files}`);
      const { code, stdout, stderr } = await mgmt(["validate", path]);
      return [code, stdout + stderr] as const;
    };
    for (const top of ['content: ""', "state: absent"]) {
      const [code, said] = await validate(top);
      assertEquals(code, 1, said);
      assertMatch(
        said,
        /file\[top\] says that \/srv\/t should .*, file\[b\] manages \/srv\/t\/a\/b/,
      );
    }
    assertEquals((await validate("target: /srv/u"))[0], 0);
  }));

const TREE_AND_MORE = `graph: more
resources:
  file:
  - {name: tree, path: AT/t/, source: source, recurse: true, purge: true, mode: "0640"}
  - {name: nested, path: AT/t/nested/, source: other}
  line:
  - {name: lined, path: AT/t/lined, line: added, create: true}
  exec:
  - {name: made, shell: /bin/sh, cmd: "mkdir AT/t/made; echo x > AT/t/made/x", creates: AT/t/made}
  - {name: told, shell: /bin/sh, cmd: "echo told >> AT/told; touch AT/t/junk"}
edges:
- {from: {kind: file, name: tree}, to: {kind: exec, name: made}}
- {from: {kind: file, name: tree}, to: {kind: exec, name: told}, notify: true}
`;

Deno.test("a run that ends by itself leaves nothing of a tree to the next one, and does end", () =>
  inDirectory(async (at) => {
    await Deno.mkdir(`${at}/source/sub`, { recursive: true });
    await Deno.mkdir(`${at}/other`);
    for (const file of ["source/a", "source/sub/b", "other/c"]) {
      await Deno.writeTextFile(`${at}/${file}`, file);
    }
    const once = async (text: string) => {
      await Deno.writeTextFile(`${at}/g.yaml`, text.replaceAll("AT", at));
      const { code, stderr } = await mgmt(["run", `${at}/g.yaml`, "-t", "0", "--tmp-prefix"]);
      assertEquals(code, 0, stderr);
      return /Recap: .*/.exec(stderr)?.[0] ?? "";
    };
    const modeOf = (path: string) =>
      ((Deno.statSync(`${at}/t/${path}`).mode ?? 0) & 0o777).toString(8);
    // What a command leaves on a refresh, it leaves again after the second look of the tree.
    await once(TREE_AND_MORE);
    assertEquals(["lined", "made", "made/x", "nested"].map(modeOf), ["640", "750", "640", "750"]);
    assertEquals(contentOf(`${at}/told`), "told\ntold\n");
    const quiet = TREE_AND_MORE.replace(/ +- \{name: told.*\n/, "")
      .replace(/- \{from: .*told.*\n/, "");
    await Deno.remove(`${at}/t`, { recursive: true });
    assertMatch(await once(quiet), / 4 changed/);
    assertMatch(await once(quiet), / 4 ok, 0 changed/);
  }));

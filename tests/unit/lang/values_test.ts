/** Values in YAML: what is put where, what is a mistake, and where it is said to be. */

import { assertEquals } from "@std/assert";
import type { JsonValue } from "../../../src/base/input.ts";
import { loadGraph } from "../../../src/lang/load.ts";
import type { DocumentPart } from "../../../src/lang/document.ts";
import { mergeDocuments } from "../../../src/lang/merge.ts";
import { evaluate, type ValueSurroundings } from "../../../src/lang/values/evaluate.ts";
import { readDocument } from "../../../src/lang/yaml/document.ts";
import { registry } from "../../../src/resources/registry.ts";

type Facts = Readonly<Record<string, JsonValue>>;

const FACTS: Facts = {
  "host.name": "web1",
  "host.address": "192.0.2.7",
  "host.cpus": 4,
  "host.addresses.1": "fd00::7",
  "host.labels.role": "web",
  "host.labels.tier": "2",
};

interface World {
  readonly facts?: Facts;
  /** Files of values, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Facts that are not known. */
  readonly unknown?: readonly string[];
}

async function part(file: string, text: string): Promise<DocumentPart> {
  const read = await readDocument(text, { file });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return { file, path: `/D/${file}`, document: read.document };
}

function surroundings(
  { facts = FACTS, files = {}, unknown = [] }: World,
  asked: Set<string>,
): ValueSurroundings {
  return {
    open: () =>
      Promise.resolve({
        families: ["host"],
        names: Object.keys(facts),
        read: (path) => {
          const name = path.join(".");
          asked.add(name);
          return unknown.includes(name)
            ? { isKnown: false, why: "nobody tells" } as const
            : { isKnown: true, value: facts[name] } as const;
        },
      }),
    file: async (name) => {
      const text = files[name];
      const problem = { message: `there is no ${name}` };
      if (text === undefined) return { ok: false, diagnostics: [], problem };
      return { ok: true, part: await part(name, text) };
    },
  };
}

/** What a graph comes to: the resources and edges, or the mistakes as `file:line:column message | hint`. */
async function read(text: string | Readonly<Record<string, string>>, world: World = {}) {
  const asked = new Set<string>();
  const around = surroundings(world, asked);
  const texts = typeof text === "string" ? { g: text } : text;
  const parts = await Promise.all(Object.entries(texts).map(([file, each]) => part(file, each)));
  let document = parts[0]!.document;
  if (typeof text === "string") document = (await evaluate(parts, around))[0]!.document;
  else {
    const merged = await mergeDocuments(parts, { name: "d", host: "web1", values: around });
    document = merged.document;
  }
  const outcome = await loadGraph(document, { file: "g", directory: "/D", registry });
  const said = outcome.ok ? outcome.loaded.warnings : outcome.diagnostics;
  const { graph, offers, collects, placeOf } = outcome.ok ? outcome.loaded : { ...NOTHING };
  return {
    params: (key: string) => graph?.vertices.get(key)?.params as Record<string, unknown>,
    keys: [...graph?.vertices.keys() ?? []],
    edges: graph?.edges.map(({ from, to }) => `${from} ${to}`),
    offers: offers?.map(({ kind, name, fields }) => ({ kind, name, fields })),
    collects,
    placeOf,
    asked: [...asked].sort(),
    said: said.map(({ file, line, column, message, hint }) =>
      `${file}:${line}:${column} ${message}${hint === undefined ? "" : ` | ${hint}`}`
    ),
  };
}

const NOTHING = {
  graph: undefined,
  offers: undefined,
  collects: undefined,
  placeOf: undefined,
} as const;

const text = (bytes: unknown) =>
  bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : bytes;

/** A graph with one file. */
const file = (values: string, content: string, more = "") =>
  `graph: g\n${values}resources:\n  file:\n  - name: /f\n    content: ${content}\n${more}`;

Deno.test("a graph without values is read as ever, dollars and all", async () => {
  const content = "'${HOME} $${x} ${host.name} ${'";
  const { params, said, asked } = await read(file("", content));
  assertEquals([said, asked], [[], []]);
  assertEquals(text(params("file[/f]").content), "${HOME} $${x} ${host.name} ${");
});

Deno.test("values and facts stand in texts, in names, in edges; $${ is a ${", async () => {
  const { params, keys, edges, said } = await read(
    `graph: g
values: {port: 80, db: {port: 5432, names: [app, log]}, dir: /srv}
resources:
  file:
  - name: \${dir}/\${host.name}
    content: "\${port} \${ db.port } \${db.names.1} $\${HOME} $$ $ \${host.cpus} \${host.addresses.1}"
  exec:
  - {name: "run-\${port}", cmd: "echo $$$\${x}", shell: /bin/sh}
edges:
- {from: {kind: file, name: "\${dir}/web1"}, to: {kind: exec, name: "run-\${port}"}}
`,
  );
  assertEquals(said, []);
  assertEquals(keys, ["file[/srv/web1]", "exec[run-80]"]);
  assertEquals(text(params("file[/srv/web1]").content), "80 5432 log ${HOME} $$ $ 4 fd00::7");
  assertEquals(edges, ["file[/srv/web1] exec[run-80]"]);
});

Deno.test("a name alone keeps the type of its value, and gives a text where one is wanted", async () => {
  const values =
    "values: {n: 7, yes: true, mode: 0640, args: [a, b], v: 1.10, env: {A: x, B: 2}}\n";
  const { params, said } = await read(`graph: g
${values}resources:
  file:
  - {name: /f, content: "\${n}", mode: "\${mode}"}
  - {name: /v, content: "\${v} \${mode}"}
  exec:
  - {name: e, cmd: "echo", timeout: "\${n}", env: "\${env}"}
  noop:
  - {name: "\${n}", meta: {noop: "\${yes}"}}
`);
  assertEquals(said, []);
  assertEquals(text(params("file[/f]").content), "7");
  assertEquals(text(params("file[/v]").content), "1.10 0640");
  assertEquals(
    JSON.stringify(params("file[/f]").mode),
    JSON.stringify({ type: "octal", bits: 0o640 }),
  );
  assertEquals([params("exec[e]").timeoutSeconds, params("exec[e]").env], [7, { A: "x", B: "2" }]);
});

Deno.test("later values win, maps are put together key by key, values are made of values", async () => {
  const { params, said } = await read(
    `graph: g
values:
- {a: 1, db: {port: 1, name: x}, url: "http://\${host.address}:\${db.port}/\${a}"}
- site.yaml
- {a: 3}
resources:
  file:
  - {name: /f, content: "\${a} \${db.port} \${db.name} \${url} \${from}"}
`,
    { files: { "site.yaml": "a: 2\ndb: {port: 5432}\nfrom: site of ${host.name}\n" } },
  );
  assertEquals(said, []);
  const url = "http://192.0.2.7:5432/3";
  assertEquals(text(params("file[/f]").content), `3 5432 x ${url} site of web1`);
});

Deno.test("a file may be named by a fact, or by a value before it", async () => {
  const { params, said } = await read(
    file(
      'values: [{kind: roles}, "${kind}/${host.labels.role}.yaml"]\n',
      '"${port}"',
    ),
    { files: { "roles/web.yaml": "port: 8080\n" } },
  );
  assertEquals([said, text(params("file[/f]").content)], [[], "8080"]);
});

Deno.test("what is wrong is said with its place, once, and with what was probably meant", async () => {
  const said = async (values: string, content: string, world: World = {}) =>
    (await read(file(values, content), world)).said;
  const some = "values: {port: 80, db: {port: 1}, list: [1], none: }\n";
  const hint = "it belongs below values:; a ${ as it stands is written $${";
  assertEquals(await said(some, '"x ${prot}"'), [
    'g:6:14 there is no value prot | did you mean "port"?',
  ]);
  assertEquals(await said(some, '"${HOME}"'), [`g:6:14 there is no value HOME | ${hint}`]);
  assertEquals(await said(some, '"${address}"'), [
    'g:6:14 there is no value address | did you mean "host.address"?',
  ]);
  assertEquals(await said(some, '"${db.prt}"'), [
    'g:6:14 there is no value db.prt | did you mean "db.port"?',
  ]);
  assertEquals(await said(some, '"a ${list}"'), [
    "g:6:14 the value list is a list, which cannot stand in a text",
  ]);
  assertEquals(await said(some, '"a ${db}"'), [
    "g:6:14 the value db is a map, which cannot stand in a text | " +
    "name what is in it: ${db.…}",
  ]);
  assertEquals(await said(some, '"${none}"'), [
    "g:6:14 the value none says nothing",
  ]);
  assertEquals(await said(some, '"${x:-1} ${"'), [
    "g:6:14 ${x:-1} names no value | " +
    "a name is letters, digits, _ and - with dots between; a ${ as it stands is written $${",
  ]);
  assertEquals(await said(some, '"${host}"'), [
    "g:6:14 host is much: name one of its facts | for instance ${host.name}; mgmt facts lists them",
  ]);
  assertEquals(await said(some, '"${host.nme}"'), [
    'g:6:14 there is no host.nme | did you mean "host.name"?',
  ]);
  assertEquals(await said(some, '"${host.labels.site}"'), [
    "g:6:14 this host has no label site | " +
    "give it one: --label site=…, or a line in a file of /etc/mgmt/labels.d",
  ]);
  assertEquals(await said(some, '"${host.address}"', { unknown: ["host.address"] }), [
    "g:6:14 host.address is not known: nobody tells",
  ]);
});

Deno.test("what is wrong with values is said where they are written", async () => {
  const circle = "values: {a: '${b}', b: '${c}', c: 'x ${a}'}\n";
  assertEquals((await read(file(circle, '"${a} ${b} ${a}"'))).said, [
    "g:2:35 these values are made of each other: a → b → c → a",
  ]);
  const inFile = { files: { "v.yaml": "name: 1\nb: ${nmae}\n" } };
  assertEquals((await read(file("values: [v.yaml]\n", '"${b} ${b}"'), inFile)).said, [
    'v.yaml:2:4 there is no value nmae | did you mean "name"?',
  ]);
  assertEquals((await read(file("values: [v.yaml]\n", "x"))).said, [
    "g:2:10 there is no v.yaml",
  ]);
  assertEquals((await read(file("values: v.yaml\n", "x"))).said, [
    'g:2:9 values must be a map, or a list of maps and files, not "v.yaml" | ' +
    "write it as a list: values: [v.yaml]",
  ]);
  assertEquals((await read(file("values: [1, {host: 2, a.b: 3}]\n", "x"))).said, [
    "g:2:10 an entry of values is a map or the name of a file, not the number 1 | " +
    "for instance values: {port: 80}",
    "g:2:20 no value can be called host: that is what is known of the host or its fleet | " +
    "give it another name",
    'g:2:28 "a.b" is no name of a value | letters, digits, _ and -, beginning with a letter or _',
  ]);
  const list = { files: { "v.yaml": "[1]" } };
  assertEquals((await read(file("values: [v.yaml]\n", "x"), list)).said, [
    "v.yaml:1:1 a file of values must be a map, not a list | for instance port: 80",
  ]);
});

Deno.test("merge keys in values are said, and of a map only the entries that do not fit", async () => {
  const merged = "values: {b: {x: 1}, c: {<<: {x: 2}, y: 1}}\n";
  assertEquals(
    (await read(`graph: g\n${merged}resources: {}\n`)).said.map((each) => each.split(" | ")[0]),
    [
      "g:2:29 << merges nothing: YAML 1.2 has no such key",
    ],
  );
  const { said } = await read(
    "graph: g\nvalues: {m: {GOOD: 1, FINE: true, BAD: [1]}}\nresources:\n  exec:\n" +
      '  - {name: e, cmd: x, env: "${m}"}\n',
  );
  assertEquals(said.length, 1, said.join("\n"));
  assertEquals([said[0]?.includes("BAD"), said[0]?.includes("GOOD")], [true, false]);
});

Deno.test("a key with a dot in a map, which no name can say, is said where it is asked for", async () => {
  const { said } = await read(
    'graph: g\nvalues: {m: {a.b: 1}}\nresources:\n  noop:\n  - {name: "${m.a.b}"}\n',
  );
  assertEquals(said.map((each) => each.replace(/^\S+ /, "")), [
    "there is no value m.a.b | " +
    "a dot in a key cannot be named: rename the key, or put the whole map in",
  ]);
});

Deno.test("a field that its value does not fit is said where it is, and where the value is written", async () => {
  const world = { files: { "v.yaml": "a: 1\nsecs: soon\n" } };
  const graph =
    "graph: g\nvalues: [v.yaml]\nresources:\n  exec:\n  - name: e\n    cmd: x\n    timeout: ${secs}\n";
  const { said } = await read(graph, world);
  assertEquals(said.length, 1);
  assertEquals(said[0]?.startsWith("g:7:14 exec[e]: timeout"), true, said[0]);
  assertEquals(said[0]?.includes("(secs is written in v.yaml, line 2)"), true, said[0]);
});

const WHEN = `graph: g
values: {x: 1}
resources:
  file:
  - {name: /a, content: "a\${x}", when: {role: web}}
  - {name: /b, content: "b\${only-on-db}", when: {role: db}}
  - {name: /c, content: c, when: {role: web, tier: 2}}
  - {name: /d, content: d, when: {role: web, site: graz}}
  - {name: /e, content: web, when: {role: web}, mode: 0640}
  - {name: /e, content: db, when: {role: db}}
  - {name: "/\${nobody}", content: f, when: {role: db}}
  exec:
  - {name: e, cmd: "true"}
edges:
- {from: {kind: file, name: /a}, to: {kind: exec, name: e}}
- {from: {kind: file, name: /b}, to: {kind: exec, name: e}, notify: true}
- {from: {res: file, name: /d}, to: {kind: exec, name: e}}
- {from: {kind: file, name: /e}, to: {kind: exec, name: e}}
`;

Deno.test("when: resources of other hosts are left out, with their edges and their mistakes", async () => {
  const { keys, edges, said, params, placeOf, asked } = await read(WHEN);
  assertEquals(said, []);
  assertEquals(keys, ["file[/a]", "file[/c]", "file[/e]", "exec[e]"]);
  assertEquals(edges, ["file[/a] exec[e]", "file[/e] exec[e]"]);
  assertEquals(text(params("file[/e]").content), "web");
  assertEquals(
    JSON.stringify(params("file[/e]").mode),
    JSON.stringify({ type: "octal", bits: 0o640 }),
  );
  // Of the text, not of what is left of it.
  assertEquals((await placeOf?.("file[/e]"))?.line, 9);
  assertEquals(asked, ["host.labels.role", "host.labels.site", "host.labels.tier"]);
});

Deno.test("when: an edge to nothing, a mistake behind what is left out, and labels that are not known", async () => {
  const typo = WHEN.replace("name: /a}, to", "name: /aa}, to");
  assertEquals((await read(typo)).said.map((each) => each.split(" |")[0]), [
    "g:15:29 there is no resource file[/aa]",
  ]);
  const mode = WHEN.replace("mode: 0640", "mode: odd");
  assertEquals((await read(mode)).said.map((each) => each.slice(0, 7)), ["g:9:55 "]);
  const { said } = await read(WHEN, { unknown: ["host.labels.role"] });
  assertEquals(said[0], "g:5:47 the labels of this host are not known: nobody tells");
  const wrong = (when: string) =>
    read(`graph: g\nresources:\n  noop:\n  - {name: n, when: ${when}}\n`);
  assertEquals((await wrong("web")).said, [
    'g:4:21 when must be a map of labels, not "web" | for instance when: {role: web}',
  ]);
  assertEquals((await wrong("{role: [web, db]}")).said, [
    "g:4:28 when: role must be the text of a label, not a list | " +
    "for instance when: {role: web}; more than that is for a program in TypeScript",
  ]);
});

Deno.test("when: what cannot be a label is a mistake, and no resource of other hosts", async () => {
  const said = async (when: string) =>
    (await read(`graph: g\nresources:\n  noop:\n  - {name: n, when: ${when}}\n`)).said;
  assertEquals(await said("{os.family: debian}"), [
    'g:4:33 when: "os.family" cannot be a label: the name of one has letters, digits, - and _, ' +
    "and begins with a letter | when compares labels only, for instance when: {role: web}: " +
    "give the hosts a label, or ask for facts in a program (docs/programs.md)",
  ]);
  assertEquals((await said("{host.labels.role: web}")).map((each) => each.split(" | ")[1]), [
    "write role: when compares labels only",
  ]);
  assertEquals((await said("{9: web}")).length, 1);
  assertEquals(await said("{os-family_2: debian}"), []);
});

Deno.test("when works without values, and then no dollar means anything", async () => {
  const graph =
    "graph: g\nresources:\n  file:\n  - {name: /a, content: '${HOME}', mode: 0600, when: {role: web}}\n" +
    "  - {name: /b, content: b, when: {role: db}}\n";
  const { params, keys, said } = await read(graph);
  assertEquals([keys, said], [["file[/a]"], []]);
  assertEquals(text(params("file[/a]").content), "${HOME}");
  assertEquals(
    JSON.stringify(params("file[/a]").mode),
    JSON.stringify({ type: "octal", bits: 0o600 }),
  );
});

Deno.test("exports and what is collected have values, too, and exports may be for some hosts", async () => {
  const graph = `graph: g
values: {port: 80, dir: /srv}
resources:
  file:
  - {name: "@@backend-\${host.name}", path: "/srv/\${port}", content: "\${port}", mode: 0644}
  - {name: "@@db", path: /db, content: x, when: {role: db}}
collect:
- {kind: file, pattern: "\${dir}/"}
`;
  const { offers, collects, said } = await read(graph);
  assertEquals(said, []);
  assertEquals(offers?.map(({ name, fields }) => [name, fields.content, fields.mode]), [
    ["backend-web1", "80", "0644"],
  ]);
  assertEquals(JSON.stringify(collects).includes("/srv/"), true);
});

Deno.test("files of a directory share their values, and only those with values: have them put in", async () => {
  const files = {
    a: "values: {port: 80}\n",
    b: "values:\nresources: {file: [{name: /b, content: 'b ${port}'}]}\n",
    c: "resources: {file: [{name: /c, content: 'c ${port}'}]}\n",
    d: "values: [{port: 81}]\nresources: {file: [{name: /d, content: 'd ${prt}'}]}\n",
  };
  const { said } = await read(files);
  assertEquals(said, ['d:2:40 there is no value prt | did you mean "port"?']);
  const { params } = await read({ ...files, d: files.d.replace("prt", "port") });
  const contents = ["b", "c", "d"].map((name) => text(params(`file[/${name}]`).content));
  assertEquals(contents, ["b 81", "c ${port}", "d 81"]);
  // A file for others says nothing, also no value.
  const others = { ...files, d: `only: {host: db*}\n${files.d}` };
  assertEquals(text((await read(others)).params("file[/b]").content), "b 80");
});

Deno.test("when leaves out edges from other files of a directory, too", async () => {
  const edge = (from: string) => `{from: {kind: noop, name: ${from}}, to: {kind: noop, name: z}}`;
  const files = {
    a: "resources: {noop: [{name: w, when: {role: web}}, {name: d, when: {role: db}}, {name: e, when: {role: db}}]}\n",
    b: `resources: {noop: [{name: z}, {name: e}]}\nedges: [${edge("d")}, ${edge("w")}, ${
      edge("e")
    }, ${edge("oh")}]\n`,
  };
  const { said } = await read(files);
  assertEquals(said.length, 1);
  assertEquals(said[0]?.startsWith("b:2:209 there is no resource noop[oh]"), true, said[0]);
  const { keys, edges } = await read({ ...files, b: files.b.replace("name: oh", "name: w") });
  assertEquals(keys, ["noop[w]", "noop[z]", "noop[e]"]);
  assertEquals(edges, ["noop[w] noop[z]", "noop[e] noop[z]"]);
});

Deno.test("values cannot make a graph endless", async () => {
  const doubling = [...Array(60).keys()].map((n) => `v${n + 1}: "\${v${n}}\${v${n}}"`).join(", ");
  const { said } = await read(file(`values: {v0: xxxxxxxx, ${doubling}}\n`, '"${v60}"'));
  assertEquals(said[0]?.includes("with its values this graph is larger than"), true, said[0]);
  const lists = [...Array(60).keys()].map((n) => `v${n + 1}: ["\${v${n}}", "\${v${n}}"]`).join(
    ", ",
  );
  const listed = await read(file(`values: {v0: x, ${lists}}\n`, '"${v60}"'));
  assertEquals(listed.said[0]?.includes("larger than"), true, listed.said[0]);
});

Deno.test("names of what every object has are no values", async () => {
  const values = "values: {__proto__: {port: 1}, a: {b: 1}}\n";
  for (const name of ["toString", "constructor.name", "a.toString", "port", "a.b.c"]) {
    const { said } = await read(file(values, `"\${${name}}"`));
    assertEquals(said[0]?.includes(`there is no value ${name}`), true, `${name}: ${said[0]}`);
  }
  const { params } = await read(file(values, '"${__proto__.port}"'));
  assertEquals(text(params("file[/f]").content), "1");
});

Deno.test("a value may be a secret, which is then a part of texts where one can stand, and no fact is one", async () => {
  const values = "values: {pw: !secret 'db:trim', conf: 'pw=${pw}'}\n";
  const { params, said } = await read(file(values, '"${conf};"'));
  assertEquals(said, []);
  assertEquals(params("file[/f]").content, "pw=\0secret:db:trim\0;");
  assertEquals(params("file[/f]").sensitive, true);
  const misplaced = await read(file(values, "x", '    mode: "${pw}"\n    when: {role: "${pw}"}\n'));
  assertEquals(misplaced.said, ["g:8:11 when cannot hold a secret"]);
  const named = await read(file(values, "x").replace("name: /f", 'name: "/${pw}"'));
  assertEquals(named.said, [
    "g:5:11 the name of a file resource cannot hold a secret (pw is written in g, line 2)",
  ]);
  const facts = { "host.name": "\0secret:root\0" };
  const stranger = await read(file("values: {a: 1}\n", '"${host.name}"'), { facts });
  assertEquals(stranger.said, [
    "g:6:14 host.name holds what stands for a secret, which only a graph may say",
  ]);
});

Deno.test("a secret in a key is refused where it stands, and not left there as it is written", async () => {
  const graph = (key: string) =>
    `graph: g
values: {k: !secret key, plain: text, deep: {k: "a \${k}"}}
resources:
  exec:
  - name: e
    cmd: "true"
    env:
      GOOD: \${k}
      "${key}": b
`;
  for (const name of ["k", "deep.k", "deep"]) {
    const { said } = await read(graph(`A\${${name}}`));
    assertEquals(said.map((each) => each.split(" | ", 1)[0]), [
      `g:9:${name.length + 15} a key cannot hold a secret, and ${name} is one`,
    ]);
  }
  for (const key of ["A$${k}", "A${", "A${none}"]) {
    assertEquals((await read(graph(key))).said, [], key);
  }
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { walkSync } from "@std/fs";
import ts from "typescript";
import { FACTS } from "../../../../src/facts/fact_table.ts";
import { createInputs } from "../../../../src/program/child/inputs.ts";
import { EDGE_WORDS, moduleExports } from "../../../../src/program/surface.ts";
import { KINDS } from "../../../../src/resources/registry.ts";
import {
  isModuleText,
  moduleText,
  sameDeclarations,
} from "../../../../src/app/typings/module_text.ts";
import { repositoryFile } from "../../../support/program.ts";
import { STARTER_FILES } from "../../../../src/app/typings/starter.ts";

/** What programs may say, and below what they may not; each line after a directive must be refused. */
const ACCEPTED = `
import { collect, exec, file, line, noop, pkg, program, type Reference, type Secret, svc, user } from "mgmt";

declare module "mgmt" {
  interface HostFacts {
    readonly rack?: string;
  }
}

const table = { web: ["nginx"], db: ["postgresql"] } as const;
function all<Kind extends "pkg" | "svc">(names: readonly string[], make: (name: string) => Reference<Kind>) {
  return names.map((name) => make(name));
}

export default program(({ host, read, data, secret, fleet, every, time }) => {
  const packages = all(table.web, (name) => pkg(name));
  const key: Secret = secret("key").trim();
  const conf = file("/etc/app.conf", {
    content: \`\${read("app.conf")}key=\${key}\\n\`,
    mode: "0600",
    require: packages,
    meta: { sema: ["disk:1"], retry: 3, header: "#" },
  });
  file("/etc/key", { content: key, before: [conf, [noop("one"), { kind: "noop", name: "two" }], host.cpus > 2 && conf, undefined] });
  line("greeting", { path: "/etc/motd", line: "hello", before: "^bye", notify: svc("x", { state: "running" }) });
  svc("app", { state: "running", startup: "enabled", subscribe: conf });
  exec("reindex", { cmd: "reindex", env: { PASSWORD: key }, limits: { memory: "512M", tasks: 5 } });
  exec("told", { args: ["logger", "two words"], require: conf });
  for (const { name, uid } of data<{ name: string; uid?: number }[]>("users.yaml")) user(name, { uid });
  const shared = collect({ kind: "file", pattern: "/srv/shared/", live: true, grace: 30, require: conf });
  noop("after", { require: shared, comment: \`\${every("10m")}\` });
  if (host.labels.role === "db" && host.os.family === "debian") noop(host.os.versionId);
  if (host.labels.role === "db") noop("b", { require: fleet.share("db", { address: host.address, port: 5432 }) });
  const peers: string[] = Object.values(fleet.values<{ port: number }>("db")).map((db) => \`\${db?.port}\`);
  if (fleet.elect("cron", { count: 2, among: { role: "db" } }) && time.within("02:00-04:00")) noop(peers.join());
  const there: readonly string[] = fleet.hosts({ label: "role=web", live: true });
  noop("all", { require: there.map((name) => file(\`/srv/\${name}/\`)) });
  console.log("noted", host.name, host.rack?.length, btoa("text"));
});
`;

const REFUSED = `
import { collect, exec, file, line, pkg, program, svc, sysctl, value } from "mgmt";
// @ts-expect-error: there is no such kind
import { files } from "mgmt";

program(({ host, read, secret, fleet }) => {
  // @ts-expect-error: no such field
  file("/a", { contents: "x" });
  // @ts-expect-error: a number is not how a mode is written
  file("/a", { mode: 644 });
  // @ts-expect-error: neither of the two words
  file("/a", { state: "present" });
  // @ts-expect-error: value must be given
  sysctl("a", { comment: "b" });
  // @ts-expect-error: value must be given
  sysctl("a");
  // @ts-expect-error: each argument is a text
  exec("a", { args: ["sleep", 10] });
  // @ts-expect-error: an edge is made of a reference, not of a name
  svc("a", { require: "nginx" });
  // @ts-expect-error: nor of a kind that is none
  svc("a", { require: { kind: "package", name: "nginx" } });
  // @ts-expect-error: nor of the function
  svc("a", { require: pkg });
  // @ts-expect-error: a line's before is a pattern
  line("a", { path: "/a", before: pkg("a") });
  // @ts-expect-error: a name is no secret
  file(secret("name"));
  // @ts-expect-error: a path is no secret
  file("/a", { source: secret("path") });
  // @ts-expect-error: what is shared is no secret
  fleet.share("key", secret("key"));
  // @ts-expect-error: JSON has no functions
  fleet.share("key", () => 1);
  // @ts-expect-error: nobody is elected by being there
  fleet.elect("a", { live: true });
  // @ts-expect-error: who lists processes would see it
  exec("a", { cmd: secret("command") });
  // @ts-expect-error: a secret says nothing of itself
  secret("a").length;
  // @ts-expect-error: there is no such input
  read.text("a");
  // @ts-expect-error: JSON has no functions
  value("a", { value: () => 1 });
  // @ts-expect-error: no such kind
  collect({ kind: "files", pattern: "/a/" });
  // @ts-expect-error: no such meta-parameter
  file("/a", { meta: { retries: 3 } });
  // @ts-expect-error: facts are not written
  host.cpus = 3;
  // @ts-expect-error: a label may not be there
  host.labels.role.length;
  // @ts-expect-error: there is no such fact
  host.adress;
  // @ts-expect-error: a name must be given
  file();
});
// @ts-expect-error: a program is not async
program(async ({ host }) => {
  await 0;
});
// @ts-expect-error: it returns no text
program(() => "graph");
// @ts-expect-error: it is called with what makes a graph
program({ file: [] });
`;

const ROLES = repositoryFile("examples/roles");

/** A project as mgmt init makes it, with these programs. */
function project(): string {
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-types-" });
  for (const name of ["modules", "data"]) Deno.mkdirSync(`${directory}/${name}`);
  for (const { path, text } of STARTER_FILES) Deno.writeTextFileSync(`${directory}/${path}`, text);
  Deno.writeTextFileSync(`${directory}/mgmt.d.ts`, moduleText("0"));
  for (const { path } of walkSync(ROLES, { includeDirs: false })) {
    const target = `${directory}/roles/${path.slice(ROLES.length + 1)}`;
    Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    Deno.copyFileSync(path, target);
  }
  Deno.writeTextFileSync(`${directory}/accepted.ts`, ACCEPTED);
  Deno.writeTextFileSync(`${directory}/refused.ts`, REFUSED);
  return directory;
}

Deno.test("tsc accepts what programs may say, and refuses the rest", () => {
  const directory = project();
  try {
    const path = `${directory}/tsconfig.json`;
    const config = ts.parseJsonConfigFileContent(
      ts.readConfigFile(path, ts.sys.readFile).config,
      ts.sys,
      directory,
    );
    assertEquals(config.errors, []);
    assertEquals(config.fileNames.length, 12);
    const options = { ...config.options, exactOptionalPropertyTypes: true };
    const program = ts.createProgram(config.fileNames, options);
    const found = ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) =>
      `${file?.fileName}:${file?.text.slice(0, start).split("\n").length} ` +
      ts.flattenDiagnosticMessageText(messageText, "\n")
    );
    assertEquals(found, []);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("deno check accepts what programs may say, and refuses the rest", async () => {
  const directory = project();
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "site.ts", "roles/site.ts", "accepted.ts", "refused.ts"],
      cwd: directory,
      env: { NO_COLOR: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("the types have a function for each kind, and a word on every field", () => {
  const text = moduleText("0");
  for (const [name, { fields, summary }] of Object.entries(KINDS)) {
    assertStringIncludes(text, `export function ${name}(name: string, `);
    assertStringIncludes(text.toLowerCase(), summary.slice(0, 20).toLowerCase());
    for (const field of Object.keys(fields)) {
      assert(new RegExp(`readonly ${field}\\??: `).test(text), field);
    }
  }
  const bare = [...text.matchAll(/[^/]\n {2}readonly (\w+)\??:/g)].map(([, name]) => name);
  // What a reference is made of.
  assertEquals(bare, ["kind", "name"]);
});

Deno.test("the types declare just what programs are given: functions, inputs and words of edges", () => {
  const text = moduleText("0");
  const functions = text.matchAll(/^export function (\w+)/gm);
  const names = [...functions].map(([, name]) => name).sort();
  assertEquals(names, [...moduleExports(Object.keys(KINDS))].sort());
  const bodyOf = (name: string) => text.split(`export interface ${name} {\n`)[1]!.split("\n}")[0]!;
  const membersOf = (name: string) =>
    [...bodyOf(name).matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map(([, member]) => member);
  const inputs = createInputs(() => ({ isKnown: true, isMap: true }), () => ({}));
  assertEquals(membersOf("Inputs").sort(), Object.keys(inputs).sort());
  assertEquals(membersOf("Fleet").sort(), Object.keys(inputs.fleet as object).sort());
  assertEquals(membersOf("Common").sort(), [...Object.keys(EDGE_WORDS), "export", "meta"].sort());
  const secret = (inputs.secret as (name: string) => object)("a");
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(secret));
  assertEquals([...membersOf("Secret"), "constructor", "toJSON"].sort(), methods.sort());
  assertEquals(membersOf("HostFacts").sort(), [...Object.keys(FACTS), "labels"].sort());
});

Deno.test("types of another version are other ones only where something else is declared", () => {
  const text = moduleText("1");
  assert(isModuleText(text));
  assert(sameDeclarations(text, moduleText("2")));
  assert(!sameDeclarations(text, text.replace("readonly recurse?", "readonly recursive?")));
  assert(!isModuleText("export const file = 1;\n"));
});

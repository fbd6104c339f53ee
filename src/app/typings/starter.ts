/**
 * The files of a small working example, for whoever begins to write programs.
 *
 * @module
 */

/** A file of the example; `path` is relative to its directory. */
interface StarterFile {
  readonly path: string;
  readonly text: string;
}

/** Where the example puts what it makes. */
const TARGET = "/tmp/mgmt-example";

const SITE = `import { file, program } from "mgmt";
import { type Person, welcome } from "./modules/welcome.ts";

export default program(({ host, data }) => {
  const people = data<Person[]>("data/people.yaml");

  const directory = file("${TARGET}/", { mode: "0755" });
  file("${TARGET}/welcome.txt", {
    content: welcome(host.name, people),
    mode: "0644",
    require: directory,
  });

  for (const { name, shell } of people) {
    file(\`${TARGET}/\${name}.profile\`, {
      content: \`SHELL=\${shell ?? "/bin/sh"}\\n\`,
      require: directory,
    });
  }
});
`;

const MODULE = `/** Someone that data/people.yaml tells of. */
export interface Person {
  name: string;
  shell?: string;
}

/** What whoever logs in is greeted with. */
export function welcome(host: string, people: Person[]): string {
  const names = people.map(({ name }) => name).join(", ");
  return \`This is \${host}, kept by mgmt for \${names}.\\n\`;
}
`;

const DATA = `- name: ada
  shell: /bin/bash
- name: grace
`;

const OPTIONS = {
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};

const DENO_JSON = {
  imports: { mgmt: "./mgmt.d.ts" },
  compilerOptions: { ...OPTIONS, lib: ["esnext"] },
};

const TSCONFIG = {
  compilerOptions: {
    ...OPTIONS,
    target: "esnext",
    lib: ["esnext"],
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
    paths: { mgmt: ["./mgmt.d.ts"] },
  },
};

/** What `mgmt init` writes, besides the types. */
export const STARTER_FILES: readonly StarterFile[] = [
  { path: "site.ts", text: SITE },
  { path: "modules/welcome.ts", text: MODULE },
  { path: "data/people.yaml", text: DATA },
  { path: "deno.json", text: json(DENO_JSON) },
  { path: "tsconfig.json", text: json(TSCONFIG) },
];

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/**
 * Makes few files of the many that a bundle with code splitting has. The bundler makes one for each set of lazy
 * imports that need the same modules: a run loads more than a hundred, some of a few lines, and each costs a start as
 * much as a kilobyte of code. Here those that a run or `validate` needs become one for each set of a few commands, so
 * that none of these loads more than before.
 *
 * Usage: deno run -A scripts/merge_chunks.ts CODE
 *
 * @module
 */

import { join } from "node:path";

/**
 * Whose starts count: lazy imports by the names of their modules, kinds by their words. All others are one more set
 * together, as are the kinds that are not named.
 */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  run: ["run"],
  validate: ["validate", "read_graph", "graph_trust", "on_demand"],
  commands: ["registry", "help"],
  journal: ["on_journal"],
  service: ["on_service"],
  program: ["main"],
  file: ["file"],
};

/** Of these starts, and of the program itself, the files are put together. */
const MERGED = ["run", "validate", "file"];

const MAIN = "main.js";
/** A kind is imported by its word, and all their modules have the same name. */
const KIND = /\b(\w+):\(\)=>import\("\.\/(kind-[A-Z0-9]{8}\.js)"\)/g;
/** How the name of a lazily imported file ends, behind that of its module. */
const LAZY_NAME = /-[A-Z0-9]{8}\.js$/;
const STATIC = /import(?:\{([^}]*)\}from)?"\.\/([^"]+\.js)";?/y;
const FOREIGN = /import[^"']*"[^"]*";?/y;
const LAZY = /import\("\.\/([^"]+\.js)"\)/g;
const EXPORTS = /export\{([^}]*)\}/g;

/** A file of the bundle: what it imports, with the names as they are written, and what follows that. */
interface Chunk {
  readonly imports: readonly { readonly from: string; readonly names: string }[];
  /** Imports of what is no file of the bundle. */
  readonly foreign: string;
  readonly body: string;
  readonly exports: readonly string[];
  readonly lazy: readonly string[];
}

/** Takes a file of the bundle apart. */
export function parseChunk(text: string): Chunk {
  const imports: { from: string; names: string }[] = [];
  let [at, foreign] = [0, ""];
  for (;;) {
    STATIC.lastIndex = FOREIGN.lastIndex = at;
    const own = STATIC.exec(text);
    const other = own ?? FOREIGN.exec(text);
    if (own?.[2] !== undefined) imports.push({ from: own[2], names: own[1] ?? "" });
    else if (other !== null) foreign += other[0];
    else break;
    at += other?.[0].length ?? 0;
  }
  const body = text.slice(at);
  const exports = [...body.matchAll(EXPORTS)].flatMap(([, names = ""]) => names.split(","))
    .filter((name) => name !== "").map((name) => name.split(" as ").at(-1) ?? "");
  const lazy = [...body.matchAll(LAZY)].map(([, name = ""]) => name);
  return { imports, foreign, body, exports, lazy };
}

type Chunks = ReadonlyMap<string, Chunk>;

/** All that is loaded with some files. */
function loadedWith(names: readonly string[], chunks: Chunks): ReadonlySet<string> {
  const loaded = new Set(names);
  for (const name of loaded) {
    for (const { from } of chunks.get(name)?.imports ?? []) loaded.add(from);
  }
  return loaded;
}

/** What is imported lazily, by file: the name of its module, of a kind its word. */
function wordsOf(chunks: Chunks): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { lazy } of chunks.values()) {
    for (const name of lazy) words.set(name, name.replace(LAZY_NAME, ""));
  }
  for (const { body } of chunks.values()) {
    for (const [, word = "", name = ""] of body.matchAll(KIND)) words.set(name, word);
  }
  return words;
}

/** Those of the starts that count that a bundle has not, so that it would be merged for others. */
export function lostStarts(chunks: Chunks): readonly string[] {
  const words = new Set(wordsOf(chunks).values());
  return Object.values(STARTS).flat().filter((word) => !words.has(word));
}

/** Which files become one: lists of their names. */
export function groupsOf(chunks: Chunks): readonly (readonly string[])[] {
  const words = wordsOf(chunks);
  const lazy = [...words.keys()];
  const starts = Object.entries(STARTS).map(([start, own]) =>
    [start, lazy.filter((name) => own.includes(words.get(name) ?? ""))] as const
  );
  const named = new Set(starts.flatMap(([, names]) => names));
  const others = lazy.filter((name) => !named.has(name));
  const isKind = (name: string) => /^kind-/.test(name);
  const sets = ([
    ["", [MAIN]],
    ...starts,
    ["kinds", others.filter(isKind)],
    ["others", others.filter((name) => !isKind(name))],
  ] as const).map(([start, names]) => [start, loadedWith(names, chunks)] as const);
  const groups = new Map<string, string[]>();
  const merged = sets.filter(([start]) => start === "" || MERGED.includes(start));
  for (const name of new Set(merged.flatMap(([, loaded]) => [...loaded]))) {
    // It waits for lazy imports while it is evaluated, so nothing that these need can be in one file with it.
    if (name === MAIN) continue;
    const whose = sets.filter(([, loaded]) => loaded.has(name)).map(([start]) => start).join();
    groups.set(whose, [...groups.get(whose) ?? [], name]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** The files of a bundle, some of which become one. */
class Merging {
  readonly #chunks: Chunks;
  readonly #groupOf = new Map<string, number>();
  readonly #lazy: ReadonlySet<string>;

  constructor(chunks: Chunks, groups: readonly (readonly string[])[]) {
    this.#chunks = chunks;
    groups.forEach((names, group) => names.forEach((name) => this.#groupOf.set(name, group)));
    this.#lazy = new Set([...chunks.values()].flatMap(({ lazy }) => lazy));
  }

  /** A file with its imports of what is merged led there; those of its own group stay. */
  text(name: string, { imports, foreign, body }: Chunk): string {
    const own = this.#groupOf.get(name);
    const isMerged = (other: string) => {
      const group = this.#groupOf.get(other);
      return group !== undefined && group !== own ? group : undefined;
    };
    const named = new Map<string, string[]>();
    for (const { from, names } of imports) {
      const group = isMerged(from);
      const file = group === undefined ? from : fileOf(group);
      const words = names === "" ? [] : names.split(",");
      named.set(file, [
        ...named.get(file) ?? [],
        ...words.map((word) => group === undefined ? word : led(from, word)),
      ]);
    }
    const lines = [...named].map(([file, words]) =>
      words.length === 0 ? `import"./${file}";` : `import{${words.join(",")}}from"./${file}";`
    );
    const lazily = body.replaceAll(LAZY, (call, other: string) => {
      const group = isMerged(other);
      return group === undefined
        ? call
        : `import("./${fileOf(group)}").then(m=>m.${prefixOf(other)})`;
    });
    return foreign + lines.join("") + lazily;
  }

  /** What a group's file exports: all names of all, and what is imported lazily as a whole. */
  entry(names: readonly string[]): string {
    return names.map((name) => {
      const exported = this.#chunks.get(name)?.exports ?? [];
      const each = exported.map((word) => `${word} as ${prefixOf(name)}_${word}`).join(",");
      return `import"./${name}";` + (each === "" ? "" : `export{${each}}from"./${name}";`) +
        (this.#lazy.has(name) ? `export*as ${prefixOf(name)} from"./${name}";` : "");
    }).join("\n");
  }
}

const fileOf = (group: number) => `merged-${group}.js`;
const prefixOf = (name: string) => `$${name.slice(0, -3).replaceAll(/\W/g, "_")}`;

/** `a as b` of a file, as it is called in the file that it became part of. */
function led(name: string, word: string): string {
  const [from = "", to = from] = word.split(" as ");
  return `${prefixOf(name)}_${from} as ${to}`;
}

async function bundle(directory: string, target: string, externals: readonly string[]) {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--minify", "--platform", "deno", "--no-config"],
      ...externals.flatMap((name) => ["--external", `./${name}`]),
      ...["-o", target, join(directory, "entry.js")],
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Merges the files of a directory; `strict`: all starts that count must be there. */
export async function mergeChunks(code: string, { strict = false } = {}): Promise<void> {
  const files = [...Deno.readDirSync(code)].map(({ name }) => name)
    .filter((name) => name.endsWith(".js")).sort();
  const chunks = new Map(
    files.map((name) => [name, parseChunk(Deno.readTextFileSync(join(code, name)))] as const),
  );
  const lost = lostStarts(chunks);
  if (strict && lost.length > 0) {
    throw new Error(`the bundle imports no ${lost.join(", ")} any more`);
  }
  const groups = groupsOf(chunks);
  const merging = new Merging(chunks, groups);
  const all = [...files, ...groups.keys().map(fileOf)];
  for (const [name, chunk] of chunks) {
    Deno.writeTextFileSync(join(code, name), merging.text(name, chunk));
  }
  for (const [group, names] of groups.entries()) {
    const directory = join(code, `group-${group}`);
    Deno.mkdirSync(directory);
    for (const name of names) Deno.renameSync(join(code, name), join(directory, name));
    Deno.writeTextFileSync(join(directory, "entry.js"), merging.entry(names));
    const externals = all.filter((name) => !names.includes(name) && name !== fileOf(group));
    await bundle(directory, join(code, fileOf(group)), externals);
    Deno.removeSync(directory, { recursive: true });
  }
}

if (import.meta.main) {
  const [code] = Deno.args;
  if (code === undefined) throw new Error("needs a path");
  await mergeChunks(code, { strict: true });
}

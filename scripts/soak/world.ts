/**
 * What one agent of the soak has to keep, and what should stand there at every moment.
 *
 * @module
 */

import { ensureDirSync } from "@std/fs";

const FILES = 60;
/** Bytes of the contents, in turn: what is healed at once, what takes steps, what is longer than a pipe. */
const SIZES = [0, 1, 100, 4096, 60_000, 200_000];
const MODE = 0o640;

/** How the world differs from what it should be, at one path. */
export interface Difference {
  readonly path: string;
  readonly what: string;
}

/** Files, a tree whose source is published like a volume, a purged directory and a line. */
export class World {
  readonly graph: string;
  readonly paths: readonly string[];
  readonly #versions = new Array<number>(FILES).fill(1);
  #published = 0;

  constructor(readonly directory: string) {
    for (const name of ["a", "b", "c", "purged", "volume"]) {
      ensureDirSync(`${directory}/${name}`);
    }
    this.graph = `${directory}/graph.yaml`;
    this.paths = this.#versions.map((_, at) => `${directory}/${"abc"[at % 3]}/file-${at}`);
    Deno.writeTextFileSync(this.hosts, "127.0.0.1 localhost\n");
    this.publish();
    Deno.symlinkSync("..data/cfg", `${this.#volume}/cfg`);
    Deno.symlinkSync("volume/..data", `${directory}/source`);
    Deno.writeTextFileSync(this.graph, this.text());
  }

  get hosts(): string {
    return `${this.directory}/hosts`;
  }

  get #volume(): string {
    return `${this.directory}/volume`;
  }

  /** A new version of everything that is copied, in one step; the one before goes. */
  publish(): void {
    const now = `..${++this.#published}`;
    ensureDirSync(`${this.#volume}/${now}/deep`);
    for (const [name, text] of this.#sources()) {
      Deno.writeTextFileSync(`${this.#volume}/${now}/${name}`, text);
    }
    Deno.symlinkSync(now, `${this.#volume}/..new`);
    Deno.renameSync(`${this.#volume}/..new`, `${this.#volume}/..data`);
    if (this.#published === 1) return;
    Deno.removeSync(`${this.#volume}/..${this.#published - 1}`, { recursive: true });
  }

  /** Wants another content of one file from now on. */
  change(at: number): void {
    this.#versions[at] = (this.#versions[at] ?? 0) + 1;
  }

  /** The graph as it should be now. */
  text(): string {
    const file = (path: string, at: number) =>
      `  - {name: f${at}, path: ${path}, mode: "0${MODE.toString(8)}", force: true,` +
      ` content: ${JSON.stringify(this.#content(at))}}\n`;
    const { directory } = this;
    return `graph: soak
resources:
  file:
${this.paths.map(file).join("")}
  - {name: copy, path: ${directory}/copy, source: ${directory}/volume/cfg}
  - {name: tree, path: ${directory}/tree/, source: source, recurse: true, purge: true}
  - {name: purged, path: ${directory}/purged/, recurse: true, purge: true}
  line:
  - {name: own, path: ${this.hosts}, line: 192.0.2.1 soak}
`;
  }

  /** All that is not as it should be. */
  differences(): Difference[] {
    const { directory } = this;
    const found = this.paths.map((path, at) => differenceOf(path, this.#content(at), MODE));
    for (const [name, text] of this.#sources()) {
      found.push(differenceOf(`${directory}/tree/${name}`, text));
      if (name === "cfg") found.push(differenceOf(`${directory}/copy`, text));
    }
    found.push(strays(`${directory}/tree`, ["cfg", "deep"]), strays(`${directory}/purged`, []));
    const lines = read(this.hosts).split("\n");
    const count = lines.filter((line) => line === "192.0.2.1 soak").length;
    if (count !== 1) found.push({ path: this.hosts, what: `has its line ${count} times` });
    return found.filter((each) => each !== undefined);
  }

  #sources(): [string, string][] {
    return [["cfg", `version ${this.#published}\n`], ["deep/more", `${this.#published}`]];
  }

  #content(at: number): string {
    const size = SIZES[at % SIZES.length] ?? 0;
    return size === 0 ? "" : `${this.#versions[at]} of ${at} `.repeat(size).slice(0, size);
  }
}

function differenceOf(path: string, text: string, mode?: number): Difference | undefined {
  const is = read(path);
  if (is !== text) return { path, what: `is ${shortly(is)}, should be ${shortly(text)}` };
  const isMode = (Deno.lstatSync(path).mode ?? 0) & 0o7777;
  if (mode === undefined || isMode === mode) return undefined;
  return { path, what: `has mode ${isMode.toString(8)}, should have ${mode.toString(8)}` };
}

function strays(directory: string, wanted: readonly string[]): Difference | undefined {
  try {
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    const others = names.filter((name) => !wanted.includes(name));
    return others.length === 0 ? undefined : { path: directory, what: `still has ${others}` };
  } catch {
    return { path: directory, what: "is missing" };
  }
}

function read(path: string): string {
  try {
    return Deno.lstatSync(path).isFile ? Deno.readTextFileSync(path) : "no file";
  } catch {
    return "missing";
  }
}

function shortly(text: string): string {
  return text.length > 40 ? `${text.slice(0, 20)}… (${text.length} bytes)` : JSON.stringify(text);
}

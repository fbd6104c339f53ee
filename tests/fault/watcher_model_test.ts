/**
 * Random changes, made as fast as possible, against a model: once it is quiet, whoever looked only
 * when the watcher said so has seen the last state of every path wanted.
 */

import { assertEquals } from "@std/assert";
import type { LocalWatcherOptions } from "../../src/os/watch/local_watcher.ts";
import type { Watcher } from "../../src/os/watch/watcher.ts";
import { pause, until, withWatcher } from "../unit/os/watcher_helpers.ts";

const ROUNDS = Number(Deno.env.get("MGMT_HUB_ROUNDS") ?? 25);
const FIRST_SEED = Number(Deno.env.get("MGMT_HUB_SEED") ?? 1);
const CHANGES = 60;
const NAMES = ["a", "b"];

/** A small generator of numbers that a seed determines. */
function chance(seed: number): (limit: number) => number {
  let state = seed * 2654435761 >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function randomPath(below: (limit: number) => number, directory: string): string {
  const depth = 1 + below(4);
  return directory + Array.from({ length: depth }, () => `/${NAMES[below(NAMES.length)]}`).join("");
}

/** Does something to the file system; what cannot be done is left. Returns what it was. */
function change(below: (limit: number) => number, directory: string): string {
  const path = randomPath(below, directory);
  const other = randomPath(below, directory);
  const changes: Record<string, () => void> = {
    [`write ${path}`]: () => Deno.writeTextFileSync(path, `${below(1000)}`),
    [`append ${path}`]: () => Deno.writeTextFileSync(path, "more", { append: true }),
    [`mkdir ${path}`]: () => Deno.mkdirSync(path, { recursive: true }),
    [`mkdir and write ${path}`]: () => {
      Deno.mkdirSync(path, { recursive: true });
      for (const name of NAMES) Deno.writeTextFileSync(`${path}/${name}`, `${below(1000)}`);
    },
    [`rename ${path} ${other}`]: () => Deno.renameSync(path, other),
    [`move back and forth ${path} ${other}`]: () => {
      Deno.renameSync(path, other);
      Deno.renameSync(other, path);
    },
    [`remove ${path}`]: () => Deno.removeSync(path, { recursive: true }),
    [`chmod ${path}`]: () => Deno.chmodSync(path, 0o700 + below(8)),
    [`symlink ${path} ${other}`]: () => Deno.symlinkSync(other, path),
    [`relative symlink ${path}`]: () => Deno.symlinkSync(`../${NAMES[below(2)]}`, path),
    [`mkdir ${path} and rename ${other}`]: () => {
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.renameSync(other, path);
    },
  };
  const [what, act] = Object.entries(changes)[below(Object.keys(changes).length)] ??
    ["nothing", () => {}];
  try {
    act();
    return what;
  } catch {
    return "";
  }
}

/** What stands at a path, below it for a tree, and with `follow` where a link there leads in the end. */
function sight(path: string, tree: boolean, follow = false): string {
  try {
    const info = Deno.lstatSync(path);
    const identity = `${info.ino} ${info.mode}`;
    if (info.isSymlink) {
      const inside = tree && Deno.statSync(path).isDirectory ? entries(path) : "";
      if (follow) return `${identity} -> ${Deno.readLinkSync(path)} ${end(path)} ${inside}`;
      return `${identity} -> ${Deno.readLinkSync(path)} ${inside}`;
    }
    if (info.isDirectory) return `${identity} ${tree ? entries(path) : ""}`;
    return `${identity} ${Deno.readTextFileSync(path)}`;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.name : "";
  }
}

/** What a link leads to in the end. */
function end(path: string): string {
  const real = Deno.realPathSync(path);
  const { isFile, ino, mode } = Deno.lstatSync(real);
  return `${ino} ${mode} ${isFile ? Deno.readTextFileSync(real) : ""}`;
}

function entries(path: string): string {
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  return names.map((name) => {
    const inner = `${path}/${name}`;
    const link = Deno.lstatSync(inner).isSymlink;
    return `(${name}: ${link ? Deno.readLinkSync(inner) : sight(inner, true)})`;
  }).join("");
}

/** Somebody who looks only when the watcher says so. */
class Looker {
  seen = "";
  readonly #close: () => void;

  constructor(
    readonly watcher: Watcher,
    readonly path: string,
    readonly tree: boolean,
    readonly follow: boolean,
  ) {
    const request = { path, tree, follow, changed: () => this.look() };
    this.#close = watcher.watch(request).close;
  }

  look(): void {
    this.seen = sight(this.path, this.tree, this.follow);
  }

  isRight(): boolean {
    return this.seen === sight(this.path, this.tree, this.follow);
  }

  close(): void {
    this.#close();
  }
}

async function round(seed: number, options: Partial<LocalWatcherOptions>): Promise<void> {
  const below = chance(seed);
  const log: string[] = [];
  await withWatcher(async ({ watcher, directory }) => {
    const lookers: Looker[] = [];
    const add = () => {
      const looker = new Looker(
        watcher,
        randomPath(below, directory),
        below(4) === 0,
        below(3) === 0,
      );
      lookers.push(looker);
      return looker;
    };
    for (let at = 0; at < 20; at++) change(below, directory);
    for (let at = 0; at < 8; at++) add();
    await watcher.settle();
    for (const looker of lookers) looker.look();
    for (let at = 0; at < CHANGES; at++) {
      log.push(change(below, directory));
      if (below(3) === 0) await pause(below(3));
      if (below(20) === 0) {
        const added = add();
        await watcher.settle();
        added.look();
      }
      if (below(30) === 0) lookers.splice(below(lookers.length), 1)[0]?.close();
    }
    await until("all", () => lookers.every((each) => each.isRight()), 60_000).catch(() => {});
    const wrong = lookers.filter((each) => !each.isRight()).map(({ path, tree, follow, seen }) => {
      return `${path}${tree ? "/" : ""} seen ${seen} is ${sight(path, tree, follow)}`;
    });
    assertEquals(
      wrong,
      [],
      `replay with MGMT_HUB_SEED=${seed}\n${log.filter((each) => each !== "").join("\n")}`,
    );
  }, options);
}

Deno.test(`random changes are all heard of, from seed ${FIRST_SEED}`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) await round(seed, {});
});

Deno.test(`random changes are all heard of where most is polled, from seed ${FIRST_SEED}`, async () => {
  await Promise.all(
    Array.from({ length: 5 }, (_, at) => round(FIRST_SEED + at, { watchLimit: 4 })),
  );
});

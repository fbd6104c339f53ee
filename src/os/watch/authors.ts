/**
 * Who changed what is watched, as far as the kernel tells: learned beside the watches and after the
 * repairs, and asked for later, if at all. Without it nothing else is different.
 *
 * @module
 */

import { parseNames } from "../../base/account_files.ts";
import { ok, type Result } from "../../base/result.ts";
import {
  CHANGE_BITS,
  type Fanotify,
  isStart,
  openFanotify,
  type ProcessChange,
} from "../native/fanotify.ts";
import { ownPid, parseStat, type ProcessEntry } from "../process/table.ts";
import { resourceOfCommand } from "../process/command_owners.ts";
import { lookMeanwhile, type WatcherContext } from "./context.ts";
import type { Directories } from "./directories.ts";
import { entryPath, type PathChange, type WatchedDirectory } from "./model.ts";
import { terminalName, unitOf } from "./process_facts.ts";
import type { ChangeAuthor } from "./watcher.ts";

/** Changes that wait to be looked into: the last ones. */
const WAITING_MAX = 4096;
/** Paths whose changes are known, of each the last few; processes that are known. */
const PATHS_MAX = 2048;
const CHANGES_PER_PATH = 8;
const PROCESSES_MAX = 1024;
/** What is known of a process is read again after so long: its number may be another's. */
const BELIEVED_MS = 1000;
/** A change and what the watch told of it are not further apart: both are read in the same turns. */
const APART_MS = 200;
/** Readings until whoever asks is answered; the kernel's queue holds less. */
const READS_MAX = 64;
/** Directories marked in one go. */
const MARKS_PER_TURN = 50;

/** What is known of a process; read once, as long as it is there. */
interface ProcessFacts {
  readonly pid: number;
  readonly readMs: number;
  executable?: string | undefined;
  program?: string | undefined;
  unit?: string | undefined;
  login?: number | undefined;
  terminal?: string | undefined;
  own?: boolean;
  /** Of a command of this program: the resource that it runs for. */
  resource?: string | undefined;
  complete: boolean;
  /** Known from the start of its program, which its process did not bear the name of yet. */
  started?: boolean;
}

/** What was read, and when. */
interface HeardChange extends ProcessChange {
  readonly atMs: number;
}

interface KnownChange {
  readonly atMs: number;
  readonly mask: number;
  /** undefined: this program itself. */
  readonly by: ProcessFacts | undefined;
}

/** Opens what tells who changes the watched directories; `programs`: also every program that starts. */
export function openAuthors(
  context: WatcherContext,
  directories: Directories,
  programs: boolean,
): Result<Authors> {
  let heard: () => void | Promise<void> = () => {};
  const opened = openFanotify(() => heard());
  if (!opened.ok) return opened;
  const authors = new Authors(context, directories, opened.value);
  heard = () => authors.heard();
  authors.begin(programs);
  return ok(authors);
}

/** Remembers for a while who changed what. */
export class Authors {
  readonly #context: WatcherContext;
  readonly #directories: Directories;
  readonly #kernel: Fanotify;
  readonly #own = ownPid();
  readonly #marked = new Map<string, WatchedDirectory>();
  readonly #keys = new Map<WatchedDirectory, string>();
  readonly #toMark = new Set<WatchedDirectory>();
  #marking = false;
  readonly #processes = new Map<number, ProcessFacts>();
  readonly #changes = new Map<string, KnownChange[]>();
  #waiting: HeardChange[] = [];
  #programs = false;
  #names: ReadonlyMap<number, string> | undefined;

  constructor(context: WatcherContext, directories: Directories, kernel: Fanotify) {
    this.#context = context;
    this.#directories = directories;
    this.#kernel = kernel;
  }

  /** Whether programs are known from their start. */
  get programs(): boolean {
    return this.#programs;
  }

  /** Hears of all directories that are watched now, the first ones at once. */
  begin(programs: boolean): void {
    if (programs) {
      const places = ["/", "/usr", "/usr/local", "/opt"];
      this.#programs = places.map((place) => this.#kernel.markPrograms(place)).includes(true);
    }
    for (const directory of this.#directories.watched()) this.watched(directory);
  }

  /** A directory is watched, or more of it is. */
  watched(directory: WatchedDirectory): void {
    this.#toMark.add(directory);
    if (this.#marking) return;
    this.#marking = true;
    void this.#context.clock.yieldTurn().then(() => this.#mark());
  }

  /** A directory is watched no more. */
  left(directory: WatchedDirectory): void {
    const key = this.#keys.get(directory);
    this.#toMark.delete(directory);
    this.#keys.delete(directory);
    if (key === undefined || this.#marked.get(key) !== directory) return;
    this.#marked.delete(key);
    this.#kernel.unmark(directory.path, key);
  }

  /** Something can be read. Nothing is done before what is to be repaired is. */
  async heard(): Promise<void> {
    lookMeanwhile(this.#context);
    await this.#context.clock.yieldTurn();
    this.#read();
    this.#learn();
  }

  /** Who it was; undefined: that is not known, or it was this program itself. */
  of({ path, what, atMs }: PathChange): ChangeAuthor | undefined {
    // Whoever asks early must not be told of the change before.
    for (let reads = 0; reads < READS_MAX && this.#read().length > 0; reads++) this.#learn();
    this.#learn();
    const bit = CHANGE_BITS[what] ?? 0;
    const near = (this.#changes.get(path) ?? []).filter((each) =>
      Math.abs(each.atMs - atMs) <= APART_MS
    );
    const fitting = near.filter(({ mask }) => (mask & bit) !== 0);
    const [best] = (fitting.length > 0 ? fitting : near).toSorted((one, other) =>
      Math.abs(one.atMs - atMs) - Math.abs(other.atMs - atMs)
    );
    return best?.by && this.#authorOf(best.by);
  }

  /** Takes what there is to be read. */
  #read(): readonly HeardChange[] {
    const atMs = this.#context.clock.nowMs();
    const changes = this.#kernel.read().map((change) => ({ ...change, atMs }));
    this.#waiting.push(...changes);
    if (this.#waiting.length > WAITING_MAX) this.#waiting = this.#waiting.slice(-WAITING_MAX);
    return changes;
  }

  close(): Promise<void> {
    return this.#kernel.close();
  }

  #mark(): void {
    let left = MARKS_PER_TURN;
    for (const directory of this.#toMark) {
      if (left-- === 0 || this.#context.closed) break;
      this.#toMark.delete(directory);
      const key = this.#kernel.mark(directory.path, directory.content);
      if (key === undefined) continue;
      this.#marked.set(key, directory);
      this.#keys.set(directory, key);
    }
    this.#marking = this.#toMark.size > 0 && !this.#context.closed;
    if (this.#marking) void this.#context.clock.yieldTurn().then(() => this.#mark());
  }

  #learn(): void {
    if (this.#context.closed) return;
    for (const change of this.#waiting.splice(0)) {
      if (isStart(change)) this.#started(change);
      else this.#changed(change);
    }
  }

  /** A program starts: its process is still the one before, but for its name. */
  #started({ pid, name }: ProcessChange): void {
    // The loader is opened after the program, for it.
    if (name.startsWith("ld-") || name.startsWith("ld.so")) return;
    this.#processes.delete(pid);
    const facts = this.#complete(this.#begin(pid));
    facts.program = name;
    facts.executable = undefined;
    facts.started = true;
  }

  #changed({ pid, mask, directory: key, name, atMs }: HeardChange): void {
    const directory = this.#marked.get(key);
    if (directory === undefined || !isWanted(directory, name)) return;
    const by = pid === this.#own ? undefined : this.#factsOf(pid, atMs);
    const path = entryPath(directory.path, name);
    const known = this.#changes.get(path) ?? [];
    // The last ones stay longest.
    this.#changes.delete(path);
    this.#changes.set(path, [...known.slice(1 - CHANGES_PER_PATH), { atMs, mask, by }]);
    trim(this.#changes, PATHS_MAX);
  }

  #factsOf(pid: number, atMs: number): ProcessFacts {
    let known = this.#processes.get(pid);
    if (known !== undefined && atMs - known.readMs > BELIEVED_MS && !this.#programs) {
      this.#processes.delete(pid);
      known = undefined;
    }
    return this.#complete(known ?? this.#begin(pid));
  }

  /** The executable, which goes first when a process ends. */
  #begin(pid: number): ProcessFacts {
    const facts: ProcessFacts = {
      pid,
      readMs: this.#context.clock.nowMs(),
      executable: pid > 0 ? this.#kernel.readLink(`/proc/${pid}/exe`) : undefined,
      complete: pid <= 0,
    };
    this.#processes.set(pid, facts);
    trim(this.#processes, PROCESSES_MAX);
    return facts;
  }

  #complete(facts: ProcessFacts): ProcessFacts {
    const { pid, complete, executable } = facts;
    const of = (file: string) => this.#kernel.readText(`/proc/${pid}/${file}`);
    if (complete && facts.started !== true) return facts;
    const named = of("comm")?.trimEnd() || undefined;
    if (facts.started === true) {
      facts.started = false;
      facts.executable = this.#kernel.readLink(`/proc/${pid}/exe`);
      facts.program = named ?? facts.program;
      return facts;
    }
    facts.complete = true;
    facts.program = named ?? baseOf(executable);
    facts.unit = unitOf(of("cgroup") ?? "");
    const login = Number(of("loginuid") ?? NaN);
    facts.login = Number.isSafeInteger(login) && login < NOBODY ? login : undefined;
    const stat = of("stat");
    const entry = stat === undefined ? undefined : parseStat(stat);
    facts.terminal = stat === undefined ? undefined : terminalName(stat);
    facts.own = entry !== undefined && this.#isOwn(entry);
    if (facts.own) facts.resource = resourceOfCommand(pid, entry!.session);
    return facts;
  }

  /** Whether a command that this program runs has done it, or something that it started. */
  #isOwn({ parent, session }: ProcessEntry): boolean {
    if (parent === this.#own) return true;
    const leader = this.#kernel.readText(`/proc/${session}/stat`);
    return leader !== undefined && parseStat(leader)?.parent === this.#own;
  }

  #authorOf(
    { pid, program, executable, unit, login, terminal, own, resource }: ProcessFacts,
  ): ChangeAuthor {
    return {
      pid,
      ...(program !== undefined && { program }),
      ...(executable !== undefined && { executable }),
      ...(unit !== undefined && { unit }),
      ...(login !== undefined && { login: this.#nameOf(login) }),
      ...(terminal !== undefined && { terminal }),
      ...(own === true && { command: true as const }),
      ...(resource !== undefined && { resource }),
    };
  }

  #nameOf(uid: number): string {
    try {
      this.#names ??= new Map(
        [...parseNames(Deno.readTextFileSync("/etc/passwd"))].map(([name, number]) => [
          number,
          name,
        ]),
      );
    } catch {
      this.#names = new Map();
    }
    return this.#names.get(uid) ?? `uid ${uid}`;
  }
}

/** Nobody has logged in. */
const NOBODY = 2 ** 32 - 1;

function isWanted({ branch, hops, nodes }: WatchedDirectory, name: string): boolean {
  return branch !== undefined || hops?.has(name) === true ||
    nodes.some(({ children }) => children?.has(name));
}

function baseOf(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf("/") + 1).replace(/ \(deleted\)$/, "");
}

function trim(map: Map<unknown, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

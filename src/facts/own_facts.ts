/**
 * Facts of the host's own administrator: files of data below /etc/mgmt/facts.d, and programs there that
 * print JSON. A fact has the name of its file without the ending.
 *
 * @module
 */

import type { InputReading, JsonValue } from "../base/input.ts";
import { parseExactJson, parseJson } from "../base/json.ts";
import { saysNothing } from "../base/says_nothing.ts";
import { fail, type Result } from "../base/result.ts";
import { known, notKnown } from "./machine.ts";
import {
  type AwayFiles,
  type Distrusts,
  readTrustedDirectory,
  stillAway,
  type TrustedFile,
} from "./trusted_directory.ts";

/** What own facts need. */
export interface OwnFactsOptions {
  readonly directory: string;
  readonly distrusts: Distrusts;
  /** What a file of YAML or JSON says. */
  readonly readData: (text: string, file: string) => Promise<Result<JsonValue>>;
  /** Runs a program and gives what it printed; absent: none is run here. */
  readonly run?: RunFactProgram | undefined;
  /** Programs are run before anything is read, also where something is known of an earlier run. */
  readonly isEager?: boolean | undefined;
  /** The only one that is asked for; absent: all are. */
  readonly only?: string | undefined;
  /** What programs said in an earlier run, and where that is kept. */
  readonly kept: KeptFacts;
  /** Names that are facts already. */
  readonly taken: ReadonlySet<string>;
  readonly warn: (text: string) => void;
  /** Absent: the directory is read once. */
  readonly nowMs?: (() => number) | undefined;
}

/** Runs a program until it ends, or the signal comes. */
type RunFactProgram = (path: string, stop: AbortSignal) => Promise<Result<string>>;

/** Values of programs between runs. */
export interface KeptFacts {
  /** Undefined: there is none. */
  read(name: string): JsonValue | undefined;
  keep(name: string, value: JsonValue): void;
}

const FORM = /^([A-Za-z][\w-]*)(?:\.(\w+))?$/;
/** Files that are meant to be facts, by their endings. */
const ODD = /^[^.].*\.(json|ya?ml)$/;
/** Files with wrong names that are named. */
const ODD_SAID = 5;
const DATA = ["json", "yaml", "yml"];
const NOT_SHARED = "its host tells others only facts of files that everybody may read";

/** The file of a program that ran, so that it is seen whether it is another now. */
interface RanProgram {
  readonly file: TrustedFile;
  readonly reading: InputReading;
  /** What it said in an earlier run: it is run when somebody asks. */
  readonly isOld: boolean;
}

/** A program that runs now. */
interface RunningProgram {
  readonly file: TrustedFile;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** Own facts as they were last read. */
export class OwnFacts {
  readonly directory: string;
  readonly #options: OwnFactsOptions;
  #values: ReadonlyMap<string, InputReading> = new Map();
  readonly #programs = new Map<string, RanProgram>();
  /** Why nothing of the directory counts. */
  #refused: string | undefined;
  #warned: ReadonlySet<string> = new Set();
  #said = new Set<string>();
  #turn: Promise<void> = Promise.resolve();
  /** Programs that somebody asked for. */
  readonly #wanted = new Set<string>();
  readonly #running = new Map<string, RunningProgram>();
  /** What was said of a program last, so that it is said once. */
  readonly #complaints = new Map<string, string>();
  #changed = () => {};
  #isClosed = false;
  /** Facts whose files are away, perhaps only for as long as they are written anew. */
  #away: AwayFiles = new Map();
  /** Facts of files that not everybody may read. */
  #private: ReadonlySet<string> = new Set();

  constructor(options: OwnFactsOptions) {
    this.#options = options;
    this.directory = options.directory;
  }

  /** The names that have values, or would have. */
  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** What others may be told of it: not what programs print, nor what not everybody may read. */
  shareable(name: string): InputReading {
    const isSecret = this.#programs.has(name) || this.#private.has(name);
    if (isSecret && this.#refused === undefined) return notKnown(NOT_SHARED);
    return this.#values.get(name) ?? notKnown(this.#refused ?? NOT_SHARED);
  }

  /** Whether somebody asked for what a program says. */
  get wantsPrograms(): boolean {
    return [...this.#programs.keys()].some((name) => this.#wanted.has(name));
  }

  /** Whether a file is away, so that it is to be looked at once more, a moment later. */
  get hasAway(): boolean {
    return this.#away.size > 0;
  }

  /** Calls `changed` when a program that was run because somebody asked has said something. */
  listen(changed: () => void): void {
    this.#changed = changed;
  }

  /** What is known under a name; what there is no file for is known not to be there. */
  read(name: string): InputReading {
    if (this.#refused !== undefined) return notKnown(this.#refused);
    this.#wanted.add(name);
    const program = this.#programs.get(name);
    if (program?.isOld) this.#start(name, program.file);
    return program?.reading ?? this.#values.get(name) ?? known(undefined);
  }

  /** Resolves when what is not known of a fact yet, or of all, is; undefined: that is not learned now. */
  learn(name?: string): Promise<void> | undefined {
    const names = name === undefined ? [...this.#running.keys()] : [name];
    const awaited = names.flatMap((each) =>
      this.#programs.get(each)?.reading.isKnown ? [] : this.#running.get(each)?.done ?? []
    );
    return awaited.length === 0 ? undefined : Promise.all(awaited).then(() => {});
  }

  /** Ends programs that run; resolves when they have ended. */
  async close(): Promise<void> {
    this.#changed = () => {};
    this.#isClosed = true;
    const ended = [...this.#running.values()].map(({ done }) => done);
    for (const name of [...this.#running.keys()]) this.#stop(name);
    await Promise.all(ended);
  }

  /** Reads the directory and runs programs that are new; `again`: all that somebody asked for. */
  load({ again = false } = {}): Promise<void> {
    this.#turn = this.#turn.then(() => this.#load(again));
    return this.#turn;
  }

  async #load(again: boolean): Promise<void> {
    const { directory, distrusts, only, taken } = this.#options;
    this.#said = new Set();
    if (only !== undefined && taken.has(only)) return;
    const odd = new Set<string>();
    const isMeant = (name: string) => {
      if (ODD.test(name) && !FORM.test(name)) odd.add(name);
      return FORM.test(name);
    };
    const read = await readTrustedDirectory(directory, { isMeant, distrusts });
    this.#refused = read.ok ? undefined : read.failure.message;
    if (!read.ok) this.#warn(`no own facts: ${read.failure.message}`);
    for (const name of [...odd].sort().slice(0, ODD_SAID)) {
      this.#warn(
        `${directory}/${name} is not read: the name of a fact has letters, digits, - and _, ` +
          "and begins with a letter",
      );
    }
    const values = new Map<string, InputReading>();
    const present = new Set<string>();
    const hidden = new Set<string>();
    await Promise.all((read.ok ? read.value : []).map(async (file) => {
      const [, name = "", ending = ""] = FORM.exec(file.name) ?? [];
      present.add(name);
      if (!file.isPublic) hidden.add(name);
      if (only !== undefined && name !== only) values.set(name, notKnown("it is not asked for"));
      else if (this.#options.taken.has(name)) {
        this.#warn(`${file.path} is not read: ${name} is a fact already`);
      } else if (values.has(name)) {
        this.#warn(`${file.path} is not read: another file has the fact ${name}`);
      } else {
        values.set(name, notKnown(`${file.path} is being read`));
        values.set(name, await this.#reading(name, ending, file, again));
      }
    }));
    const nowMs = this.#options.nowMs?.() ?? 0;
    const known = read.ok ? this.#values.keys() : [];
    this.#away = stillAway(known, { present, before: this.#away, nowMs });
    for (const name of this.#away.keys()) values.set(name, this.#values.get(name)!);
    for (const name of this.#programs.keys()) if (!values.has(name)) this.#forget(name);
    for (const name of this.#away.keys()) if (this.#private.has(name)) hidden.add(name);
    this.#values = values;
    this.#private = hidden;
    this.#warned = this.#said;
    // Nothing else waits for a program: a fact is learned by itself.
    if (this.#options.isEager) await this.#allDone();
  }

  async #reading(
    name: string,
    ending: string,
    file: TrustedFile,
    again: boolean,
  ): Promise<InputReading> {
    const { readData } = this.#options;
    if (file.isExecutable && !DATA.includes(ending)) return this.#program(name, file, again);
    this.#forget(name);
    if (!DATA.includes(ending)) {
      this.#warn(`${file.path} is not read: it is no program, and does not end in .json or .yaml`);
      return notKnown(`${file.path} is neither a program nor JSON or YAML`);
    }
    if (file.text.ok && saysNothing(file.text.value)) {
      this.#warn(`own fact ${name}: ${file.path} is empty`);
      return notKnown(`${file.path} is empty`);
    }
    const data = file.text.ok ? await readData(file.text.value, file.path) : file.text;
    if (data.ok) return known(data.value);
    this.#warn(`own fact ${name}: ${data.failure.message}`);
    return notKnown(data.failure.message);
  }

  /** What a program said last; it is run where that is due, and tells when it has said something. */
  #program(name: string, file: TrustedFile, again: boolean): InputReading {
    const before = this.#programs.get(name);
    const { kept, isEager } = this.#options;
    const isWanted = this.#wanted.has(name);
    const isDue = before?.isOld ? isWanted : again && isWanted;
    if (before !== undefined && !isDue && isSame(before.file, file)) return before.reading;
    const last = before?.reading.isKnown ? before.reading.value : kept.read(name);
    const isOld = before === undefined && last !== undefined && !isWanted && !isEager;
    const reading = last === undefined ? notKnown(`${file.path} is being run`) : known(last);
    this.#programs.set(name, { file, reading, isOld });
    if (!isOld) this.#start(name, file);
    return this.#programs.get(name)!.reading;
  }

  /** Runs a program, unless the same file is run already. */
  #start(name: string, file: TrustedFile): void {
    const { run } = this.#options;
    if (this.#isClosed) return;
    const running = this.#running.get(name);
    if (running !== undefined && isSame(running.file, file)) return;
    this.#stop(name);
    if (run === undefined) return this.#took(name, file, notRunHere(file));
    const refused = refusedOf(file);
    if (refused !== undefined) return this.#took(name, file, refused);
    const stop = new AbortController();
    const done = this.#run(file.path, (path) => run(path, stop.signal)).then((said) => {
      if (stop.signal.aborted) return;
      this.#running.delete(name);
      this.#took(name, file, said);
      this.#changed();
    });
    this.#running.set(name, { file, stop, done });
    const { reading } = this.#programs.get(name)!;
    this.#programs.set(name, { file, reading, isOld: false });
  }

  #took(name: string, file: TrustedFile, said: Result<JsonValue>): void {
    const { run, kept, warn } = this.#options;
    const before = this.#programs.get(name)?.reading;
    const last = before?.isKnown ? before.value : undefined;
    let reading: InputReading;
    if (said.ok) {
      this.#complaints.delete(name);
      kept.keep(name, said.value);
      reading = known(said.value);
    } else {
      reading = last === undefined ? notKnown(said.failure.message) : known(last);
      const goesOn = last === undefined ? "" : "; what it said last is used";
      const text = `own fact ${name}: ${said.failure.message}${goesOn}`;
      if (run !== undefined && this.#complaints.get(name) !== text) warn(text);
      this.#complaints.set(name, text);
    }
    this.#programs.set(name, { file, reading, isOld: false });
  }

  #stop(name: string): void {
    this.#running.get(name)?.stop.abort();
    this.#running.delete(name);
  }

  #forget(name: string): void {
    this.#stop(name);
    this.#programs.delete(name);
    this.#complaints.delete(name);
  }

  async #allDone(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async #run(
    path: string,
    run: (path: string) => Promise<Result<string>>,
  ): Promise<Result<JsonValue>> {
    const printed = await run(path);
    if (!printed.ok) return printed;
    if (parseJson(printed.value) === undefined) return fail(`what ${path} printed is no JSON`);
    const value = parseExactJson(printed.value);
    return value.ok ? value : fail(`${path}: ${value.failure.message}`);
  }

  /** Once, as long as it stays so. */
  #warn(text: string): void {
    this.#said.add(text);
    if (!this.#warned.has(text)) this.#options.warn(text);
  }
}

function notRunHere({ path }: TrustedFile): Result<never> {
  return fail(
    `${path} is not run here, and no agent has kept what it said: ` +
      "mgmt facts --output json > FILE runs it, and --facts FILE reads that",
  );
}

/** Others could change it, which is no reason to read it, but one not to run it. */
function refusedOf({ text, isTrusted }: TrustedFile): Result<never> | undefined {
  return isTrusted || text.ok ? undefined : text;
}

function isSame(one: TrustedFile, other: TrustedFile): boolean {
  if (one.version !== other.version) return false;
  return one.text.ok && other.text.ok ? one.text.value === other.text.value : true;
}

/**
 * A program as a source of graphs: its modules are read and loaded when they say something else, and it is
 * evaluated again when something that it read does.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Clock } from "../../os/clock.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { startHelper } from "../../os/process/helper.ts";
import { EvaluationPace, slowedText } from "../../program/evaluation_pace.ts";
import { type EvaluationAnswer, LoadedProgram } from "../../program/loaded_program.ts";
import { type ChildParts, ProgramChild } from "../../program/program_child.ts";
import { CHILD_WORD, type ProgramGraph, type ProgramMistake } from "../../program/protocol.ts";
import type { RecordedRead } from "../../program/recorded_reads.ts";
import type { GraphSource, SourceReading } from "../graph/graph_source.ts";
import { SourceWatch } from "../graph/source_watch.ts";
import { moduleStateMistake } from "./module_state.ts";
import { ModuleTexts } from "./module_texts.ts";
import { alone } from "./no_inputs.ts";
import { KINDS_OF_PROGRAMS } from "./kinds_of.ts";
import { ProgramInputs, sharedBy } from "./program_inputs.ts";
import type { LastEvaluation, ProgramOptions, SuspendedEvaluation } from "./program_options.ts";
import { programDocument } from "./program_document.ts";
import { oddTexts } from "./odd_texts.ts";
import { KeptProgram } from "./kept_program.ts";
import { isIn, withEarlier } from "./with_earlier.ts";
import { inputWords, lacksText, staysText, waitText } from "./input_words.ts";
import { SafeReader } from "./safe_reader.ts";

/** So long what is soon known is waited for without a word. */
const MOMENT_MS = 500;
/** A program may make what it shares from what it shares itself. */
const OWN_ROUNDS = 3;
/** Inputs that the cluster's part speaks for. */
const OF_CLUSTER = ["fleet", "elected"];

/** A program in a file whose name ends with `.ts`. */
export class ProgramSource implements GraphSource {
  readonly file: string;
  readonly directory: string;
  readonly #options: ProgramOptions;
  readonly #clock: Pick<Clock, "nowMs" | "after">;
  readonly #watch: SourceWatch | undefined;
  readonly #pace: EvaluationPace;
  readonly #childParts: ChildParts;
  /** Started before it is needed. */
  #firstChild: ProgramChild | undefined;
  #reader: SafeReader;
  readonly #kept: KeptProgram;
  /** What it can read, once that was opened. */
  #inputs: ProgramInputs | undefined;
  #changed: (() => void) | undefined;
  /** Who waits for another word of an input. */
  #waiting = Promise.withResolvers<void>();
  #waitsUntilMs: number | undefined;
  #program: LoadedProgram | undefined;
  #last: LastEvaluation | undefined;
  /** What it said last that was found good, whose reads are followed; undefined: nothing so far. */
  #inForce: string | undefined;
  /** What it has only because this host is elected, and nothing takes back. */
  #bound: readonly string[] = [];
  /** The last graph in force of which nothing was missing, and what was read for it. */
  #whole: { readonly graph: ProgramGraph; readonly reads: readonly RecordedRead[] } | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.file = options.file;
    this.directory = options.programs === undefined ? dirname(options.path) : options.path;
    this.#clock = options.host?.clock ?? createLocalClock();
    this.#pace = new EvaluationPace(this.#clock);
    this.#watch = options.host && new SourceWatch(options.host, { several: false });
    this.#reader = this.#newReader();
    this.#kept = new KeptProgram(options, (path) => this.#reader.wayTo(path));
    this.#childParts = {
      clock: this.#clock,
      start: (listener) => startHelper(CHILD_WORD, listener),
    };
    // While this one gets ready, so does the child.
    this.#firstChild = new ProgramChild(this.#childParts).start();
  }

  async read(): Promise<SourceReading> {
    this.#reader = this.#newReader();
    this.#inputs?.forget();
    try {
      const known = { lastGood: () => this.#kept.lastGood(), seen: this.#watch?.take() };
      return { ...known, ...await this.#readSoon() };
    } finally {
      this.#follow();
    }
  }

  /** What the cluster's part has to open first, and what the first graph shares itself, is worth a moment. */
  async #readSoon(): Promise<SourceReading> {
    let reading = await this.#read();
    if (this.#inForce !== undefined) return reading;
    const endMs = this.#clock.nowMs() + MOMENT_MS;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(MOMENT_MS, resolve);
    while (reading.waiting !== undefined && this.#clock.nowMs() < endMs) {
      await Promise.race([reading.waiting.over, promise]);
      reading = await this.#read();
    }
    timer.cancel();
    for (let round = 0; round < OWN_ROUNDS && reading.document !== undefined; round++) {
      const shared = sharedBy(reading.document.value);
      if (shared.length === 0) break;
      this.#inputs?.shares(shared);
      const next = await this.#read();
      if (next.document === undefined) break;
      reading = next;
    }
    return reading;
  }

  async #read(): Promise<SourceReading> {
    const isSame = await this.#isLoaded();
    const [mistakes, inputs] = await Promise.all([
      isSame ? undefined : this.#load(),
      this.#inputs ?? this.#open(),
    ]);
    this.#inputs = inputs;
    if (mistakes !== undefined) return this.#broken(mistakes, new Map());
    const program = this.#program!;
    const last = this.#last;
    const known = await inputs.sayAgain(last?.reads ?? []);
    const cause = last && inputs.changedRead(last.reads);
    if (isSame && last !== undefined && cause === undefined) {
      return last.waits === undefined
        ? { same: true, problems: [] }
        : this.#suspended(last.waits, program);
    }
    const answer = await program.evaluate({ known, say: (read) => inputs.say(read) });
    if (answer.type === "graph" && this.#options.checksState) {
      const mistake = await moduleStateMistake(program, answer);
      if (mistake !== undefined) return this.#broken([mistake], program.texts);
    }
    const reading = await this.#taken(answer, program, isSame ? last?.said : undefined);
    const notes = this.#pace.evaluated(isSame && reading.document !== undefined)
      ? [slowedText(cause && inputWords(cause.path))]
      : [];
    this.#settle(inputs, answer.reads);
    const input = isSame && cause !== undefined ? inputWords(cause.path) : undefined;
    return { ...reading, input, notes: [...reading.notes ?? [], ...notes] };
  }

  /** What is said otherwise since it was read wakes it again. */
  #settle(inputs: ProgramInputs, reads: readonly RecordedRead[]): void {
    if (inputs.changedRead(reads) !== undefined) this.#wake();
  }

  #wake(): void {
    this.#pace.ask(() => {
      const { resolve } = this.#waiting;
      this.#waiting = Promise.withResolvers();
      resolve();
      this.#changed?.();
    });
  }

  async #taken(
    answer: EvaluationAnswer,
    program: LoadedProgram,
    saidBefore: string | undefined,
  ): Promise<SourceReading> {
    const { reads } = answer;
    // Until something is said otherwise, its graph is the one before.
    const said = answer.type === "suspended" ? saidBefore : undefined;
    const waits = answer.type === "suspended" ? answer : undefined;
    this.#last = { reads, ...(said !== undefined && { said }), ...(waits && { waits }) };
    if (answer.type === "suspended") return this.#suspended(answer, program);
    this.#waitsUntilMs = undefined;
    if (answer.type === "mistakes") return this.#broken(answer.mistakes, program.texts);
    return await this.#good(answer, { program, saidBefore });
  }

  #suspended(
    suspended: SuspendedEvaluation,
    program: LoadedProgram,
  ): SourceReading {
    const { path: [family = ""], frames } = suspended;
    const names = this.#namesOf(program.texts);
    const message = waitText(suspended, frames[0], (path) => names.shown(path));
    const { waitMs } = this.#options;
    const nowMs = this.#clock.nowMs();
    this.#waitsUntilMs ??= nowMs + (waitMs ?? 0);
    const leftMs = this.#waitsUntilMs - nowMs;
    if (this.#changed === undefined && leftMs <= 0) {
      return this.#broken([{ message, frames }], program.texts);
    }
    const { promise, resolve } = this.#waiting;
    const timer = this.#clock.after(Math.max(0, leftMs), resolve);
    // The cluster's part says it soon, or that it is not said; and nobody is elected by what was once so.
    const withNothing = OF_CLUSTER.includes(family) ? { withNothing: true } as const : {};
    const over = promise.then(() => timer.cancel());
    return { problems: [], waiting: { why: message, over, ...withNothing } };
  }

  async #good(
    { graph: begun, reads, notes, lacks, bound = [] }: Extract<EvaluationAnswer, { type: "graph" }>,
    { program, saidBefore }: {
      readonly program: LoadedProgram;
      readonly saidBefore: string | undefined;
    },
  ): Promise<SourceReading> {
    const earlier = lacks && (this.#whole?.graph ?? await this.#kept.earlierGraph());
    const graph = earlier === undefined ? begun : withEarlier(begun, earlier);
    const { path: entry } = this.#options;
    const texts = this.#namesOf(program.texts);
    const document = programDocument(graph, { program, reads, texts, entry });
    const said = JSON.stringify(document.value);
    this.#last = { reads, said };
    const followed = lacks === undefined ? reads : [...this.#whole?.reads ?? [], ...reads];
    const gone = this.#bound.filter((key) => !isIn(graph, key));
    const keep = () => {
      this.#inForce = said;
      this.#bound = bound;
      if (lacks === undefined) this.#whole = { graph, reads };
      this.#inputs?.keep(followed);
      this.#kept.keep(said);
    };
    if (said === saidBefore) {
      if (said === this.#inForce) this.#inputs?.keep(followed);
      return { same: true, problems: [], keep };
    }
    const odd = await oddTexts(document, { file: this.file, said, texts: program.texts, reads });
    const missing = lacks === undefined ? [] : [lacksText(lacks)];
    const isWarning = this.#options.isPlan === true;
    const warnings = missing.map((message): Diagnostic => ({
      ...{ severity: "warning", file: this.file, message },
    }));
    return {
      document,
      problems: [...this.#reader.warnings, ...odd, ...isWarning ? warnings : []],
      textOf: (shown) => texts.textOf(shown),
      texts: [...program.texts.values(), said],
      notes: [...notes, ...isWarning ? [] : missing, ...gone.length > 0 ? [staysText(gone)] : []],
      keep,
    };
  }

  #broken(
    mistakes: readonly ProgramMistake[],
    texts: ReadonlyMap<string, string>,
  ): SourceReading {
    const modules = this.#namesOf(new Map([...this.#texts, ...texts]));
    const problems: Diagnostic[] = mistakes.map((each) => modules.diagnosticOf(each, this.file));
    return {
      problems: [...this.#reader.warnings, ...problems],
      textOf: (shown) => modules.textOf(shown),
    };
  }

  /** The modules as they were read last, also where they could not be loaded. */
  #texts = new Map<string, string>();
  #loadedEntries: readonly string[] = [];

  get #entries(): readonly string[] {
    return this.#options.programs?.() ?? [this.#options.path];
  }

  /** Whether what is loaded is what its modules say now. */
  async #isLoaded(): Promise<boolean> {
    if (this.#program === undefined || `${this.#entries}` !== `${this.#loadedEntries}`) {
      return false;
    }
    for (const [path, text] of this.#program.texts) {
      const now = await this.#reader.read(path);
      if (!now.ok || now.value !== text) return false;
    }
    return true;
  }

  /** Undefined: it is loaded. */
  async #load(): Promise<readonly ProgramMistake[] | undefined> {
    this.#program?.end();
    this.#program = undefined;
    this.#last = undefined;
    this.#texts = new Map();
    this.#loadedEntries = this.#entries;
    const modules = {
      entries: this.#entries,
      root: this.directory,
      kinds: KINDS_OF_PROGRAMS,
    };
    const read = async (path: string) => {
      const text = await this.#reader.read(path);
      if (text.ok) this.#texts.set(path, text.value);
      return text;
    };
    const child = this.#firstChild;
    this.#firstChild = undefined;
    const loaded = await LoadedProgram.load(this.#childParts, modules, { read, child });
    if (!loaded.ok) return loaded.mistakes;
    this.#program = loaded.program;
    return undefined;
  }

  async #open(): Promise<ProgramInputs> {
    const { inputs, sources } = this.#options;
    const known = await inputs?.open();
    return new ProgramInputs({
      sources: { ...alone(), ...known?.sources, ...await sources?.() },
      directory: this.directory,
      read: (path) => this.#reader.read(path),
      changed: () => this.#wake(),
    });
  }

  #newReader(): SafeReader {
    const names = this.#namesOf(new Map());
    return new SafeReader(this.#options, (path) => names.shown(path));
  }

  #namesOf(texts: ReadonlyMap<string, string>): ModuleTexts {
    const { file, programs } = this.#options;
    const shownRoot = programs === undefined
      ? file.slice(0, file.lastIndexOf("/") + 1)
      : file.replace(/\/*$/, "/");
    return new ModuleTexts({ shownRoot, root: this.directory, texts });
  }

  watch(changed: () => void): void {
    this.#changed = changed;
    this.#watch?.open(() => this.#wake());
    this.#follow();
    // What was said otherwise before anybody heard of it.
    const { reads = [] } = this.#last ?? {};
    if (this.#inputs?.changedRead(reads) !== undefined) this.#wake();
  }

  #follow(): void {
    const { files, ways } = this.#reader.watched;
    this.#watch?.follow({ files: [...this.#entries, ...files], ways });
  }

  close(): Promise<void> {
    this.#changed = undefined;
    this.#inputs?.close();
    this.#pace.close();
    this.#waiting.resolve();
    this.#watch?.close();
    this.#firstChild?.end();
    this.#program?.end();
    return this.#options.kept?.kept() ?? Promise.resolve();
  }
}

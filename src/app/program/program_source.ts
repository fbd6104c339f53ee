/**
 * A program as a source of graphs: its modules are read and loaded when they say something else, and it is
 * evaluated again when something that it read does.
 *
 * @module
 */

import { dirname } from "node:path";
import type { InputSource } from "../../base/input.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Result } from "../../base/result.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { startHelper } from "../../os/process/helper.ts";
import { type EvaluationAnswer, LoadedProgram } from "../../program/loaded_program.ts";
import { CHILD_WORD, type KindOfProgram, type ProgramMistake } from "../../program/protocol.ts";
import {
  changedRead,
  type InputSaying,
  type InputSources,
  type RecordedRead,
  sayOf,
} from "../../program/recorded_reads.ts";
import { EDGE_WORDS } from "../../program/surface.ts";
import { registry } from "../../resources/registry.ts";
import { lastGoodReading } from "../graph/earlier_reading.ts";
import type { GraphFileOptions } from "../graph/graph_file.ts";
import type { GraphSource, SourceReading } from "../graph/graph_source.ts";
import { SourceWatch } from "../graph/source_watch.ts";
import { FileInputs } from "./file_inputs.ts";
import { moduleStateMistake } from "./module_state.ts";
import { ModuleTexts } from "./module_texts.ts";
import { programDocument } from "./program_document.ts";
import { SafeReader } from "./safe_reader.ts";

/** What a program needs besides its file. */
export interface ProgramOptions extends GraphFileOptions {
  /** Opens what it can read besides files; once, when it is evaluated first. */
  readonly sources?: (() => Promise<InputSources>) | undefined;
  /** It is also looked for what its modules keep from one evaluation to the next. */
  readonly checksState?: boolean | undefined;
}

/** What is known of the last evaluation. */
interface LastEvaluation {
  readonly reads: readonly RecordedRead[];
  /** Its graph as a text; absent: it gave none. */
  readonly said?: string;
}

/** A program in a file whose name ends with `.ts`. */
export class ProgramSource implements GraphSource {
  readonly file: string;
  readonly directory: string;
  readonly #options: ProgramOptions;
  /** All that can be read, once it was opened. */
  #inputs: InputSources | undefined;
  #changed: (() => void) | undefined;
  readonly #endings: (() => void)[] = [];
  readonly #watch: SourceWatch | undefined;
  readonly #files: FileInputs;
  #reader: SafeReader;
  #program: LoadedProgram | undefined;
  #last: LastEvaluation | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.file = options.file;
    this.directory = dirname(options.path);
    this.#watch = options.host && new SourceWatch(options.host, { several: false });
    this.#reader = this.#newReader();
    this.#files = new FileInputs(this.directory, (path) => this.#reader.read(path));
  }

  async read(): Promise<SourceReading> {
    this.#reader = this.#newReader();
    this.#files.forget();
    try {
      return { ...this.#lastGood(), ...await this.#read() };
    } finally {
      this.#follow();
    }
  }

  async #read(): Promise<SourceReading> {
    const isSame = await this.#isLoaded();
    if (!isSame) {
      const mistakes = await this.#load();
      if (mistakes !== undefined) return this.#broken(mistakes, new Map());
    }
    const program = this.#program!;
    const inputs = this.#inputs ??= await this.#open();
    const known = await this.#sayAgain(inputs);
    const last = this.#last;
    if (isSame && last !== undefined && changedRead(last.reads, inputs) === undefined) {
      return { same: true, problems: [] };
    }
    const answer = await program.evaluate({ known, say: (read) => this.#say(read, inputs) });
    if (answer.type === "graph" && this.#options.checksState) {
      const mistake = await moduleStateMistake(program, answer);
      if (mistake !== undefined) return this.#broken([mistake], program.texts);
    }
    return this.#taken(answer, program, isSame ? last?.said : undefined);
  }

  #taken(
    answer: EvaluationAnswer,
    program: LoadedProgram,
    saidBefore: string | undefined,
  ): SourceReading {
    const { reads, notes } = answer;
    this.#last = { reads };
    if (answer.type === "suspended") {
      const message = `the program waits: ${answer.path.join(".")} is not known: ${answer.why}`;
      return { ...this.#broken([{ message, frames: [] }], program.texts), waits: true };
    }
    if (answer.type === "mistakes") return this.#broken(answer.mistakes, program.texts);
    const { path: entry, file } = this.#options;
    const texts = new ModuleTexts({ file, entry, texts: program.texts });
    const document = programDocument(answer.graph, { program, reads, texts, entry });
    const said = JSON.stringify(document.value);
    this.#last = { reads, said };
    if (said === saidBefore) return { same: true, problems: [] };
    return {
      document,
      problems: this.#reader.warnings,
      textOf: (shown) => texts.textOf(shown),
      texts: [...program.texts.values(), said],
      notes,
      keep: () => this.#keep(said),
    };
  }

  #broken(
    mistakes: readonly ProgramMistake[],
    texts: ReadonlyMap<string, string>,
  ): SourceReading {
    const { path: entry, file } = this.#options;
    const modules = new ModuleTexts({ file, entry, texts: new Map([...this.#texts, ...texts]) });
    const problems: Diagnostic[] = mistakes.map((each) => modules.diagnosticOf(each, file));
    return {
      problems: [...this.#reader.warnings, ...problems],
      textOf: (shown) => modules.textOf(shown),
    };
  }

  /** The modules as they were read last, also where they could not be loaded. */
  #texts = new Map<string, string>();

  /** Whether what is loaded is what its modules say now. */
  async #isLoaded(): Promise<boolean> {
    if (this.#program === undefined) return false;
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
    const clock = this.#options.host?.clock ?? createLocalClock();
    const parts = {
      clock,
      start: (listener: Parameters<typeof startHelper>[1]) => startHelper(CHILD_WORD, listener),
    };
    const modules = {
      entry: this.#options.path,
      root: this.directory,
      kinds: kindsOf(registry),
    };
    const loaded = await LoadedProgram.load(parts, modules, async (path) => {
      const text = await this.#reader.read(path);
      if (text.ok) this.#texts.set(path, text.value);
      return text;
    });
    if (!loaded.ok) return loaded.mistakes;
    this.#program = loaded.program;
    return undefined;
  }

  /** What is said now to what was read before; what cannot be had any more is left to be asked for. */
  async #sayAgain(inputs: InputSources): Promise<readonly RecordedRead[]> {
    const known: RecordedRead[] = [];
    for (const read of this.#last?.reads ?? []) {
      const fetched = await this.#files.fetch(read.path);
      if (fetched.ok) known.push({ ...read, said: sayOf(inputs, read) });
    }
    return known;
  }

  async #say(
    read: Pick<RecordedRead, "path" | "of">,
    inputs: InputSources,
  ): Promise<Result<InputSaying>> {
    const fetched = await this.#files.fetch(read.path);
    return fetched.ok ? { ok: true, value: sayOf(inputs, read) } : fetched;
  }

  async #open(): Promise<InputSources> {
    const { sources, hostName } = this.#options;
    const inputs = { host: namedHost(hostName), ...await sources?.() };
    for (const source of Object.values(inputs)) {
      this.#endings.push(source.watch(() => this.#changed?.()));
    }
    return { ...inputs, ...this.#files.sources };
  }

  #newReader(): SafeReader {
    const { file, path: entry } = this.#options;
    const names = new ModuleTexts({ file, entry, texts: new Map() });
    return new SafeReader(this.#options, (path) => names.shown(path));
  }

  #lastGood(): Pick<SourceReading, "lastGood"> {
    return {
      lastGood: async () => {
        const found = this.#reader.wayTo(this.#options.path);
        return found && await lastGoodReading(found.way, found.isUnsafe, this.#options);
      },
    };
  }

  /** What it evaluated to is kept, in the form of a graph file. */
  #keep(text: string): void {
    const { kept, path: name } = this.#options;
    const found = this.#reader.wayTo(name);
    if (found === undefined) return;
    kept?.keep({ name, path: found.way.realPath, openings: found.openings, text });
  }

  watch(changed: () => void): void {
    this.#changed = changed;
    this.#watch?.open(changed);
    this.#follow();
  }

  #follow(): void {
    const { files, ways } = this.#reader.watched;
    this.#watch?.follow({ files: [this.#options.path, ...files], ways });
  }

  close(): Promise<void> {
    this.#changed = undefined;
    for (const end of this.#endings) end();
    this.#watch?.close();
    this.#program?.end();
    return this.#options.kept?.kept() ?? Promise.resolve();
  }
}

/** The kinds, each with what would be an edge elsewhere. */
function kindsOf(kinds: typeof registry): readonly KindOfProgram[] {
  return [...kinds].map(([kind, { fields }]) => ({
    kind,
    fields: Object.keys(EDGE_WORDS).filter((word) => Object.hasOwn(fields, word)),
  }));
}

/** A host of which nothing but the name is known. */
function namedHost(name: string): InputSource {
  const labels = {};
  return {
    read: ([word, ...more]) => ({
      isKnown: true,
      value: more.length > 0
        ? undefined
        : word === "name"
        ? name
        : word === "labels"
        ? labels
        : undefined,
    }),
    watch: () => () => {},
  };
}

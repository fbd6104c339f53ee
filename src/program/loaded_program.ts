/**
 * A program whose modules are loaded: it is evaluated in a child that is kept, and can be explained for as long as
 * its graph is in use.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { type ChildAnswer, type ChildParts, ProgramChild } from "./program_child.ts";
import type { GraphPlaces, KindOfProgram, ProgramMistake } from "./protocol.ts";
import type { InputSaying, RecordedRead } from "./recorded_reads.ts";

/** Which modules are a program, and what they are. */
export interface ProgramModules {
  /** Absolute; as is the directory that all modules are in. */
  readonly entries: readonly string[];
  readonly root: string;
  readonly kinds: readonly KindOfProgram[];
}

/** What came of an evaluation. */
export type EvaluationAnswer = Extract<ChildAnswer, { type: "graph" | "suspended" | "mistakes" }>;

/** How an evaluation is made. */
export interface EvaluationOptions {
  /** What is said now to what was read before. */
  readonly known: readonly RecordedRead[];
  say(read: Pick<RecordedRead, "path" | "of">): Promise<Result<InputSaying>>;
}

/** What came of loading modules. */
export type LoadedModules =
  | { readonly ok: true; readonly program: LoadedProgram }
  | { readonly ok: false; readonly mistakes: readonly ProgramMistake[] };

/** A program that is loaded; one thing is asked of it at a time. */
export class LoadedProgram {
  readonly #parts: ChildParts;
  readonly #modules: ProgramModules;
  readonly #texts: ReadonlyMap<string, string>;
  #child: ProgramChild;
  #turn: Promise<unknown> = Promise.resolve();
  #isEnded = false;

  private constructor(
    parts: ChildParts,
    modules: ProgramModules,
    texts: ReadonlyMap<string, string>,
    child: ProgramChild,
  ) {
    this.#parts = parts;
    this.#modules = modules;
    this.#texts = texts;
    this.#child = child;
  }

  /** Loads the modules into a child of their own, started before or now; `read` gives their texts. */
  static async load(
    parts: ChildParts,
    modules: ProgramModules,
    { read, child = new ProgramChild(parts) }: {
      readonly read: (path: string) => Promise<Result<string>>;
      readonly child?: ProgramChild | undefined;
    },
  ): Promise<LoadedModules> {
    const texts = new Map<string, string>();
    const mistakes = await loadInto(child, modules, async (path) => {
      const text = await read(path);
      if (text.ok) texts.set(path, text.value);
      return text;
    });
    if (mistakes === undefined) {
      return { ok: true, program: new LoadedProgram(parts, modules, texts, child) };
    }
    child.end();
    return { ok: false, mistakes };
  }

  /** The texts of all its modules, by path. */
  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** Evaluates it. One whose child is gone gets another. */
  evaluate(options: EvaluationOptions): Promise<EvaluationAnswer> {
    return this.#inTurn(() => this.#evaluate(options, false));
  }

  /** Where everything is said that an evaluation of these inputs gives; undefined: nobody can tell any more. */
  async places(reads: readonly RecordedRead[]): Promise<GraphPlaces | undefined> {
    const nothingNew = () => Promise.resolve(fail("this was not read before"));
    const answer = await this.#inTurn(() =>
      this.#evaluate({ known: reads, say: nothingNew }, true)
    );
    // It was the last to ask of a program that is not in use any more.
    if (this.#isEnded) this.#child.end();
    return answer.type === "graph" ? answer.places : undefined;
  }

  /** Its graph is not in force any more; what is asked later starts a child for that alone. */
  end(): void {
    this.#isEnded = true;
    this.#child.end();
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn;
    return turn;
  }

  async #evaluate(
    { known, say }: EvaluationOptions,
    withPlaces: boolean,
  ): Promise<EvaluationAnswer> {
    const mistakes = await this.#restarted();
    if (mistakes !== undefined) return { type: "mistakes", mistakes, reads: known, notes: [] };
    const asked: RecordedRead[] = [];
    const questions = {
      module: this.#keptText,
      say: async (read: Pick<RecordedRead, "path" | "of">) => {
        const given = await say(read);
        const { path, of } = read;
        const said = given.ok ? given.value : NOT_GIVEN;
        asked.push({ path, of, said });
        return given;
      },
    };
    const answer = await this.#child.ask({ type: "evaluate", known, withPlaces }, questions);
    if (answer.type === "gone") {
      // It cannot say any more which of them it read.
      return {
        type: "mistakes",
        mistakes: [answer.mistake],
        reads: [...known, ...asked],
        notes: [],
      };
    }
    return answer.type === "loaded"
      ? { type: "mistakes", mistakes: [], reads: known, notes: [] }
      : answer;
  }

  /** What it was loaded from is loaded again where the child is gone. */
  async #restarted(): Promise<readonly ProgramMistake[] | undefined> {
    if (!this.#child.isGone) return undefined;
    this.#child = new ProgramChild(this.#parts);
    return await loadInto(this.#child, this.#modules, this.#keptText);
  }

  readonly #keptText = (path: string): Promise<Result<string>> => {
    const text = this.#texts.get(path);
    return Promise.resolve(text === undefined ? fail(`${path} was not loaded`) : ok(text));
  };
}

const NOT_GIVEN: InputSaying = { isKnown: false, why: "it was refused" };

/** Undefined: they are loaded. */
async function loadInto(
  child: ProgramChild,
  modules: ProgramModules,
  module: (path: string) => Promise<Result<string>>,
): Promise<readonly ProgramMistake[] | undefined> {
  const say = () => Promise.resolve(fail("nothing is read while modules are loaded"));
  const answer = await child.ask({ type: "load", ...modules }, { module, say });
  if (answer.type === "loaded") return undefined;
  if (answer.type === "gone") return [answer.mistake];
  return answer.type === "mistakes" ? answer.mistakes : [];
}

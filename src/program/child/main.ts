/**
 * The process that evaluates a program: it may do nothing but speak with the agent that started it.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { HelperDoor } from "../../os/helper_door.ts";
import type {
  FromChild,
  FromChildAnswering,
  FromChildTelling,
  KindOfProgram,
  ProgramMistake,
  ToChild,
} from "../protocol.ts";
import type { InputSaying, RecordedRead } from "../recorded_reads.ts";
import { moduleExports } from "../surface.ts";
import { GraphTeller } from "../told_graph.ts";
import { Declarations, type DeclaredProgram } from "./declare.ts";
import { hasWon, isElection, markedAnswer, NOT_ELECTED } from "./election_bound.ts";
import { Evaluation } from "./evaluation.ts";
import { createInputs } from "./inputs.ts";
import { MistakeError, mistakeHere, mistakeOf } from "./mistake.ts";
import { type LinkedModules, linkModules } from "./modules.ts";
import { nameOf } from "./plain.ts";
import { purify } from "./realm.ts";
import { forgetShownSecrets, markSecrets, withSecretNames } from "./secrets.ts";
import { framesOf, showOnlyModules } from "./stack.ts";
import { missingExport } from "./missing_export.ts";

/** Where the realm keeps what the module `mgmt` exports. */
const MODULE = Symbol.for("mgmt");
const PROMISES = /\b(async|Promise|then)\b/;

/** Evaluates for the agent, until that ends. */
export async function evaluateForAgent(
  open: (limits: { readonly memoryBytes: number }) => HelperDoor,
): Promise<void> {
  const door = open({ memoryBytes: LIMITS.programMemoryBytes });
  markSecrets(door.nonce);
  await new Evaluator(door).serve();
  door.end();
}

class Evaluator {
  readonly #door: HelperDoor;
  readonly #declarations = new Declarations();
  readonly #inputs = createInputs(
    (path, of) => this.#running(path).read(path, of),
    (key, value) => this.#declarations.share(key, value),
  );
  #programs: readonly DeclaredProgram[] = [];
  #kinds: readonly KindOfProgram[] = [];
  readonly #teller = new GraphTeller();
  /** Whether some module may make promises. */
  #hasPromises = false;
  #rejected: { readonly reason: unknown } | undefined;

  constructor(door: HelperDoor) {
    this.#door = door;
  }

  async serve(): Promise<void> {
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      this.#rejected ??= { reason: event.reason };
    });
    for (let asked = this.#read(); asked !== undefined; asked = this.#read()) {
      if (asked.type === "load") this.#write(await this.#load(asked));
      if (asked.type === "evaluate") this.#tell(await this.#evaluateAll(asked));
      if (asked.type === "rest") this.#door.rest();
    }
  }

  #read(): ToChild | undefined {
    const line = this.#door.readLine();
    return line === undefined ? undefined : JSON.parse(line);
  }

  #write(said: FromChild): void {
    this.#writeText(JSON.stringify(withoutMarks(said)), said);
  }

  #writeText(text: string, said: FromChild): void {
    const isTooLong = text.length > GRAPH_CHARACTERS;
    this.#door.writeLine(isTooLong ? JSON.stringify(tooLong(withoutMarks(said))) : text);
  }

  /** Of a graph, only what is new; with places all of it. */
  #tell(answer: FromChildAnswering): void {
    if (answer.type !== "graph" || answer.places !== undefined) return this.#write(answer);
    const { graph, type: _, places: __, ...rest } = answer;
    const told = this.#teller.tell(graph, GRAPH_CHARACTERS);
    if (told === undefined) return this.#write(tooLong(answer));
    const { type, ...others }: Omit<FromChildTelling, "told"> = { ...rest, type: "told" };
    this.#writeText(`{"type":"${type}","told":${told},${JSON.stringify(others).slice(1)}`, answer);
  }

  #running(path: readonly string[]): Evaluation {
    const { running } = this.#declarations;
    if (running !== undefined) return running;
    throw mistakeHere(`${path.join(".")} is read outside of the program`, {
      hint: "read it in the function that program() is given, before that returns",
    });
  }

  async #load(asked: ToChild & { type: "load" }): Promise<FromChildAnswering> {
    let linked: LinkedModules | undefined;
    try {
      linked = linkModules({
        ...asked,
        mgmtUrl: mgmtUrl(asked.kinds),
        read: (path) => this.#textOf(path),
      });
      this.#hasPromises = [...linked.texts.values()].some((text) => PROMISES.test(text));
      this.#enterRealm(linked, asked.kinds);
      const programs: DeclaredProgram[] = [];
      for (const [index, url] of linked.urls.entries()) {
        // deno-lint-ignore mgmt/lazy-import -- it is the user's: no bundler knows of it
        const { default: exported } = await import(url);
        programs.push(this.#programOf(exported, asked.entries[index] ?? ""));
      }
      this.#programs = programs;
      this.#kinds = asked.kinds;
      return { type: "loaded" };
    } catch (thrown) {
      const names = moduleExports(asked.kinds.map(({ kind }) => kind));
      const missing = linked && missingExport(thrown, linked.texts, names);
      return { type: "mistakes", mistakes: [missing ?? mistakeOf(thrown)], reads: [], notes: [] };
    }
  }

  #programOf(exported: unknown, path: string): DeclaredProgram {
    const program = this.#declarations.programOf(exported);
    if (program !== undefined) return program;
    throw new MistakeError({
      message: "this module exports no program as its default",
      hint: "write export default program(({ host }) => { … });",
      frames: [{ path, line: 1, column: 1 }],
    });
  }

  /** From here on nothing is there but what a program may have. */
  #enterRealm({ texts }: LinkedModules, kinds: readonly KindOfProgram[]): void {
    showOnlyModules((path) => texts.has(path));
    Object.defineProperty(globalThis, MODULE, { value: this.#declarations.module(kinds) });
    purify((text) => this.#declarations.running?.note(text));
  }

  #textOf(path: string): string {
    this.#write({ type: "need", path });
    const answer = this.#read();
    if (answer?.type === "module") return answer.text;
    throw refusal(answer, []);
  }

  /** What is left of promises when the program has returned cannot be part of its graph, and should not be missed. */
  async #evaluateAll(asked: ToChild & { type: "evaluate" }): Promise<FromChildAnswering> {
    this.#takeRejected();
    const answer = this.#evaluate(asked);
    if (!this.#hasPromises || answer.type !== "graph") return answer;
    await this.#door.settled();
    const rejected = this.#takeRejected();
    if (rejected === undefined) return answer;
    const { reads, notes } = answer;
    return { type: "mistakes", mistakes: [mistakeOf(rejected.reason)], reads, notes };
  }

  #takeRejected(): { readonly reason: unknown } | undefined {
    const rejected = this.#rejected;
    this.#rejected = undefined;
    return rejected;
  }

  #evaluate({ known, withPlaces }: ToChild & { type: "evaluate" }): FromChildAnswering {
    forgetShownSecrets();
    const ask = (path: RecordedRead["path"], of: RecordedRead["of"]) => this.#ask(path, of);
    const answer = this.#run(new Evaluation({ ask, known, withPlaces }));
    if (answer.type !== "graph" || withPlaces || !hasWon(answer.reads)) return answer;
    // The same where it is not elected: who only asks what would be stands for nothing.
    const unless = new Evaluation({
      ask: (path, of) => isElection({ path }) ? NOT_ELECTED : ask(path, of),
      known: [...known, ...answer.reads].filter((read) => !isElection(read)),
      withPlaces,
    });
    return markedAnswer(answer, this.#run(unless), this.#kinds);
  }

  #run(evaluation: Evaluation): FromChildAnswering {
    for (const program of this.#programs) {
      try {
        const result = this.#declarations.run(() => program.build(this.#inputs), evaluation);
        if (result !== undefined && result !== null) checkResult(result, program);
      } catch (thrown) {
        // What another one does not say for now might be what this one is about.
        if (evaluation.isSuspended) break;
        evaluation.threw(mistakeOf(thrown));
      }
    }
    return evaluation.answer();
  }

  #ask(path: RecordedRead["path"], of: RecordedRead["of"]): InputSaying {
    this.#write({ type: "ask", path, of });
    const answer = this.#read();
    if (answer?.type === "said") return answer.said;
    throw refusal(answer, framesOf(new Error()));
  }
}

/** Of a character in UTF-8, at most for one of JSON's text. */
const BYTES_OF_CHARACTER = 3;
const GRAPH_CHARACTERS = LIMITS.programGraphBytes / BYTES_OF_CHARACTER;

/** What is answered in place of what is too long to be told. */
function tooLong(said: FromChild): FromChildAnswering {
  const megabytes = Math.floor(GRAPH_CHARACTERS / 1e6);
  const mistake: ProgramMistake = {
    message: `what this program says is more than ${megabytes} million characters`,
    hint: "large contents belong into files of their own, with source in place of content",
    frames: [],
  };
  const reads = "reads" in said ? said.reads : [];
  return { type: "mistakes", mistakes: [mistake], reads, notes: [] };
}

function refusal(answer: ToChild | undefined, frames: ReturnType<typeof framesOf>): MistakeError {
  if (answer?.type !== "refused") return new MistakeError({ message: "was not answered", frames });
  const { message, hint } = answer;
  return new MistakeError({ message, frames, ...(hint !== undefined && { hint }) });
}

/** A program makes its graph before it returns, and what it returns is nothing. */
function checkResult(result: unknown, { place }: DeclaredProgram): void {
  const isThenable = typeof result === "object" && result !== null && "then" in result;
  if (!isThenable) return;
  throw new MistakeError({
    message: `a program is evaluated at once, and this one returns ${nameOf(result)}`,
    hint: "write its function, and those that it calls, without async and await",
    frames: place === undefined ? [] : [place],
  });
}

function mgmtUrl(kinds: readonly KindOfProgram[]): string {
  const names = moduleExports(kinds.map(({ kind }) => kind)).join(", ");
  const code = `export const { ${names} } = globalThis[Symbol.for("mgmt")];`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** What is said of a mistake names secrets, too. */
function withoutMarks(said: FromChild): FromChild {
  if (said.type !== "mistakes") return said;
  const mistakes = said.mistakes.map((each) => ({
    ...each,
    message: withSecretNames(each.message),
  }));
  return { ...said, mistakes };
}

/**
 * The child that evaluates one program, as the agent sees it: what it asks is answered, and one that takes too long
 * or too much is ended.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import type { Result } from "../base/result.ts";
import type { Clock, Timer } from "../os/clock.ts";
import type { Helper, HelperEnd, HelperListener } from "../os/process/helper.ts";
import type {
  FromChild,
  FromChildAnswering,
  FromChildAsking,
  FromChildTelling,
  ProgramMistake,
  ToChild,
} from "./protocol.ts";
import type { InputSaying, RecordedRead } from "./recorded_reads.ts";
import { GraphHearer } from "./told_graph.ts";

/** What the child needs of the machine. */
export interface ChildParts {
  readonly clock: Pick<Clock, "after" | "nowMs">;
  start(listener: HelperListener): Result<Helper>;
}

/** What is answered to what a child asks back; a failure is told as the program's mistake. */
export interface ChildQuestions {
  /** The text of a module. */
  module(path: string): Promise<Result<string>>;
  say(read: Pick<RecordedRead, "path" | "of">): Promise<Result<InputSaying>>;
}

/** What came of asking a child. */
export type ChildAnswer = FromChildAnswering | ChildIsGone;

/** It is gone, and why. */
export interface ChildIsGone {
  readonly type: "gone";
  readonly mistake: ProgramMistake;
}

/** When nothing has been asked for so long, nothing will be for a while. */
const REST_MS = 10_000;

/** What a child is asked. */
interface Asking {
  readonly questions: ChildQuestions;
  readonly answer: (answer: ChildAnswer) => void;
  timer: Timer | undefined;
  /** It is looked at again after so much more of its own time. */
  leftMs: number;
  sinceMs: number;
  /** When it is not waited for any more. */
  endMs: number;
  /** What its process had used before. */
  processorMs: number | undefined;
}

/** A child, from its start to its end. It is asked one thing at a time. */
export class ProgramChild {
  readonly #parts: ChildParts;
  #helper: Helper | undefined;
  #asking: Asking | undefined;
  #isLate = false;
  readonly #hearer = new GraphHearer();
  #restTimer: Timer | undefined;
  /** It has said something, so it has started. */
  #isUp = false;
  #end: ChildIsGone | undefined;

  constructor(parts: ChildParts) {
    this.#parts = parts;
  }

  /** Starts it before it is asked anything. */
  start(): this {
    this.#started();
    return this;
  }

  get isGone(): boolean {
    return this.#end !== undefined;
  }

  /** Asks it, and answers what it asks meanwhile. */
  async ask(asked: ToChild, questions: ChildQuestions): Promise<ChildAnswer> {
    const helper = this.#started();
    if (helper === undefined) return this.#end ?? goneBecause("it was ended");
    this.#restTimer?.cancel();
    return await new Promise((resolve) => {
      this.#asking = {
        questions,
        answer: resolve,
        timer: undefined,
        leftMs: this.#isUp ? LIMITS.programMs : LIMITS.programStartMs,
        sinceMs: 0,
        endMs: this.#parts.clock.nowMs() + LIMITS.programWaitMs,
        // Until it is up it has used next to nothing.
        processorMs: this.#isUp ? helper.processorMs() : 0,
      };
      this.#continue(helper, asked);
    });
  }

  #started(): Helper | undefined {
    if (this.#helper !== undefined || this.#end !== undefined) return this.#helper;
    const started = this.#parts.start({
      line: (text) => this.#hear(text),
      lineBytes: LIMITS.programGraphBytes,
    });
    if (!started.ok) {
      const { message, hint } = started.failure;
      this.#end = goneBecause(`the process that evaluates it did not start: ${message}`, hint);
      return undefined;
    }
    this.#helper = started.value;
    void started.value.gone.then((end) =>
      this.#over(whyGone(end, { isLate: this.#isLate, isUp: this.#isUp }))
    );
    return this.#helper;
  }

  /** Gives it the next word; from now on its time counts. */
  #continue(helper: Helper, said: ToChild): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    this.#watch(helper, asking);
    helper.writeLine(JSON.stringify(said));
  }

  #watch(helper: Helper, asking: Asking): void {
    asking.sinceMs = this.#parts.clock.nowMs();
    asking.timer = this.#parts.clock.after(asking.leftMs, () => {
      asking.leftMs = this.#isUp ? this.#timeLeftMs(helper, asking) : 0;
      if (asking.leftMs > 0) return this.#watch(helper, asking);
      this.#isLate = true;
      helper.kill();
    });
  }

  /** What it may still use: on a busy machine it has had less of the processor than time has passed. */
  #timeLeftMs(helper: Helper, { processorMs, endMs }: Asking): number {
    const nowMs = helper.processorMs();
    if (processorMs === undefined || nowMs === undefined) return 0;
    return Math.min(LIMITS.programMs - (nowMs - processorMs), endMs - this.#parts.clock.nowMs());
  }

  #hear(text: string): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    asking.timer?.cancel();
    asking.leftMs -= this.#parts.clock.nowMs() - asking.sinceMs;
    if (!this.#isUp) {
      // What its start took was not the program's.
      asking.leftMs = LIMITS.programMs;
      asking.endMs = this.#parts.clock.nowMs() + LIMITS.programWaitMs;
      asking.processorMs = this.#helper?.processorMs();
    }
    this.#isUp = true;
    const heard = JSON.parse(text) as FromChild;
    if (heard.type === "need" || heard.type === "ask") void this.#give(heard, asking);
    else {
      this.#asking = undefined;
      this.#restTimer = this.#parts.clock.after(REST_MS, () => this.#rest());
      asking.answer(heard.type === "told" ? this.#answerOf(heard) : heard);
    }
  }

  #answerOf({ told, ...rest }: FromChildTelling): FromChildAnswering {
    return { ...rest, type: "graph", graph: this.#hearer.hear(told) };
  }

  /** What it used for its work is given back, where it goes on at all. */
  #rest(): void {
    const rest: ToChild = { type: "rest" };
    this.#helper?.writeLine(JSON.stringify(rest));
  }

  async #give(asked: FromChildAsking, { questions }: Asking): Promise<void> {
    const said = await answerTo(asked, questions);
    if (this.#helper !== undefined) this.#continue(this.#helper, said);
  }

  /** Ends it; whoever waits for an answer hears that it is gone. */
  end(): void {
    this.#helper?.kill();
    this.#over(goneBecause("it was ended"));
  }

  #over(end: ChildIsGone): void {
    this.#end ??= end;
    this.#helper = undefined;
    const asking = this.#asking;
    this.#asking = undefined;
    asking?.timer?.cancel();
    this.#restTimer?.cancel();
    asking?.answer(this.#end);
  }
}

async function answerTo(asked: FromChildAsking, questions: ChildQuestions): Promise<ToChild> {
  const given = asked.type === "need"
    ? await questions.module(asked.path)
    : await questions.say(asked);
  if (!given.ok) {
    const { message, hint } = given.failure;
    return { type: "refused", message, ...(hint !== undefined && { hint }) };
  }
  return typeof given.value === "string"
    ? { type: "module", text: given.value }
    : { type: "said", said: given.value };
}

function goneBecause(message: string, hint?: string): ChildIsGone {
  return { type: "gone", mistake: { message, frames: [], ...(hint !== undefined && { hint }) } };
}

function whyGone(
  { code, signal, said }: HelperEnd,
  { isLate, isUp }: { readonly isLate: boolean; readonly isUp: boolean },
): ChildIsGone {
  if (isLate && !isUp) {
    const seconds = LIMITS.programStartMs / 1000;
    return goneBecause(`the process that evaluates it did not start within ${seconds} s`);
  }
  if (isLate) {
    const seconds = LIMITS.programMs / 1000;
    return goneBecause(
      `the program was not done after ${seconds} s, and was ended`,
      "does a loop of it have no end?",
    );
  }
  if (/heap|memory/i.test(said) || signal === "SIGTRAP" || signal === "SIGABRT") {
    const limit = LIMITS.programMemoryBytes / 1e6;
    return goneBecause(`the program needs more memory than the ${limit} MB that it may have`);
  }
  const how = signal ?? (code === undefined ? "nobody knows how" : `code ${code}`);
  const last = said.trim().split("\n").at(-1) ?? "";
  return goneBecause(
    `the process that evaluates the program ended (${how})${last === "" ? "" : `: ${last}`}`,
    "does a module of it wait for something (await) that never comes?",
  );
}

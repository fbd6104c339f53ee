/**
 * Many who ask for one package each, and few questions to the package manager.
 *
 * @module
 */

import { onAbort } from "../base/either.ts";
import { LIMITS } from "../base/limits.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Clock } from "../os/clock.ts";
import type { PackageState, PackageTrust } from "./packages.ts";

/** Questions that come so soon after the first one are asked with it. */
const GATHER_MS = 2;

/** An answer so young is as good as a new one. */
const RECENT_MS = 200;

/** What is known of packages, by name. */
export type KnownPackages = ReadonlyMap<string, PackageState>;

/** Asks the package manager. */
export type PackageQuestion = (
  names: readonly string[],
  trust: PackageTrust,
  signal: AbortSignal,
) => Promise<Result<KnownPackages>>;

interface Asker {
  readonly name: string;
  readonly answer: (result: Result<PackageState>) => void;
}

/** Questions with the same trust: those that come next, and whether others are being answered. */
interface PackageQuestions {
  readonly trust: PackageTrust;
  readonly waiting: Set<Asker>;
  busy: boolean;
  /** The last answer, and when it was asked for. */
  last: { readonly known: KnownPackages; readonly sinceMs: number } | undefined;
}

/** Gathers questions. One that comes while others are being answered is part of the next round. */
export class Questions {
  readonly #clock: Clock;
  readonly #ask: PackageQuestion;
  readonly #byTrust = new Map<string, PackageQuestions>();
  /** Those that are being answered. */
  readonly #rounds = new Set<{ askers: Set<Asker>; controller: AbortController }>();
  readonly #open = new Set<Promise<unknown>>();

  constructor(clock: Clock, ask: PackageQuestion) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** What is known of one package now, not earlier than when it was asked. */
  look(
    name: string,
    trust: PackageTrust,
    signal: AbortSignal | undefined,
  ): Promise<Result<PackageState>> {
    if (signal?.aborted) return Promise.resolve(stopped());
    const questions = this.#questionsOf(trust);
    const { promise, resolve } = Promise.withResolvers<Result<PackageState>>();
    const asker: Asker = { name, answer: resolve };
    const letGo = onAbort(signal, () => {
      questions.waiting.delete(asker);
      this.#leave(asker);
      resolve(stopped());
    });
    questions.waiting.add(asker);
    if (!questions.busy) this.#start(questions);
    const answered = promise.finally(() => {
      letGo();
      this.#open.delete(answered);
    });
    this.#open.add(answered);
    return answered;
  }

  /** When all that is asked now is answered: who asks may want a change next. Undefined: nothing is. */
  answered(): Promise<unknown> | undefined {
    return this.#open.size === 0 ? undefined : Promise.allSettled(this.#open);
  }

  /**
   * What was seen of packages when somebody last asked, if that is so short ago that nobody need ask
   * again: who has just looked knows best what is to be done.
   */
  recent(
    wanted: readonly { readonly name: string; readonly trust: PackageTrust }[],
  ): KnownPackages | undefined {
    const states = new Map<string, PackageState>();
    for (const { name, trust } of wanted) {
      const last = this.#byTrust.get(trustKey(trust))?.last;
      const state = last?.known.get(name);
      if (last === undefined || state === undefined) return undefined;
      if (this.#clock.nowMs() - last.sinceMs > RECENT_MS) return undefined;
      states.set(name, state);
    }
    return states;
  }

  #questionsOf(trust: PackageTrust): PackageQuestions {
    const key = trustKey(trust);
    const questions = this.#byTrust.get(key) ??
      { trust, waiting: new Set(), busy: false, last: undefined };
    this.#byTrust.set(key, questions);
    return questions;
  }

  #start(questions: PackageQuestions): void {
    questions.busy = true;
    this.#clock.after(GATHER_MS, () => void this.#round(questions));
  }

  async #round(questions: PackageQuestions): Promise<void> {
    while (questions.waiting.size > 0) {
      const askers = new Set([...questions.waiting].slice(0, LIMITS.packages));
      for (const asker of askers) questions.waiting.delete(asker);
      const names = [...new Set([...askers].map(({ name }) => name))];
      const round = { askers, controller: new AbortController() };
      this.#rounds.add(round);
      const sinceMs = this.#clock.nowMs();
      const result = await this.#ask(names, questions.trust, round.controller.signal);
      questions.last = result.ok ? { known: result.value, sinceMs } : undefined;
      this.#rounds.delete(round);
      for (const { name, answer } of askers) {
        answer(result.ok ? ok(stateOf(name, result.value)) : result);
      }
    }
    questions.busy = false;
  }

  /** An answer that nobody waits for is not waited for. */
  #leave(asker: Asker): void {
    for (const { askers, controller } of this.#rounds) {
      if (askers.delete(asker) && askers.size === 0) controller.abort();
    }
  }
}

/** Equal for equal trust. */
export function trustKey(trust: PackageTrust): string {
  const { allowUntrusted, allowNonfree, allowUnsupported } = trust;
  return [allowUntrusted, allowNonfree, allowUnsupported].map(Number).join("");
}

/** What is known of a name, also if that is nothing. */
export function stateOf(name: string, known: KnownPackages): PackageState {
  return known.get(name) ?? { name, near: [] };
}

function stopped(): Result<never> {
  return fail("stopped", { code: "stopped" });
}

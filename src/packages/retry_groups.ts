/**
 * Requests that failed alone, though nobody knows that they are to blame: some are fulfilled only together
 * with others, or after them.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { ChangeRequest } from "./change_request.ts";

/** One of them, and why it failed when it was tried alone. */
interface Suspect {
  readonly request: ChangeRequest;
  readonly problem: Failure;
  /** How many others had come true by then. */
  readonly since: number;
}

/** Remembers them, and proposes who is worth a further try. */
export class RetryGroups {
  readonly #list = new Map<ChangeRequest, Suspect>();
  readonly #tried = new Set<string>();
  readonly #came: string[] = [];

  /** A request that was tried alone in vain. */
  add(request: ChangeRequest, problem: Failure): void {
    this.#list.set(request, { request, problem, since: this.#came.length });
  }

  /** That somebody's request was fulfilled. */
  came({ change: { name } }: ChangeRequest): void {
    this.#came.push(name);
  }

  /** Requests to be tried together, because their failures name each other, or somebody whose request was fulfilled. */
  next(): readonly ChangeRequest[] | undefined {
    const open = [...this.#list.values()].filter(({ request }) => request.open);
    for (const group of connected(open)) {
      const key = group.map(({ request }) => request.change.name).sort().join(" ");
      const isNew = group.length > 1 && !this.#tried.has(key);
      if (!isNew && !group.some((suspect) => this.#mayHaveHelped(suspect))) continue;
      this.#tried.add(key);
      for (const each of group) {
        this.#list.set(each.request, { ...each, since: this.#came.length });
      }
      return group.map(({ request }) => request);
    }
    return undefined;
  }

  /** Tells those who are left why they failed. */
  settle(): void {
    for (const { request, problem } of this.#list.values()) request.settle(problem);
  }

  #mayHaveHelped({ problem, since }: Suspect): boolean {
    const later = this.#came.slice(since);
    if (later.length === 0) return false;
    const named = wordsOf(problem.message);
    // Of many dependents not all are named.
    return problem.code === "dependents" || later.some((name) => isNamed(name, named));
  }
}

/** Puts those together whose failures name each other, directly or through others. */
function connected(retryGroups: readonly Suspect[]): readonly (readonly Suspect[])[] {
  let groups: Suspect[][] = [];
  for (const suspect of retryGroups) {
    const touching = groups.filter((group) => group.some((other) => isLinked(suspect, other)));
    groups = groups.filter((group) => !touching.includes(group));
    groups.push([...touching.flat(), suspect]);
  }
  return groups;
}

function isLinked(one: Suspect, other: Suspect): boolean {
  return isNamed(one.request.change.name, wordsOf(other.problem.message)) ||
    isNamed(other.request.change.name, wordsOf(one.problem.message));
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[A-Za-z0-9][A-Za-z0-9+._-]*/g) ?? [];
}

/** Whether words name a package, with or without its version behind it. */
function isNamed(name: string, words: readonly string[]): boolean {
  return words.some((word) =>
    word.startsWith(name) && /^(-\d.*|[.:]?)$/.test(word.slice(name.length))
  );
}

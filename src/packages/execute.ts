/**
 * Fulfilling the requests of many in as few transactions as it takes; who is not to blame for a
 * failure has what was wanted in the end.
 *
 * @module
 */

import { eitherOf } from "../base/either.ts";
import { LIMITS } from "../base/limits.ts";
import { type Failure, failure, ok, type Result } from "../base/result.ts";
import { NOT_BEGUN, notBegun } from "../base/turns.ts";
import type { Lists } from "./lists.ts";
import type { PackageChange, PackageFailure, PackageProvider, PackageState } from "./packages.ts";
import { type KnownPackages, stateOf, trustKey } from "./questions.ts";
import { RetryGroups } from "./retry_groups.ts";
import { allLeft, type ChangeRequest, isAsWanted } from "./change_request.ts";

/** How often a transaction is begun again because the package manager went away in the middle. */
const INTERRUPTIONS = 3;

/** Failures that have nothing to do with the packages: trying without some of them cannot help. */
const COMMON = new Set([
  "locked",
  "stopped",
  NOT_BEGUN,
  "not-allowed",
  "unavailable",
  "no-network",
  "no-space",
]);

/** Settles all requests, sooner or later. `seen`: what was known of the packages just now, if it was. */
export async function execute(
  requests: readonly ChangeRequest[],
  provider: PackageProvider,
  lists: Lists,
  seen: KnownPackages | undefined,
): Promise<void> {
  await new Fulfilment(requests, provider, lists).run(seen);
}

class Fulfilment {
  readonly #all: readonly ChangeRequest[];
  readonly #provider: PackageProvider;
  readonly #lists: Lists;
  /** What is tried next, together. */
  readonly #groups: (readonly ChangeRequest[])[] = [];
  /** What is tried again when all else is done. */
  readonly #retryGroups = new RetryGroups();
  #tries = 0;
  #interruptions = 0;
  #fetched = false;

  constructor(requests: readonly ChangeRequest[], provider: PackageProvider, lists: Lists) {
    this.#all = requests;
    this.#provider = provider;
    this.#lists = lists;
  }

  async run(seen: KnownPackages | undefined): Promise<void> {
    let known = seen === undefined ? await this.#look(this.#all) : ok(seen);
    if (known.ok && this.#unknown(known.value).length > 0 && await this.#fetchLists()) {
      known = await this.#look(this.#all);
    }
    if (!known.ok) return this.#settle(this.#all, known.failure);
    this.#groups.push(this.#sift(known.value));
    for (;;) {
      const group = this.#groups.shift()?.filter(({ open }) => open);
      if (group === undefined) break;
      if (group.length > 0) await this.#attempt(group);
    }
    for (
      let group = this.#retryGroups.next();
      group !== undefined;
      group = this.#retryGroups.next()
    ) {
      if (++this.#tries > LIMITS.packageTries) break;
      await this.#attemptAgain(group);
    }
    this.#retryGroups.settle();
  }

  /** Settles what is true already, and what cannot come true; returns the rest. */
  #sift(known: KnownPackages): readonly ChangeRequest[] {
    for (const request of this.#all) {
      const { name, to } = request.change;
      const state = stateOf(name, known);
      if (isAsWanted(to, state)) request.settle();
      else if (to === "absent") continue;
      else if (isUnknown(state)) request.settle(unknownPackage(state));
      else if (state.refused !== undefined) request.settle(state.refused);
    }
    return this.#all.filter(({ open }) => open);
  }

  #unknown(known: KnownPackages): readonly ChangeRequest[] {
    return this.#all.filter(({ change, open }) =>
      open && change.to !== "absent" && isUnknown(stateOf(change.name, known))
    );
  }

  /** One transaction for the group; what it leaves undone is blamed, or tried again in parts. */
  async #attempt(group: readonly ChangeRequest[]): Promise<void> {
    if (++this.#tries > LIMITS.packageTries) return this.#settle(group, tooManyTries());
    const problem = await this.#transact(group);
    if (problem === undefined) return group.forEach((request) => this.#came(request));
    if (isCommon(problem)) {
      await this.#settleDone(group);
      const rest = this.#groups.splice(0).flat();
      return this.#settle([...group, ...rest], problem);
    }
    const left = await this.#settleDone(group);
    if (left.length === 0) return;
    if (problem.code === "interrupted" && ++this.#interruptions < INTERRUPTIONS) {
      for (const request of left) request.say(`${problem.message}; it is tried again`);
      this.#groups.unshift(left);
      return;
    }
    if (problem.code === "download" && !this.#fetched && await this.#fetchLists()) {
      this.#groups.unshift(left);
      return;
    }
    this.#blame(left, problem, group.length);
  }

  /** Once more for some who failed alone: without success each keeps its own reason. */
  async #attemptAgain(group: readonly ChangeRequest[]): Promise<void> {
    const problem = await this.#transact(group);
    if (problem === undefined) return group.forEach((request) => this.#came(request));
    const left = await this.#settleDone(group);
    const [only] = left;
    if (only !== undefined && group.length === 1) this.#retryGroups.add(only, problem);
  }

  #blame(left: readonly ChangeRequest[], problem: PackageFailure, tried: number): void {
    const trusting = left.filter(({ change }) => change.trust.allowUntrusted);
    if (problem.code === "untrusted" && trusting.length > 0 && trusting.length < left.length) {
      // Together they got no more trust than the most careful one.
      this.#groups.unshift(left.filter((request) => !trusting.includes(request)), trusting);
      return;
    }
    const blamed = left.filter(({ change }) => problem.blamed?.includes(change.name));
    const [only] = left;
    if (blamed.length > 0) {
      for (const request of blamed) {
        request.settle(problem.own?.get(request.change.name) ?? problem);
      }
      this.#groups.unshift(left.filter(({ open }) => open));
    } else if (only !== undefined && left.length === 1) {
      // What was said may have been about those who are done.
      if (tried > 1) this.#groups.unshift(left);
      else this.#retryGroups.add(only, problem);
    } else {
      const half = Math.ceil(left.length / 2);
      this.#groups.unshift(left.slice(0, half), left.slice(half));
    }
  }

  async #transact(group: readonly ChangeRequest[]): Promise<PackageFailure | undefined> {
    if (group.every(({ change: { ending } }) => ending?.aborted)) return notBegun();
    const signal = allLeft(group);
    const changes = group.map((request): PackageChange => ({
      ...request.change,
      signal,
      progress: (text) => request.say(text),
      step: (how) => request.step(how),
    }));
    return await this.#provider.change(changes);
  }

  /** Looks what has come true, and settles it; returns the rest. */
  async #settleDone(group: readonly ChangeRequest[]): Promise<readonly ChangeRequest[]> {
    const known = await this.#look(group);
    if (!known.ok) {
      this.#settle(group, known.failure);
      return [];
    }
    for (const request of group) {
      if (isAsWanted(request.change.to, stateOf(request.change.name, known.value))) {
        this.#came(request);
      }
    }
    return group.filter(({ open }) => open);
  }

  /** Looks at the packages of all requests that are open. */
  async #look(requests: readonly ChangeRequest[]): Promise<Result<KnownPackages>> {
    const open = requests.filter((request) => request.open);
    const known = new Map<string, PackageState>();
    for (const group of Map.groupBy(open, ({ change }) => trustKey(change.trust)).values()) {
      const names = group.map(({ change }) => change.name);
      const trust = group[0]?.change.trust;
      if (trust === undefined) continue;
      const looked = await this.#provider.look(names, trust, allLeft(group));
      if (!looked.ok) return looked;
      for (const [name, state] of looked.value) known.set(name, state);
    }
    return ok(known);
  }

  async #fetchLists(): Promise<boolean> {
    const open = this.#all.filter((request) => request.open);
    const say = (text: string) => open.forEach((request) => request.say(text));
    const endings = open.flatMap(({ change: { ending } }) => ending ?? []).slice(0, 1);
    const leaving = eitherOf(allLeft(open), ...endings);
    const fetched = await this.#lists.miss(this.#provider, leaving.signal, say);
    leaving.end();
    this.#fetched = true;
    if (fetched !== "fetched" && fetched !== "lately") {
      say(`the lists of packages cannot be fetched: ${fetched.message}`);
    }
    return fetched === "fetched";
  }

  #came(request: ChangeRequest): void {
    this.#retryGroups.came(request);
    request.settle();
  }

  #settle(requests: readonly ChangeRequest[], problem: Failure): void {
    for (const request of requests) request.settle(problem);
  }
}

/** Whether everybody would fail of it. */
function isCommon({ code, blamed }: PackageFailure): boolean {
  return blamed === undefined && COMMON.has(code ?? "");
}

function isUnknown({ installed, available, broken }: PackageState): boolean {
  return installed === undefined && available === undefined && broken === undefined;
}

/** The failure of a package that nobody offers. */
function unknownPackage({ name, near }: PackageState): Failure {
  const names = near.map((other) => `"${other}"`).join(", ");
  return failure(`no source of this host offers a package ${name}`, {
    code: "package-unknown",
    hint: near.length === 0
      ? "look at the name, and at the sources of the package manager"
      : `did you mean ${names}?`,
  });
}

function tooManyTries(): Failure {
  return failure(`not tried any more: too many packages wanted together fail`, {
    code: "too-many-tries",
    hint: "those that fail are named; without them the others can be installed",
  });
}

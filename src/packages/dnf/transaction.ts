/**
 * Changes through dnf: what is to be there first, with what has to go for it, then what is to go.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import { failure } from "../../base/result.ts";
import type { Exit } from "../../os/process/processes.ts";
import { failureOf } from "./failure.ts";
import { DnfOutput } from "./output.ts";
import { blaming, type Goal, nameOf, noSuchVersion, unasked, unknownTo } from "../goals.ts";
import type { PackageChange, PackageFailure } from "../packages.ts";
import {
  allVersions,
  installedRpms,
  type Rpm,
  type RpmFact,
  rpmFacts,
  rpmOf,
} from "./rpm_facts.ts";
import { ProgressReporter } from "../progress_reporter.ts";
import { ask, type PackageHost, transact } from "../tools.ts";
import { type LockedAttempt, withPackageLock } from "../package_lock.ts";

/** What nobody needs any more is not ours to remove, and a lock is waited for where it can be said. */
const OPTIONS = ["--setopt=clean_requirements_on_remove=False", "--setopt=exit_on_lock=True"];
const UNSIGNED = ["--setopt=gpgcheck=False", "--setopt=*.gpgcheck=False"];

/** Asks no source, also where what it last said is old. */
const OFFLINE = ["--cacheonly"];
/** What it says where a transaction could begin, or there is nothing to do. */
const WOULD_DO = /^(Transaction Summary|Nothing to do|Operation aborted)/;

/** Makes all changes; undefined: everything is as it should be. */
export class DnfTransaction {
  readonly #host: PackageHost;
  readonly #changes: readonly [PackageChange, ...PackageChange[]];
  readonly #signal: AbortSignal;
  readonly #reporter: ProgressReporter;

  /** All changes carry the same signal. */
  constructor(host: PackageHost, changes: readonly [PackageChange, ...PackageChange[]]) {
    this.#host = host;
    this.#changes = changes;
    this.#signal = changes[0].signal;
    this.#reporter = new ProgressReporter(host.clock, changes);
  }

  run(): Promise<PackageFailure | undefined> {
    return withPackageLock(this.#host, this.#reporter, this.#changes[0], () => this.#try());
  }

  /** Why it would fail, by what dnf would do; it asks no source, and nobody is waited for. */
  async foresee(): Promise<PackageFailure | undefined> {
    const goals = await this.#goals();
    if ("type" in goals) return goals;
    const { leaving, coming } = parted(goals);
    const erasing = leaving.length === 0 ? [] : ["--allowerasing"];
    const steps: readonly (readonly string[])[] = [
      coming.length === 0 ? [] : ["install", ...erasing, ...coming.map(specOf)],
      leaving.length === 0 ? [] : ["remove", ...leaving.map(nameOf)],
    ];
    for (const argv of steps.filter((step) => step.length > 0)) {
      const foreseen = await this.#foresee([...OFFLINE, ...argv]);
      if ("type" in foreseen) return foreseen;
      if (foreseen.lockHolder() !== undefined) return undefined;
      const others = unasked("dnf", leaving, foreseen.removed());
      if (others !== undefined) return others;
      // It asks whether to go on, unless it cannot.
      if (!foreseen.has(WOULD_DO)) return failureOf(coming, foreseen);
    }
    return undefined;
  }

  async #try(): Promise<LockedAttempt> {
    const goals = await this.#goals();
    if ("type" in goals) return goals;
    const { leaving, coming } = parted(goals);
    // Last: what takes the place of something that goes lets those stay that need it.
    return await this.#install(coming, leaving) ?? await this.#remove(leaving);
  }

  async #goals(): Promise<readonly Goal[] | PackageFailure> {
    const names = this.#changes.map(({ name }) => name);
    const facts = await rpmFacts(this.#host, names, this.#signal);
    if (!facts.ok) return facts.failure;
    const chosen = this.#changes.filter(({ name, to }) =>
      typeof to === "object" && facts.value.get(name)?.latest?.version !== to.version
    );
    const others = await allVersions(this.#host, chosen.map(({ name }) => name), this.#signal);
    if (!others.ok) return others.failure;
    const goals: Goal[] = [];
    for (const change of this.#changes) {
      const fact = facts.value.get(change.name) ?? {};
      const version = versionOf(change, fact, others.value);
      if (typeof version === "object") return version;
      if (fact.installed?.version !== version) goals.push({ change, version });
    }
    return goals;
  }

  async #install(coming: readonly Goal[], leaving: readonly Goal[]): Promise<LockedAttempt> {
    if (coming.length === 0) return undefined;
    const specs = coming.map(specOf);
    // What is to go anyway may go to make room, and only that.
    const erasing = ["install", "--allowerasing", ...specs];
    const foreseen = leaving.length === 0 ? undefined : await this.#foresee(erasing);
    if (foreseen !== undefined && "type" in foreseen) return foreseen;
    const erases = foreseen !== undefined &&
      unasked("dnf", leaving, foreseen.removed()) === undefined;
    return await this.#reach(coming, erases ? erasing : ["install", ...specs]);
  }

  async #remove(leaving: readonly Goal[]): Promise<LockedAttempt> {
    const left = await this.#missed(leaving);
    if ("type" in left) return left;
    if (left.length === 0) return undefined;
    const argv = ["remove", ...left.map(nameOf)];
    const foreseen = await this.#foresee(argv);
    if ("type" in foreseen) return foreseen;
    return unasked("dnf", leaving, foreseen.removed()) ?? await this.#reach(left, argv);
  }

  /** What dnf would do. */
  async #foresee(argv: readonly string[]): Promise<DnfOutput | PackageFailure> {
    const answer = await ask(
      this.#host,
      ["dnf", "--assumeno", ...this.#options(), ...argv],
      this.#signal,
    );
    if (!answer.ok) return answer.failure;
    const output = new DnfOutput(() => {});
    for (const line of [...answer.value.lines, ...answer.value.complaints]) output.line(line);
    return output;
  }

  async #reach(goals: readonly Goal[], argv: readonly string[]): Promise<LockedAttempt> {
    const output = new DnfOutput((...how) => this.#reporter.progress(...how));
    const ran = await this.#transact(["dnf", "--assumeyes", ...this.#options(), ...argv], output);
    if (!ran.ok) return ran.failure;
    const missed = await this.#missed(goals);
    if ("type" in missed) return missed;
    if (missed.length > 0) {
      const holder = output.lockHolder();
      return holder === undefined ? failureOf(missed, output, ran.value) : { holder };
    }
    // To rpm a package is installed though its last script failed; who wants it should know.
    for (const [name, why] of output.faults()) {
      this.#changes.find((change) => change.name === name)?.progress(`is there, but ${why}`);
    }
    return undefined;
  }

  #transact(argv: readonly [string, ...string[]], output: DnfOutput): Promise<Result<Exit>> {
    return transact(this.#host, {
      argv,
      signal: this.#signal,
      line: (line) => output.line(line),
    });
  }

  #options(): readonly string[] {
    const trusts = this.#changes.every(({ trust }) => trust.allowUntrusted);
    return trusts ? [...OPTIONS, ...UNSIGNED] : OPTIONS;
  }

  async #missed(goals: readonly Goal[]): Promise<readonly Goal[] | PackageFailure> {
    const state = await installedRpms(this.#host, goals.map(nameOf));
    if (!state.ok) return state.failure;
    return goals.filter(({ change, version }) =>
      rpmOf(state.value, change.name)?.version !== version
    );
  }
}

/** What is to go, and what is to be there. */
function parted(goals: readonly Goal[]) {
  return {
    leaving: goals.filter(({ version }) => version === undefined),
    coming: goals.filter(({ version }) => version !== undefined),
  };
}

function specOf({ change: { name }, version }: Goal): string {
  return `${name}-${version}`;
}

/** The version that is to be there; undefined: none. */
function versionOf(
  { name, to, trust }: PackageChange,
  { installed, latest }: RpmFact,
  others: readonly Rpm[],
): string | undefined | PackageFailure {
  if (to === "absent") return undefined;
  if (typeof to === "object" && installed?.version === to.version) return to.version;
  const version = typeof to === "object" ? to.version : latest?.version ?? installed?.version;
  const offers = [...others, ...latest === undefined ? [] : [latest]].filter((rpm) =>
    rpm.name === name || `${rpm.name}.${rpm.architecture}` === name
  );
  const offer = offers.find((rpm) => rpm.version === version);
  if (version !== undefined && version === installed?.version) return version;
  if (version !== undefined && offer !== undefined) {
    const no = objection(offer, trust);
    return no === undefined ? version : blaming(no, [name]);
  }
  return typeof to === "object" && offers.length > 0
    ? noSuchVersion(name, to.version, [...new Set(offers.map((rpm) => rpm.version))])
    : unknownTo("dnf", name);
}

/** Why an offered package may not be installed; of a source only the name can tell. */
export function objection(
  { name, version, from }: Rpm,
  trust: PackageChange["trust"],
): PackageFailure | undefined {
  if (trust.allowNonfree || !/non-?free/.test(from)) return undefined;
  return failure(`${name} ${version} may not be installed: it is not free software (${from})`, {
    code: "nonfree",
    hint: "set allownonfree: true if it should be",
  });
}

/**
 * One transaction of apt: waits for its lock, repairs what an earlier one left, changes, and looks
 * whether everything is now as it should be.
 *
 * @module
 */

import type { Failure, Result } from "../../base/result.ts";
import type { Exit } from "../../os/process/processes.ts";
import { admission, aptFacts } from "./facts.ts";
import { failureOf } from "./failure.ts";
import { AptOutput } from "./output.ts";
import { argumentOf, goalsOf, isReached } from "./plan.ts";
import { dpkgState, entryOf } from "./dpkg_state.ts";
import { type Goal, unasked } from "../goals.ts";
import type { PackageChange, PackageFailure } from "../packages.ts";
import { ProgressReporter } from "../progress_reporter.ts";
import { ask, type PackageHost, transact } from "../tools.ts";
import { type LockedAttempt, withPackageLock } from "../package_lock.ts";

/** Nobody is asked, nothing restarts services beside us, an edited configuration is kept. */
const ENVIRONMENT = {
  DEBIAN_FRONTEND: "noninteractive",
  DEBIAN_PRIORITY: "critical",
  APT_LISTCHANGES_FRONTEND: "none",
  NEEDRESTART_SUSPEND: "1",
  UCF_FORCE_CONFFOLD: "1",
};
const KEEP_CONFIGURATION = "--force-confold";

/** What a simulation printed, and its exit code. */
class Simulated extends AptOutput {
  code = 0;
}

/** Makes all changes in one transaction; undefined: everything is as it should be. */
export class AptTransaction {
  readonly #host: PackageHost;
  readonly #changes: readonly [PackageChange, ...PackageChange[]];
  readonly #signal: AbortSignal;
  readonly #reporter: ProgressReporter;
  #repaired = false;

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

  /** Why it would fail, by a simulation; nobody is waited for, and nothing is repaired. */
  async foresee(): Promise<PackageFailure | undefined> {
    const goals = await this.#goals();
    if ("type" in goals) return goals;
    const output = await this.#simulate(goals);
    if (output === undefined || "type" in output) return output;
    return this.#isTorn(output) ? undefined : this.#objection(goals, output);
  }

  async #try(): Promise<LockedAttempt> {
    const goals = await this.#goals();
    if ("type" in goals) return goals;
    if (goals.length === 0) return undefined;
    return await this.#look(goals) ?? await this.#reach(goals);
  }

  async #goals(): Promise<readonly Goal[] | PackageFailure> {
    const names = this.#changes.map(({ name }) => name);
    const [facts, admitted] = await Promise.all([
      aptFacts(this.#host, names, this.#signal),
      admission(this.#host, this.#signal),
    ]);
    if (!facts.ok) return facts.failure;
    if (!admitted.ok) return admitted.failure;
    return goalsOf(this.#changes, facts.value, admitted.value);
  }

  /** Where something is to go, looks first whether it would take others with it. */
  async #look(goals: readonly Goal[]): Promise<LockedAttempt> {
    if (goals.every(({ version }) => version !== undefined)) return undefined;
    const output = await this.#simulate(goals);
    if (output === undefined || "type" in output) return output;
    if (this.#isTorn(output)) return await this.#repair();
    const no = this.#objection(goals, output);
    if (no === undefined) return undefined;
    // What another tool has half done may look like that.
    const lock = new AptOutput(() => {});
    await this.#ask(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=0", "check"], lock);
    const holder = lock.lockHolder();
    return holder === undefined ? no : { holder };
  }

  /** What apt says that it would do; undefined: nothing is to be done. */
  async #simulate(goals: readonly Goal[]): Promise<Simulated | Failure | undefined> {
    if (goals.length === 0) return undefined;
    const output = new Simulated(() => {});
    const code = await this.#ask(["apt-get", "--simulate", ...this.#arguments(goals)], output);
    if (typeof code !== "number") return code;
    output.code = code;
    return output;
  }

  #objection(goals: readonly Goal[], output: Simulated): PackageFailure | undefined {
    return unasked("apt", goals, output.removed()) ??
      (output.code === 0 ? undefined : failureOf(goals, output));
  }

  async #ask(argv: readonly [string, ...string[]], output: AptOutput): Promise<number | Failure> {
    const answer = await ask(this.#host, argv, this.#signal);
    if (!answer.ok) return answer.failure;
    for (const line of [...answer.value.lines, ...answer.value.complaints]) output.line(line);
    return answer.value.code;
  }

  async #reach(goals: readonly Goal[]): Promise<LockedAttempt> {
    const output = new AptOutput((...how) => this.#reporter.progress(...how));
    const ran = await this.#transact(["apt-get", ...this.#arguments(goals)], output);
    if (!ran.ok) return ran.failure;
    const holder = output.lockHolder();
    if (holder !== undefined) return { holder };
    if (this.#isTorn(output)) return await this.#repair();
    const missed = await this.#missed(goals);
    if ("type" in missed) return missed;
    // apt also fails for packages that were broken before, which is not the fault of these.
    if (missed.length === 0) return undefined;
    return unasked("apt", goals, output.removed()) ?? failureOf(missed, output, ran.value);
  }

  /** Whether an earlier run was torn, and nobody has tried yet to finish it. */
  #isTorn(output: AptOutput): boolean {
    return !this.#repaired && output.has(/dpkg was interrupted, you must manually run/);
  }

  /** Finishes what a run left that was torn. */
  async #repair(): Promise<LockedAttempt> {
    this.#repaired = true;
    const output = new AptOutput(() => {});
    this.#reporter.tell(
      "finishes first what an interrupted run of dpkg left (dpkg --configure -a)",
    );
    const ran = await this.#transact(["dpkg", KEEP_CONFIGURATION, "--configure", "-a"], output);
    if (!ran.ok) return ran.failure;
    const holder = output.lockHolder();
    if (holder === undefined) return "again";
    this.#repaired = false;
    return { holder };
  }

  #transact(argv: readonly [string, ...string[]], output: AptOutput): Promise<Result<Exit>> {
    return transact(this.#host, {
      argv,
      env: ENVIRONMENT,
      signal: this.#signal,
      line: (line) => output.line(line),
    });
  }

  #arguments(goals: readonly Goal[]): readonly string[] {
    const removes = goals.some(({ version }) => version === undefined);
    const chooses = goals.some(({ change: { to } }) => typeof to === "object");
    const trusts = goals.every(({ change: { trust } }) => trust.allowUntrusted);
    return [
      "-y",
      "-q",
      ...["APT::Status-Fd=1", "DPkg::Lock::Timeout=0", `Dpkg::Options::=${KEEP_CONFIGURATION}`]
        .flatMap((option) => ["-o", option]),
      "--no-auto-remove",
      ...(removes ? [] : ["--no-remove"]),
      ...(chooses ? ["--allow-downgrades"] : []),
      ...(trusts ? ["--allow-unauthenticated"] : []),
      "install",
      ...goals.map(argumentOf),
    ];
  }

  async #missed(goals: readonly Goal[]): Promise<readonly Goal[] | Failure> {
    const state = await dpkgState(this.#host, goals.map(({ change }) => change.name));
    if (!state.ok) return state.failure;
    return goals.filter((goal) =>
      !isReached(goal, { entry: entryOf(state.value, goal.change.name) })
    );
  }
}

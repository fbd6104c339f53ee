/**
 * Changing packages through PackageKit: what is to be there first, then what is to go.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import { LIMITS } from "../../base/limits.ts";
import type { Result } from "../../base/result.ts";
import { NOT_BEGUN } from "../../base/turns.ts";
import type { PackageChange, PackageFailure } from "../packages.ts";
import { type KnownPackages, stateOf } from "../questions.ts";
import { ProgressReporter } from "../progress_reporter.ts";
import type { PackageHost } from "../tools.ts";
import type { Waiter } from "../package_lock.ts";
import { isAsWanted } from "../change_request.ts";
import type { Daemon } from "./daemon.ts";
import { type DpkgNotes, finishInterrupted } from "./dpkg.ts";
import { onHold as heldAt } from "../goals.ts";
import { failureOf, notDone, othersGo } from "./failures.ts";
import { pick } from "./pick.ts";
import type { Picked } from "./protocol.ts";
import { Progress } from "./progress.ts";
import { FLAG, INFO } from "./protocol.ts";
import { markTermLog } from "./term_log.ts";

/** What changing packages needs. */
export interface ChangeTools {
  readonly daemon: Daemon;
  readonly host: PackageHost;
  readonly notes: DpkgNotes;
  /** How packages are now. */
  readonly look: (names: readonly string[]) => Promise<Result<KnownPackages>>;
}

/** What PackageKit is asked to do. */
interface WantedPackages {
  readonly picked: readonly Picked[];
  readonly method: "InstallPackages" | "RemovePackages";
  readonly flags: bigint;
  /** Packages that may go. */
  readonly going: ReadonlySet<string>;
}

/** Between tries while others hold the package manager's locks. */
const LOCKED_PAUSES = { firstMs: 250, lastMs: 5000, factor: 2 };

/** Failures after which nothing further is tried. */
const FINAL = new Set([
  "locked",
  "stopped",
  NOT_BEGUN,
  "interrupted",
  "unavailable",
  "not-allowed",
  "timeout",
]);

/** Makes changes, those of one sort in one transaction. */
export async function makeChanges(
  tools: ChangeTools,
  changes: readonly [PackageChange, ...PackageChange[]],
): Promise<PackageFailure | undefined> {
  const reporter = new ProgressReporter(tools.host.clock, changes);
  const [waiter] = changes;
  const torn = await finishInterrupted(tools.host, reporter, waiter);
  if (torn !== undefined) return torn;
  const picks = await pick(tools.daemon, changes);
  if (!picks.ok) return picks.failure;
  const { install, remove, missing } = picks.value;
  const onHold = await firstOnHold(tools, [...install, ...remove]);
  if (missing !== undefined || onHold !== undefined) return missing ?? onHold;
  const problems = await runSteps(tools, install, remove, reporter, waiter);
  const final = problems.find(({ problem }) => FINAL.has(problem.code ?? ""));
  if (final !== undefined) return final.problem;
  // apt also fails for packages that were broken before, and succeeds where it did nothing.
  const missed = await missedOf(tools, changes);
  if (!missed.ok) return missed.failure;
  if (missed.value.length === 0) return undefined;
  // What hindered only those who are done is no reason for others.
  const telling = problems.find(({ names }) => names.some((name) => missed.value.includes(name)));
  return telling?.problem ?? notDone(missed.value);
}

/** Why they would fail, by a simulation; nobody is waited for, and nothing is repaired. */
export async function foreseeChanges(
  tools: ChangeTools,
  changes: readonly [PackageChange, ...PackageChange[]],
): Promise<PackageFailure | undefined> {
  const picks = await pick(tools.daemon, changes);
  if (!picks.ok) return picks.failure;
  const { install, remove, missing } = picks.value;
  const no = missing ?? await firstOnHold(tools, [...install, ...remove]);
  if (no !== undefined) return no;
  for (const wanted of stepsOf(install, remove)) {
    const problem = await foresee(tools, wanted, changes[0].signal);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A step that went wrong, and whom it was for. */
interface Problem {
  readonly problem: PackageFailure;
  readonly names: readonly string[];
}

async function runSteps(
  tools: ChangeTools,
  install: readonly Picked[],
  remove: readonly Picked[],
  reporter: ProgressReporter,
  waiter: Waiter,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const wanted of stepsOf(install, remove)) {
    const problem = await foresee(tools, wanted, waiter.signal) ??
      await transact(tools, wanted, reporter, waiter);
    if (problem === undefined) continue;
    problems.push({ problem, names: wanted.picked.map(({ change }) => change.name) });
    if (FINAL.has(problem.code ?? "")) break;
  }
  return problems;
}

/** What is asked of PackageKit, one after the other. */
function stepsOf(install: readonly Picked[], remove: readonly Picked[]): readonly WantedPackages[] {
  const going = new Set(remove.map(({ name }) => name));
  const isTrusting = ({ change }: Picked) => change.trust.allowUntrusted;
  const method = "InstallPackages";
  const steps: readonly WantedPackages[] = [
    { picked: install.filter((each) => !isTrusting(each)), method, flags: FLAG.onlyTrusted, going },
    { picked: install.filter(isTrusting), method, flags: 0n, going },
    // Last: what takes the place of something that goes lets those stay that need it.
    { picked: remove, method: "RemovePackages", flags: 0n, going },
  ];
  return steps.filter(({ picked }) => picked.length > 0);
}

async function firstOnHold(
  { notes }: ChangeTools,
  picked: readonly Picked[],
): Promise<PackageFailure | undefined> {
  const { onHold } = await notes.read();
  for (const each of picked) {
    const version = onHold.get(each.change.name);
    const stays = version === each.version && each.change.to !== "absent";
    if (version !== undefined && !stays) return heldAt(each.change.name, version);
  }
  return undefined;
}

/** Names of those that are not as they should be. */
async function missedOf(
  { look }: ChangeTools,
  changes: readonly PackageChange[],
): Promise<Result<readonly string[]>> {
  const known = await look(changes.map(({ name }) => name));
  if (!known.ok) return known;
  const missed = changes.filter(({ name, to }) => !isAsWanted(to, stateOf(name, known.value)));
  return { ok: true, value: missed.map(({ name }) => name) };
}

function requestFor({ picked, method, flags }: WantedPackages, simulate: boolean) {
  const ids = picked.map(({ id }) => id);
  const all = flags | (simulate ? FLAG.simulate : 0n);
  return method === "InstallPackages"
    ? { method, signature: "tas", body: [all | FLAG.allowDowngrade, ids] }
    // Dependents stay, and so does what they needed; not every backend heeds the first.
    : { method, signature: "tasbb", body: [all, ids, false, false] };
}

/** Looks beforehand whether it can be done, and whether others would have to go for it. */
async function foresee(
  { daemon }: ChangeTools,
  wanted: WantedPackages,
  signal: AbortSignal,
): Promise<PackageFailure | undefined> {
  const request = requestFor(wanted, true);
  const simulated = await daemon.run({ ...request, limitMs: LIMITS.packageLookMs, signal });
  if (!simulated.ok) return simulated.failure;
  const problem = failureOf(simulated.value, wanted.picked, undefined);
  if (problem !== undefined) return problem;
  const others = simulated.value.packages
    .filter(({ info, name }) => info === INFO.removing && !wanted.going.has(name));
  return others.length === 0 ? undefined : othersGo(wanted.picked, others.map(({ name }) => name));
}

/** Runs one transaction; waits while others hold the package manager's locks. */
async function transact(
  { daemon, host }: ChangeTools,
  wanted: WantedPackages,
  reporter: ProgressReporter,
  waiter: Waiter,
): Promise<PackageFailure | undefined> {
  const progress = new Progress(reporter);
  const startMs = host.clock.nowMs();
  const pauses = createBackoff(LOCKED_PAUSES);
  for (;;) {
    const log = await markTermLog();
    const outcome = await daemon.run({
      ...requestFor(wanted, false),
      limitMs: LIMITS.packageTransactionMs,
      signal: waiter.signal,
      ending: waiter.ending,
      changed: (properties) => progress.changed(properties),
      happens: (info, found) => progress.happens(info, found),
    });
    if (!outcome.ok) return outcome.failure;
    const problem = failureOf(outcome.value, wanted.picked, await log.since());
    const waitedMs = host.clock.nowMs() - startMs;
    if (problem?.code !== "locked" || waitedMs >= LIMITS.packageLockMs) return problem;
    // PackageKit also says so when an earlier run of dpkg was torn.
    const torn = await finishInterrupted(host, reporter, waiter);
    if (torn !== undefined) return torn;
    // It has waited itself before it said so, but nothing obliges it to.
    await host.clock.sleep(pauses.next(), waiter.ending ?? waiter.signal);
  }
}

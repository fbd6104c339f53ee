/**
 * Changing packages through PackageKit: what is to be there first, then what is to go.
 *
 * @module
 */

import { LIMITS } from "../../../base/limits.ts";
import { type Failure, failure } from "../../../base/result.ts";
import type { PackageChange, PackageFailure } from "../packages.ts";
import { Teller } from "../teller.ts";
import type { PackageHost } from "../tools.ts";
import { type Daemon, problemOf } from "./daemon.ts";
import { finishInterrupted } from "./dpkg.ts";
import { pick, type Picked } from "./pick.ts";
import { Progress } from "./progress.ts";
import { FLAG, INFO } from "./protocol.ts";
import type { Outcome } from "./transaction.ts";

/** What changing packages needs. */
export interface ChangeTools {
  readonly daemon: Daemon;
  readonly host: PackageHost;
}

/** What PackageKit is asked to do. */
interface Wanted {
  readonly picked: readonly Picked[];
  readonly method: "InstallPackages" | "RemovePackages";
  readonly flags: bigint;
  /** Packages that may go. */
  readonly going: ReadonlySet<string>;
}

/** Errors that name the package that they are about: the one that was worked on, or in the text. */
const BLAMES = new Set(["script", "download", "untrusted", "essential"]);
/** Failures after which nothing further is tried. */
const FINAL = new Set([
  "locked",
  "stopped",
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
  const teller = new Teller(tools.host.clock, changes);
  const { signal } = changes[0];
  const torn = await finishInterrupted(tools.host, teller, signal);
  if (torn !== undefined) return torn;
  const picks = await pick(tools.daemon, changes);
  if (!picks.ok) return picks.failure;
  const { install, remove, missing } = picks.value;
  const going = new Set(remove.map(({ name }) => name));
  const isTrusting = ({ change }: Picked) => change.trust.allowUntrusted;
  const method = "InstallPackages";
  const steps: readonly Wanted[] = [
    { picked: install.filter((each) => !isTrusting(each)), method, flags: FLAG.onlyTrusted, going },
    { picked: install.filter(isTrusting), method, flags: 0n, going },
    // Last: what takes the place of something that goes lets those stay that need it.
    { picked: remove, method: "RemovePackages", flags: 0n, going },
  ];
  let first: PackageFailure | undefined = missing;
  for (const wanted of steps) {
    if (wanted.picked.length === 0) continue;
    const problem = await foresee(tools, wanted, signal) ??
      await transact(tools, wanted, teller, signal);
    if (problem !== undefined && FINAL.has(problem.code ?? "")) return problem;
    first ??= problem;
  }
  return first;
}

function requestFor({ picked, method, flags }: Wanted, simulate: boolean) {
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
  wanted: Wanted,
  signal: AbortSignal,
): Promise<PackageFailure | undefined> {
  const request = requestFor(wanted, true);
  const simulated = await daemon.run({ ...request, limitMs: LIMITS.packageLookMs, signal });
  if (!simulated.ok) return simulated.failure;
  const problem = blaming(simulated.value, wanted.picked);
  if (problem !== undefined) return problem;
  const others = simulated.value.packages
    .filter(({ info, name }) => info === INFO.removing && !wanted.going.has(name));
  return others.length === 0 ? undefined : othersGo(wanted, others.map(({ name }) => name));
}

function othersGo({ picked, method }: Wanted, others: readonly string[]): Failure {
  const list = (names: readonly string[]) =>
    `${names.slice(0, 5).join(", ")}${names.length > 5 ? "…" : ""}`;
  const what = list(picked.map(({ name }) => name));
  const how = method === "InstallPackages" ? "installed" : "removed";
  return failure(`${what} cannot be ${how}: ${list([...new Set(others)])} would be removed, too`, {
    code: "dependents",
    hint: "if that is meant, say state: uninstalled for what would go",
  });
}

/** Runs one transaction; waits while others hold the package manager's locks. */
async function transact(
  { daemon, host }: ChangeTools,
  wanted: Wanted,
  teller: Teller,
  signal: AbortSignal,
): Promise<PackageFailure | undefined> {
  const progress = new Progress(teller);
  const endMs = host.clock.nowMs() + LIMITS.packageTransactionMs;
  const lockEndMs = host.clock.nowMs() + LIMITS.packageLockMs;
  for (;;) {
    const outcome = await daemon.run({
      ...requestFor(wanted, false),
      limitMs: Math.max(1, endMs - host.clock.nowMs()),
      signal,
      changed: (properties) => progress.changed(properties),
      happens: (info, found) => progress.happens(info, found),
    });
    if (!outcome.ok) return outcome.failure;
    const problem = blaming(outcome.value, wanted.picked);
    if (problem?.code !== "locked" || host.clock.nowMs() >= lockEndMs) return problem;
    // PackageKit also says so when an earlier run of dpkg was torn.
    const torn = await finishInterrupted(host, teller, signal);
    if (torn !== undefined) return torn;
  }
}

/** The failure of a transaction, with those that it names. */
function blaming(
  { error, at }: Outcome,
  picked: readonly Picked[],
): PackageFailure | undefined {
  if (error === undefined) return undefined;
  const problem = problemOf(error);
  if (!BLAMES.has(problem.code ?? "")) return problem;
  const words = new Set(error.details.split(/[\s,;:()'"]+/));
  if (problem.code === "script" && at !== undefined) words.add(at);
  const blamed = picked.filter(({ change, name }) => words.has(name) || words.has(change.name))
    .map(({ change }) => change.name);
  return blamed.length === 0 ? problem : { ...problem, blamed };
}

/** What a package is, against what it should be. */

import type { Failure } from "../../base/result.ts";
import { notBegun } from "../../base/turns.ts";
import type { PackageState } from "../../packages/packages.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { whileWanted } from "../../kind/waiting.ts";
import type { PkgParams } from "./params.ts";

/** What is not as it should be, as one line; undefined: all is. */
export function difference(
  { name, state }: PkgParams,
  { installed, available, broken }: PackageState,
): string | undefined {
  const there = installed === undefined ? "" : ` ${installed}`;
  if (broken !== undefined) return `${name}${there} is ${broken}`;
  if (state === "uninstalled") {
    return installed === undefined ? undefined : `${name}${there} is installed`;
  }
  if (installed === undefined) {
    const offer = state !== "installed" && state !== "newest"
      ? `${state} is wanted`
      : available === undefined
      ? "and no source is known to offer it"
      : `${available} is available`;
    return `${name} is not installed (${offer})`;
  }
  if (state === "installed") return undefined;
  if (state === "newest") {
    const newer = available !== undefined && available !== installed;
    return newer ? `${name}${there} → ${available}` : undefined;
  }
  return installed === state ? undefined : `${name}${there} → ${state}`;
}

/** What a package remembers between passes. */
export interface PkgMemory {
  /** What was last warned of, so that it is not said at every look. */
  warned: string | undefined;
}

/** Compares the package with what it should be. */
export async function check(
  params: PkgParams,
  context: KindContext<PkgMemory>,
): Promise<Drift<null> | Failure | undefined> {
  const { name, state, trust } = params;
  const { host, ending } = context;
  if (state === "newest" && !context.noop) await freshen(context);
  const found = await whileWanted(context, (signal) => host.packages.look(name, trust, signal));
  // A package manager answers when it has done what others asked it for.
  if (!found.ok) return ending.aborted ? notBegun() : found.failure;
  const reason = difference(params, found.value);
  if (reason === undefined) return undefined;
  return drift(reason, null);
}

async function freshen(context: KindContext<PkgMemory>): Promise<void> {
  const { host, memory, warn } = context;
  const problem = await whileWanted(context, (signal) => host.packages.freshen(signal));
  if (problem === undefined || problem.code === "stopped") return;
  if (problem.message !== memory.warned) {
    warn(`which version is the newest is not known for sure: ${problem.message}`);
  }
  memory.warned = problem.message;
}

/**
 * What the settings of a run say to its engine.
 *
 * @module
 */

import { createBucket } from "../base/bucket.ts";
import { memoryDebts } from "../engine/debts.ts";
import type { EngineOptions } from "../engine/options.ts";
import { stateDirectory } from "../os/state/state_directory.ts";
import { fileDebts } from "./file_debts.ts";
import { keepsJournal, type RunSettings } from "./settings.ts";

/** `earlier`: where to read what earlier runs left; undefined: nowhere. `nowMs`: the monotonic time. */
export function engineSettings(
  settings: RunSettings,
  earlier: string | undefined,
  nowMs: () => number,
): Omit<EngineOptions, "host" | "emit"> {
  const { convergedAfterSeconds, passesAtOnce, plan } = settings;
  return {
    debts: earlier === undefined ? memoryDebts() : fileDebts(stateDirectory(`${earlier}/debts`)),
    noop: settings.noop,
    ...(plan === undefined ? {} : { plan }),
    watching: settings.convergedTimeoutSeconds !== 0,
    seed: settings.seed,
    ...(passesAtOnce === undefined ? {} : { passesAtOnce }),
    ...(convergedAfterSeconds >= 0 ? { convergedMs: convergedAfterSeconds * 1000 } : {}),
    repairBurst: settings.repairBurst,
    repairsPerSecond: settings.repairRate,
    differences: differencesFor(settings, nowMs),
  };
}

/** People see all of them; where only the journal does, a run that changes everything makes some. */
function differencesFor(settings: RunSettings, nowMs: () => number): () => boolean {
  if (settings.verbosity !== "quiet") return () => true;
  if (!keepsJournal(settings)) return () => false;
  const some = createBucket({ capacity: 50, perSecond: 20 });
  return () => some.take(nowMs()) === 0;
}

import { fail, ok, type Result } from "../base/result.ts";
import type { Clock } from "../os/clock.ts";
import { defaultPrefix, temporaryDirectory } from "../os/state/state_directory.ts";
import { takeStateLock } from "../os/state/state_lock.ts";
import { renamed } from "./cluster/disk.ts";
import type { TrustRule } from "./graph/graph_trust.ts";
import { judgePrefix } from "./prefix_trust.ts";
import { prefixOf, type RunSettings } from "./settings.ts";

/** Where a run keeps its state. */
export interface StatePlace {
  /** Absolute; undefined: nothing is kept. */
  readonly prefix: string | undefined;
  /** Where to read what earlier runs left, also if nothing is kept; undefined: nowhere. */
  readonly earlier: string | undefined;
  /** What to know of it. */
  readonly warning?: string;
  /** Gives the place back at the end of the run. */
  release(): void;
}

/** Takes the place of a run's state for this process; noop needs none. */
export async function claimState(
  settings: RunSettings,
  clock: Clock,
  trust: TrustRule,
): Promise<Result<StatePlace>> {
  if (settings.noop) {
    return ok({ prefix: undefined, earlier: placeOf(settings), release: () => {} });
  }
  const temporary = settings.tmpPrefix ? temporaryDirectory("--tmp-prefix") : undefined;
  if (temporary?.ok === false) return temporary;
  const named = temporary?.value.path ?? settings.prefix;
  const fallback = named === undefined ? defaultPrefix() : ok("");
  if (!fallback.ok) return fallback;
  const prefix = named ?? prefixOf(settings, fallback.value);
  const distrust = await judgePrefix(prefix, trust);
  const lock = distrust?.severity === "error"
    ? fail(distrust.message, { hint: distrust.hint })
    : await takeStateLock(prefix, settings.file, clock);
  if (!lock.ok) {
    temporary?.value.remove();
    return lock;
  }
  const { hostname } = settings;
  const problem = hostname === undefined ? undefined : renamed(prefix, hostname);
  if (problem !== undefined) {
    lock.value.close();
    return { ok: false, failure: problem };
  }
  return ok({
    prefix,
    earlier: prefix,
    ...(distrust && { warning: `${distrust.message} (${distrust.hint})` }),
    release: () => {
      lock.value.close();
      temporary?.value.remove();
    },
  });
}

/** Where a run of the same settings without noop keeps its state. */
function placeOf(settings: RunSettings): string | undefined {
  if (settings.tmpPrefix) return undefined;
  const fallback = settings.prefix === undefined ? defaultPrefix() : ok("");
  return settings.prefix ?? (fallback.ok ? prefixOf(settings, fallback.value) : undefined);
}

/**
 * What a running agent is asked of other hosts' facts.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import {
  keptFactsText,
  readKeptFacts,
  readToldFacts,
  TOLD,
  toldBy,
  type ToldFacts,
} from "../../cluster/admin/told_facts.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { userSeal } from "./loopback_mac.ts";

/** For all that is asked of the store: whoever asked waits a little longer. */
const DEADLINE_MS = 2000;

/** Facts of a host; `atMs`: the cluster does not answer, and that is when they were read. */
export interface FactsAnswer {
  readonly facts: ToldFacts["facts"];
  readonly atMs?: number;
}

/** Asks the store, and keeps what it said below the prefix for when it does not answer. */
export async function factsOfHost(
  host: string,
  { store, prefix, clock, signal }: {
    /** Undefined: there is none now. */
    readonly store: Store | undefined;
    readonly prefix: string | undefined;
    readonly clock: Pick<Clock, "wall">;
    readonly signal: AbortSignal;
  },
): Promise<Result<FactsAnswer>> {
  const directory = prefix === undefined ? undefined : stateDirectory(`${prefix}/cluster/state`);
  const before = readKeptFacts(directory?.read(TOLD));
  const options = { deadlineMs: DEADLINE_MS, signal };
  const asked = { ...options, host, atMs: clock.wall().getTime(), sealOf: userSeal };
  const told = store === undefined
    ? fail("the cluster does not answer")
    : await readToldFacts(store, asked);
  if (!told.ok) return fromKept(host, before, told.failure);
  const text = keptFactsText(told.value, before);
  // That it cannot be kept is told by whatever else is written there.
  if (told.value.size > 0) directory?.write(TOLD, text);
  const found = toldBy(host, told.value);
  return found.ok ? ok({ facts: found.value.facts }) : found;
}

/** What was known of it last. */
export function fromKept(
  host: string,
  kept: ReturnType<typeof readKeptFacts>,
  why: Failure,
): Result<FactsAnswer> {
  const found = toldBy(host, kept, why.message);
  return found.ok ? ok({ facts: found.value.facts, atMs: found.value.atMs }) : found;
}

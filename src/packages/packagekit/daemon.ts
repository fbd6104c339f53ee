/**
 * PackageKit's daemon: what it can do, and one transaction after the other.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import type { Bus } from "../../systemd/bus/bus.ts";
import type { Clock } from "../../os/clock.ts";
import { PACKAGEKIT, PACKAGEKIT_PATH, PROPERTIES } from "./protocol.ts";
import { type Request, runTransaction, type TransactionOutcome } from "./transaction.ts";

/** Time to be started by the bus. */
const START_MS = 30_000;

/** The daemon as the provider sees it. */
export interface Daemon {
  /** Who does its work: `apt`, `dnf`… */
  readonly backend: string;
  /** In small letters: `debian`. */
  readonly distribution: string;
  /** The filters that it knows. */
  readonly filters: bigint;
  run(request: Request): Promise<Result<TransactionOutcome>>;
}

/** Asks PackageKit what it is, which starts it; fails where there is none. */
export async function findDaemon(bus: Bus, clock: Clock): Promise<Result<Daemon>> {
  const answer = await bus.call({
    service: PACKAGEKIT,
    path: PACKAGEKIT_PATH,
    interface: PROPERTIES,
    member: "GetAll",
    signature: "s",
    body: [PACKAGEKIT],
    timeoutMs: START_MS,
  });
  if (!answer.ok) return answer;
  const properties = answer.value[0] as Record<string, unknown>;
  return ok({
    backend: String(properties.BackendName),
    distribution: String(properties.DistroId).split(";")[0] ?? "",
    filters: BigInt(properties.Filters as bigint),
    run: (request) => runTransaction(bus, clock, request),
  });
}

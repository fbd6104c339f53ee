/**
 * PackageKit's daemon: what it can do, and one transaction after the other.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../../base/result.ts";
import type { Bus } from "../../bus/bus.ts";
import type { Clock } from "../../clock.ts";
import { errorCode, PACKAGEKIT, PACKAGEKIT_PATH, PROPERTIES } from "./protocol.ts";
import { type Outcome, type Request, runTransaction } from "./transaction.ts";

/** Time to be started by the bus. */
const START_MS = 30_000;
/** Of an error's text, this much is repeated. */
const DETAILS_LENGTH = 500;

/** The daemon as the provider sees it. */
export interface Daemon {
  /** Who does its work: `apt`, `dnf`… */
  readonly backend: string;
  /** The filters that it knows. */
  readonly filters: bigint;
  run(request: Request): Promise<Result<Outcome>>;
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
    filters: BigInt(properties.Filters as bigint),
    run: (request) => runTransaction(bus, clock, request),
  });
}

/** An error of PackageKit as a failure. */
export function problemOf({ code, details }: { code: number; details: string }): Failure {
  const lines = details.split("\n").map((line) => line.trim().replace(/^[EW]: /, ""))
    .filter((line) => line !== "" && !/Be aware that removing the lock file/.test(line));
  const text = lines.join("; ");
  const shown = text.length > DETAILS_LENGTH ? `${text.slice(0, DETAILS_LENGTH)}…` : text;
  return failure(shown, { code: errorCode(code) });
}

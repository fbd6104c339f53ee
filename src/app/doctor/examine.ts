/**
 * Runs the checks: all at the same time, each with a limit, so that one that hangs costs only itself.
 *
 * @module
 */

import { unlessAborted } from "../../base/either.ts";
import { reasonOf } from "../../base/result.ts";
import type { FindingSeverity } from "../explain/explanation.ts";
import type { CheckedHost } from "./checked_host.ts";
import { type AreaSight, type DoctorCheck, type DoctorFinding, severityOf } from "./finding.ts";

/** What was found in one area. */
export interface AreaReport extends AreaSight {
  readonly area: string;
}

/** For one check. */
const CHECK_MS = 12_000;

/** Looks at everything. */
export async function examine(
  checks: readonly DoctorCheck[],
  host: CheckedHost,
  limitMs: number = CHECK_MS,
): Promise<readonly AreaReport[]> {
  return await Promise.all(checks.map((check) => lookAt(check, host, limitMs)));
}

/** The worst of them; undefined: nothing was found. */
export function worstOf(reports: readonly AreaReport[]): FindingSeverity | undefined {
  const all = new Set(reports.flatMap(({ findings }) => findings.map(severityOf)));
  return (["error", "warning", "notice"] as const).find((severity) => all.has(severity));
}

async function lookAt(
  { area, look }: DoctorCheck,
  host: CheckedHost,
  limitMs: number,
): Promise<AreaReport> {
  const late = new AbortController();
  const timer = host.clock.after(limitMs, () => late.abort());
  try {
    const sight = await unlessAborted(Promise.resolve(host).then(look), late.signal);
    const gaveUp = {
      code: "look-timeout",
      message: `${area}: no answer within ${limitMs / 1000} s`,
    };
    return { area, ...(sight ?? { fine: "", findings: [gaveUp as DoctorFinding] }) };
  } catch (thrown) {
    const message = `${area}: the look ended with ${reasonOf(thrown)}; please report it`;
    return { area, fine: "", findings: [{ code: "not-seen", message }] };
  } finally {
    timer.cancel();
  }
}

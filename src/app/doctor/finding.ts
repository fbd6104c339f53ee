/**
 * What a check finds, and what a check is: one file below `checks/`, and a line in `registry.ts`.
 *
 * @module
 */

import type { FindingSeverity } from "../explain/explanation.ts";
import { FINDING_CODES, type FindingCode } from "../explain/finding_codes.ts";
import type { CheckedHost } from "./checked_host.ts";

/** One thing that is not as it should be, or that could not be seen. */
export interface DoctorFinding {
  readonly code: FindingCode;
  /** What, where and why, as one sentence without a final stop. */
  readonly message: string;
  /** What to do, where that says more than `mgmt explain`. */
  readonly hint?: string;
}

/** What one check saw. */
export interface AreaSight {
  /** What is so, in a few words; said where nothing is wrong. */
  readonly fine: string;
  readonly findings: readonly DoctorFinding[];
}

/** Looks at one area of the host; changes nothing. */
export interface DoctorCheck {
  /** One word. */
  readonly area: string;
  /** For the documentation: what is looked at. */
  readonly looksAt: string;
  look(host: CheckedHost): Promise<AreaSight> | AreaSight;
}

/** How bad a finding is. */
export function severityOf({ code }: Pick<DoctorFinding, "code">): FindingSeverity {
  return FINDING_CODES[code].severity;
}

/** What could not be looked at. */
export function notSeen(what: string, why: string): DoctorFinding {
  return { code: "not-seen", message: `${what} could not be looked at: ${why}` };
}

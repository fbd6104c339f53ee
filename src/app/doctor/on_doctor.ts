/**
 * `mgmt doctor`, as one piece that is loaded when it is needed.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { type PlaceFlags, placePrefix } from "../agent_prefix.ts";
import type { FindingSeverity } from "../explain/explanation.ts";
import { examine, worstOf } from "./examine.ts";
import { withCheckedHost } from "./open_host.ts";
import { CHECKS } from "./registry.ts";
import { reportObject, reportText } from "./report_text.ts";

/** What is to be done. */
export interface DoctorQuestion extends Pick<PlaceFlags, "flags"> {
  readonly asJson: boolean;
}

/** What it found. */
export interface DoctorAnswer {
  readonly text: string;
  /** Undefined: nothing. */
  readonly worst: FindingSeverity | undefined;
}

/** Looks at this host; changes nothing. */
export async function doctor({ flags, asJson }: DoctorQuestion): Promise<Result<DoctorAnswer>> {
  const prefix = placePrefix({ flags });
  if (!prefix.ok) return prefix;
  return await withCheckedHost(prefix.value, async (host) => {
    const reports = await examine(CHECKS, host);
    const text = asJson ? `${JSON.stringify(reportObject(reports, host))}\n` : reportText(reports);
    return ok({ text, worst: worstOf(reports) });
  });
}

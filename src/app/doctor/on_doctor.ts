/**
 * `mgmt doctor`, as one piece that is loaded when it is needed.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { type PlaceFlags, placePrefix, placeWords } from "../agent_prefix.ts";
import type { FindingSeverity } from "../explain/explanation.ts";
import { examine, worstOf } from "./examine.ts";
import { withCheckedHost } from "./open_host.ts";
import { CHECKS } from "./registry.ts";
import { reportObject, reportText } from "./report_text.ts";

/** What is to be done. */
export interface DoctorQuestion extends Pick<PlaceFlags, "flags"> {
  readonly asJson: boolean;
  /** Where a bundle for a bug report is to be written, as the user named it. */
  readonly bundle?: string | undefined;
  /** A file that is there may be replaced. */
  readonly force?: boolean;
}

/** What it found. */
export interface DoctorAnswer {
  readonly text: string;
  /** Undefined: nothing. */
  readonly worst: FindingSeverity | undefined;
  /** Where the bundle is; a failure where it could not be written. */
  readonly bundle?: Result<string>;
}

/** Looks at this host; changes nothing. */
export async function doctor(question: DoctorQuestion): Promise<Result<DoctorAnswer>> {
  const { flags, asJson, bundle } = question;
  const prefix = placePrefix({ flags });
  if (!prefix.ok) return prefix;
  const place = { prefix: prefix.value, placeWords: placeWords({ flags }) };
  return await withCheckedHost(place, async (host) => {
    const reports = await examine(CHECKS, host);
    const text = asJson ? `${JSON.stringify(reportObject(reports, host))}\n` : reportText(reports);
    const found = { text, worst: worstOf(reports) };
    if (bundle === undefined) return ok(found);
    const { bundleContents } = await import("./bundle/contents.ts");
    const { writeBundle } = await import("./bundle/write_bundle.ts");
    const contents = await bundleContents(host, reports);
    return ok({ ...found, bundle: await writeBundle(bundle, contents, question.force === true) });
  });
}

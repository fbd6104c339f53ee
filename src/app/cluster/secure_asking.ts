/** Who asks for a certificate in a plain cluster that is to become one with TLS, and who cannot. */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { readAsked, type SecureCandidate } from "./secure_answers.ts";
import type { SecureSurvey } from "./secure_survey.ts";

/** For the agents to ask, which takes a moment each. */
const ASK_MS = 15_000;
const LOOK_MS = 300;

/** Who asks for what, of all that are there. */
export interface SecureAsking {
  readonly hosts: readonly SecureCandidate[];
  readonly off: readonly string[];
  /** Of the order. */
  readonly revision: number;
}

/** Waits until all that are there have asked, or says who does not; `look` says how the cluster is. */
export async function whoAsks(
  look: () => Promise<Result<SecureSurvey>>,
  clock: Clock,
): Promise<Result<SecureAsking>> {
  const endMs = clock.nowMs() + ASK_MS;
  for (;;) {
    const survey = await look();
    if (!survey.ok) return survey;
    const { fleet, asked, revision } = survey.value;
    const hosts: SecureCandidate[] = [];
    const silent: string[] = [];
    for (const { host, role } of fleet.hosts.filter(({ live }) => live)) {
      const record = asked.get(host);
      const request = record && await readAsked(host, record, role !== "client");
      if (request?.ok === true) hosts.push(request.value);
      else silent.push(host);
    }
    if (silent.length === 0) {
      const off = fleet.hosts.filter(({ live }) => !live).map(({ host }) => host);
      return ok({ hosts, off, revision });
    }
    if (clock.nowMs() >= endMs) {
      return fail(`${silent.join(", ")} asks for no certificate`, {
        code: "older",
        hint: "an older executable runs there, or a run that changes nothing or ends by itself: " +
          "replace or stop it; then give this order again, or give it up with --abort",
      });
    }
    await clock.sleep(LOOK_MS);
  }
}

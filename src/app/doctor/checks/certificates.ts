import { shownCertificates } from "../shown_certificates.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const DAY_MS = 86_400_000;
const ENDING_MS = 30 * DAY_MS;
/** Renewed after 90 days of use, which are more days of the calendar where the agent does not always run. */
const OLD_MS = 180 * DAY_MS;

/** The certificates that this host shows in its cluster. */
export const certificates: DoctorCheck = {
  area: "certificates",
  looksAt: "how old the host's certificates are, how long they count, and whether they are whole",
  look: async (host) => {
    const { prefix, prefixSight } = host;
    if (prefixSight === "forbidden" || prefixSight === "silent") {
      return { fine: "", findings: [notSeen("certificates", `${prefix} cannot be read`)] };
    }
    if (prefixSight === "no directory") {
      return { fine: "", findings: [notSeen("certificates", `${prefix} is no directory`)] };
    }
    const found = await shownCertificates(prefix, host.clock.wall().getTime());
    if (!found.ok) {
      const { message, hint } = found.failure;
      const more = hint === undefined ? {} : { hint };
      return { fine: "", findings: [{ code: "trust-unreadable", message, ...more }] };
    }
    if (found.value.length === 0) {
      return { fine: "none: the host is in no cluster with TLS", findings: [] };
    }
    const findings = found.value.flatMap((each) => timeFindings(each, host));
    const [first] = found.value;
    const left = Math.floor(((first?.untilMs ?? 0) - host.clock.wall().getTime()) / DAY_MS);
    return { fine: `${found.value.length}, the host's counts for ${left} days more`, findings };
  },
};

function timeFindings(
  { path, fromMs, untilMs, issuedAtMs }: {
    readonly path: string;
    readonly fromMs: number;
    readonly untilMs: number;
    readonly issuedAtMs: number | undefined;
  },
  { clock }: CheckedHost,
): readonly DoctorFinding[] {
  const nowMs = clock.wall().getTime();
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  if (nowMs < fromMs) {
    return [{ code: "certificate-ended", message: `${path} counts from ${day(fromMs)} on` }];
  }
  if (nowMs > untilMs) {
    return [{ code: "certificate-ended", message: `${path} ended on ${day(untilMs)}` }];
  }
  const findings: DoctorFinding[] = [];
  if (untilMs - nowMs < ENDING_MS) {
    findings.push({ code: "certificate-ending", message: `${path} ends on ${day(untilMs)}` });
  }
  if (issuedAtMs !== undefined && nowMs - issuedAtMs > OLD_MS) {
    const days = Math.floor((nowMs - issuedAtMs) / DAY_MS);
    findings.push({ code: "certificate-old", message: `${path} is in use for ${days} days` });
  }
  return findings;
}

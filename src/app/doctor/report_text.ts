/**
 * What the doctor found, for people and for programs.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import { count } from "../../base/words.ts";
import { buildLine } from "../../os/build.ts";
import type { CheckedHost } from "./checked_host.ts";
import { type AreaReport, worstOf } from "./examine.ts";
import { type DoctorFinding, severityOf } from "./finding.ts";

/** Lines: one for each area where nothing is wrong, one or two for each finding. */
export function reportText(reports: readonly AreaReport[]): string {
  const width = Math.max(...reports.map(({ area }) => area.length));
  const lines = reports.flatMap(({ area, fine, findings }) => {
    const name = area.padEnd(width);
    if (findings.length === 0) return [`${name}  ok: ${fine}`];
    return findings.flatMap((finding) => findingLines(name, finding));
  });
  return [...lines, "", summary(reports)].map((line) => `${printable(line)}\n`).join("");
}

function findingLines(name: string, finding: DoctorFinding): readonly string[] {
  const { code, message, hint } = finding;
  const line = `${name}  ${severityOf(finding)} ${code}: ${message}`;
  return hint === undefined ? [line] : [line, `${" ".repeat(name.length)}  hint: ${hint}`];
}

function summary(reports: readonly AreaReport[]): string {
  const all = reports.flatMap(({ findings }) => findings);
  const counts = (["error", "warning", "notice"] as const).flatMap((severity) => {
    const number = all.filter((finding) => severityOf(finding) === severity).length;
    return number === 0 ? [] : [count(number, severity)];
  });
  if (counts.length === 0) return `${count(reports.length, "area")}: nothing is wrong`;
  return `${counts.join(", ")}; mgmt explain CODE says more of each`;
}

/** The same as an object. */
export function reportObject(
  reports: readonly AreaReport[],
  { prefix, agent, holder }: Pick<CheckedHost, "prefix" | "agent" | "holder">,
): object {
  return {
    version: 1,
    type: "doctor",
    mgmt: buildLine().replace(/^mgmt /, ""),
    prefix,
    agent: agent.type === "answers"
      ? { pid: agent.status["pid"], mgmt: agent.status["version"] }
      : holder === undefined
      ? null
      : { pid: holder.pid, mgmt: null },
    worst: worstOf(reports) ?? null,
    areas: reports.map(({ area, fine, findings }) => ({
      area,
      fine: findings.length === 0 ? fine : null,
      findings: findings.map(({ code, message, hint }) => ({
        code,
        severity: severityOf({ code }),
        message,
        ...(hint === undefined ? {} : { hint }),
      })),
    })),
  };
}

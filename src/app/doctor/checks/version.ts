import { buildLine } from "../../../os/build.ts";
import { runsExecutable } from "../../../os/executable.ts";
import type { DoctorCheck, DoctorFinding } from "../finding.ts";

/** Whether the agent runs this very program. */
export const version: DoctorCheck = {
  area: "version",
  looksAt: "whether the agent that runs is this version, and its executable still there",
  look: ({ agent, holder, machine, executable }) => {
    // As an agent says it.
    const own = buildLine().replace(/^mgmt /, "");
    const fine = `mgmt ${own}`;
    if (agent.type !== "answers") return { fine, findings: [] };
    const findings: DoctorFinding[] = [];
    const other = agent.status["version"];
    if (typeof other === "string" && other !== own) {
      const message = `the agent (process ${agent.status["pid"]}) is ${other}, this is ${own}`;
      findings.push({ code: "version-differs", message });
    }
    const program = holder && machine.link(`/proc/${holder.pid}/exe`);
    if (program?.endsWith(" (deleted)")) {
      const path = program.slice(0, -" (deleted)".length);
      const isSame = executable !== undefined && holder !== undefined &&
        runsExecutable(holder.pid, executable);
      const message = `the agent runs ${path} as it was before it was replaced or removed`;
      if (!isSame) findings.push({ code: "executable-gone", message });
    }
    return { fine: `${fine}, as the agent`, findings };
  },
};

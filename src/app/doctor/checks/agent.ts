import { isJsonObject } from "../../../base/json.ts";
import { count } from "../../../base/words.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

/** Whether the agent of the prefix answers, makes progress, and has the graph that its file says. */
export const agent: DoctorCheck = {
  area: "agent",
  looksAt:
    "whether one runs with this prefix, answers and makes progress; its graph and what failed",
  look: ({ agent: seen, holder, prefix, prefixSight }) => {
    if (prefixSight === "silent") {
      const message = `${prefix} does not answer: nothing of the agent's state was looked at`;
      return { fine: "", findings: [{ code: "prefix-silent", message }] };
    }
    if (prefixSight === "no directory") {
      const message = `${prefix} is no directory: no agent can have its state there`;
      return { fine: "", findings: [{ code: "prefix-no-directory", message }] };
    }
    if (seen.type === "none") return { fine: `none runs with ${prefix}`, findings: [] };
    if (seen.type === "unseen") return { fine: "", findings: [notSeen("the agent", seen.why)] };
    if (seen.type === "silent") {
      const message =
        `the agent with ${prefix} (process ${holder?.pid}) does not answer: ${seen.why}`;
      return { fine: "", findings: [{ code: "agent-silent", message }] };
    }
    const { pid, file, refused, resources } = seen.status;
    const findings: DoctorFinding[] = [];
    if (seen.hangs !== undefined) findings.push({ code: "agent-hangs", message: seen.hangs });
    if (refused === true) {
      const message = `${file} has mistakes; an earlier reading stays in force`;
      findings.push({ code: "graph-refused", message, hint: `mgmt validate ${file}` });
    }
    const { failed = 0, contested = 0 } = isJsonObject(resources) ? resources : {};
    const bad = Number(failed) + Number(contested);
    if (bad > 0) {
      const message = `${count(bad, "resource")} failed or contested`;
      findings.push({ code: "resources-failed", message, hint: "mgmt history --failed" });
    }
    return { fine: `process ${pid} answers, and makes progress`, findings };
  },
};

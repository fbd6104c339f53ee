import { join } from "node:path";
import { isJsonObject, parseJson } from "../../../base/json.ts";
import { shellWord } from "../../../base/shell_word.ts";
import { count } from "../../../base/words.ts";
import { controlSocketPath } from "../../control/socket_places.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type AreaSight, type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

/** Whether the agent of the prefix answers, makes progress, and has the graph that its file says. */
export const agent: DoctorCheck = {
  area: "agent",
  looksAt:
    "whether one runs with this prefix, answers and makes progress; its graph and what failed",
  look: async (host) => {
    const { agent: seen, holder, prefix, prefixSight } = host;
    if (prefixSight === "silent") {
      const message = `${prefix} does not answer: nothing of the agent's state was looked at`;
      return { fine: "", findings: [{ code: "prefix-silent", message }] };
    }
    if (prefixSight === "no directory") {
      const message = `${prefix} is no directory: no agent can have its state there`;
      return { fine: "", findings: [{ code: "prefix-no-directory", message }] };
    }
    if (seen.type === "none") return await whereNoneRuns(host);
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
      findings.push({
        code: "graph-refused",
        message,
        hint: `mgmt validate ${shellWord(String(file))}`,
      });
    }
    const { failed = 0, contested = 0 } = isJsonObject(resources) ? resources : {};
    const bad = Number(failed) + Number(contested);
    if (bad > 0) {
      const message = `${count(bad, "resource")} failed or contested`;
      const hint = `mgmt history --failed${host.placeWords}`;
      findings.push({ code: "resources-failed", message, hint });
    }
    return { fine: `process ${pid} answers, and makes progress`, findings };
  },
};

/** An agent takes its socket with it when it ends; one that was killed leaves it. */
async function whereNoneRuns({ files, prefix, prefixSight }: CheckedHost): Promise<AreaSight> {
  if (prefixSight === "absent") return { fine: `none runs: no state at ${prefix}`, findings: [] };
  const socket = await files.look(controlSocketPath(prefix));
  if (!socket.ok || socket.value === undefined) {
    return { fine: `none runs with ${prefix}`, findings: [] };
  }
  const lock = await files.text(join(prefix, "lock"));
  const who = holderText(parseJson(lock.ok ? lock.value : undefined));
  const message = `no agent runs with ${prefix}, and the last one${who} ended without a word`;
  return { fine: "", findings: [{ code: "agent-ended", message }] };
}

/** Commands take the lock, too, for a moment; of those nothing is said. */
function holderText(said: unknown): string {
  if (!isJsonObject(said)) return "";
  const { pid, file, since } = said;
  if (typeof pid !== "number" || typeof since !== "string") return "";
  if (typeof file !== "string" || file === "a command" || file.startsWith("mgmt ")) return "";
  return ` (process ${pid}, which ran ${file} since ${since})`;
}

import { join } from "node:path";
import { shellWord } from "../../../base/shell_word.ts";
import { wayTo } from "../../../os/files/file_way.ts";
import { controlSocketPath } from "../../control/socket_places.ts";
import { judge, openingsOf, trustAsService, trustByHand } from "../../graph/graph_trust.ts";
import { judgePrefix } from "../../prefix_trust.ts";
import { defaultSecrets } from "../../secrets/default_secrets.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const NAMED = 4;

/** Who can decide what the agent does, or read what it knows. */
export const permissions: DoctorCheck = {
  area: "permissions",
  looksAt:
    "who may write the prefix and the graph, connect to the control socket, and read secrets",
  look: async (host) => {
    const findings = [
      ...await prefixFindings(host),
      ...await graphFindings(host),
      ...await secretFindings(host),
    ];
    return { fine: "nobody else may write the state or the graph, or read secrets", findings };
  },
};

async function prefixFindings(host: CheckedHost): Promise<readonly DoctorFinding[]> {
  const { prefix, prefixSight, files } = host;
  if (prefixSight === "silent" || prefixSight === "no directory") return [];
  const distrust = await judgePrefix(prefix, trustByHand());
  const findings: DoctorFinding[] = distrust === undefined
    ? []
    : [{ code: "prefix-open", message: distrust.message, hint: distrust.hint }];
  if (prefixSight === "forbidden") {
    return [...findings, notSeen(`what is below ${prefix}`, "it belongs to another user")];
  }
  const path = controlSocketPath(prefix);
  const socket = await files.look(path);
  if (socket.ok && socket.value?.type === "other" && (socket.value.mode & 0o077) !== 0) {
    const mode = socket.value.mode.toString(8).padStart(4, "0");
    const message = `${path} has the mode ${mode}: others may give orders to the agent`;
    findings.push({ code: "socket-open", message, hint: `chmod 0600 ${shellWord(path)}` });
  }
  return findings;
}

/** The graph of the agent that runs; of none nothing is known. */
async function graphFindings({ agent, holder }: CheckedHost): Promise<readonly DoctorFinding[]> {
  const file = agent.type === "answers" ? agent.status["file"] : holder?.graph;
  if (typeof file !== "string" || !file.startsWith("/")) return [];
  const way = await wayTo(file);
  if (!way.ok) return [notSeen(`the graph ${file}`, way.failure.message)];
  const isListed = way.value.end.type === "directory";
  const distrust = judge(await openingsOf(way.value, { isListed }), trustAsService());
  if (distrust === undefined) return [];
  return [{ code: "graph-open", message: distrust.message, hint: distrust.hint }];
}

async function secretFindings({ files, uid }: CheckedHost): Promise<readonly DoctorFinding[]> {
  const directory = defaultSecrets();
  const seen = directory === undefined ? undefined : await files.look(directory);
  if (directory === undefined || !seen?.ok || seen.value === undefined) return [];
  const listed = await files.names(directory);
  if (!listed.ok) return [notSeen(directory, listed.failure.message)];
  const entries = await Promise.all(
    ["", ...listed.value].map(async (name) => {
      const path = join(directory, name);
      const entry = name === "" ? seen : await files.look(path);
      const value = entry.ok ? entry.value : undefined;
      const isOpen = value !== undefined && value.type !== "symlink" &&
        ((value.mode & (value.type === "directory" ? 0o022 : 0o077)) !== 0 ||
          (value.uid !== 0 && value.uid !== uid));
      return isOpen ? path : undefined;
    }),
  );
  const open = entries.filter((path) => path !== undefined);
  if (open.length === 0) return [];
  const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : "";
  const message = `others can read or replace ${open.slice(0, NAMED).join(", ")}${more}`;
  return [{ code: "secrets-open", message }];
}

import { join } from "node:path";
import { isJsonObject, parseJson } from "../../../base/json.ts";
import { names } from "../../../base/words.ts";
import { runOf } from "../../../os/files/temporaries.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

/** What `stateDirectory` and the like write first. */
const DRAFT = /^\..*~$/;
const SHOWN = 3;
const DIRECTORIES_MOST = 100;
const SIDE_MOUNTS = "/run/mgmt-mounts";

/** What killed runs have left. */
export const leftovers: DoctorCheck = {
  area: "leftovers",
  looksAt: "temporary files, mounts and an etcd that killed runs have left",
  look: async (host) => {
    const { prefix, prefixSight, mounts, holder } = host;
    const findings: DoctorFinding[] = [];
    const sides = mounts.filter(({ point }) => point.startsWith(`${SIDE_MOUNTS}/`));
    if (sides.length > 0 && holder === undefined) {
      const message = `left by a run that was killed: ${
        names(sides.map(({ point }) => point), SHOWN)
      }`;
      findings.push({ code: "left-mounts", message });
    }
    if (prefixSight === "there") findings.push(...await stateFindings(host));
    else if (prefixSight !== "absent") findings.push(notSeen(prefix, prefixSight));
    return { fine: "none", findings };
  },
};

async function stateFindings(host: CheckedHost): Promise<readonly DoctorFinding[]> {
  const { prefix, files, holder, agent } = host;
  // An agent that works has its own.
  if (holder !== undefined || agent.type !== "none") return [];
  const findings: DoctorFinding[] = [];
  const listed = await files.names(prefix);
  const drafts = listed.ok ? listed.value.filter((name) => DRAFT.test(name)) : [];
  const temporary = await temporaryFiles(host);
  const left = [...drafts.map((name) => join(prefix, name)), ...temporary];
  if (left.length > 0) {
    const message = `left by a run that was killed: ${names(left, SHOWN)}`;
    findings.push({ code: "left-temporary", message });
  }
  const { leftEtcd } = await import("../../../etcd/server/process.ts");
  const process = leftEtcd(join(prefix, "cluster/etcd"));
  if (process !== undefined) {
    const message = `process ${process.entry.pid} is etcd of ${prefix}, whose agent does not run`;
    findings.push({ code: "left-etcd", message });
  }
  return findings;
}

/** Those of the directories that runs wrote down, as far as they are still there. */
async function temporaryFiles({ prefix, files }: CheckedHost): Promise<readonly string[]> {
  const record = await files.text(join(prefix, "temporaries"));
  const lines = record.ok ? (record.value ?? "").split("\n").slice(0, DIRECTORIES_MOST) : [];
  const found = new Set<string>();
  for (const line of lines) {
    const said = parseJson(line);
    if (!isJsonObject(said) || typeof said["directory"] !== "string") continue;
    const { run, directory } = said;
    const listed = await files.names(directory);
    for (const name of listed.ok ? listed.value : []) {
      if (runOf(name) === run) found.add(join(directory, name));
    }
  }
  return [...found];
}

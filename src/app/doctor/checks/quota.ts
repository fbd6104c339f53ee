import { join } from "node:path";
import { LIMITS } from "../../../base/limits.ts";
import { journalPath } from "../../journal/journal_path.ts";
import type { CheckedHost } from "../checked_host.ts";
import { identityOf } from "../cluster_state.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const MB = 1024 * 1024;
const STORE_MOST = 0.8;
/** `--journal-size`, unless the agent was told another; what is given back later counts for a while. */
const JOURNAL_MB = 64;
const JOURNAL_MOST = 1.5;

/** What may fill up by itself: the cluster's store, and the journal. */
export const quota: DoctorCheck = {
  area: "quota",
  looksAt:
    "how full the file of the cluster's store is, the size of the journal, and whether it can be read",
  look: async (host) => {
    const { prefix, prefixSight } = host;
    if (prefixSight === "absent") return { fine: "there is no state yet", findings: [] };
    if (prefixSight !== "there") return { fine: "", findings: [notSeen(prefix, prefixSight)] };
    const store = await storeFindings(host);
    const journal = await journalFindings(host);
    return { fine: "store and journal are below their limits", findings: [...store, ...journal] };
  },
};

async function storeFindings(host: CheckedHost): Promise<readonly DoctorFinding[]> {
  const { member } = await identityOf(host) ?? {};
  if (member === undefined) return [];
  const path = join(host.prefix, "cluster/etcd/data", member.name, "member/snap/db");
  const seen = await host.files.look(path);
  const bytes = seen.ok ? seen.value?.bytes ?? 0 : 0;
  if (bytes < LIMITS.storeBytes * STORE_MOST) return [];
  const message = `${path} has ${Math.floor(bytes / MB)} of ${LIMITS.storeBytes / MB} MiB`;
  return [{ code: bytes >= LIMITS.storeBytes ? "store-full" : "store-filling", message }];
}

async function journalFindings(host: CheckedHost): Promise<readonly DoctorFinding[]> {
  const path = journalPath(host.prefix);
  const seen = await host.files.look(path);
  if (!seen.ok) return [notSeen("the journal", seen.failure.message)];
  if (seen.value === undefined) return [];
  const findings: DoctorFinding[] = [];
  const most = journalMost(host);
  if (most > 0 && seen.value.bytes > most * MB * JOURNAL_MOST) {
    const message = `${path} has ${Math.floor(seen.value.bytes / MB)} MiB, and should have ${most}`;
    findings.push({ code: "journal-large", message });
  }
  const { openToRead } = await import("../../../journal/database.ts");
  const opened = openToRead(path);
  if (opened.ok) opened.value.close();
  else {
    const { code, message } = opened.failure;
    findings.push(
      code === "forbidden"
        ? notSeen("the journal", message)
        : { code: "journal-unusable", message },
    );
  }
  return findings;
}

function journalMost({ machine, holder }: CheckedHost): number {
  const line = holder === undefined ? undefined : machine.text(`/proc/${holder.pid}/cmdline`);
  const given = line?.ok ? /--journal-size(?:=|\0)(\d+)/.exec(line.value)?.[1] : undefined;
  return given === undefined ? JOURNAL_MB : Number(given);
}

import { inotifyUse } from "../../../os/process/inotify_use.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const PLACE = "/proc/sys/fs/inotify";
/** Less is too little for a graph of some size, whoever uses it. */
const WATCHES_LEAST = 8192;
/** What part of a limit may be in use. */
const MOST_USED = 0.8;

/** The kernel's limits of watches, against what is in use. */
export const inotify: DoctorCheck = {
  area: "inotify",
  looksAt:
    "the limits of watches and instances, against what the agent and all programs of its user use",
  look: (host) => {
    const [watches, instances] = ["max_user_watches", "max_user_instances"]
      .map((name) => limitOf(host, name));
    if (watches === undefined || instances === undefined) {
      const message = `${PLACE} cannot be read: changes of files are polled for`;
      return { fine: "", findings: [{ code: "inotify-absent", message }] };
    }
    const uid = ownerOf(host);
    const use = uid === host.uid || host.uid === 0 ? inotifyUse(uid, host.holder?.pid) : undefined;
    const findings: DoctorFinding[] = [];
    const used = use?.watches ?? 0;
    if (used > watches * MOST_USED || watches < WATCHES_LEAST) {
      const message = `${used} of ${watches} inotify watches of user ${uid} are in use`;
      findings.push({ code: "inotify-watches", message });
    }
    if ((use?.instances ?? 0) > instances * MOST_USED) {
      const message =
        `${use?.instances} of ${instances} inotify instances of user ${uid} are in use`;
      findings.push({ code: "inotify-instances", message });
    }
    if (use === undefined) {
      findings.push(notSeen(`how many watches user ${uid} has`, "that is another user"));
    }
    const own = host.holder === undefined ? "" : `, ${use?.ofProcess.watches ?? 0} by the agent`;
    return { fine: `${used} of ${watches} watches in use${own}`, findings };
  },
};

/** Whose limits count. */
function ownerOf({ machine, holder, uid }: CheckedHost): number {
  if (holder === undefined) return uid;
  const status = machine.text(`/proc/${holder.pid}/status`);
  const found = status.ok ? /^Uid:\s+(\d+)/m.exec(status.value)?.[1] : undefined;
  return found === undefined ? uid : Number(found);
}

/** The smaller one of what the machine allows each user, and what is allowed in a user namespace. */
function limitOf({ machine }: CheckedHost, name: string): number | undefined {
  const places = [
    `${PLACE}/${name}`,
    `/proc/sys/user/${name.replace("max_user_", "max_inotify_")}`,
  ];
  const [all, here] = places.map((path) => {
    const text = machine.text(path);
    return text.ok && /^\d+\s*$/.test(text.value) ? Number(text.value) : undefined;
  });
  return all === undefined ? undefined : Math.min(all, here ?? all);
}

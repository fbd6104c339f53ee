import { join } from "node:path";
import { addressText, readAddress } from "../../../base/address.ts";
import { DEFAULT_CLIENT, DEFAULT_PEER } from "../../../cluster/store/urls.ts";
import { embeddedEtcd } from "../../../etcd/server/embedded.ts";
import { environment } from "../../../os/environment.ts";
import { mountAt } from "../../../os/mounts/mount_list.ts";
import { listenersAt } from "../../../os/process/listening.ts";
import type { CheckedHost } from "../checked_host.ts";
import { givenAddresses, identityOf } from "../cluster_state.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const MB = 1024 * 1024;
/** It writes its log ahead. */
const FRESH_BYTES = 192 * MB;

/** Whether this host could run etcd, or does. */
export const etcd: DoctorCheck = {
  area: "etcd",
  looksAt:
    "whether one is in the executable, could start where it would, and its ports are free or its own",
  look: async (host) => {
    const inside = embeddedEtcd();
    const findings: DoctorFinding[] = [];
    if (inside === undefined && await onPath(host) === undefined) {
      const message = "there is no etcd inside this executable, and none on the PATH";
      findings.push({ code: "etcd-absent", message });
    }
    const own = await ownEtcd(host);
    const identity = await identityOf(host);
    if (own === undefined && identity?.member !== undefined && host.agent.type === "answers") {
      const message = `this host is a member (${identity.member.name}), and its etcd does not run`;
      findings.push({ code: "etcd-gone", message });
    }
    findings.push(...await portFindings(host, own), ...await placeFindings(host));
    const version = inside === undefined ? "of the PATH" : inside.version;
    return {
      fine: own === undefined ? `${version}, does not run here` : `process ${own}`,
      findings,
    };
  },
};

async function onPath({ files }: CheckedHost): Promise<string | undefined> {
  const directories = (environment("PATH") ?? "").split(":").filter((each) => each.startsWith("/"));
  for (const directory of directories.slice(0, 64)) {
    const seen = await files.look(join(directory, "etcd"));
    if (seen.ok && seen.value !== undefined) return join(directory, "etcd");
  }
  return undefined;
}

/** The process of the etcd that was started here; undefined: none runs. */
async function ownEtcd({ files, prefix, prefixSight }: CheckedHost): Promise<number | undefined> {
  // What hangs must not be touched, and this looks at once.
  if (prefixSight !== "there" || !(await files.names(join(prefix, "cluster/etcd"))).ok) {
    return undefined;
  }
  const { leftEtcd } = await import("../../../etcd/server/process.ts");
  return leftEtcd(join(prefix, "cluster/etcd"))?.entry.pid;
}

async function portFindings(
  host: CheckedHost,
  own: number | undefined,
): Promise<readonly DoctorFinding[]> {
  if (own !== undefined) return [];
  const { listen } = await givenAddresses(host);
  const written = listen.length > 0 ? listen : [DEFAULT_CLIENT, DEFAULT_PEER].map(addressText);
  return written.flatMap((text): DoctorFinding[] => {
    const port = readAddress(text)?.port;
    if (port === undefined) return [];
    const found = listenersAt(port);
    if (found === undefined) {
      return [notSeen(`who listens at port ${port}`, "the kernel does not tell")];
    }
    // Agents listen there themselves as long as their host runs no etcd.
    if (found.length === 0 || host.agent.type !== "none") return [];
    const message = `port ${port}, at which this host's etcd would listen, is another program's`;
    return [{ code: "etcd-port-taken", message, hint: `ss -ltnp 'sport = ${port}'` }];
  });
}

async function placeFindings(host: CheckedHost): Promise<readonly DoctorFinding[]> {
  const { files, mounts, prefix, prefixSight } = host;
  if (prefixSight === "silent" || prefixSight === "forbidden") return [];
  const findings: DoctorFinding[] = [];
  const mount = mountAt(mounts, prefix);
  if (mount?.options.includes("noexec")) {
    const message = `${mount.point} is mounted noexec, and etcd would be started below ${prefix}`;
    findings.push({ code: "etcd-cannot-start", message });
  }
  const data = join(prefix, "cluster/etcd/data");
  const seen = await files.look(data);
  if (seen.ok && seen.value !== undefined && prefixSight === "there") {
    const owner = await files.look(prefix);
    if (owner.ok && owner.value !== undefined && owner.value.uid !== seen.value.uid) {
      const message =
        `${data} belongs to user ${seen.value.uid}, and the prefix to ${owner.value.uid}`;
      findings.push({ code: "etcd-cannot-start", message });
    }
  }
  const room = await files.room(prefixSight === "there" ? prefix : mount?.point ?? "/");
  const isFresh = !seen.ok || seen.value === undefined;
  if (room.ok && isFresh && room.value.freeBytes < FRESH_BYTES) {
    const free = Math.floor(room.value.freeBytes / MB);
    const message = `${free} MiB are free for etcd below ${prefix}, it needs ${FRESH_BYTES / MB}`;
    findings.push({ code: "etcd-room", message });
  }
  return findings;
}

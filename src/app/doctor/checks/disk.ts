import { dirname } from "node:path";
import { mountAt, type MountedFileSystem } from "../../../os/mounts/mount_list.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const MB = 1024 * 1024;
const FULL_BYTES = 64 * MB;
const LOW_BYTES = 512 * MB;
const LOW_SHARE = 0.05;
const INODES_SHARE = 0.02;
/** Mounts of others that are asked whether they answer. */
const REMOTE_MOST = 16;
const REMOTE = /^(nfs|cifs|smb|9p|ceph|gluster|fuse\.|fuse$|afs|lustre)/;

/** Room, inodes, and mounts. */
export const disk: DoctorCheck = {
  area: "disk",
  looksAt: "room and inodes of the prefix and of /var, read-only mounts, mounts that do not answer",
  look: async (host) => {
    const [place, variable, remote] = await Promise.all([
      roomFindings(host, await nearest(host, host.prefix)),
      roomFindings(host, "/var"),
      remoteFindings(host),
    ]);
    const places = [await nearest(host, host.prefix), "/etc", "/var"];
    const mounts = new Set(places.flatMap((path) => mountAt(host.mounts, path) ?? []));
    const readOnly = [...mounts].filter(isReadOnly).map((mount): DoctorFinding => ({
      code: "disk-read-only",
      message: `${mount.point} (${mount.source}, ${mount.type}) is mounted read-only`,
    }));
    const all = [...place, ...variable, ...readOnly, ...remote];
    const findings = all.filter(({ message }, at) =>
      all.findIndex((each) => each.message === message) === at
    );
    return { fine: "there is room, and it can be written", findings };
  },
};

async function roomFindings(host: CheckedHost, path: string): Promise<readonly DoctorFinding[]> {
  const room = await host.files.room(path);
  if (!room.ok) {
    const { code, message } = room.failure;
    return [code === "timeout" ? { code: "mount-silent", message } : notSeen(path, message)];
  }
  const { freeBytes, bytes, inodes } = room.value;
  const point = mountAt(host.mounts, path)?.point ?? path;
  const says = `${point}: ${Math.floor(freeBytes / MB)} MiB of ${Math.floor(bytes / MB)} are free`;
  const findings: DoctorFinding[] = [];
  // What has no size is no disk.
  if (bytes > 0 && freeBytes < FULL_BYTES) findings.push({ code: "disk-full", message: says });
  else if (bytes > 0 && freeBytes < LOW_BYTES && freeBytes < bytes * LOW_SHARE) {
    findings.push({ code: "disk-low", message: says });
  }
  if (inodes !== undefined && inodes.free < inodes.all * INODES_SHARE) {
    const message = `${point}: ${inodes.free} of ${inodes.all} inodes are free`;
    findings.push({ code: "inodes-low", message });
  }
  return findings;
}

async function remoteFindings({ mounts, files }: CheckedHost): Promise<readonly DoctorFinding[]> {
  const remote = mounts.filter(({ type }) => REMOTE.test(type)).slice(0, REMOTE_MOST);
  const seen = await Promise.all(remote.map(({ point }) => files.look(point)));
  return seen.flatMap((each) =>
    each.ok || each.failure.code !== "timeout"
      ? []
      : [{ code: "mount-silent", message: each.failure.message }]
  );
}

/** The directory that is there, of a path and those above it. */
async function nearest({ files }: CheckedHost, path: string): Promise<string> {
  for (let at = path; at !== "/"; at = dirname(at)) {
    const seen = await files.look(at);
    if (!seen.ok || seen.value !== undefined) return at;
  }
  return "/";
}

function isReadOnly({ options, superOptions }: MountedFileSystem): boolean {
  return options.includes("ro") || superOptions.includes("ro");
}

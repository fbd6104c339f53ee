/**
 * What a host of a plain cluster keeps of the trust that it is about to have: all that it will show and
 * believe, but for `ca.pem`, which would make it a host of a cluster with TLS. Until then that has
 * another name. Pieces are moved so that at each moment one of the two is whole.
 *
 * @module
 */

import { join } from "node:path";
import { ok, type Result } from "../base/result.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import type { Random } from "../os/random.ts";
import type { Answer } from "./answer.ts";
import { type MemberTrust, memberTrust, takeServerRole } from "./make_trust.ts";
import { certFile, JOINING_FILES, TRUST_FILES } from "./trust_files.ts";

const { believed: BELIEVED, next: NEXT, undecided: UNDECIDED } = TRUST_FILES;

/** The same directory, as it is to be. */
export function stagedFiles(files: PrivateFiles): PrivateFiles {
  const named = (name: string) => name === BELIEVED ? NEXT : name;
  return {
    path: files.path,
    read: (name) => files.read(named(name)),
    write: (name, content) => files.write(named(name), content),
    remove: (name) => files.remove(named(name)),
  };
}

/** Keeps what a host was answered. */
export async function stageAnswer(
  files: PrivateFiles,
  answer: Answer,
  random: Random,
): Promise<Result<void>> {
  const staged = stagedFiles(files);
  const dropped = dropStaged(files);
  if (!dropped.ok) return dropped;
  if (answer.role === "server") return await takeServerRole(staged, answer.secret, random);
  const shown = staged.write(certFile("host"), answer.cert);
  return shown.ok ? staged.write(BELIEVED, answer.believed) : shown;
}

/** What etcd is started with that answers over TLS beside plain text. */
export async function stagedMemberTrust(
  files: PrivateFiles,
  addresses: readonly string[],
  random: Random,
): Promise<Result<MemberTrust>> {
  const trust = await memberTrust(stagedFiles(files), addresses, random);
  if (!trust.ok) return trust;
  const { ca } = trust.value;
  return ok({ ...trust.value, ca: { ...ca, path: join(files.path, NEXT) } });
}

/** From now on it counts; `isDecided`: whatever becomes of the cluster, which has this host's word for it. */
export function commitTrust(files: PrivateFiles, isDecided: boolean): Result<void> {
  const noted = isDecided ? ok(undefined) : files.write(UNDECIDED, new Uint8Array());
  if (!noted.ok) return noted;
  const moved = move(files, NEXT, BELIEVED);
  return moved.ok ? files.remove(JOINING_FILES.identity) : moved;
}

/** The cluster speaks TLS for good. */
export function decideTrust(files: PrivateFiles): Result<void> {
  return files.remove(UNDECIDED);
}

/** It may have gone back to plain text while this host was away. */
export function isUndecided(files: PrivateFiles): boolean {
  const found = files.read(UNDECIDED);
  return found.ok && found.value !== undefined;
}

/** Finishes what was cut short when it already counted. */
export function finishCommit(files: PrivateFiles): Result<void> {
  return files.remove(NEXT);
}

/** It counts no more, and is kept. */
export function uncommitTrust(files: PrivateFiles): Result<void> {
  const moved = move(files, BELIEVED, NEXT);
  return moved.ok ? files.remove(UNDECIDED) : moved;
}

/** What was kept of an order that was taken back goes; what the host has asked with stays. */
function dropStaged(files: PrivateFiles): Result<void> {
  const certs = (["host", "server", "peer"] as const).map(certFile);
  for (const name of [NEXT, TRUST_FILES.secret, ...certs, TRUST_FILES.revoked]) {
    const removed = files.remove(name);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

function move(files: PrivateFiles, from: string, to: string): Result<void> {
  const content = files.read(from);
  if (!content.ok) return content;
  if (content.value === undefined) return ok(undefined);
  const written = files.write(to, content.value);
  return written.ok ? files.remove(from) : written;
}

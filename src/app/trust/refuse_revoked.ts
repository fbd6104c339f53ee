/**
 * Certificates of hosts that were cast out count no more on this one: neither at its etcd nor where it answers
 * by itself; and what is open there with one ends.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import { ok, type Result } from "../../base/result.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { openAuthority } from "../../trust/issuing.ts";
import { readRevoked, revokedList } from "../../trust/revoked.ts";
import { certificatesIn } from "../../trust/pem.ts";
import { pemFile, readOwnSecret, TRUST_FILES } from "../../trust/trust_files.ts";

/** Who refuses, and where. */
export interface RefusingHost {
  readonly files: PrivateFiles;
  /** Where its etcd listens for clients. */
  readonly listenClients: readonly Address[];
  /** Ends what others have open there (`os/native/end_connections.ts`). */
  readonly endConnections: (addresses: readonly Address[]) => Result<number>;
}

/** Which ones. */
export interface RevokedCertificates {
  /** So many hosts were cast out so far. */
  readonly hosts: number;
  /** The numbers of their certificates. */
  readonly serials: readonly string[];
  /** Those of the first so many hosts count no more in any case, and are not among them. */
  readonly former?: number;
}

/**
 * Writes the list, which etcd reads at each connection, and ends what is open. etcd does not say whose a
 * connection is, so all of its clients connect anew. Done again it does nothing. The result says why
 * connections go on, where they do: until the next run of the agent, with which etcd is started anew.
 */
export async function refuseRevoked(
  { hosts, serials, former = 0 }: RevokedCertificates,
  { files, listenClients, endConnections }: RefusingHost,
): Promise<Result<{ readonly keepsOpen?: string }>> {
  const known = files.read(TRUST_FILES.ended);
  if (!known.ok) return known;
  const before = new TextDecoder().decode(known.value);
  const formerBefore = Number(FORMER.exec(before)?.[1] ?? 0);
  const isAnew = former > formerBefore && believesOne(files);
  const written = await writeList(files, serials, isAnew);
  if (!written.ok) return written;
  const left = isAnew ? former : formerBefore;
  const whose = `${hosts} ${await sumOf(serials)}${left === 0 ? "" : ` former ${left}`}`;
  if (before === whose) return ok({});
  const ended = before === keptOpen(whose) ? ok(0) : endConnections(listenClients);
  const kept = files.write(TRUST_FILES.ended, ended.ok ? whose : keptOpen(whose));
  if (!kept.ok) return kept;
  return ok(ended.ok ? {} : { keepsOpen: ended.failure.message });
}

/** A store that was restored, or went back in time, has as many others. */
async function sumOf(serials: readonly string[]): Promise<string> {
  const text = new TextEncoder().encode(serials.toSorted().join());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
}

/** Of how many hosts the list has nothing any more. */
const FORMER = / former (\d+)/;

/** What an authority signed that is believed still must stay in the list. */
function believesOne(files: PrivateFiles): boolean {
  const ca = pemFile(files, TRUST_FILES.believed);
  return ca.ok && certificatesIn(ca.value?.text ?? "").length === 1;
}

function keptOpen(whose: string): string {
  return `${whose} open`;
}

/** What was listed once stays so, whatever became of the store; unless the list begins anew. */
async function writeList(
  files: PrivateFiles,
  serials: readonly string[],
  isAnew: boolean,
): Promise<Result<void>> {
  const secret = readOwnSecret(files);
  if (!secret.ok || secret.value === undefined) return secret.ok ? ok(undefined) : secret;
  const authority = await openAuthority(secret.value);
  if (!authority.ok) return authority;
  const before = files.read(TRUST_FILES.revoked);
  if (!before.ok) return before;
  const there = await readRevoked(before.value ?? new Uint8Array(), authority.value);
  const known = there.ok && !isAnew ? there.value : [];
  if (there.ok && !isAnew && serials.every((serial) => known.includes(serial))) {
    return ok(undefined);
  }
  const list = await revokedList(authority.value, [...known, ...serials]);
  return list.ok ? files.write(TRUST_FILES.revoked, list.value) : list;
}

/**
 * What a host that joins keeps until it has joined: the identity for which secrets are encrypted to it,
 * and, as soon as it was answered, who it is in the cluster. A crash in between costs nothing: the same
 * host asks again with the same key, or goes on with what it was answered.
 *
 * @module
 */

import { parseJson } from "../base/json.ts";
import { ok, type Result } from "../base/result.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import type { Random } from "../os/random.ts";
import { newIdentity } from "../secrets/age.ts";
import type { Answer } from "./answer.ts";
import { takeServerRole } from "./make_trust.ts";
import { certificatesIn } from "./pem.ts";
import { certFile, JOINING_FILES, pemFile, TRUST_FILES } from "./trust_files.ts";

/** Who a host is in the cluster that it has joined. */
export interface JoinedAs {
  readonly id: string;
  /** The name that is bound to it; absent: it binds that itself. */
  readonly host?: string;
  readonly clusterId: string;
  readonly endpoints: readonly string[];
}

const { identity: IDENTITY, joined: JOINED } = JOINING_FILES;

/** The identity of age of a host that asks; made where there is none. */
export async function askingIdentity(files: PrivateFiles): Promise<Result<string>> {
  const known = files.read(IDENTITY);
  if (!known.ok) return known;
  if (known.value !== undefined) return ok(new TextDecoder().decode(known.value).trim());
  const made = await newIdentity();
  const written = files.write(IDENTITY, `${made}\n`);
  return written.ok ? ok(made) : written;
}

/** Keeps what was answered: from then on the host is in the cluster. */
export async function keepAnswer(
  files: PrivateFiles,
  answer: Answer,
  joined: JoinedAs,
  random: Random,
): Promise<Result<void>> {
  const written = files.write(JOINED, JSON.stringify(joined));
  if (!written.ok) return written;
  if (answer.role === "server") return await takeServerRole(files, answer.secret, random);
  const shown = files.write(certFile("host"), answer.cert);
  return shown.ok ? files.write(TRUST_FILES.believed, answer.believed) : shown;
}

/**
 * Keeps the certificate that a host was answered which had one: for the same key, so that the two go together
 * whatever is replaced when. Whoever signed the old and the new one is believed until both are.
 */
export function keepRenewed(
  files: PrivateFiles,
  { cert, believed }: Answer & { readonly role: "agent" },
): Result<void> {
  const before = pemFile(files, TRUST_FILES.believed);
  if (!before.ok) return before;
  const known = certificatesIn(before.value?.text ?? "");
  const wanted = certificatesIn(believed);
  const added = wanted.filter((each) => !known.includes(each));
  const steps: (readonly [name: string, text: string])[] = [
    ...(added.length === 0 ? [] : [[TRUST_FILES.believed, [...known, ...added].join("")] as const]),
    [certFile("host"), cert],
    ...(known.every((each) => wanted.includes(each))
      ? []
      : [[TRUST_FILES.believed, wanted.join("")] as const]),
  ];
  for (const [name, text] of steps) {
    const written = files.write(name, text);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

/** As whom the host has joined, as long as it has not written that down elsewhere (`forgetJoining`). */
export function readJoinedAs(files: PrivateFiles): Result<JoinedAs | undefined> {
  const content = files.read(JOINED);
  if (!content.ok || content.value === undefined) return content.ok ? ok(undefined) : content;
  const said = parseJson(new TextDecoder().decode(content.value)) as JoinedAs | undefined;
  const isWhole = typeof said?.id === "string" && typeof said.clusterId === "string" &&
    Array.isArray(said.endpoints);
  return ok(isWhole ? said : undefined);
}

/** What was for joining alone goes. */
export function forgetJoining(files: PrivateFiles): Result<void> {
  const removed = files.remove(JOINED);
  return removed.ok ? files.remove(IDENTITY) : removed;
}

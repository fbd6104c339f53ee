/**
 * What becomes of a host's files while its cluster replaces its authority: first both are believed, the old
 * one first; then all that the host shows is signed by the next one; then that is believed alone. Each step
 * looks at what is there, so it can be cut short anywhere and be done again.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import type { Random } from "../os/random.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import { markOf, marksIn } from "./authority_mark.ts";
import { readAuthorities, signedBy } from "./certificate.ts";
import { createAuthority, openAuthority } from "./issuing.ts";
import { signAnew } from "./make_trust.ts";
import { certificatesIn, type CertifiedKey, readSecret, secretText } from "./pem.ts";
import { NEXT_FILES, pemFile, readOwnSecret, readShown, TRUST_FILES } from "./trust_files.ts";

/** An authority that is replaced, or replaces it. */
export interface MarkedAuthority {
  readonly mark: string;
  /** PEM. */
  readonly cert: string;
}

/** How far a cluster is with that. */
export interface Rotation {
  /** What all hosts are to do: be ready, believe both, show the next one's, believe it alone. */
  readonly step: "share" | "believe" | "certify" | "forget";
  readonly old: MarkedAuthority;
  readonly next: MarkedAuthority;
}

/** How far a host is, as it tells the others: by marks of authorities. */
export interface TrustStand {
  readonly believes: readonly string[];
  /** Who signed all that it shows; absent: not one alone. */
  readonly shows?: string;
  /** Whose keys it has; none: it has no server role. */
  readonly keys: readonly string[];
}

/** Looks at the files. */
export async function standOf(files: PrivateFiles): Promise<Result<TrustStand>> {
  const ca = pemFile(files, TRUST_FILES.believed);
  if (!ca.ok) return ca;
  const [own, next] = [readOwnSecret(files), readNextSecret(files)];
  if (!own.ok) return own;
  if (!next.ok) return next;
  const text = ca.value?.text ?? "";
  const secrets = [own.value, next.value].flatMap((each) => each === undefined ? [] : [each.cert]);
  const shows = await signerOf(files, text);
  return ok({
    believes: await marksIn(text),
    ...(shows === undefined ? {} : { shows }),
    keys: [...new Set(await Promise.all(secrets.map(markOf)))],
  });
}

async function signerOf(files: PrivateFiles, believed: string): Promise<string | undefined> {
  const shown = (["host", "server", "peer"] as const).flatMap((each) => {
    const read = readShown(files, each);
    return read.ok && read.value !== undefined ? [read.value.cert.text] : [];
  });
  for (const cert of certificatesIn(believed)) {
    const authorities = readAuthorities(cert);
    if (!authorities.ok) continue;
    const all = await Promise.all(shown.map((each) => signedBy(each, authorities.value)));
    if (all.length > 0 && all.every((isSigned) => isSigned)) return await markOf(cert);
  }
  return undefined;
}

/** The secret that is to be this host's, and is not yet. */
export function readNextSecret(files: PrivateFiles): Result<CertifiedKey | undefined> {
  const text = pemFile(files, NEXT_FILES.secret);
  if (!text.ok || text.value === undefined) return text.ok ? ok(undefined) : text;
  const secret = readSecret(text.value.text);
  // It is asked for again: nothing was signed with it.
  return ok(secret.ok ? secret.value : undefined);
}

/** Makes the authority that is to be next, and keeps its key; refused where this host has no server role. */
export async function makeNext(
  files: PrivateFiles,
  random: Random,
): Promise<Result<Pick<Rotation, "old" | "next">>> {
  const own = readOwnSecret(files);
  if (!own.ok) return own;
  if (own.value === undefined) return fail("this host does not have its cluster's secret");
  const made = await createAuthority(random);
  const kept = files.write(NEXT_FILES.secret, secretText(made));
  if (!kept.ok) return kept;
  const marked = async (cert: string) => ({ mark: await markOf(cert), cert });
  return ok({ old: await marked(own.value.cert), next: await marked(made.cert) });
}

/** Brings the files as far as the cluster is. A host without the server role gets its certificate elsewhere. */
export async function followRotation(
  files: PrivateFiles,
  { step, old, next }: Rotation,
  random: Random,
): Promise<Result<void>> {
  if (step === "share") return ok(undefined);
  const ca = pemFile(files, TRUST_FILES.believed);
  if (!ca.ok) return ca;
  const believed = certificatesIn(ca.value?.text ?? "");
  if (believed.includes(old.cert) && !believed.includes(next.cert)) {
    // Another one may be left there, where a cluster was restored in the middle of this.
    const both = files.write(TRUST_FILES.believed, [...believed, next.cert].join(""));
    if (!both.ok) return both;
  } else if (!believed.includes(next.cert)) {
    return fail("the cluster replaces an authority that is not this host's", {
      code: "other-cluster",
    });
  }
  if (step === "believe") return ok(undefined);
  const signed = await takeNext(files, next, random);
  if (!signed.ok || step === "certify") return signed;
  return await forgetOthers(files, believed, next);
}

/** Who has the next one's key signs with it from now on, first of all what it shows itself. */
async function takeNext(
  files: PrivateFiles,
  next: MarkedAuthority,
  random: Random,
): Promise<Result<void>> {
  const [own, kept] = [readOwnSecret(files), readNextSecret(files)];
  if (!own.ok) return own;
  if (!kept.ok) return kept;
  const secret = [kept.value, own.value].find((each) => each?.cert === next.cert);
  if (own.value === undefined || secret === undefined) return ok(undefined);
  const authority = await openAuthority(secret);
  if (!authority.ok) return authority;
  const stand = await standOf(files);
  if (!stand.ok) return stand;
  if (own.value.cert !== next.cert) {
    const taken = files.write(TRUST_FILES.secret, secretText(secret));
    if (!taken.ok) return taken;
  }
  if (stand.value.shows !== next.mark) {
    const signed = await signAnew(files, authority.value, random);
    if (!signed.ok) return signed;
  }
  const done = files.remove(NEXT_FILES.secret);
  return done.ok ? files.remove(NEXT_FILES.identity) : done;
}

/** Believes the next one alone, where nothing here needs another one any more. */
async function forgetOthers(
  files: PrivateFiles,
  believed: readonly string[],
  next: MarkedAuthority,
): Promise<Result<void>> {
  const stand = await standOf(files);
  if (!stand.ok) return stand;
  const { shows, keys } = stand.value;
  const others = believed.filter((cert) => cert !== next.cert);
  const isLeft = keys.length > 0 && !keys.includes(next.mark);
  if (others.length === 0 || shows !== next.mark || isLeft) return ok(undefined);
  const former = pemFile(files, NEXT_FILES.former);
  if (!former.ok) return former;
  const known = certificatesIn(former.value?.text ?? "").filter((cert) => !others.includes(cert));
  const noted = files.write(NEXT_FILES.former, [...known, ...others].slice(-MOST_FORMER).join(""));
  return noted.ok ? files.write(TRUST_FILES.believed, next.cert) : noted;
}

/** Whether a secret is that of an authority which this host's cluster has replaced. */
export function isFormer(files: PrivateFiles, { cert }: CertifiedKey): boolean {
  const former = pemFile(files, NEXT_FILES.former);
  return former.ok && certificatesIn(former.value?.text ?? "").includes(cert);
}

/** Authorities of before that are remembered, so that a secret file that was not replaced is known. */
const MOST_FORMER = 8;

/**
 * Makes what a host with the server role shows: it has the secret of its cluster, and certifies itself.
 *
 * @module
 */

import type { PemFile } from "../base/credentials.ts";
import { join } from "node:path";
import { fail, ok, type Result } from "../base/result.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import type { Random } from "../os/random.ts";
import { namesIn, readAuthorities, signedBy } from "./certificate.ts";
import {
  type Authority,
  certify,
  importKeys,
  newKeys,
  openAuthority,
  privatePem,
} from "./issuing.ts";
import { bothAuthorities } from "./fingerprint.ts";
import { whyNoPair } from "./key_pair.ts";
import { type CertifiedKey, hasCertificate, secretText } from "./pem.ts";
import { type Profile, SERVER_NAME } from "./profiles.ts";
import { readRevoked, revokedList } from "./revoked.ts";
import {
  certFile,
  keyFile,
  pemFile,
  readOwnSecret,
  readShown,
  type Shown,
  TRUST_FILES,
} from "./trust_files.ts";

/** What the etcd of a member shows and believes. */
export interface MemberTrust {
  readonly ca: PemFile;
  readonly server: { readonly cert: PemFile; readonly key: PemFile };
  readonly peer: { readonly cert: PemFile; readonly key: PemFile };
  readonly revokedPath: string;
}

/**
 * Writes what a host with that secret begins with: the server role. Done twice it changes nothing; where
 * the prefix has another cluster's trust, or no server role, it is refused.
 */
export async function takeServerRole(
  files: PrivateFiles,
  secret: CertifiedKey,
  random: Random,
): Promise<Result<void>> {
  const authority = await openAuthority(secret);
  if (!authority.ok) return authority;
  const known = await knownAlready(files, secret);
  if (!known.ok || known.value) return known.ok ? ok(undefined) : known;
  const kept = files.write(TRUST_FILES.secret, secretText(secret));
  if (!kept.ok) return kept;
  const shown = await show(files, "host", { authority: authority.value, random }, { type: "root" });
  if (!shown.ok) return shown;
  const revoked = await revokedList(authority.value, []);
  if (!revoked.ok) return revoked;
  const listed = files.write(TRUST_FILES.revoked, revoked.value);
  return listed.ok ? files.write(TRUST_FILES.believed, secret.cert) : listed;
}

/** Whether it has that role already. */
async function knownAlready(
  files: PrivateFiles,
  { cert }: CertifiedKey,
): Promise<Result<boolean>> {
  const believed = pemFile(files, TRUST_FILES.believed);
  if (!believed.ok) return believed;
  if (believed.value === undefined) return ok(false);
  const another = "for another cluster leave this one first (mgmt leave), or give another --prefix";
  if (!hasCertificate(believed.value.text, cert)) {
    const which = await bothAuthorities(believed.value.text, cert);
    return fail(`${files.path} is of another cluster than this secret${which}`, {
      code: "other-cluster",
      hint: another,
    });
  }
  const own = readOwnSecret(files);
  if (!own.ok) return own;
  if (own.value !== undefined) return ok(true);
  return fail("this host joined its cluster without the server role", {
    code: "role",
    hint: "it gets that only when it joins: leave the cluster first (mgmt leave)",
  });
}

/** What etcd is started with at these addresses (without ports); made anew where what is there is for others. */
export async function memberTrust(
  files: PrivateFiles,
  addresses: readonly string[],
  random: Random,
): Promise<Result<MemberTrust>> {
  const secret = readOwnSecret(files);
  if (!secret.ok) return secret;
  const ca = pemFile(files, TRUST_FILES.believed);
  if (!ca.ok) return ca;
  if (secret.value === undefined || ca.value === undefined) {
    return fail("this host has no server role in its cluster, so it cannot run etcd", {
      code: "role",
      hint: "a host gets that when it joins, with the cluster's secret or a token for servers",
    });
  }
  const authority = await openAuthority(secret.value);
  if (!authority.ok) return authority;
  const signing = { authority: authority.value, random };
  const server = await shownFor(files, "server", signing, addresses);
  if (!server.ok) return server;
  const peer = await shownFor(files, "peer", signing, addresses);
  if (!peer.ok) return peer;
  const revokedPath = await revokedFile(files, authority.value);
  if (!revokedPath.ok) return revokedPath;
  return ok({
    ca: ca.value,
    server: server.value,
    peer: peer.value,
    revokedPath: revokedPath.value,
  });
}

/**
 * Has all that a host with the server role shows certified anew: for the same keys, so it stays who it is, and
 * whatever is replaced when, each certificate goes with its key. What it shows as a client comes last: by that
 * is seen that it is done.
 */
export async function renewOwn(files: PrivateFiles, random: Random): Promise<Result<void>> {
  const secret = readOwnSecret(files);
  if (!secret.ok) return secret;
  if (secret.value === undefined) return fail("this host has no server role in its cluster");
  const authority = await openAuthority(secret.value);
  if (!authority.ok) return authority;
  return await showAnew(files, { authority: authority.value, random });
}

/** Etcd serves nobody where the list is missing. */
async function revokedFile(files: PrivateFiles, authority: Authority): Promise<Result<string>> {
  const { revoked: name } = TRUST_FILES;
  const there = files.read(name);
  if (!there.ok) return there;
  if (there.value !== undefined) return ok(join(files.path, name));
  const list = await revokedList(authority, []);
  if (!list.ok) return list;
  const written = files.write(name, list.value);
  return written.ok ? ok(join(files.path, name)) : written;
}

/** Who signs, and with what chance. */
interface Signing {
  readonly authority: Authority;
  readonly random: Random;
}

async function shownFor(
  files: PrivateFiles,
  type: "server" | "peer",
  signing: Signing,
  addresses: readonly string[],
): Promise<Result<{ cert: PemFile; key: PemFile }>> {
  const known = readShown(files, type);
  if (!known.ok) return known;
  if (known.value !== undefined) {
    const named = await namesIn(known.value.cert.text);
    const isFor = addresses.every((address) => named.includes(address));
    const isPair = whyNoPair(known.value) === undefined;
    if (isPair && isFor && await signedBy(known.value.cert.text, [signing.authority.cert])) {
      return ok(known.value);
    }
  }
  return await show(files, type, signing, { type, addresses });
}

/**
 * Has all that a host with the server role shows signed by that authority, for the keys and addresses that
 * are there. What was listed as no longer valid stays listed.
 */
export async function signAnew(
  files: PrivateFiles,
  authority: Authority,
  random: Random,
): Promise<Result<void>> {
  const revoked = await signListAnew(files, authority);
  return revoked.ok ? await showAnew(files, { authority, random }) : revoked;
}

/** For the same keys and addresses. */
async function showAnew(files: PrivateFiles, signing: Signing): Promise<Result<void>> {
  for (const type of ["server", "peer"] as const) {
    const known = readShown(files, type);
    if (!known.ok) return known;
    // One that runs no etcd has none.
    if (known.value === undefined) continue;
    const named = await namesIn(known.value.cert.text);
    const addresses = named.filter((name) => name !== SERVER_NAME);
    const signed = await show(files, type, signing, { type, addresses });
    if (!signed.ok) return signed;
  }
  const shown = await show(files, "host", signing, { type: "root" });
  return shown.ok ? ok(undefined) : shown;
}

async function signListAnew(files: PrivateFiles, authority: Authority): Promise<Result<void>> {
  const [list, ca] = [files.read(TRUST_FILES.revoked), pemFile(files, TRUST_FILES.believed)];
  if (!list.ok) return list;
  if (!ca.ok) return ca;
  const believed = readAuthorities(ca.value?.text ?? "");
  if (!believed.ok) return believed;
  const read = await Promise.all(
    believed.value.map((cert) => readRevoked(list.value ?? new Uint8Array(), { cert })),
  );
  const serials = read.flatMap((each) => each.ok ? each.value : []);
  const signed = await revokedList(authority, serials);
  return signed.ok ? files.write(TRUST_FILES.revoked, signed.value) : signed;
}

/** Certifies the key that is there, or a new one. */
async function show(
  files: PrivateFiles,
  shown: Shown,
  { authority, random }: Signing,
  profile: Profile,
): Promise<Result<{ cert: PemFile; key: PemFile }>> {
  const keys = await ownKeys(files, shown);
  if (!keys.ok) return keys;
  const cert = await certify(authority, profile, keys.value.publicKey, random);
  if (!cert.ok) return cert;
  const written = files.write(certFile(shown), cert.value);
  if (!written.ok) return written;
  const read = readShown(files, shown);
  if (!read.ok) return read;
  return read.value === undefined
    ? fail(`${files.path} loses what is written there`)
    : ok(read.value);
}

/** The keys of which a certificate of this host speaks; made where there are none. */
export async function ownKeys(files: PrivateFiles, shown: Shown): Promise<Result<CryptoKeyPair>> {
  const known = pemFile(files, keyFile(shown));
  if (!known.ok) return known;
  if (known.value !== undefined) {
    const keys = await importKeys(known.value.text);
    if (keys !== undefined) return ok(keys);
  }
  const made = await newKeys();
  const written = files.write(keyFile(shown), await privatePem(made.privateKey));
  return written.ok ? ok(made) : written;
}

/**
 * What a run shows to other hosts, and at which addresses: decided once, at its start, by what it was
 * told and what its prefix knows.
 *
 * @module
 */

import { join } from "node:path";
import { isWildcardAddress, readAddress } from "../../base/address.ts";
import type { TlsCredentials } from "../../base/credentials.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { ownAddresses } from "../../os/network/own_addresses.ts";
import type { Random } from "../../os/random.ts";
import { type PrivateFiles, privateFiles } from "../../os/state/private_files.ts";
import { clientCredentials } from "../../trust/client_credentials.ts";
import { createAuthority, issue, openAuthority } from "../../trust/issuing.ts";
import { memberTrust, takeServerRole } from "../../trust/make_trust.ts";
import type { CertifiedKey } from "../../trust/pem.ts";
import { forgetJoining, readJoinedAs } from "../../trust/joined_files.ts";
import { isFormer } from "../../trust/rotating.ts";
import { checkWhole, fitsWhatIsLeft } from "../../trust/whole_trust.ts";
import { forgetTrust, keyFile, readTrust, TRUST_FILES } from "../../trust/trust_files.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { isThere } from "../agent_prefix.ts";
import { readSecretFile } from "../trust/secret_file.ts";
import { readGivenToken } from "../trust/given_token.ts";
import { IDENTITY, readIdentity } from "./disk.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import {
  belongs,
  hasTrust,
  isMember,
  isOnTheWay,
  knownCluster,
  trustDirectory,
  wasPlain,
} from "./known_cluster.ts";
import { exposedUrls } from "./loopback_mac.ts";
import { atOutsideEtcd } from "./outside_etcd.ts";
import { growsToTls, noteGrown } from "./grown_cluster.ts";
import { inTls } from "./tls_addresses.ts";
import {
  forgetNameAgain,
  forgetNoRight,
  hasNoRight,
  isOfNextAuthority,
  isTokenOfBefore,
  whyIdle,
} from "./token_again.ts";
import { decideTrust, isTokenOf, JOIN_LINES, type TrustWish } from "./trust_mode.ts";

/** Where a run keeps its state, as far as this needs to know. */
export interface TrustPlace {
  /** Where it may write; undefined: nowhere. */
  readonly prefix: string | undefined;
  /** Where it may read what runs before have left. */
  readonly earlier: string | undefined;
}

/** The cluster's part of the settings as it is from now on, or what does not go together. */
export async function trustedSettings(
  cluster: ClusterSettings,
  place: TrustPlace,
  random: Random,
): Promise<Result<ClusterSettings>> {
  const outside = atOutsideEtcd(cluster, place.earlier);
  if (!outside.ok) return outside;
  if (outside.value?.speaks.why === "outside") return ok(outside.value);
  cluster = outside.value ?? cluster;
  const { trust: wish, clientUrls, seeds } = cluster;
  const settled = place.prefix === undefined ? ok(undefined) : await settle(place.prefix);
  if (!settled.ok) return settled;
  const grows = place.prefix === undefined ? ok(false) : growsToTls(cluster, place.prefix);
  if (!grows.ok) return grows;
  const mode = decideTrust({
    wish,
    wasPlain: wasPlain(place.earlier),
    isMember: isMember(place.earlier),
    known: grows.value ? "tls" : knownCluster(place.earlier),
    place: place.earlier ?? "the state",
    exposed: exposedUrls(cluster).length > 0,
    seeks: seeds.some((url) => !clientUrls.includes(url)),
  });
  if (!mode.ok) return mode;
  const speaks = mode.value;
  if (speaks.scheme === "http") {
    const over = endOver(place.prefix);
    return over.ok ? ok({ ...cluster, speaks }) : over;
  }
  const secure = { ...inTls(cluster), speaks };
  const begun = place.prefix === undefined ? ok(undefined) : await toJoin(wish, place.prefix);
  if (!begun.ok) return begun;
  if (begun.value?.joins !== undefined) return ok({ ...secure, ...begun.value });
  const shown = place.prefix === undefined
    ? await shownByReader(secure, place.earlier, random)
    : await shownByHost(secure, place.prefix, random);
  return shown.ok ? ok({ ...secure, ...begun.value, ...shown.value }) : shown;
}

/** A host that was killed on its way to TLS, or back, finishes that first. */
async function settle(prefix: string): Promise<Result<void>> {
  if (!isOnTheWay(prefix)) return ok(undefined);
  const { settleSecuring } = await import("./secured_prefix.ts");
  return await settleSecuring(prefix);
}

/** What becomes of the token that a run was given. */
type TokenUse = Pick<ClusterSettings, "joins" | "idleToken">;

/** With what a host of that prefix joins; nothing: it needs no token, or has none. */
async function toJoin(wish: TrustWish, prefix: string): Promise<Result<TokenUse | undefined>> {
  const finished = finishJoining(prefix);
  if (!finished.ok) return finished;
  if (!isTokenOf(wish)) return ok(undefined);
  if (hasTrust(prefix) && belongs(prefix) && !hasNoRight(prefix)) {
    return await toJoinAgain(wish, prefix);
  }
  const token = await readGivenToken(wish);
  if (!token.ok) {
    // So does one of a host that has left, or was forgotten, when its file has gone.
    const isGone = token.failure.code === "no-file" && hasTrust(prefix);
    return isGone || hasNoRight(prefix) ? ok(undefined) : token;
  }
  // A unit goes on to name the token that let it in: that brings nobody back.
  if (hasTrust(prefix) && isTokenOfBefore(prefix, token.value)) return ok(undefined);
  const cleared = forgetNoRight(prefix);
  if (!cleared.ok) return cleared;
  // What it has is of a cluster that it has left, or never came into.
  const left = hasTrust(prefix) ? forgetTrust(privateFiles(trustDirectory(prefix))) : ok(undefined);
  return left.ok ? ok({ joins: token.value }) : left;
}

/** The same for one that has a certificate: it needs none, unless its cluster has left it behind. */
async function toJoinAgain(
  wish: TrustWish,
  prefix: string,
): Promise<Result<TokenUse | undefined>> {
  const token = await readGivenToken(wish);
  if (!token.ok) return ok(undefined);
  if (!isOfNextAuthority(prefix, token.value)) {
    const idleToken = whyIdle(prefix, token.value);
    return ok(idleToken === undefined ? undefined : { idleToken });
  }
  // By its key it is the host to which the cluster has bound its name.
  const left = forgetTrust(privateFiles(trustDirectory(prefix)), [keyFile("host")]);
  return left.ok ? ok({ joins: token.value }) : left;
}

/** What a host shows that has joined while it runs. */
export async function joinedSettings(
  cluster: ClusterSettings,
  prefix: string,
  random: Random,
): Promise<Result<ClusterSettings>> {
  const finished = finishJoining(prefix);
  if (!finished.ok) return finished;
  const { joins: _, ...rest } = cluster;
  const shown = await shownByHost(rest, prefix, random);
  return shown.ok ? ok({ ...rest, ...shown.value }) : shown;
}

/** What a host shows whose cluster has become one with TLS while it runs. */
export async function securedSettings(
  cluster: ClusterSettings,
  prefix: string,
  random: Random,
): Promise<Result<ClusterSettings>> {
  const secure = { ...inTls(cluster), speaks: { scheme: "https", why: "known" } as const };
  const shown = await shownByHost(secure, prefix, random);
  return shown.ok ? ok({ ...secure, ...shown.value }) : shown;
}

/** Writes down who this host is in the cluster that it has joined, also after it was killed in between. */
function finishJoining(prefix: string): Result<void> {
  const files = privateFiles(trustDirectory(prefix));
  if (!hasTrust(prefix)) return ok(undefined);
  const joined = readJoinedAs(files);
  if (!joined.ok || joined.value === undefined) return joined.ok ? ok(undefined) : joined;
  const { clusterId } = joined.value;
  const state = stateDirectory(`${prefix}/cluster/state`);
  const before = readIdentity(state.read(IDENTITY) ?? "");
  // Of a member whose certificates were gone, and which has the server role again.
  const isMember = before?.member !== undefined && before.clusterId === clusterId &&
    isThere(join(files.path, TRUST_FILES.secret));
  const identity: AgentDisk = isMember ? before : joined.value;
  const saved = state.write(IDENTITY, JSON.stringify(identity));
  if (!saved.ok) return saved;
  const named = forgetNameAgain(prefix);
  return named.ok ? forgetJoining(files) : named;
}

/** What changes in the settings: who only looks, or has no server role, runs no etcd. */
type OwnCredentials = Pick<ClusterSettings, "credentials" | "member" | "server" | "grows">;

/** Of a run that keeps its state: what is missing is made. */
async function shownByHost(
  cluster: ClusterSettings,
  prefix: string,
  random: Random,
): Promise<Result<OwnCredentials>> {
  const files = privateFiles(trustDirectory(prefix));
  const begun = await takeTrust(cluster, files, prefix, random);
  if (!begun.ok) return begun;
  const trust = readTrust(files);
  if (!trust.ok) return trust;
  if (trust.value === undefined) {
    return fail("this host has no certificate of its cluster", { hint: JOIN_LINES });
  }
  const whole = await checkWhole(trust.value);
  if (!whole.ok) return whole;
  const { credentials, isServer } = trust.value;
  if (!isServer) return ok({ credentials, member: "none", server: false });
  const member = await memberTrust(files, certifiedAddresses(cluster), random);
  if (!member.ok) return member;
  const grows = noteGrown(prefix);
  if (!grows.ok) return grows;
  const shown = { credentials, member: member.value, server: cluster.server };
  return ok(grows.value ? { ...shown, grows: true } : shown);
}

/** Takes the secret that was given, or makes one where the host founds a cluster by itself. */
async function takeTrust(
  { trust: { secretFile } }: ClusterSettings,
  files: PrivateFiles,
  prefix: string,
  random: Random,
): Promise<Result<void>> {
  const over = endOver(prefix);
  if (!over.ok) return over;
  // What was made of the secret counts; the file may go once that is there, whatever the unit says.
  const isGone = secretFile === undefined || !isThere(secretFile);
  if (isGone && hasTrust(prefix)) return ok(undefined);
  const secret = secretFile === undefined
    ? ok(await createAuthority(random))
    : await readSecretFile(secretFile);
  if (!secret.ok) return secret;
  // A unit goes on to name the file: what was made of it has been replaced since.
  if (hasTrust(prefix) && isFormer(files, secret.value)) return ok(undefined);
  const isLost = knownCluster(prefix) === "lost";
  const fits = isLost ? await fitsWhatIsLeft(files, secret.value) : ok(undefined);
  if (!fits.ok) return fits;
  if (!hasTrust(prefix)) {
    // Of a cluster that let this host in, and into which it did not come: it was killed before that.
    const forgotten = forgetJoining(files);
    if (!forgotten.ok) return forgotten;
  }
  const taken = await takeServerRole(files, secret.value, random);
  if (taken.ok || taken.failure.code !== "other-cluster" || belongs(prefix)) return taken;
  // It has left that cluster, or never came into it.
  const left = forgetTrust(files);
  return left.ok ? await takeServerRole(files, secret.value, random) : left;
}

/** A secret that was given to who makes a cluster without a run. */
export interface GivenSecret {
  /** What its holder shows. */
  readonly credentials: TlsCredentials;
  /** Writes down that the host of a prefix has it. */
  take(prefix: string): Promise<Result<void>>;
}

/** Reads the secret in a file (absolute). */
export async function givenSecret(path: string, random: Random): Promise<Result<GivenSecret>> {
  const secret = await readSecretFile(path);
  if (!secret.ok) return secret;
  const credentials = await passingCredentials(secret.value, random);
  if (!credentials.ok) return credentials;
  return ok({
    credentials: credentials.value,
    take: async (prefix) => {
      const files = privateFiles(trustDirectory(prefix));
      const isLost = knownCluster(prefix) === "lost";
      const fits = isLost ? await fitsWhatIsLeft(files, secret.value) : ok(undefined);
      if (!fits.ok) return fits;
      // A host that was about to join a cluster does not come back to it.
      const joining = forgetJoining(files);
      return joining.ok ? await takeServerRole(files, secret.value, random) : joining;
    },
  });
}

/** What a run that founded a cluster for itself had made, and was killed, went with that. */
function endOver(prefix: string | undefined): Result<void> {
  if (prefix === undefined || !hasTrust(prefix) || knownCluster(prefix) !== "none") {
    return ok(undefined);
  }
  return forgetTrust(privateFiles(trustDirectory(prefix)));
}

/** Of a run that keeps nothing: it shows what is there, or what the secret makes of it. */
async function shownByReader(
  { trust: { secretFile } }: ClusterSettings,
  earlier: string | undefined,
  random: Random,
): Promise<Result<OwnCredentials>> {
  const reader = { member: "none", server: false } as const;
  const known = earlier === undefined || knownCluster(earlier) !== "tls"
    ? ok(undefined)
    : readTrust(privateFiles(trustDirectory(earlier)));
  if (!known.ok) return known;
  if (known.value !== undefined) {
    const whole = await checkWhole(known.value);
    return whole.ok ? ok({ ...reader, credentials: known.value.credentials }) : whole;
  }
  const secret = secretFile === undefined
    ? ok(await createAuthority(random))
    : await readSecretFile(secretFile);
  if (!secret.ok) return secret;
  const credentials = await passingCredentials(secret.value, random);
  return credentials.ok ? ok({ ...reader, credentials: credentials.value }) : credentials;
}

/** What nobody finds again: no file has it. */
async function passingCredentials(
  secret: CertifiedKey,
  random: Random,
): Promise<Result<TlsCredentials>> {
  const authority = await openAuthority(secret);
  if (!authority.ok) return authority;
  const issued = await issue(authority.value, { type: "root" }, random);
  if (!issued.ok) return issued;
  return ok(clientCredentials(issued.value, secret.cert));
}

/** Where others reach its etcd, by which they know it, and from where it reaches them. */
export function certifiedAddresses(cluster: ClusterSettings): readonly string[] {
  const { clientUrls, peerUrls, listenClients, listenPeers } = cluster;
  const told = [...clientUrls, ...peerUrls].flatMap((url) => readAddress(url) ?? []);
  const listened = [...listenClients, ...listenPeers].filter((each) => !isWildcardAddress(each));
  const own = ownAddresses().map((address) => address.replace(/^\[(.*)\]$/, "$1"));
  return [...new Set([...told, ...listened].map(({ host }) => host).concat(own))];
}

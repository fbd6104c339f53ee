/**
 * What a host does about certificates while it has a part in a cluster that speaks TLS: it keeps its own in
 * use, and finds out for the leader what others ask for. Loaded where there is something to do.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { EffectRunner } from "../../cluster/agent/effect_runner.ts";
import type { RefuseWish } from "../../cluster/agent/effect_runner_options.ts";
import type { JoinRequest } from "../../cluster/agent/io.ts";
import type { TrustAnswer, TrustTask } from "../../cluster/agent/trust_work.ts";
import type { Judged } from "../../cluster/leader/joins.ts";
import type { LocalHost } from "../../host/local.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import type { CertificateKeeper } from "../trust/certificate_keeper.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";
import type { RunSettings } from "../settings.ts";
import { trustDirectory } from "./known_cluster.ts";

export type { CertificateKeeper };

/** Between two tries. */
const AGAIN_MS = 5000;

/** Who does that. */
interface TrustedHost {
  /** Undefined: it keeps nothing. */
  readonly prefix: string | undefined;
  readonly name: string;
  readonly settings: Pick<RunSettings, "cluster">;
  readonly host: Pick<LocalHost, "clock" | "random">;
  readonly tell: (fact: ClusterFact) => void;
}

/** Renews the certificate of a host in time; undefined: it has none, or keeps nothing. */
export async function keepCertificate(
  { prefix, name, tell, settings: { cluster }, host: { clock, random } }: TrustedHost,
  driver: EffectRunner,
): Promise<CertificateKeeper | undefined> {
  if (cluster.credentials === "none" || prefix === undefined) return undefined;
  const { CertificateKeeper } = await import("../trust/certificate_keeper.ts");
  return new CertificateKeeper({
    host: name,
    files: privateFiles(trustDirectory(prefix)),
    isServer: cluster.member !== "none",
    clock,
    random,
    store: () => driver.status().live === undefined ? undefined : driver.store,
    shows: (shown) => driver.shows(shown),
    renewed: (fingerprint) => tell({ what: "renewed", fingerprint }),
    failed: (failure) => tell({ what: "trouble", failure }),
  });
}

/** Refuses certificates that count no more; tried until it is done, or the host has no part in its cluster. */
export async function refuse(
  wish: RefuseWish,
  { prefix, tell, settings: { cluster }, host: { clock } }: TrustedHost,
  signal: AbortSignal,
): Promise<{ readonly keepsOpen?: string }> {
  const { refuseRevoked } = await import("../trust/refuse_revoked.ts");
  const { endConnections } = await import("../../os/native/end_connections.ts");
  const files = privateFiles(trustDirectory(prefix ?? "/nonexistent"));
  const { listenClients } = cluster;
  for (let said = "";;) {
    const done = await refuseRevoked(wish, { files, listenClients, endConnections });
    if (done.ok) return done.value;
    const { failure } = done;
    if (said !== failure.message) tell({ what: "trouble", failure });
    said = failure.message;
    await clock.sleep(AGAIN_MS, signal);
    if (signal.aborted) return { keepsOpen: failure.message };
  }
}

/** Whether a host that asks may be let in, or renewed; whoever has the cluster's secret can say. */
export async function judgeAsked(
  request: JoinRequest,
  { prefix, host: { random } }: Pick<TrustedHost, "prefix" | "host">,
): Promise<Result<Judged>> {
  const { judgeJoin } = await import("../trust/judge_join.ts");
  return await judgeJoin(request, privateFiles(trustDirectory(prefix ?? "/nonexistent")), random);
}

/**
 * Does that with the host's certificates and keys. One that does not certify itself has its certificate made
 * anew as soon as the cluster is so far.
 */
export async function doTrustAsked(
  wish: TrustTask,
  { prefix, host: { random } }: Pick<TrustedHost, "prefix" | "host">,
  keeper: Promise<CertificateKeeper | undefined>,
): Promise<Result<TrustAnswer>> {
  const { doTrustWork } = await import("../trust/trust_work.ts");
  const files = privateFiles(trustDirectory(prefix ?? "/nonexistent"));
  const done = await doTrustWork(wish, files, random);
  if (done.ok && lacksCertificate(wish, done.value)) (await keeper)?.renewNow();
  else if (wish.type === "follow" && wish.rotation !== undefined) (await keeper)?.changed();
  return done;
}

function lacksCertificate(wish: TrustTask, { stand }: TrustAnswer): boolean {
  const { step, next } = wish.type === "follow" ? wish.rotation ?? {} : {};
  const isTime = step === "certify" || step === "forget";
  return isTime && stand?.keys.length === 0 && stand.shows !== next?.mark;
}

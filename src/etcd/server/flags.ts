/**
 * How etcd is started. Its environment is empty but for what it needs: variables named `ETCD_…` would
 * count as flags.
 *
 * @module
 */

import { type Address, addressText } from "../../base/address.ts";
import { type MemberCredentials, schemeRefused } from "../../base/credentials.ts";
import { LIMITS } from "../../base/limits.ts";
import { ok, type Result } from "../../base/result.ts";
import { PEER_NAME } from "../../trust/profiles.ts";

/** A member as it is named when it starts for the first time. */
export interface InitialMember {
  readonly name: string;
  readonly url: string;
}

/** What etcd is to be. */
export interface EtcdStart {
  /** The member's name, and that of its data directory. */
  readonly name: string;
  readonly initialCluster: readonly InitialMember[];
  /** `ran`: its data must be there. */
  readonly state: "new" | "existing" | "ran";
  /** The name of the arguments that are not the usual ones. */
  readonly generation?: string;
}

/** Where it is, and what it shows there. */
export interface EtcdAddresses {
  /** Where it is, as others are told. */
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  readonly listenClients: readonly Address[];
  readonly listenPeers: readonly Address[];
  /** What it shows to clients and other members. */
  readonly member: MemberCredentials | "none";
  /** It is on its way from plain text to TLS: some of these addresses are still of the other kind. */
  readonly isMixed?: true;
}

/** The same, and where it keeps what it has. */
export interface EtcdPlace extends EtcdAddresses {
  readonly dataDirectory: string;
  readonly logFile: string;
}

/** Megabytes of one log file, and how many older ones are kept. */
const LOG_ROTATION = JSON.stringify({ maxsize: 10, maxbackups: 2, maxage: 0, localtime: false });

/** The arguments that start it, or why it cannot be started so. */
export function etcdFlags(start: EtcdStart, place: EtcdPlace): Result<readonly string[]> {
  const { listenClients, listenPeers, member } = place;
  const addresses = place.isMixed === true ? [] : [...listenClients, ...listenPeers];
  const refused = schemeRefused("cannot start etcd", { credentials: member, addresses });
  if (refused !== undefined) return { ok: false, failure: refused };
  const [clientsAt, peersAt] = [listenClients, listenPeers].map((at) =>
    at.map(addressText).join(",")
  );
  const clients = place.clientUrls.join(",");
  const peers = place.peerUrls.join(",");
  const cluster = start.initialCluster.map(({ name, url }) => `${name}=${url}`).join(",");
  return ok([
    `--name=${start.name}`,
    `--data-dir=${place.dataDirectory}`,
    `--listen-client-urls=${clientsAt}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peersAt}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=${cluster}`,
    `--initial-cluster-state=${start.state === "new" ? "new" : "existing"}`,
    // From it and the addresses the cluster's id is made: founded again, it is another cluster.
    `--initial-cluster-token=mgmt-${start.name}`,
    "--pre-vote=true",
    "--strict-reconfig-check=true",
    // A pair of learners becomes a pair of voters.
    "--max-learners=2",
    "--heartbeat-interval=100",
    "--election-timeout=1000",
    "--auto-compaction-mode=periodic",
    // Where a host leads it compacts sooner; this is for when none does.
    "--auto-compaction-retention=10m",
    // It keeps so many entries of its log in memory, and on the disk, of up to a megabyte each.
    "--snapshot-count=500",
    "--snapshot-catchup-entries=200",
    `--quota-backend-bytes=${LIMITS.storeBytes}`,
    // A learner takes no order to give free room back: it does so when it starts.
    `--bootstrap-defrag-threshold-megabytes=${LIMITS.storeFreeBytes / 1024 / 1024}`,
    "--enable-grpc-gateway=false",
    ...(member === "none" ? [] : tlsFlags(member)),
    "--grpc-keepalive-min-time=2s",
    "--logger=zap",
    "--log-level=info",
    `--log-outputs=${place.logFile}`,
    "--enable-log-rotation=true",
    `--log-rotation-config-json=${LOG_ROTATION}`,
  ]);
}

/** Nobody is answered without a certificate: neither at the port for clients nor at that of members. */
export function tlsFlags({ ca, server, peer, revokedPath }: MemberCredentials): readonly string[] {
  return [
    "--client-cert-auth=true",
    `--trusted-ca-file=${ca.path}`,
    `--cert-file=${server.cert.path}`,
    `--key-file=${server.key.path}`,
    `--client-crl-file=${revokedPath}`,
    "--peer-client-cert-auth=true",
    `--peer-trusted-ca-file=${ca.path}`,
    `--peer-cert-file=${peer.cert.path}`,
    `--peer-key-file=${peer.key.path}`,
    `--peer-crl-file=${revokedPath}`,
    // Who has a certificate of a host is no member by that.
    `--peer-cert-allowed-cn=${PEER_NAME}`,
    // From which of its addresses a member connects its kernel decides, and its certificate may not name it.
    "--peer-skip-client-san-verification=true",
    "--tls-min-version=TLS1.3",
  ];
}

/**
 * What a run is told about the cluster.
 *
 * @module
 */

import {
  type Address,
  addressText,
  collide,
  fromHere,
  isLoopbackAddress,
  isNamed,
  isSameAddress,
} from "../../base/address.ts";
import type { Credentials, EtcdUser, MemberCredentials } from "../../base/credentials.ts";
import { DEFAULT_CLIENT, DEFAULT_PEER } from "../../cluster/store/urls.ts";
import type { TrustMode, TrustWish } from "./trust_mode.ts";
import { trustWish } from "./trust_wish.ts";
import { ownAddresses } from "../../os/network/own_addresses.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { type Flag, flagSource, type FlagSources, type FlagValues } from "../flags.ts";
import { RUN_FLAGS } from "../run_flags.ts";
import { OUTSIDE_FLAGS } from "../trust_flags.ts";
import type { OpenToken } from "../../trust/open_token.ts";

/** This host's part in a cluster. */
export interface ClusterSettings {
  /** A flag asks for it; else only a graph that exchanges something does. */
  readonly asked: boolean;
  /** False: there are no others, whatever the graph exchanges. */
  readonly network: boolean;
  readonly seeds: readonly string[];
  /** Where others reach its etcd, as they are told. */
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  /** Where it listens. */
  readonly listenClients: readonly Address[];
  readonly listenPeers: readonly Address[];
  /** Which of the two this host was given, not the default. */
  readonly named: readonly ("clients" | "peers")[];
  /** Where it listens as before (`same_addresses.ts`), host and port. */
  readonly asBefore?: readonly string[];
  /** What was said of how its cluster speaks; until that is decided all is plain. */
  readonly trust: TrustWish;
  /** How it speaks, and why. */
  readonly speaks: TrustMode;
  /** Until this start its cluster was of this machine alone, and plain. */
  readonly grows?: true;
  /** It has no certificate, and joins with this first. */
  readonly joins?: OpenToken;
  /** Why its token does nothing. */
  readonly idleToken?: Failure;
  /** What it shows to others. */
  readonly credentials: Credentials;
  /** As whom it asks an etcd that others run, where no certificate says it. */
  readonly user?: EtcdUser;
  /** The files of that, as the prefix keeps them; absent: there is none, or it asks for nothing. */
  readonly outside?: string;
  /** What its etcd shows and believes, and itself before that runs. */
  readonly member: MemberCredentials | "none";
  /** False: it never runs etcd. */
  readonly server: boolean;
  readonly idealSize?: number;
  readonly failureDomain?: string;
  /** So long an answer is waited for before what was collected last is used. */
  readonly waitSeconds: number;
  /** A member that is silent so long is replaced, when this host leads. */
  readonly deadAfterSeconds: number;
}

/** Flags that ask for the cluster. */
const CLUSTER_FLAGS = [
  RUN_FLAGS.seeds,
  RUN_FLAGS.clientUrls,
  RUN_FLAGS.serverUrls,
  RUN_FLAGS.peerUrls,
  RUN_FLAGS.advertiseClientUrls,
  RUN_FLAGS.advertiseServerUrls,
  RUN_FLAGS.noServer,
  RUN_FLAGS.idealClusterSize,
  RUN_FLAGS.failureDomain,
  RUN_FLAGS.hostname,
  RUN_FLAGS.tls,
  RUN_FLAGS.secretFile,
  RUN_FLAGS.token,
  RUN_FLAGS.tokenFile,
  RUN_FLAGS.insecurePlaintext,
];

/** Whether a flag says where others are, or what they are to be; of no use with `--no-network`. */
export function needsNetwork(name: string): boolean {
  return name !== RUN_FLAGS.hostname.name && name !== RUN_FLAGS.noServer.name &&
    [...CLUSTER_FLAGS, ...Object.values(OUTSIDE_FLAGS)].some((flag) => flag.name === name);
}

/** The cluster's part of what a run was given; `written` is where that comes from. */
export function clusterSettings(values: FlagValues, written: FlagSources): Result<ClusterSettings> {
  const network = !values.has(RUN_FLAGS.noNetwork);
  const odd = network ? undefined : [...written.flags.keys()].find(needsNetwork);
  if (odd !== undefined) {
    return fail(`--${RUN_FLAGS.noNetwork.name} and --${odd} exclude each other`);
  }
  const { clientUrls, serverUrls, peerUrls, advertiseClientUrls, advertiseServerUrls } = RUN_FLAGS;
  const peerFlag = values.has(serverUrls) ? serverUrls : peerUrls;
  if (values.has(serverUrls) && values.has(peerUrls)) {
    return fail("--server-urls and --peer-urls are two names for one thing: give one of them");
  }
  const clients = addresses(values, written, clientUrls, advertiseClientUrls, DEFAULT_CLIENT);
  if (!clients.ok) return clients;
  const peers = addresses(values, written, peerFlag, advertiseServerUrls, DEFAULT_PEER);
  if (!peers.ok) return peers;
  const shared = sharedAddress(peerFlag.name, clients.value, peers.value);
  if (shared !== undefined) return shared;
  const has = (flag: Flag) => values.has(flag);
  const idealSize = values.of(RUN_FLAGS.idealClusterSize);
  const failureDomain = values.of(RUN_FLAGS.failureDomain);
  const isAsked = CLUSTER_FLAGS.some(has) ||
    Object.values(OUTSIDE_FLAGS).some(({ name }) => written.flags.has(name));
  return ok({
    asked: network && isAsked,
    network,
    seeds: (values.of(RUN_FLAGS.seeds) ?? []).map(addressText),
    clientUrls: clients.value.told.map(addressText),
    peerUrls: peers.value.told.map(addressText),
    listenClients: clients.value.listen,
    listenPeers: peers.value.listen,
    named: [
      ...([clientUrls, advertiseClientUrls].some(has) ? ["clients" as const] : []),
      ...([peerFlag, advertiseServerUrls].some(has) ? ["peers" as const] : []),
    ],
    trust: trustWish(values, written),
    speaks: { scheme: "http", why: "loopback" },
    credentials: "none",
    member: "none",
    server: !values.has(RUN_FLAGS.noServer),
    ...(idealSize === undefined ? {} : { idealSize }),
    ...(failureDomain === undefined ? {} : { failureDomain }),
    waitSeconds: values.of(RUN_FLAGS.clusterWait),
    deadAfterSeconds: values.of(RUN_FLAGS.deadAfter),
  });
}

/** Where a host listens, and what others are told of it. */
interface Addresses {
  readonly listen: readonly Address[];
  readonly told: readonly Address[];
}

function addresses(
  values: FlagValues,
  written: FlagSources,
  flag: Flag<readonly Address[]>,
  advertise: Flag<readonly Address[]>,
  otherwise: Address,
): Result<Addresses> {
  const all = values.of(flag) ?? [otherwise];
  const source = flagSource(flag, written);
  const named = all.find(isNamed);
  if (named !== undefined) return nameRefused(source, named, advertise.name);
  const [twice] = all.filter((one, at) => all.slice(at + 1).some((other) => collide(one, other)));
  if (twice !== undefined) {
    return fail(
      `${source}: ${addressText(twice)} and another address of that port are the same`,
      {
        hint: "an address that means all of this host's own needs no other beside it",
      },
    );
  }
  return ok({ listen: all, told: values.of(advertise) ?? reachable(all) });
}

/** What a name means is decided elsewhere, and may be other tomorrow: etcd refuses it, too. */
function nameRefused(source: string, named: Address, advertise: string): Result<never> {
  const { host, port } = named;
  const own = ownAddresses().map((address) => `${address}:${port}`);
  const write = own.length === 0
    ? `write an address of this host`
    : `write ${own.join(" or ")}, ${own.length === 1 ? "its address" : "one of its addresses"}`;
  return fail(`${source}: ${host} is a name, and this host can listen at addresses only`, {
    hint: `${write}; a name that the others know goes to --${advertise}`,
  });
}

/** On another host a loopback address leads to that host itself: told only where there is no other. */
function reachable(all: readonly Address[]): readonly Address[] {
  const others = all.filter((each) => !isLoopbackAddress(each));
  return others.length === 0 ? all : others;
}

/** Why clients and members cannot be there; undefined: they can. */
export function sharedAddress(
  peerFlag: string,
  clients: Addresses,
  peers: Addresses,
): Result<never> | undefined {
  const hint = "clients and members need a port each";
  const shared = clients.listen.find((one) => peers.listen.some((each) => collide(one, each)));
  if (shared !== undefined) {
    return fail(`--client-urls and --${peerFlag} both name ${addressText(shared)}`, { hint });
  }
  const told = clients.told.find((one) => peers.told.some((each) => isSameAddress(one, each)));
  if (told === undefined) return undefined;
  return fail(`clients and members are both told ${addressText(told)}`, { hint });
}

/** Where this host reaches its own etcd, by what others are told; only where that is elsewhere. */
export function nearAddresses(
  { clientUrls, listenClients }: Pick<ClusterSettings, "clientUrls" | "listenClients">,
): ReadonlyMap<string, Address> {
  const [first] = listenClients;
  if (first === undefined) return new Map();
  const listened = listenClients.map(addressText);
  const elsewhere = clientUrls.filter((url) => !listened.includes(url));
  return new Map(elsewhere.map((url) => [url, fromHere(first)]));
}

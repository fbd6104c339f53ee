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
import type { Credentials } from "../../base/credentials.ts";
import { DEFAULT_CLIENT, DEFAULT_PEER, parseAddresses } from "../../cluster/store/urls.ts";
import { ownCredentials } from "./credentials.ts";
import { PATIENCE } from "../../cluster/leader/view.ts";
import { ownAddresses } from "../../os/network/own_addresses.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";

/** This host's part in a cluster. */
export interface ClusterSettings {
  /** A flag asks for the cluster; else only a graph that exchanges something does. */
  readonly asked: boolean;
  readonly seeds: readonly string[];
  /** Where others reach its etcd, as they are told. */
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  /** Where it listens. */
  readonly listenClients: readonly Address[];
  readonly listenPeers: readonly Address[];
  /** What it shows to other hosts. */
  readonly credentials: Credentials;
  /** False: it never runs etcd. */
  readonly server: boolean;
  readonly idealSize?: number;
  readonly failureDomain?: string;
  /** How long an answer of the cluster is waited for before what was collected last is used. */
  readonly waitSeconds: number;
  /** A member that is silent for so long is replaced, when this host leads. */
  readonly deadAfterSeconds: number;
}

/** Flags and environment, by the names of flags. */
export interface GivenTexts {
  text(name: string): string | undefined;
  has(name: string): boolean;
  source(name: string): string;
}

/** Where etcd answers clients, unless said otherwise. */
export const CLIENT_PORT = DEFAULT_CLIENT.port;
const WAIT_SECONDS = 10;
/** It is counted from when the host's own word (a lease of 15 s) has run out, too. */
const DEAD_SECONDS_LEAST = 5;
const DAY_SECONDS = 86_400;

/** Flags that ask for the cluster. */
const CLUSTER_FLAGS = [
  "seeds",
  "client-urls",
  "server-urls",
  "peer-urls",
  "advertise-client-urls",
  "advertise-server-urls",
  "no-server",
  "ideal-cluster-size",
  "failure-domain",
  "hostname",
] as const;

/** Reads the cluster's part of what a run was given. */
export function clusterSettings(given: GivenTexts): Result<ClusterSettings> {
  const seeds = urls(given, "seeds", CLIENT_PORT, []);
  if (!seeds.ok) return seeds;
  const clients = addresses(given, "client-urls", ADVERTISE_CLIENT, [DEFAULT_CLIENT]);
  if (!clients.ok) return clients;
  const peerFlag = given.has("server-urls") ? "server-urls" : "peer-urls";
  if (given.has("server-urls") && given.has("peer-urls")) {
    return fail("--server-urls and --peer-urls are two names for one thing: give one of them");
  }
  const peers = addresses(given, peerFlag, ADVERTISE_SERVER, [DEFAULT_PEER]);
  if (!peers.ok) return peers;
  const shared = sharedAddress(peerFlag, clients.value, peers.value);
  if (shared !== undefined) return shared;
  const size = whole(given, "ideal-cluster-size", 1, LIMITS.clusterSize);
  if (!size.ok) return size;
  const wait = whole(given, "cluster-wait", 0, 3600);
  if (!wait.ok) return wait;
  const dead = whole(given, "dead-after", DEAD_SECONDS_LEAST, DAY_SECONDS);
  if (!dead.ok) return dead;
  const failureDomain = given.text("failure-domain");
  return ok({
    asked: CLUSTER_FLAGS.some((flag) => given.has(flag)),
    seeds: seeds.value.map(addressText),
    clientUrls: clients.value.told.map(addressText),
    peerUrls: peers.value.told.map(addressText),
    listenClients: clients.value.listen,
    listenPeers: peers.value.listen,
    credentials: ownCredentials(),
    server: !given.has("no-server"),
    ...(size.value === undefined ? {} : { idealSize: size.value }),
    ...(failureDomain === undefined ? {} : { failureDomain }),
    waitSeconds: wait.value ?? WAIT_SECONDS,
    deadAfterSeconds: dead.value ?? PATIENCE.deadMs / 1000,
  });
}

/** Where a host listens, and what others are told of it. */
interface Addresses {
  readonly listen: readonly Address[];
  readonly told: readonly Address[];
}

interface Advertise {
  readonly flag: string;
  readonly port: number;
}

const ADVERTISE_CLIENT: Advertise = { flag: "advertise-client-urls", port: CLIENT_PORT };
const ADVERTISE_SERVER: Advertise = { flag: "advertise-server-urls", port: DEFAULT_PEER.port };

function addresses(
  given: GivenTexts,
  flag: string,
  advertise: Advertise,
  otherwise: readonly Address[],
): Result<Addresses> {
  const told = urls(given, advertise.flag, advertise.port, []);
  if (!told.ok) return told;
  const isGiven = given.text(advertise.flag) !== undefined;
  const toldBy = { flag: `--${advertise.flag}`, isGiven };
  const listen = urls(given, flag, advertise.port, otherwise, toldBy);
  if (!listen.ok) return listen;
  const all = listen.value;
  const named = all.find(isNamed);
  if (named !== undefined) return nameRefused(given.source(flag), named, advertise.flag);
  const [twice] = all.filter((one, at) => all.slice(at + 1).some((other) => collide(one, other)));
  if (twice !== undefined) {
    return fail(
      `${given.source(flag)}: ${addressText(twice)} and another address of that port are the same`,
      {
        hint: "an address that means all of this host's own needs no other beside it",
      },
    );
  }
  return ok({ listen: all, told: isGiven ? told.value : reachable(all) });
}

/** What a name means is decided elsewhere, and may be something else tomorrow: etcd refuses it, too. */
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

function sharedAddress(
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

/** Where this host itself reaches its etcd, by what others are told; only where that is elsewhere. */
export function nearAddresses(
  { clientUrls, listenClients }: Pick<ClusterSettings, "clientUrls" | "listenClients">,
): ReadonlyMap<string, Address> {
  const [first] = listenClients;
  if (first === undefined) return new Map();
  const listened = listenClients.map(addressText);
  const elsewhere = clientUrls.filter((url) => !listened.includes(url));
  return new Map(elsewhere.map((url) => [url, fromHere(first)]));
}

function urls(
  given: GivenTexts,
  flag: string,
  port: number,
  otherwise: readonly Address[],
  toldBy?: Parameters<typeof parseAddresses>[3],
): Result<readonly Address[]> {
  const text = given.text(flag);
  if (text === undefined) return ok(otherwise);
  return parseAddresses(text, given.source(flag), port, toldBy);
}

function whole(
  given: GivenTexts,
  flag: string,
  least: number,
  most: number,
): Result<number | undefined> {
  const text = given.text(flag);
  if (text === undefined) return ok(undefined);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return ok(value);
  const what = `a whole number from ${least} to ${most}`;
  return fail(`${given.source(flag)} takes ${what}, not "${text}"`);
}

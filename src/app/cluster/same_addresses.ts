/**
 * The addresses that a host was last given, for starts that name none: who moved to the default ones
 * would tell its cluster so, and the others would not find it there.
 *
 * @module
 */

import {
  type Address,
  addressText,
  bracketed,
  hostAndPort,
  isLoopbackAddress,
  isNamed,
  readAddress,
} from "../../base/address.ts";
import { parseJson } from "../../base/json.ts";
import { ok, type Result } from "../../base/result.ts";
import { membersIn } from "../../etcd/server/members_file.ts";
import { ownAddresses } from "../../os/network/own_addresses.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { type ClusterSettings, sharedAddress } from "./cluster_settings.ts";
import { ADDRESSES, IDENTITY, readIdentity } from "./disk.ts";
import { belongs, knownCluster } from "./known_cluster.ts";

/** More than a host has; what holds more was not written by an agent. */
const MOST_ADDRESSES = 64;

const PLAIN = "http" as const;

/** Where a host listens for clients, or for members, and what others are told of it. */
interface Side {
  readonly listen: readonly Address[];
  readonly told: readonly Address[];
}

/** What was kept, where it is whole. */
interface Sides {
  readonly clients?: Side | undefined;
  readonly peers?: Side | undefined;
}

/** The settings with what that prefix was given before in place of what is not named now; of who is in no cluster, as they are. */
export function withSameAddresses(
  cluster: ClusterSettings,
  prefix: string,
): Result<ClusterSettings> {
  const { named } = cluster;
  if (named.length === 2 || knownCluster(prefix) === "none" || !belongs(prefix)) return ok(cluster);
  const text = stateDirectory(`${prefix}/cluster/state`).read(ADDRESSES);
  const kept = text === undefined ? sidesInData(prefix, cluster) : readSides(text);
  const clients = named.includes("clients") ? undefined : kept.clients;
  const peers = named.includes("peers") ? undefined : kept.peers;
  if (clients === undefined && peers === undefined) return ok(cluster);
  const next = {
    clients: clients ?? sideOf(cluster.listenClients, cluster.clientUrls),
    peers: peers ?? sideOf(cluster.listenPeers, cluster.peerUrls),
  };
  return sharedAddress("server-urls", next.clients, next.peers) ?? ok({
    ...cluster,
    listenClients: next.clients.listen,
    clientUrls: next.clients.told.map(addressText),
    listenPeers: next.peers.listen,
    peerUrls: next.peers.told.map(addressText),
    // They are kept for the start after this one, too.
    named: [
      ...named,
      ...(clients === undefined ? [] : ["clients" as const]),
      ...(peers === undefined ? [] : ["peers" as const]),
    ],
    asBefore: [...clients?.listen ?? [], ...peers?.listen ?? []].map(hostAndPort),
  });
}

/** What a prefix keeps of them; undefined: none was named. */
export function addressesText(cluster: ClusterSettings): string | undefined {
  const { named, clientUrls, peerUrls, listenClients, listenPeers } = cluster;
  if (named.length === 0) return undefined;
  const texts = (listen: readonly Address[], told: readonly string[]) => ({
    listen: listen.map(addressText),
    told,
  });
  return JSON.stringify({
    ...(named.includes("clients") ? { clients: texts(listenClients, clientUrls) } : {}),
    ...(named.includes("peers") ? { peers: texts(listenPeers, peerUrls) } : {}),
  });
}

/**
 * Where the member of a prefix was by its etcd's own data: an agent from before that file wrote down no more.
 * What others were told counts where this host can listen there, and is not the default.
 */
function sidesInData(prefix: string, { clientUrls }: ClusterSettings): Sides {
  const state = stateDirectory(`${prefix}/cluster/state`);
  const { member, endpoints = [] } = readIdentity(state.read(IDENTITY) ?? "") ?? {};
  const members = member && membersIn(`${prefix}/cluster/etcd/data/${member.name}`);
  const own = members?.find(({ name }) => name === member?.name);
  // A cluster that was made by a command was at an address of that moment.
  const isKnown = own?.clientUrls.every((url) => endpoints.includes(url)) === true;
  const side = (urls: readonly string[]) => readSide({ listen: urls, told: urls });
  const sides = isKnown ? { clients: side(own.clientUrls), peers: side(own.peerUrls) } : {};
  const listen = [...sides.clients?.listen ?? [], ...sides.peers?.listen ?? []];
  const isUsual = sides.clients?.told.map(addressText).join() === clientUrls.join();
  return listen.every(isOwn) && !isUsual ? sides : {};
}

function isOwn(address: Address): boolean {
  return isLoopbackAddress(address) || ownAddresses().includes(bracketed(address.host));
}

function sideOf(listen: readonly Address[], told: readonly string[]): Side {
  return { listen, told: told.flatMap((url) => readAddress(url) ?? []) };
}

/** What is no such file, or a part that is none, is not there. */
function readSides(text: string | undefined): Sides {
  const value = parseJson(text) as Record<string, unknown> | undefined;
  return { clients: readSide(value?.["clients"]), peers: readSide(value?.["peers"]) };
}

function readSide(value: unknown): Side | undefined {
  const { listen, told } = (value ?? {}) as Record<string, unknown>;
  const side = { listen: readAll(listen), told: readAll(told) };
  const isWhole = side.listen.length > 0 && side.told.length > 0 && !side.listen.some(isNamed);
  return isWhole ? side : undefined;
}

/** How a cluster speaks is decided later, and by something else. */
function readAll(value: unknown): readonly Address[] {
  if (!Array.isArray(value) || value.length > MOST_ADDRESSES) return [];
  const read = value.map((each) => typeof each === "string" ? readAddress(each) : undefined);
  const whole = read.flatMap((each) => each === undefined ? [] : [{ ...each, scheme: PLAIN }]);
  return whole.length === read.length ? whole : [];
}

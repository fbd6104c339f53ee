/**
 * Which cluster a command speaks to: the one that is named, that of the prefix, or who is at the
 * usual address.
 *
 * @module
 */

import { addressText } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { hostOfMember } from "../../cluster/store/keys.ts";
import type { Store, StoreAddress } from "../../cluster/store/store.ts";
import { DEFAULT_CLIENT } from "../../cluster/store/urls.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import {
  COLLECTED,
  IDENTITY,
  NEAR,
  readIdentity,
  readNear,
  readRemembered,
  WAITING,
} from "./disk.ts";
import { NO_CREDENTIALS, prefixCredentials } from "./prefix_credentials.ts";
import { type AskingOperator, operatorPlace } from "./operator_place.ts";
import { writtenUrls } from "./tls_addresses.ts";
import { type HostReach, openStore } from "./open_store.ts";
import { ORDER, readOrder } from "./orders.ts";
import {
  candidates,
  isNamed as namesAgent,
  isThere,
  type PlaceFlags,
  placePrefix,
  whichOf,
} from "../agent_prefix.ts";
import { flagSource, readFlag } from "../flags.ts";
import { SEEDS_FLAG } from "../run_flags.ts";

/** Where a command asks, and what is known here. */
export interface ClusterPlace extends HostReach {
  /** Absolute; the operator's file, where it is no host that asks. */
  readonly prefix: string;
  /** All files of the cluster's part below it. */
  readonly texts: ReadonlyMap<string, string>;
  readonly identity: AgentDisk | undefined;
  /** The name of the host that the prefix belongs to, as far as it is known. */
  readonly host: string | undefined;
  readonly clientUrls: readonly string[];
  /** The cluster it must be. */
  readonly clusterId?: string;
  readonly collected: { readonly atMs: number; readonly count: number } | undefined;
  /** Who asks, where it is no host. */
  readonly operator?: AskingOperator;
}

/** Finds out where to ask, and as whom: as the operator who is given, or as the host of the prefix. */
export function clusterPlace(given: PlaceFlags): Result<ClusterPlace> {
  const operator = operatorPlace(given);
  if (!operator.ok) return operator;
  if (operator.value === undefined) return hostPlace(given);
  const { path: prefix } = operator.value.operator;
  const ofNoHost = { texts: new Map(), identity: undefined, host: undefined, collected: undefined };
  return ok({ prefix, ...ofNoHost, ...operator.value });
}

/** Reads what is kept below the prefix. */
function hostPlace(given: PlaceFlags): Result<ClusterPlace> {
  const { flags } = given;
  const seeds = readFlag(SEEDS_FLAG, given);
  if (!seeds.ok) return seeds;
  const isForHere = given.takesSeeds === false;
  const prefix = isForHere || seeds.value !== undefined ? placePrefix(given) : clusterPrefix(given);
  if (!prefix.ok) return prefix;
  const directory = stateDirectory(`${prefix.value}/cluster/state`);
  const read = directory.readAll();
  const texts = read.ok ? read.value : new Map<string, string>();
  // Who may not read that state has nothing to show.
  const shown = read.ok ? prefixCredentials(prefix.value) : ok(NO_CREDENTIALS);
  if (!shown.ok) return shown;
  const { scheme, credentials, user } = shown.value;
  const identity = readIdentity(texts.get(IDENTITY) ?? "");
  const remembered = readRemembered(texts.get(COLLECTED));
  const host = flags.get("hostname") ??
    (identity?.member === undefined ? undefined : hostOfMember(identity.member.name));
  const place = {
    prefix: prefix.value,
    texts,
    identity,
    host,
    near: readNear(texts.get(NEAR)),
    credentials,
    ...(user === undefined ? {} : { user }),
    // It is kept for when the host comes back; nothing of it is used now.
    collected: hasLeft(texts)
      ? undefined
      : remembered && { atMs: remembered.atMs, count: remembered.offers.length },
  };
  if (seeds.value !== undefined) {
    const source = flagSource(SEEDS_FLAG, given);
    const clientUrls = writtenUrls(seeds.value, source, { scheme, prefix: prefix.value });
    return clientUrls.ok ? ok({ ...place, clientUrls: clientUrls.value }) : clientUrls;
  }
  const isNamed = isForHere || namesAgent(given);
  if (isNamed && !read.ok) return read;
  const waits = texts.get(WAITING);
  if (waits !== undefined && identity?.clusterId === undefined) {
    const another = isNamed ? "" : ", or the state of another agent with --prefix or --hostname";
    return fail(`the host of ${prefix.value} is in no cluster yet; its agent said last: ${waits}`, {
      code: "no-cluster",
      ...(isForHere ? {} : { hint: `name any host of the cluster with --seeds${another}` }),
    });
  }
  if (isNamed && identity === undefined) {
    return fail(...noCluster(prefix.value, { seeds: !isForHere }));
  }
  const known = identity?.endpoints ?? [];
  if (known.length === 0 && hasLeft(texts)) return leftAlone(prefix.value, isForHere);
  return ok({
    ...place,
    clientUrls: known.length > 0 ? known : [addressText({ ...DEFAULT_CLIENT, scheme })],
    ...(identity?.clusterId === undefined ? {} : { clusterId: identity.clusterId }),
  });
}

function leftAlone(prefix: string, isForHere: boolean): Result<never> {
  return fail(`the host of ${prefix} has left its cluster, and nobody was left in it`, {
    code: "no-cluster",
    hint: "mgmt volunteer on brings it back" +
      (isForHere ? "" : "; another cluster is named with --seeds"),
  });
}

/** The prefix of a host of the cluster that is meant: any of one cluster knows it as well as another. */
function clusterPrefix(given: PlaceFlags): Result<string> {
  const found = placePrefix(given);
  if (!found.ok || namesAgent(given)) return found;
  const prefixes = candidates(found.value);
  const byCluster = Map.groupBy(prefixes, (prefix) => {
    const text = stateDirectory(`${prefix}/cluster/state`).read(IDENTITY);
    return readIdentity(text ?? "")?.clusterId;
  });
  const [withoutCluster] = byCluster.get(undefined) ?? [];
  byCluster.delete(undefined);
  if (byCluster.size > 1) return whichOf(prefixes);
  const [hosts] = byCluster.values();
  return ok(hosts?.[0] ?? withoutCluster ?? found.value);
}

function hasLeft(texts: ReadonlyMap<string, string>): boolean {
  return readOrder(texts.get(ORDER))?.left === true;
}

/**
 * Nothing below that prefix speaks of a cluster. `seeds`: the command can ask elsewhere; `runs`: an agent
 * has that prefix, so that it is not the wrong one.
 */
export function noCluster(
  prefix: string,
  { seeds, runs = false }: { readonly seeds: boolean; readonly runs?: boolean },
): [message: string, more: { hint: string; code: string }] {
  const another = "name its state with --prefix or --hostname as its agent was started" +
    (seeds ? ", or any host of the cluster with --seeds" : "");
  if (!isThere(prefix)) {
    return [`${prefix} does not exist: no agent keeps its state there`, {
      hint: another,
      code: "no-prefix",
    }];
  }
  const hint = runs
    ? "its agent takes part in one when it is started with --hostname, --seeds or --client-urls, or " +
      `for a graph that exports or collects; if another one is meant, ${another}`
    : another;
  return [`the host of ${prefix} is in no cluster`, { hint, code: "no-cluster" }];
}

/** Uses the store of a cluster, and closes it. */
export async function withStore<T>(
  address: StoreAddress & HostReach,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore(address, createLocalClock());
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

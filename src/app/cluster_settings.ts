/**
 * What a run is told about the cluster.
 *
 * @module
 */

import { DEFAULT_CLIENT_URL, DEFAULT_PEER_URL, isLoopback, parseUrls } from "../cluster/urls.ts";
import { PATIENCE } from "../cluster/view.ts";
import { LIMITS } from "../base/limits.ts";
import { fail, ok, type Result } from "../base/result.ts";

/** This host's part in a cluster. */
export interface ClusterSettings {
  /** A flag asks for the cluster; else only a graph that exchanges something does. */
  readonly asked: boolean;
  readonly seeds: readonly string[];
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  /** Loopback addresses named beside others: it listens there too, and tells nobody. */
  readonly localClientUrls: readonly string[];
  readonly localPeerUrls: readonly string[];
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

const CLIENT_PORT = 2379;
const PEER_PORT = 2380;
const WAIT_SECONDS = 10;
/** It is counted from when the host's own word (a lease of 15 s) has run out, too. */
const DEAD_SECONDS_LEAST = 5;
const DAY_SECONDS = 86_400;

/** Flags that ask for the cluster. */
export const CLUSTER_FLAGS = [
  "seeds",
  "client-urls",
  "server-urls",
  "peer-urls",
  "no-server",
  "ideal-cluster-size",
  "failure-domain",
  "hostname",
] as const;

/** Reads the cluster's part of what a run was given. */
export function clusterSettings(given: GivenTexts): Result<ClusterSettings> {
  const seeds = urls(given, "seeds", CLIENT_PORT, []);
  if (!seeds.ok) return seeds;
  const clientUrls = urls(given, "client-urls", CLIENT_PORT, [DEFAULT_CLIENT_URL]);
  if (!clientUrls.ok) return clientUrls;
  const peerFlag = given.has("server-urls") ? "server-urls" : "peer-urls";
  if (given.has("server-urls") && given.has("peer-urls")) {
    return fail("--server-urls and --peer-urls are two names for one thing: give one of them");
  }
  const peerUrls = urls(given, peerFlag, PEER_PORT, [DEFAULT_PEER_URL]);
  if (!peerUrls.ok) return peerUrls;
  const shared = clientUrls.value.find((url) => peerUrls.value.includes(url));
  if (shared !== undefined) {
    return fail(`--client-urls and --${peerFlag} both name ${shared}`, {
      hint: "clients and members need a port each",
    });
  }
  const size = whole(given, "ideal-cluster-size", 1, LIMITS.clusterSize);
  if (!size.ok) return size;
  const wait = whole(given, "cluster-wait", 0, 3600);
  if (!wait.ok) return wait;
  const dead = whole(given, "dead-after", DEAD_SECONDS_LEAST, DAY_SECONDS);
  if (!dead.ok) return dead;
  const failureDomain = given.text("failure-domain");
  return ok({
    asked: CLUSTER_FLAGS.some((flag) => given.has(flag)),
    seeds: seeds.value,
    clientUrls: told(clientUrls.value),
    peerUrls: told(peerUrls.value),
    localClientUrls: untold(clientUrls.value),
    localPeerUrls: untold(peerUrls.value),
    server: !given.has("no-server"),
    ...(size.value === undefined ? {} : { idealSize: size.value }),
    ...(failureDomain === undefined ? {} : { failureDomain }),
    waitSeconds: wait.value ?? WAIT_SECONDS,
    deadAfterSeconds: dead.value ?? PATIENCE.deadMs / 1000,
  });
}

/** What others are told: on another host a loopback address leads to that host itself. */
function told(urls: readonly string[]): readonly string[] {
  const local = untold(urls);
  return urls.filter((url) => !local.includes(url));
}

function untold(urls: readonly string[]): readonly string[] {
  return urls.every(isLoopback) ? [] : urls.filter(isLoopback);
}

function urls(
  given: GivenTexts,
  flag: string,
  port: number,
  otherwise: readonly string[],
): Result<readonly string[]> {
  const text = given.text(flag);
  if (text === undefined) return ok(otherwise);
  return parseUrls(text, given.source(flag), port);
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

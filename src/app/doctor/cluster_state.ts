/**
 * What the prefix knows of the cluster, read with patience.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { ADDRESSES, IDENTITY, readIdentity } from "../cluster/disk.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import type { CheckedHost } from "./checked_host.ts";

type StateOf = Pick<CheckedHost, "files" | "prefix" | "prefixSight">;

/** Addresses that are looked at. */
const MOST = 8;

/** Who this host is in its cluster; undefined: in none, or that cannot be read. */
export async function identityOf(host: StateOf): Promise<AgentDisk | undefined> {
  const text = await stateText(host, IDENTITY);
  return text === undefined ? undefined : readIdentity(text);
}

/** Where clients of the cluster's members were last seen. */
export async function memberAddresses(host: StateOf): Promise<readonly string[]> {
  const identity = await identityOf(host);
  const isIn = identity?.clusterId !== undefined || identity?.member !== undefined;
  return isIn ? identity.endpoints.filter((each) => typeof each === "string").slice(0, MOST) : [];
}

/** The addresses that the host was given: where its etcd listens, and what others are told. */
export async function givenAddresses(
  host: StateOf,
): Promise<{ readonly listen: readonly string[]; readonly told: readonly string[] }> {
  const kept = parseJson(await stateText(host, ADDRESSES));
  const sides = isJsonObject(kept) ? [kept["clients"], kept["peers"]].filter(isJsonObject) : [];
  const listOf = (name: string) =>
    sides.flatMap((side) => Array.isArray(side[name]) ? side[name] : [])
      .filter((each) => typeof each === "string").slice(0, MOST);
  return { listen: listOf("listen"), told: listOf("told") };
}

async function stateText(
  { files, prefix, prefixSight }: StateOf,
  name: string,
): Promise<string | undefined> {
  if (prefixSight !== "there") return undefined;
  const text = await files.text(`${prefix}/cluster/state/${name}`);
  return text.ok ? text.value : undefined;
}

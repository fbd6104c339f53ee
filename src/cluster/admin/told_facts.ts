/**
 * What the hosts of a cluster tell of themselves, read once: nothing follows it, so that a host whose
 * facts change wakes nobody.
 *
 * @module
 */

import { readAddress } from "../../base/address.ts";
import type { JsonValue } from "../../base/input.ts";
import { isJsonObject, parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { FACTS_KEY, VALUE_KIND, valueOf } from "../../kind/shared_value.ts";
import { readExported } from "../exchange/exported_value.ts";
import type { Seal } from "../exchange/seal.ts";
import { exportedKey, liveKey, parseKey, prefixRange } from "../store/keys.ts";
import { type CallOptions, listAll, type Store, type StoreEntry } from "../store/store.ts";
import { isLoopback } from "../store/urls.ts";

/** Read at the same time: their answer stays below what one may have. */
const AT_ONCE = 32;
const PAGE = 1000;
/** Hosts that are named in a message. */
const NAMED = 20;

/** What one host tells, and when that was read, in milliseconds since 1970. */
export interface ToldFacts {
  readonly atMs: number;
  readonly facts: Readonly<Record<string, JsonValue>>;
}

/** Hosts with what they tell; undefined: it is there, and tells nothing. */
export type ToldByHost = ReadonlyMap<string, ToldFacts | undefined>;

/**
 * Reads what that host and all that are there tell. `sealOf`: what checks the MACs in a cluster of this
 * machine alone, where nothing else counts; that it is one, the list of its members says, for nothing is
 * made from facts that are only looked at.
 */
export async function readToldFacts(
  store: Store,
  { host, atMs, sealOf, ...options }: CallOptions & {
    readonly host: string;
    readonly atMs: number;
    readonly sealOf: (clusterId: string) => Seal | undefined;
  },
): Promise<Result<ToldByHost>> {
  const found = await store.members(options);
  if (!found.ok) return found;
  const { clusterId, members } = found.value;
  const live = await listAll(store, prefixRange(liveKey("")), { ...options, limit: PAGE });
  if (!live.ok) return live;
  const there = live.value.entries.flatMap(({ key }) => {
    const parsed = parseKey(key);
    return parsed?.type === "live" ? [parsed.host] : [];
  });
  const hosts = [...new Set([host, ...there])].slice(0, LIMITS.toldFactsHosts);
  const isClosed = members.every(({ clientUrls }) => clientUrls.every(needsMac));
  const seal = sealOf(clusterId);
  const told = new Map<string, ToldFacts | undefined>();
  for (let from = 0; from < hosts.length; from += AT_ONCE) {
    const some = hosts.slice(from, from + AT_ONCE);
    const then = some.map((each) => ({ type: "get", key: factsKey(each) }) as const);
    const read = await store.transact({ when: [], then }, options);
    if (!read.ok) return read;
    some.forEach((each, index) => {
      const facts = factsIn(read.value.got[index], seal, isClosed);
      if (facts !== undefined) told.set(each, { atMs, facts });
      else if (there.includes(each)) told.set(each, undefined);
    });
  }
  return ok(told);
}

/** A cluster that speaks TLS has rights in the place of MACs. */
function needsMac(url: string): boolean {
  return isLoopback(url) && readAddress(url)?.scheme !== "https";
}

function factsKey(host: string): string {
  return exportedKey(host, VALUE_KIND, FACTS_KEY);
}

function factsIn(
  entry: StoreEntry | undefined,
  seal: Seal | undefined,
  isClosed: boolean,
): ToldFacts["facts"] | undefined {
  if (entry === undefined) return undefined;
  const body = isClosed ? seal?.open(entry.key, entry.value)?.body : entry.value;
  const offer = body === undefined ? undefined : readExported(entry.key, body);
  const value = offer && valueOf(offer);
  return isJsonObject(value) ? value as ToldFacts["facts"] : undefined;
}

/** What that host tells, or why there is nothing of it; `kept`: the cluster did not answer now. */
export function toldBy(host: string, told: ToldByHost, kept?: string): Result<ToldFacts> {
  const found = told.get(host);
  if (found !== undefined) return ok(found);
  if (told.has(host)) {
    return fail(`host ${host} tells others no facts of itself`, {
      code: "no-facts",
      hint: "a host with labels, with a program or with a graph with values does; there " +
        "mgmt facts --output json > FILE, here --facts FILE",
    });
  }
  const names = [...told.keys()].sort();
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : "";
  const known = `${names.slice(0, NAMED).join(", ")}${more}`;
  const hosts = kept === undefined ? "hosts of the cluster" : "of these facts were kept here";
  return fail(
    kept === undefined
      ? `the cluster knows no host ${host}`
      : `nothing is kept here of a host ${host}, and ${kept}`,
    {
      code: "unknown-host",
      hint: `${hosts}: ${known || "none"}`,
    },
  );
}

/** Its file, beside the identity. */
export const TOLD = "facts.json";

/** What was read now beside what was read before, of so many hosts; the older ones go. */
export function keptFactsText(now: ToldByHost, before: ToldByHost): string {
  const all = [...new Map([...before, ...now])].filter((pair): pair is [string, ToldFacts] =>
    pair[1] !== undefined
  );
  const latest = all.toSorted(([, one], [, other]) => other.atMs - one.atMs);
  return JSON.stringify(Object.fromEntries(latest.slice(0, LIMITS.toldFactsHosts)));
}

/** Reads that text; what is none says nothing. */
export function readKeptFacts(text: string | undefined): ToldByHost {
  const value = parseJson(text);
  if (!isJsonObject(value)) return new Map();
  return new Map(
    Object.entries(value).flatMap(([host, each]) => {
      if (!isJsonObject(each)) return [];
      const { atMs, facts } = each;
      const isRight = typeof atMs === "number" && isJsonObject(facts);
      return isRight ? [[host, { atMs, facts: facts as ToldFacts["facts"] }] as const] : [];
    }),
  );
}

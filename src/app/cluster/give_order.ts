/**
 * Gives an order to the running agent of a prefix, and tells what becomes of it.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import { readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import { MOST_MEMBERS } from "../../cluster/leader/sizing.ts";
import type { OrderProgress, OrderWish } from "../../control/orders.ts";
import type { WrittenAddress } from "../../cluster/store/urls.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { askAgent } from "../control/ask_agent.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { agentPrefix, type PlaceFlags } from "../agent_prefix.ts";
import { clusterPlace, noCluster, withStore } from "./cluster_place.ts";
import { listenToOrder, sentenceOf } from "./order_listener.ts";
import { ordersDirectory } from "./orders.ts";
import { prefixCredentials } from "./prefix_credentials.ts";
import { writtenUrls } from "./tls_addresses.ts";

/** How a host is to leave, as it was written. */
export interface LeavingWords {
  readonly join?: { readonly to: readonly WrittenAddress[]; readonly lost: boolean };
  readonly lost?: boolean;
}

/** What is to be said meanwhile, and how long is waited. */
export interface OrderOptions {
  readonly waitMs: number;
  /** Where to leave for, or that nobody of its cluster can be asked. */
  readonly leaving?: LeavingWords;
  readonly say: (text: string) => void;
}

/** What a host is to do in its cluster. */
export type CommandRequest = "volunteer" | "volunteer-not" | "leave";

/** For the cluster to say how it is; what is ordered does not depend on it. */
const SURVEY_MS = 2000;

/** Gives the order; the result is what the agent said in the end. */
export async function sendCommand(
  asked: PlaceFlags,
  wish: CommandRequest,
  options: OrderOptions,
): Promise<Result<string>> {
  const prefix = agentPrefix(asked);
  if (!prefix.ok) return prefix;
  const given = { ...asked, flags: new Map(asked.flags).set("prefix", prefix.value) };
  const unsafe = await unsafePrefix(prefix.value, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const kept = ordersDirectory(prefix.value).readAll();
  if (!kept.ok) return kept;
  const leaving = leavingWish(prefix.value, options.leaving);
  if (!leaving.ok) return leaving;
  const survivedBefore = wish === "volunteer-not"
    ? await mayFailWith(given, prefix.value)
    : undefined;
  const heard = await listenToOrder({
    waitMs: options.waitMs,
    say: options.say,
    prefix: prefix.value,
    clock: createLocalClock(),
    ...requestOf(wish, createLocalRandom().hex(8), leaving.value),
    ...(wish === "volunteer" ? { isUnneeded: (host: string) => isUnneeded(given, host) } : {}),
  });
  if (!heard.ok) {
    return { ok: false, failure: whyNot(heard.failure, prefix.value, kept.value.size) };
  }
  const text = told(heard.value);
  if (!text.ok || survivedBefore === undefined) return text;
  return ok(text.value + lossText(survivedBefore, await mayFailNow(given)));
}

/** The agent speaks to the other cluster as to its own. */
function leavingWish(
  prefix: string,
  { join, lost }: LeavingWords = {},
): Result<Pick<OrderWish, "join" | "lost">> {
  if (join === undefined) return ok(lost === undefined ? {} : { lost });
  const shown = prefixCredentials(prefix);
  if (!shown.ok) return shown;
  const urls = writtenUrls(join.to, "--join", { scheme: shown.value.scheme, prefix });
  return urls.ok ? ok({ join: { urls: urls.value, lost: join.lost } }) : urls;
}

function requestOf(
  wish: CommandRequest,
  id: string,
  leaving: Pick<OrderWish, "join" | "lost">,
) {
  if (wish !== "leave") return { path: "/v1/volunteer", given: { id, on: wish === "volunteer" } };
  return { path: "/v1/leave", given: { id, ...leaving } };
}

/** The last thing that was heard, as the result of the command. */
function told(progress: OrderProgress): Result<string> {
  const { state, host, text, hint, by, offered } = progress;
  if (state === "done") return ok(sentenceOf(progress));
  if (state === "refused") {
    return fail(`${host} stays as it is: ${text}`, { ...(hint && { hint }), code: "refused" });
  }
  if (by !== undefined) return overruled(by);
  // Whoever offers something has done so, also when nobody needs it.
  if (offered === true) return ok("the offer stands; nobody needs it so far");
  return late(sentenceOf(progress));
}

/** Who was never in a cluster is told that, whatever else is missing. */
function whyNot(why: Failure, prefix: string, filesOfCluster: number): Failure {
  const isAbsent = why.code === "no-agent" || why.code === "no-part";
  if (!isAbsent || filesOfCluster > 0) return why;
  return failure(...noCluster(prefix, { seeds: false, runs: why.code === "no-part" }));
}

function overruled({ leave, volunteer }: NonNullable<OrderProgress["by"]>): Result<never> {
  const other = leave ? "leave" : `volunteer ${volunteer ? "on" : "off"}`;
  return fail(`another order came after this one and counts: mgmt ${other}`, {
    code: "overruled",
    hint: "give the order again if it is to count",
  });
}

/** The order stays in force. */
function late(sentence: string): Result<never> {
  return fail(`not done within --wait, and the agent goes on: ${sentence}`, {
    code: "late",
    hint: "mgmt cluster status says what the leader waits for; wait longer with --wait",
  });
}

/** The same as below, for an order that somebody can obey. */
async function mayFailWith(given: PlaceFlags, prefix: string): Promise<number | undefined> {
  const question = { method: "GET", path: "/healthz", answerMs: SURVEY_MS } as const;
  const there = await askAgent(prefix, question, createLocalClock());
  if (!there.ok) return undefined;
  there.value[Symbol.dispose]();
  return await mayFailNow(given);
}

/** How many failures the cluster survives now; undefined: it does not say. */
async function mayFailNow(given: PlaceFlags): Promise<number | undefined> {
  const place = clusterPlace({ ...given, environment: () => undefined });
  if (!place.ok) return undefined;
  const fleet = await withStore(place.value, (store) => readClusterStatus(store, SURVEY_MS));
  return fleet.ok ? fleet.value.mayFail : undefined;
}

function lossText(before: number, now: number | undefined): string {
  if (now === undefined || now >= before) return "";
  return `; the cluster survives the loss of ${now === 0 ? "none" : now} now, before: ${before}`;
}

/** Whether the offer of that host has come to the cluster, which has all the members that it wants. */
async function isUnneeded(given: PlaceFlags, name: string): Promise<boolean> {
  const place = clusterPlace({ ...given, environment: () => undefined });
  if (!place.ok) return false;
  const fleet = await withStore(place.value, (store) => readClusterStatus(store, SURVEY_MS));
  if (!fleet.ok) return false;
  const { hosts, idealSize = Infinity } = fleet.value;
  const members = hosts.filter(({ role }) => role !== "client");
  return members.length >= Math.min(idealSize, MOST_MEMBERS) &&
    members.every(({ answers }) => answers) &&
    hosts.some(({ host, role, volunteers }) => host === name && role === "client" && volunteers);
}

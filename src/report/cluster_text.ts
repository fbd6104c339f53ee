/**
 * The sentences for what happens in the cluster: each fact's one, and how urgent it is.
 *
 * @module
 */

import { ageOf, usedText } from "../base/age.ts";
import type { Failure } from "../base/result.ts";
import { describeFill } from "../base/store_fill.ts";
import { count, second, wholeDuration } from "../base/words.ts";
import type { ObstacleReason } from "../cluster/agent/obstacle.ts";
import type { WithoutCluster } from "../cluster/exchange/news.ts";
import type { MissingVoters } from "../cluster/admin/missing_voters.ts";
import type { ClusterFact } from "./cluster_event.ts";
import * as trust from "./trust_text.ts";
import { shareRestless, shareSlowed, valuesUnknown } from "./values_text.ts";

/** Members that one text names. */
const MOST_NAMED = 5;

/** A sentence for people. */
export interface ClusterSentence {
  /** Warning: somebody should look; error: the run ends. */
  readonly level: "notice" | "warning" | "error";
  readonly text: string;
}

type What = ClusterFact["what"];
type FactOf<W extends What> = Extract<ClusterFact, { readonly what: W }>;

/** Each fact in words; undefined: it is for programs only. */
const TEXTS: { readonly [W in What]: (fact: FactOf<W>) => ClusterSentence | undefined } = {
  "membership": () => undefined,
  "outcast": () => undefined,
  "part-ended": () => undefined,
  "no-network": () =>
    notice("nothing is exchanged with other hosts (--no-network); own exports can be collected"),
  "order": () => undefined,
  "trouble": ({ failure }) => warning(sentence(failure)),

  // The way into a cluster, and out of it.
  "waiting": (fact) =>
    fact.warns ? warning(waitingText(fact) + trust.adviceOf(fact.why)) : notice(waitingText(fact)),
  "founds": (fact) => notice(waitingText(fact)),
  "founding-failed": ({ message, again }) => {
    const text = `founds no cluster: ${message}`;
    // The first time it may be the race for an address.
    return again ? warning(text) : notice(text);
  },
  "join-with-token": () => notice(`it speaks TLS: ${trust.JOIN_TEXT}`),
  "grows": ({ urls }) => notice(trust.growsText(urls)),
  "let-in": ({ role }) => notice(trust.letInText(role)),
  "renewed": ({ fingerprint }) => notice(trust.renewedText(fingerprint)),
  "not-let-in-yet": ({ failure }) =>
    warning(`is not in its cluster yet, and asks again: ${sentence(failure)}`),
  "not-let-in": ({ failure }) => ({ level: "error", text: sentence(failure) }),
  "joined": (fact) => notice(joined(fact)),
  "stays-out": ({ why }) => notice(trust.staysOutText(why && sentence(why))),
  "cluster-over": () => notice("the cluster was that of a run that has ended: looks for another"),
  "looks-again": () => notice("looks for its cluster again"),
  "left": () => notice("has left its cluster, and goes on with its own graph"),
  "leave-refused": ({ failure, hasLeft }) =>
    notice(`${hasLeft ? "stays in no cluster" : "does not leave its cluster"}: ${failure.message}`),
  "renamed": (fact) => warning(trust.renamedText(fact)),
  "same-addresses": ({ addresses }) =>
    notice(`listens at ${addresses.join(" and ")} as before (--client-urls, --server-urls)`),
  "copy-started": ({ place, clientUrls, hint }) =>
    warning(
      `a copy of this host's state was started as an agent of its own (${place}, at ${
        clientUrls.join(", ")
      }): it has no part in the cluster; ${hint}`,
    ),
  "unused-etcd": ({ url, below }) =>
    warning(
      `the etcd at ${url ?? "the seeds"} has no host of mgmt in it so far; ` +
        `this host writes below ${below} there`,
    ),

  // Contact.
  "contact-lost": (fact) => fact.isSaid ? undefined : notice(contactLost(fact)),
  "contact-back": ({ forMs }) => notice(`contact with the cluster is back after ${ageOf(forMs)}`),
  "majority-away": (fact) => notice(`a majority is away: ${missingText(fact)}`),
  "no-answer-yet": ({ uses }) => notice(`the cluster did not answer yet: ${usesText(uses)}`),
  "not-exported-yet": () =>
    notice("what this host exports is not in the cluster yet: goes on without waiting for that"),
  "clocks-apart": ({ url, aheadMs, others }) =>
    warning(
      `the clock of this host is ${wholeDuration(Math.abs(aheadMs))} ${
        aheadMs > 0 ? "ahead of" : "behind"
      } that of ${url}${others === 0 ? "" : `, and of ${others} more`}: set the wrong one right`,
    ),

  // The etcd of this host.
  "nominated": () => notice("asked to run etcd: starts as a learner"),
  "votes": () => notice("votes now: is no learner any more"),
  "etcd-runs": ({ again }) => notice(`etcd runs${again ? " again" : ""}`),
  "etcd-restarts": ({ fill, isCounted }) => {
    const why = `its file is ${isCounted ? "mostly" : "at its limit, and may have"} free room`;
    return notice(`starts etcd anew: ${why}, which it gives back so: ${describeFill(fill)}`);
  },
  "etcd-rolls": ({ reason }) => notice(`starts etcd anew, as one member after another: ${reason}`),
  "etcd-ended": etcdEnded,
  "etcd-adopted": ({ pid }) => notice(`goes on with ${leftEtcd(pid)}`),
  "etcd-dropped": ({ pid, why }) => {
    const because = why === "silent" ? "it does not answer" : "it is not wanted any more";
    return notice(`ends ${leftEtcd(pid)}: ${because}`);
  },
  "member-no-more": () => notice("no member of the cluster any more: runs as a client"),
  "member-moved": ({ peerUrls, before }) =>
    notice(
      `its address has changed: is at ${peerUrls.join(", ")} in the list of members now, ` +
        `before: ${before}`,
    ),
  "member-stays": ({ before, reason }) =>
    warning(`the member of this host stays at ${before} in the list of members: ${reason}`),
  "member-cannot-move": ({ message }) =>
    warning(`the member of this host cannot be at its new address: ${message}`),
  "no-offer": ({ reason, flags }) =>
    warning(`this host cannot run etcd: ${reason}; give its own with ${flags.join(" and ")}`),

  // The leader, and the store.
  "leads": ({ revision }) => notice(`leads the cluster (${revision})`),
  "leads-no-longer": () => notice("leads the cluster no longer"),
  "token-misused": ({ id, why }) =>
    warning(`the token ${id} was ended: ${why}; who has it is no host that wants in`),
  "decided": ({ reason }) => notice(reason),
  "rotation": ({ reason }) => notice(`another authority: ${reason}`),
  "upkeep": ({ reason }) => notice(reason),
  "store": ({ state, fill }) =>
    warning(
      `the cluster's store is ${state === "full" ? "" : "nearly full: "}${describeFill(fill)}`,
    ),
  "no-space": () =>
    warning(
      "the cluster's store is full: what this host says of itself is not written until it " +
        "is mended (mgmt cluster status says how it is)",
    ),
  "strange-key": ({ key, value, is }) =>
    warning(
      `${is === "operation" ? "removes" : "removed"} ${key} (${value}), which ${NOBODYS[is]}`,
    ),
  "size-unreadable": ({ problem, wanted }) =>
    warning(
      `${problem}: ${count(wanted, "member")} wanted (correct it: mgmt cluster size NUMBER)`,
    ),
  "sizes-differ": (fact) => warning(sizesText(fact)),
  "place-lost": ({ resource, semaphore, reason }) =>
    warning(
      `${resource} goes on though its place in ${semaphore} is lost (fleet_fallback: go): ${reason}`,
    ),

  "elected": ({ election }) => notice(`this host is elected: ${election}`),
  "elected-no-longer": ({ election, failure: { message } }) =>
    notice(`this host is elected no longer: ${election}: ${message}`),
  "election-unknown": ({ election }) =>
    notice(`the cluster did not say yet who is elected (${election}): this host is not`),
  "election-waits": ({ election }) => notice(`nobody elects (${election}): no voter's agent runs`),

  // Exchange.
  "exposed": ({ asked }) => asked ? notice(trust.EXPOSED) : warning(trust.STILL_EXPOSED),
  "unreachable": ({ host, clientUrls }) =>
    warning(`other machines reach ${host} at ${clientUrls.join(", ")}, ${trust.UNREACHABLE}`),
  "no-exchange": ({ failure }) =>
    warning(`exchanges nothing with other hosts: ${sentence(failure)}`),
  "too-much-offered": ({ host, offered, taken }) =>
    warning(
      `${host} offers ${offered} resources of what this host collects: ${taken} of them are ` +
        "taken, so that there is room for others (those whose names come first)",
    ),
  "not-exported": ({ key, reason, rest }) =>
    warning(`${key} is not exported${rest ? ", nor is any after it" : ""}: ${reason}`),
  "exports-unknown": ({ failure }) =>
    warning(`what others export is not known: ${failure.message}`),
  "too-many-exports": ({ most }) => warning(`more than ${most} exports: the others are left out`),
  "export-left-out": ({ key, why }) =>
    warning(`an export that ${LEFT_OUT[why]} is left out: ${key}`),
  "more-left-out": () => warning("further exports that are left out are not named"),
  "export-mended": ({ key }) =>
    warning(
      "what this host exports was not in the cluster as it had written it (somebody else wrote " +
        `there, or the store went back to something older), and is mended: ${key}`,
    ),
  "more-mended": () => warning("further exports that somebody else changes are not named"),
  "not-published": () =>
    warning(
      "what this host exports is not published: the cluster's store is full " +
        "(mgmt cluster status says how it is mended)",
    ),
  "values-unknown": (fact) => notice(valuesUnknown(fact)),
  "share-slowed": (fact) => warning(shareSlowed(fact)),
  "share-restless": (fact) => warning(shareRestless(fact)),
  "exports-too-fast": ({ key, bytes, burstBytes, bytesPerSecond }) =>
    warning(
      `what this host exports changes too fast: more than ${
        burstBytes / 1024 / 1024
      } MiB in short ` +
        `time; from now on ${bytesPerSecond / 1024} KiB a second are published, the last state ` +
        `each time (for instance ${key}, ${bytes} bytes)`,
    ),
};

/** What it means that others reach ports where nothing tells friend from foe. */
const NOBODYS = {
  operation: "is no change of members",
  leader: "no host that leads has written",
  place: "no host has written",
} as const;

const LEFT_OUT = {
  "unreadable": "cannot be read",
  "no-mac": "has no MAC (its host runs an older mgmt, or with an address that other machines " +
    "reach; or somebody else wrote it)",
  "wrong-mac": "no agent of this user and cluster wrote (its MAC is wrong)",
  "older": "is older than what was there (somebody may have put it back)",
} as const;

/** A fact as a sentence; undefined: people need not hear of it. */
export function clusterSentence(fact: ClusterFact): ClusterSentence | undefined {
  // The table holds that each fact goes to its own text.
  return (TEXTS[fact.what] as (fact: ClusterFact) => ClusterSentence | undefined)(fact);
}

function notice(text: string): ClusterSentence {
  return { level: "notice", text };
}

function warning(text: string): ClusterSentence {
  return { level: "warning", text };
}

/** A failure in one line. */
function sentence({ message, hint }: Failure): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

/** What a host does without a cluster. */
export function waitingText(fact: FactOf<"waiting"> | FactOf<"founds">): string {
  if (fact.what === "founds") {
    return `founds a new cluster${fact.temporary ? ", which goes with this run" : ""}`;
  }
  const what = fact.seeds ? "waiting for the seeds" : "no cluster yet";
  return `${what}: ${obstacleText(fact.why)}`;
}

/** Why there is no cluster yet. */
export function obstacleText(why: ObstacleReason): string {
  switch (why.code) {
    case "no-answer":
      return "no answer yet";
    case "silent":
      return `${why.url} does not answer`;
    case "failed":
      return why.failure.message;
    case "none-yet":
      return `${why.url} has no cluster yet`;
    case "in-cluster":
      return `${why.url} knows a cluster, or founds one`;
    case "founder":
      return `${why.url} is the one to found it`;
    case "other-hosts":
      return otherHosts(why);
    case "founds-none":
      return "no cluster there, and a run that ends by itself founds none beside its seeds";
    case "own-address":
      return ownAddress(why);
  }
}

type ObstacleOf<Code extends ObstacleReason["code"]> = ObstacleReason & { readonly code: Code };

/** A seed that is not written as it is advertised looks like one host more. */
function otherHosts({ url, there, here }: ObstacleOf<"other-hosts">): string {
  const differences = [
    ...(there === undefined ? [] : [`${there}, which this host does not`]),
    ...(here === undefined ? [] : [`not ${here}, which this host does`]),
  ];
  return `${url} names ${differences.join(", and ")}: all need the same --seeds, each as that ` +
    "host advertises itself";
}

function ownAddress({ url, failure, other, isThere }: ObstacleOf<"own-address">): string {
  const { message = `${url} is taken by something else`, hint, code } = failure ?? {};
  if (code === "address-absent") return `${message} (${hint})`;
  if (other === undefined) return message;
  return `${isThere ? "the own address is taken" : message}; ${obstacleText(other)}`;
}

/** Why this host is a client, and whose cluster it is where nobody named one. */
function joined({ clusterId, client, host, url, taken }: FactOf<"joined">): string {
  if (!client) return `joined cluster ${clusterId}`;
  const isAbsent = taken?.failure?.code === "address-absent";
  const why = taken === undefined
    ? ""
    : `, because ${isAbsent ? taken.failure?.message : `its own address ${taken.url} is taken`}`;
  return host === undefined
    ? `joined cluster ${clusterId} as a client${why}`
    : `${host} answers at ${url}: this host joins its cluster ${clusterId} as a client${why}`;
}

function contactLost({ since, forMs, isFirst, etcdRuns, uses }: FactOf<"contact-lost">): string {
  const at = isFirst ? "the start" : second(since);
  const why = etcdRuns ? ": the etcd of this host runs, a majority does not answer" : "";
  return `no contact with the cluster since ${at} (${ageOf(forMs)})${why}; ${usesText(uses)}`;
}

function usesText({ collects, ageMs }: WithoutCluster): string {
  return collects ? usedText(ageMs) : "the own graph goes on";
}

function etcdEnded({ end, message }: FactOf<"etcd-ended">): ClusterSentence {
  if (end === "removed") {
    return notice("etcd has ended: the cluster has decided that this host is no member any more");
  }
  const what = end === "unstarted" || end === "absent" ? "etcd does not start" : "etcd ended";
  const text = `${what}: ${message}`;
  return end === "other" ? notice(text) : warning(text);
}

function leftEtcd(pid: number): string {
  return `the etcd that an agent before left running (process ${pid})`;
}

/** Which voters are missing where no majority answers. */
export function missingText({ missing, voters, needed }: MissingVoters): string {
  const named = missing.slice(0, MOST_NAMED).map(({ id, host, clientUrls: [url] }) =>
    host === ""
      ? `${id}, which was added by hand and has never started`
      : `${host}${url === undefined ? "" : ` at ${url}`}`
  );
  const more = missing.length > named.length ? ` and ${missing.length - named.length} more` : "";
  const verb = missing.length === 1 ? "does" : "do";
  const all = voters === 1 ? "its only voter" : `of its ${voters} voters ${needed}`;
  return `${all} must run, and ${named.join(", ")}${more} ${verb} not answer`;
}

/** That hosts do not agree on the size of a semaphore. */
export function sizesText(
  { semaphore, election, size, sizes }: Omit<FactOf<"sizes-differ">, "what">,
): string {
  const said = sizes.map((each) => `${each.host} ${each.size}`).sort();
  const what = election === undefined ? `semaphore fleet:${semaphore}` : `election ${election}`;
  const are = election === undefined ? "sizes" : "numbers";
  return `${what}: hosts say different ${are} (${said.join(", ")}); the smallest counts: ${size}`;
}

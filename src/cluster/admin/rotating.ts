/**
 * An order to replace the authority that signs a cluster's certificates, as somebody outside gives it and
 * follows it: why it cannot be given, and how far it is.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import {
  isWithout,
  leftBehind,
  named,
  type RotationHost,
  type RotationStep,
  stepOf,
} from "../leader/rotation.ts";
import { Absences, rotationIn, rotationView } from "../leader/rotation_view.ts";
import { isUp, mayFail, type View, votersOf } from "../leader/view.ts";
import type { RotationRecord } from "../store/records.ts";
import type { StoreEntry } from "../store/store.ts";

/** A cluster as it is asked for that. */
export interface RotatingCluster {
  readonly entries: readonly StoreEntry[];
  readonly view: View;
  /** The host that decides. */
  readonly leader: string | undefined;
  readonly record: RotationRecord | undefined;
}

/** Who is cast out so. */
export type Without = RotationRecord["without"];

/** Those in which all hosts have to do something. */
const STEPS: readonly RotationRecord["step"][] = ["share", "believe", "certify", "forget"];
const LOOK = "mgmt cluster status says how the cluster is";

/** Why it cannot be begun now; undefined: it can. */
export function whyNotRotate(
  { entries, view, leader, record }: RotatingCluster,
  without: Without,
): Failure | undefined {
  if (record !== undefined && record.step !== "done") {
    const { by, without: other } = record;
    const what = other === undefined ? "" : ` and casts out ${other.host}`;
    return failure(`the cluster replaces its authority${what} already, as ${by} has asked`, {
      code: "busy",
      hint: `${LOOK}, and how far that is`,
    });
  }
  if (leader === undefined) {
    return failure("nobody decides in the cluster at the moment", {
      code: "no-leader",
      hint: LOOK,
    });
  }
  const { operation, rolling, securing } = view;
  if (operation !== undefined || rolling !== undefined || securing !== undefined) {
    const what = rolling?.reason ?? operation?.reason ?? "it becomes one that speaks TLS";
    return failure(`the cluster is at something else: ${what}`, {
      code: "busy",
      hint: `try again when that is done; ${LOOK}`,
    });
  }
  return whyNotReady(view, without) ?? whyTooOld(hostsOf({ entries, view, record }), without);
}

/** Whether that very order stands already: then it is waited for. */
export function isSameOrder({ record }: RotatingCluster, without: Without): boolean {
  return record !== undefined && record.step !== "done" && record.without?.host === without?.host;
}

/** What a cluster is without a member that is to go; undefined: none goes. */
export function leftWithout(
  { view: { members } }: Pick<RotatingCluster, "view">,
  without: Without,
): Readonly<Record<"members" | "voters" | "mayFail", number>> | undefined {
  const stay = members.filter(({ host }) => host === undefined || !isWithout(without, { host }));
  if (stay.length === members.length) return undefined;
  const voters = votersOf(stay).length;
  return { members: stay.length, voters, mayFail: Math.max(0, mayFail(stay)) };
}

/** Members are missed one after another, so all have to be there. */
function whyNotReady({ members, hosts }: View, without: Without): Failure | undefined {
  const isGoer = (host: string | undefined) => host !== undefined && isWithout(without, { host });
  const stay = members.filter(({ host }) => !isGoer(host));
  if (stay.length === 0) {
    return failure("no other host runs etcd", {
      code: "last",
      hint: "let another one run etcd first: mgmt cluster status says why none does",
    });
  }
  const strange = stay.find(({ host }) => host === undefined);
  if (strange !== undefined) {
    return failure(`member ${strange.id} is none of mgmt's`, { code: "foreign", hint: LOOK });
  }
  const silent = stay.filter((member) => !isUp(member)).map(({ host }) => host ?? "");
  if (silent.length > 0) {
    return failure(`not all members are there: ${named(silent)}`, {
      code: "unhealthy",
      hint: "bring them back, or where they are lost: mgmt forget HOST",
    });
  }
  const isLive = (name: string | undefined) =>
    hosts.some(({ host, live }) => host === name && live);
  const alone = stay.filter(({ host }) => !isLive(host)).map(({ host }) => host ?? "");
  if (alone.length === 0) return undefined;
  return failure(`no agent runs on ${named(alone)}, whose etcd does`, {
    code: "unhealthy",
    hint: "start it there",
  });
}

/** Who does not say whom it believes could not come along. */
function whyTooOld(hosts: readonly RotationHost[], without: Without): Failure | undefined {
  const old = hosts.filter((host) => host.live && host.trust === undefined)
    .filter((host) => !isWithout(without, host)).map(({ host }) => host);
  if (old.length === 0) return undefined;
  return failure(`${named(old)}: the executable is too old for that, or the run keeps no state`, {
    code: "old-program",
    hint:
      "replace it, or start it with --prefix; one that has just started says in a moment that it can",
  });
}

/** All hosts that are known, as far as this concerns them. */
export function hostsOf(
  { entries, view, record }: Pick<RotatingCluster, "entries" | "view" | "record">,
): readonly RotationHost[] {
  const seen = record ?? { step: "asked", by: "" };
  return rotationView(seen, entries, view, new Absences(), 0).hosts;
}

/** What the leader does for it next, and what it waits for; undefined: nothing. */
export function rotationDoing({ entries, view, record }: RotatingCluster): string | undefined {
  if (record === undefined || record.step === "done") return undefined;
  const seen = rotationView(record, entries, view, new Absences(), 0);
  // What the leader has just made it says only in a moment.
  const next = stepOf({ ...seen, lacksKey: () => false }, 0, Infinity);
  const reason = (next?.reason ?? "goes on") + untilWhen(next);
  const number = STEPS.indexOf(record.step) + 1;
  return number === 0 ? reason : `step ${number} of ${STEPS.length}: ${reason}`;
}

/** For how long who is away is waited for. */
function untilWhen(step: RotationStep | undefined): string {
  const { awaiting = [] } = step?.type === "wait" ? step : {};
  // Before the leader has seen that it is away, nobody knows.
  const known = awaiting.filter(({ leftMs }) => leftMs < Infinity);
  if (known.length === 0) return "";
  const each = known.map(({ host, leftMs }) => `${host} ${Math.ceil(leftMs / 1000)} s more`);
  return `; away, and waited for: ${named(each)}, then it goes on without ${
    known.length === 1 ? "it" : "them"
  }`;
}

/** How far a cluster is with another authority, and whom that has left behind. */
export interface RotationStatus {
  readonly step: RotationRecord["step"];
  /** For people. */
  readonly text: string;
}

/** What `mgmt cluster status` says of it; nothing where that matters to nobody any more. */
export function rotationStatus(
  cluster: Omit<RotatingCluster, "record">,
): { readonly rotation?: RotationStatus } {
  const record = rotationIn(cluster.entries)?.record;
  if (record === undefined) return {};
  const { step } = record;
  if (step !== "done") {
    const doing = rotationDoing({ ...cluster, record }) ?? "begins";
    return { rotation: { step, text: `is being replaced: ${doing}` } };
  }
  const away = leftBehind({ record, hosts: hostsOf({ ...cluster, record }) });
  if (away.length === 0) return {};
  return { rotation: { step, text: `was replaced; ${needTokens(away)}` } };
}

/** What has become of it, for who asked. */
export function rotatedText({ without, ended, away = [] }: RotationRecord): string {
  const { tokens = 0, operators = 0 } = ended ?? {};
  const over = [
    ...(tokens === 0 ? [] : [count(tokens, "token")]),
    ...(operators === 0
      ? []
      : [`the ${operators === 1 ? "file" : "files"} of ${count(operators, "operator")}`]),
  ];
  const lines = [
    ...(without === undefined ? [] : [`${without.host} is cast out.`]),
    "All hosts that are there have certificates of another authority; nobody believes the one before.",
    ...(over.length === 0 ? [] : [`With the one before ended ${over.join(" and ")}.`]),
    ...(away.length === 0 ? [] : [`${needTokens(away)}.`]),
    "What was kept of the secret is of no use any more: mgmt cluster secret > FILE prints the new one.",
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function needTokens(away: readonly string[]): string {
  const [were, need] = away.length === 1 ? ["was", "needs"] : ["were", "need"];
  return `${away.join(", ")} ${were} not there, and ${need} a new token (mgmt token create)`;
}

/**
 * How what was decided is done. What can be fenced is: it is written only while this leader's own
 * key is there. Calls that change members cannot be: before each of them the leader's key and the
 * members are read once more, and it is given up when that is two seconds ago by then. So at most one
 * late call of a leader that was stopped in between can land, and each is named by a member's id.
 *
 * @module
 */

import { nextDelayMs } from "../../base/backoff.ts";
import type { Failure, Result } from "../../base/result.ts";
import type { Sorted } from "../leader/sorted_entries.ts";
import { peersFor, type Reading } from "../leader/view_builder.ts";
import type { StoreCall } from "./calls.ts";
import type { LeaderAction } from "../leader/action.ts";
import type { EffectQueue } from "./effect_queue.ts";
import * as keys from "../store/keys.ts";
import { secureKey, secureRange } from "../store/secure_keys.ts";
import { describeStep } from "../leader/operation.ts";
import type { ChangeStep, MembershipChange as Change } from "../store/membership_change.ts";
import { read, shortened, write } from "../store/records.ts";
import type {
  Compare,
  Member,
  Members,
  StoreOperation,
  TransactionResult,
} from "../store/store.ts";

/** For so long a refused call is tried again: etcd refuses for five seconds after each change. */
const REFUSED_MS = 8000;
const FENCE_DEADLINE_MS = 1000;
const FENCE_MS = 2000;
const CALL_MS = 1000;
const WRITE_MS = 2000;
/** Pauses after changes that failed. */
const PAUSE = { firstMs: 5000, lastMs: 15_000, factor: 2 };
/** How long a host is left alone that did not start. */
const BACKOFF = { firstMs: 30_000, lastMs: 600_000, factor: 2 };
/** Refusals that may pass by themselves. */
const PASSING = new Set(["unhealthy", "not-in-sync", "too-many-learners", "not-enough-started"]);
/** Failures after which it is not known what happened: the next round sees. */
const UNKNOWN = new Set(["deadline", "unavailable", "aborted"]);

/** What a leadership remembers between actions. */
export interface ActionContext {
  readonly queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly fence: number;
  /** A call that is refused, and since when. */
  trouble: { readonly operation: number; readonly since: number } | undefined;
  addRefused: boolean;
  pausedUntil?: number;
  /** What failed before that, and why. */
  pausedWhy?: string;
  /** Changes given up in a row. */
  abandoned: number;
}

/** What the rounds lend to an action. */
export interface Round {
  /** Decides again, on members that were read just now. */
  again(members: readonly Member[]): LeaderAction;
  /** It is over: worked, or to be tried again. */
  done(worked: boolean): void;
}

/** Does one action. */
export function carryOut(
  context: ActionContext,
  action: LeaderAction,
  reading: Reading & { readonly sorted: Sorted },
  round: Round,
  slots: Set<string>,
): void {
  for (const slot of ["act", "act members"]) slots.add(slot);
  const { sorted } = reading;
  if (sorted.strangeOperation !== undefined) {
    const { key, value } = sorted.strangeOperation;
    const news = { what: "strange-key", key, value: shortened(value), is: "operation" } as const;
    context.queue.tell("strange operation", news);
    return put(context, round, [], [{ type: "delete", key }]);
  }
  const journal = sorted.operation?.revision ?? 0;
  const key = keys.operationKey();
  switch (action.type) {
    case "begin": {
      const operation: StoreOperation = { type: "put", key, value: write(action.operation) };
      return put(context, round, [{ key, create: 0 }], [operation]);
    }
    case "step":
      return fence(context, action.step, journal, round);
    case "end":
      return end(context, action, journal, reading, round);
    case "nominate":
      return nominate(context, action, reading, round);
    case "forget": {
      const gone = action.what === "backoff"
        ? keys.backoffKey(action.host)
        : keys.nominatedKey(action.host);
      return put(context, round, [], [{ type: "delete", key: gone }]);
    }
    case "turn": {
      const rolling = keys.rollingKey();
      const mod = sorted.rolling?.revision ?? 0;
      const value = write(action.rolling);
      return put(context, round, [{ key: rolling, mod }], [{ type: "put", key: rolling, value }]);
    }
    case "secure":
    case "unsecure":
      return secure(context, action, sorted, round);
    case "settle": {
      const word = keys.forgottenKey(action.memberId);
      return put(context, round, [], [{ type: "delete", key: word }]);
    }
    case "none":
      return keepSize(context, reading, round);
  }
}

/** A write that happens only while this leader leads. */
function put(
  { queue, fence }: ActionContext,
  round: Round,
  when: readonly Compare[],
  then: readonly StoreOperation[],
): void {
  const transaction = { when: [{ key: keys.leaderKey(), create: fence }, ...when], then };
  const call = { type: "transact", transaction } as const;
  queue.call(
    "act",
    call,
    { deadlineMs: WRITE_MS },
    (result: Result<TransactionResult>) => round.done(result.ok && result.value.succeeded),
  );
}

/** The next level counts, unless somebody has ordered something else meanwhile; or all of it goes. */
function secure(
  context: ActionContext,
  action: LeaderAction & { type: "secure" | "unsecure" },
  { securing }: Sorted,
  round: Round,
): void {
  const key = secureKey();
  const when = [{ key, mod: securing?.revision ?? 0 }];
  if (action.type === "secure") {
    return put(context, round, when, [{ type: "put", key, value: write(action.secure) }]);
  }
  // No plain cluster binds names.
  const ranges = [secureRange(), keys.prefixRange(keys.bindingKey(""))];
  put(context, round, when, [
    ...[key, keys.rollingKey()].map((gone) => ({ type: "delete", key: gone } as const)),
    ...ranges.map((range) => ({ type: "deleteRange", range } as const)),
  ]);
}

/** The size that was asked for is written down where nobody has. */
function keepSize(context: ActionContext, reading: Reading, round: Round): void {
  const key = keys.idealSizeKey();
  const { idealSize } = context.queue.settings;
  if (idealSize === undefined || reading.entries.some((entry) => entry.key === key)) {
    return round.done(true);
  }
  put(context, round, [{ key, create: 0 }], [{ type: "put", key, value: String(idealSize) }]);
}

/** Reads leader, journal and members; on with the call if everything is as it was. */
function fence(context: ActionContext, step: ChangeStep, journal: number, round: Round): void {
  const { queue } = context;
  const readAt = queue.now;
  let waiting = 2;
  let holds = true;
  let members: readonly Member[] = [];
  const arrived = () => {
    if (--waiting > 0) return;
    if (!holds || queue.now - readAt > FENCE_MS) return round.done(false);
    const again = round.again(members);
    const same = again.type === "step" && JSON.stringify(again.step) === JSON.stringify(step);
    if (!same) return round.done(true);
    callMember(context, step, journal, readAt, round);
  };
  const when = [
    { key: keys.leaderKey(), create: context.fence },
    { key: keys.operationKey(), mod: journal },
  ];
  const call = { type: "transact", transaction: { when, then: [] } } as const;
  queue.call("act", call, { deadlineMs: FENCE_DEADLINE_MS }, (result) => {
    holds &&= result.ok && result.value.succeeded;
    arrived();
  });
  queue.call("act members", { type: "members" }, { deadlineMs: FENCE_DEADLINE_MS }, (result) => {
    if (result.ok) members = result.value.members;
    holds &&= result.ok;
    arrived();
  });
}

function callMember(
  context: ActionContext,
  step: ChangeStep,
  journal: number,
  readAt: number,
  round: Round,
): void {
  const call: StoreCall = step.type === "add"
    ? { type: "add", peerUrls: step.peerUrls }
    : { type: step.type, memberId: step.memberId };
  const options = { deadlineMs: CALL_MS, notAfter: readAt + FENCE_MS };
  context.queue.call("act", call, options, (answer) => {
    const result = answer as Result<Members>;
    if (result.ok) {
      context.trouble = undefined;
      if (step.type === "add") context.addRefused = false;
      return round.done(true);
    }
    refused(context, step, journal, result.failure, round);
  });
}

/** What passes is waited for; else the operation is given up, and nothing begun for a while. */
function refused(
  context: ActionContext,
  step: ChangeStep,
  journal: number,
  { code = "refused", message }: Failure,
  round: Round,
): void {
  const { queue, trouble } = context;
  if (UNKNOWN.has(code)) return round.done(false);
  const since = trouble?.operation === journal ? trouble.since : queue.now;
  context.trouble = { operation: journal, since };
  if (PASSING.has(code) && queue.now - since < REFUSED_MS) return round.done(false);
  if (step.type === "add" && code === "unhealthy") context.addRefused = true;
  let delayMs = PAUSE.firstMs;
  for (let count = 0; count < context.abandoned; count++) delayMs = nextDelayMs(delayMs, PAUSE);
  context.abandoned = Math.min(context.abandoned + 1, 10);
  context.pausedUntil = queue.now + delayMs;
  context.pausedWhy = `${describeStep(step)}: ${message}`;
  context.trouble = undefined;
  const key = keys.operationKey();
  put(context, round, [{ key, mod: journal }], [{ type: "delete", key }]);
}

/** Closes the journal, together with what follows from it for the hosts. */
function end(
  context: ActionContext,
  { operation, outcome }: LeaderAction & { type: "end" },
  journal: number,
  { entries, members }: Reading,
  round: Round,
): void {
  const key = keys.operationKey();
  const then: StoreOperation[] = [{ type: "delete", key }];
  for (const step of operation.steps) {
    if (step.type !== "remove" || !isGone(step, members)) continue;
    const nominated = entries.find((entry) => entry.key === keys.nominatedKey(step.host));
    if (read.nomination(nominated?.value)?.memberId !== step.memberId) continue;
    then.push({ type: "delete", key: keys.nominatedKey(step.host) });
  }
  if (outcome === "done") {
    context.abandoned = 0;
    if (operation.backoff !== undefined) then.push(backOff(operation, operation.backoff, entries));
  }
  put(context, round, [{ key, mod: journal }], then);
}

function isGone(step: ChangeStep & { type: "remove" }, members: readonly Member[]): boolean {
  return members.every((member) => member.id !== step.memberId);
}

function backOff(operation: Change, host: string, entries: Reading["entries"]): StoreOperation {
  const key = keys.backoffKey(host);
  const last = read.backoff(entries.find((entry) => entry.key === key)?.value);
  const forMs = nextDelayMs(last?.forMs, BACKOFF);
  const failures = (last?.failures ?? 0) + 1;
  return { type: "put", key, value: write({ failures, forMs, reason: operation.reason }) };
}

function nominate(
  context: ActionContext,
  { host, memberId }: LeaderAction & { type: "nominate" },
  { members, entries }: Reading,
  round: Round,
): void {
  const { queue } = context;
  const member = members.find((each) => each.id === memberId);
  const { clusterId } = queue.disk;
  if (member === undefined || clusterId === undefined) return round.done(false);
  const key = keys.nominatedKey(host);
  const mod = entries.find((entry) => entry.key === key)?.modRevision ?? 0;
  const value = write({ memberId, clusterId, initialCluster: peersFor(member, members) });
  put(context, round, [{ key, mod }], [{ type: "put", key, value }]);
}

/**
 * Which member starts its etcd anew next, where all are to run with other arguments than they do. Pure,
 * and level-based: what each runs with is what it reports, so it does not matter who asked for it, or
 * whether the leader is still the same.
 *
 * Which arguments that are only the hosts know; here they have a name, a *generation*. Who wants it says
 * so in `ctl/rolling`; the leader writes there whose turn it is, and the agent of that host ends its etcd
 * and starts it again. One at a time, and only while all others are there and none is behind: with three
 * members the one that is away is all that may be missing.
 *
 * @module
 */

import type { RollingRecord } from "../store/records.ts";
import { isUp, type View, type ViewMember } from "./view.ts";

/** What happens next. */
export type RollingStep =
  /** It is the turn of that member, or of nobody any more. */
  | { readonly type: "turn"; readonly rolling: RollingRecord; readonly reason: string }
  /** Nobody's: somebody is away, or is expected back. */
  | { readonly type: "wait"; readonly reason: string }
  /** All run so. */
  | { readonly type: "done"; readonly reason: string };

/** Says it. */
export function nextRestart(view: View, rolling: RollingRecord): RollingStep {
  const { generation, turn, reason: purpose } = rolling;
  const inTurn = view.members.find(({ id }) => id === turn?.memberId);
  const isThere = (member: ViewMember) => whyAway(member) === undefined;
  const isNew = (member: ViewMember) => member.generation === generation;
  const away = view.members.find((member) => member !== inTurn && !isThere(member));
  if (inTurn !== undefined && !(isNew(inTurn) && isThere(inTurn))) {
    // Its agent may have been away when it was its turn: then that is given later.
    if (away !== undefined && !isNew(inTurn) && isThere(inTurn)) {
      return turnOf(rolling, undefined, `${whyAway(away)}: that comes first`);
    }
    return { type: "wait", reason: `${nameOf(inTurn)} starts its etcd anew: ${purpose}` };
  }
  const reason = whyNobody(view, away);
  if (reason !== undefined) {
    const waits = `nobody starts its etcd anew: ${reason} (${purpose})`;
    return turn === undefined ? { type: "wait", reason: waits } : turnOf(rolling, undefined, waits);
  }
  const next = view.members.filter((member) => !isNew(member))
    .toSorted((one, other) => rank(view, one) - rank(view, other))[0];
  if (next === undefined) {
    const done = `all etcds were started anew: ${purpose}`;
    return turn === undefined ? { type: "done", reason: done } : turnOf(rolling, undefined, done);
  }
  return turnOf(rolling, next, `${nameOf(next)} is to start its etcd anew: ${purpose}`);
}

function whyNobody(view: View, away: ViewMember | undefined): string | undefined {
  const strange = view.members.find(({ host }) => host === undefined);
  if (strange !== undefined) return `member ${strange.id} is none of mgmt's`;
  if (away !== undefined) return whyAway(away);
  const gone = view.members.find(({ host }) =>
    view.hosts.find((each) => each.host === host)?.live !== true
  );
  return gone === undefined ? undefined : `no agent runs on ${nameOf(gone)}`;
}

/** Why that member is not to be counted on; undefined: it is. */
function whyAway(member: ViewMember): string | undefined {
  const name = nameOf(member);
  if (!member.started) return `${name} has not started its etcd yet`;
  if (!isUp(member)) return `${name} is silent`;
  if (member.isCutOff === true) return `${name} knows of no other member`;
  return member.isBehind === true ? `${name} has not caught up` : undefined;
}

/** Who decides comes last, so that not each restart makes another leader. */
function rank({ self }: View, { host }: ViewMember): number {
  return host === self ? 1 : 0;
}

function turnOf(
  { generation, reason: purpose }: RollingRecord,
  member: ViewMember | undefined,
  reason: string,
): RollingStep {
  const turn = member === undefined ? {} : { turn: { memberId: member.id, host: nameOf(member) } };
  return { type: "turn", rolling: { generation, reason: purpose, ...turn }, reason };
}

function nameOf({ host, id }: ViewMember): string {
  return host ?? id;
}

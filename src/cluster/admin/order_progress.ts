/**
 * How far an order to take part, to offer itself or not to, or to go elsewhere has come, for people.
 *
 * @module
 */

import type { ClusterAgentStatus } from "../agent/agent.ts";
import type { OwnMember } from "../agent/io.ts";
import type { ObstacleReason } from "../agent/obstacle.ts";
import type { Destination } from "./move.ts";

/** What becomes of an order. */
export interface OrderReply {
  readonly state: "working" | "done" | "refused";
  /** What is being done, has been done, or why it was not. */
  readonly text: string;
  readonly hint?: string;
  /** What is waited for, as far as that is known: people are told it behind the text. */
  readonly waitsFor?: ObstacleReason;
  /** This host has done its share: what is missing is others' to do. */
  readonly offered?: boolean;
}

/** A host that obeys an order which is not to leave. */
export interface Obeying {
  /** What of the order matters here. */
  readonly order: { readonly volunteer: boolean; readonly join?: Destination };
  readonly status: ClusterAgentStatus;
  readonly member: OwnMember | undefined;
  /** Whether this run would ever run etcd. */
  readonly mayVolunteer: boolean;
  /** It had left, and came back in this run. */
  readonly isBack: boolean;
  readonly nowMs: number;
}

/** A contact that is lost for longer is spoken of. */
const LOST_MS = 10_000;

/** Says it. */
export function progressOf(obeying: Obeying): OrderReply {
  const { order, status: { phase, clusterId, answers }, member, mayVolunteer, isBack } = obeying;
  if (phase.type === "outcast") {
    const { message: text, hint } = phase.why;
    return { state: "refused", text, ...(hint === undefined ? {} : { hint }) };
  }
  if (order.join !== undefined) {
    return answers
      ? { state: "done", text: `is in cluster ${clusterId} now` }
      : { state: "working", text: `looks for a cluster at ${order.join.urls.join(", ")}` };
  }
  if (!order.volunteer) {
    return member === undefined
      ? { state: "done", text: "runs no etcd, and will not" }
      : { state: "working", text: "is a member until the others can do without it" };
  }
  if (!mayVolunteer) return isBack ? backAsClient(obeying) : neverVolunteers();
  if (member?.ran === true) return { state: "done", text: "runs etcd" };
  if (member !== undefined) return { state: "working", text: "starts etcd" };
  const text = "would run etcd; the leader asks it when it is needed";
  return { state: "working", ...(away(obeying) ?? { text, offered: true }) };
}

function backAsClient(obeying: Obeying): OrderReply {
  const text = "takes part again, as a client: this run never runs etcd";
  const waits = away(obeying);
  return waits === undefined ? { state: "done", text } : { state: "working", ...waits };
}

function neverVolunteers(): OrderReply {
  return {
    state: "refused",
    text: "this run never volunteers",
    hint: "it has --no-server or --noop, or ends by itself; start it without",
  };
}

/** What this host waits for where nobody can hear its offer. */
function away(
  { status, isBack, nowMs }: Obeying,
): Pick<OrderReply, "text" | "waitsFor"> | undefined {
  const { phase, lostSince } = status;
  const start = isBack ? "is back as a client" : "would run etcd";
  if (phase.type === "looking") {
    const { waitsFor } = phase;
    const text = `${start}; there is no cluster yet`;
    return { text, ...(waitsFor === undefined ? {} : { waitsFor }) };
  }
  const lostMs = lostSince === undefined ? 0 : nowMs - lostSince;
  return lostMs > LOST_MS ? { text: `${start}; its cluster does not answer` } : undefined;
}

/**
 * How a plain cluster becomes one that speaks TLS, on the same ports, while it is used; and back. Pure.
 *
 * It goes by levels, up or down one at a time, and to the next only when every member and every other
 * host that takes part is at this one. Where each is, it says itself; so whoever leads, and whoever was
 * killed in the middle, the next look finds what is missing.
 *
 * 1. Each etcd answers clients in plain text and over TLS, at the same address.
 * 2. Members speak TLS with each other, and their agents with all etcds.
 * 3. So do the agents of the other hosts.
 * 4. Each etcd answers over TLS alone.
 * 5. Users and roles count (`agent/rights_keeping.ts`), after which there is no way back.
 *
 * @module
 */

import type { RollingRecord, SecureRecord } from "../store/records.ts";
import { nextRestart } from "./rolling.ts";
import type { SecuringView, View } from "./view.ts";

/** What it does next. */
export type SecuringStep =
  & { readonly reason: string }
  & (
    /** The next level counts. */
    | { readonly type: "secure"; readonly secure: SecureRecord }
    | { readonly type: "turn"; readonly rolling: RollingRecord }
    /** It is a plain cluster again: all that was written for this goes. */
    | { readonly type: "unsecure" }
    | { readonly type: "wait" }
  );

/** The level at which users and roles are put in force. */
export const RIGHTS_LEVEL = 5;
/** From this level on agents of hosts without etcd speak TLS. */
export const AGENTS_LEVEL = 3;

const GENERATION = "secure-";
/** With which arguments etcd runs at each level. */
const GENERATIONS = ["plain", "both", "peers", "peers", "alone", "alone"] as const;

/** Those arguments. */
export type SecureGeneration = typeof GENERATIONS[number];

/** What each level is for, as people hear it while etcds start anew; up and down. */
const UP = [
  "",
  "answers clients over TLS, too",
  "speaks TLS with other members",
  "speaks TLS with other members",
  "answers over TLS alone",
  "answers over TLS alone",
];
const DOWN = [
  "speaks plain text alone again",
  "speaks plain text with other members again",
  "answers clients in plain text again, too",
  "answers clients in plain text again, too",
];

/** The name of the arguments at that level. */
export function generationAt(level: number): string {
  return `${GENERATION}${GENERATIONS[level] ?? "alone"}`;
}

/** What a name of arguments says of this; undefined: nothing. */
export function secureGeneration(generation: string | undefined): SecureGeneration | undefined {
  return GENERATIONS.find((each) => generation === `${GENERATION}${each}`);
}

/** How an agent speaks whose etcd runs so, or would; undefined: that does not follow. */
export function schemeOf(generation: string | undefined): "http" | "https" | undefined {
  const found = secureGeneration(generation);
  if (found === undefined) return undefined;
  return found === "peers" || found === "alone" ? "https" : "http";
}

/** Says what to do; undefined: nobody was told yet who takes part, and nothing is in the way of the rest. */
export function nextSecuring(view: View, securing: SecuringView): SecuringStep | undefined {
  const { record: { level, goal, servers, by } } = securing;
  const isUp = goal === "tls";
  if (isUp && servers.length === 0) return undefined;
  if (isUp && level === 0) {
    const why = whyNotBegun(view, securing);
    return why === undefined
      ? to(view, securing, 1)
      : { type: "wait", reason: `becomes TLS: ${why}` };
  }
  const rolled = roll(view, level, isUp, by);
  if (rolled !== undefined) return rolled;
  const late = lateAgent(view, securing);
  if (late !== undefined) {
    const reason = isUp ? "does not speak TLS yet" : "still speaks TLS";
    return { type: "wait", reason: `${title(isUp)}: the agent of ${late} ${reason}` };
  }
  if (isUp && level >= RIGHTS_LEVEL) {
    return { type: "wait", reason: "becomes TLS: puts users and roles in force" };
  }
  if (isUp) return to(view, securing, level + 1);
  return level > 0
    ? to(view, securing, level - 1)
    : { type: "unsecure", reason: "is a plain cluster again" };
}

function title(isUp: boolean): string {
  return isUp ? "becomes TLS" : "goes back to plain text";
}

function to(view: View, securing: SecuringView, level: number): SecuringStep {
  const { record } = securing;
  const isUp = record.goal === "tls";
  const what = level === AGENTS_LEVEL && isUp
    ? "agents of other hosts speak TLS"
    : level === RIGHTS_LEVEL
    ? "puts users and roles in force"
    : `each etcd ${isUp ? UP[level] : DOWN[level]}`;
  // From here on who was not there is answered in the other way alone.
  const without = level === (isUp ? AGENTS_LEVEL + 1 : 1) ? passedOver(view, securing) : "";
  const reason = `${title(isUp)}: ${what}${without}`;
  return { type: "secure", secure: { ...record, level }, reason };
}

/** Everybody that takes part must have what it needs before the first thing is changed. */
function whyNotBegun(view: View, { record, stages }: SecuringView): string | undefined {
  const { servers, agents, by } = record;
  const strange = view.members.find(({ host }) => host === undefined || !servers.includes(host));
  if (strange !== undefined) {
    return `${strange.host ?? strange.id} has become a member meanwhile: begin anew ` +
      `(mgmt cluster secure --abort on ${by}, then mgmt cluster secure)`;
  }
  const late = [...servers, ...agents].find((host) =>
    isLive(view, host) && stages.get(host) !== "ready"
  );
  return late === undefined ? undefined : `${late} has not taken its certificate yet`;
}

function roll(view: View, level: number, isUp: boolean, by: string): SecuringStep | undefined {
  const generation = generationAt(level);
  // Nobody was asked yet; who was may be about to start anew, though it does not say so.
  if (level === 0 && view.rolling === undefined) return undefined;
  const what = (isUp ? UP : DOWN)[level] ?? "";
  const rolling = { generation, reason: `it ${what} (mgmt cluster secure, on ${by})` };
  if (view.rolling?.generation !== generation) {
    return { type: "turn", rolling, reason: `${title(isUp)}: each etcd ${what}` };
  }
  // Two levels have the same arguments: what they are for now is not what the record says of the other one.
  const step = nextRestart(view, { ...view.rolling, ...rolling });
  return step.type === "done" ? undefined : step;
}

/** A host without etcd that speaks otherwise than it is to; who is off is not waited for. */
function lateAgent(view: View, securing: SecuringView): string | undefined {
  return lateAgents(view, securing).find((host) => isLive(view, host));
}

/** Whom nobody waited for. */
function passedOver(view: View, securing: SecuringView): string {
  const off = lateAgents(view, securing).filter((host) => !isLive(view, host));
  return off.length === 0 ? "" : `; not there: ${off.join(", ")}`;
}

function lateAgents(view: View, { record, stages }: SecuringView): readonly string[] {
  const { agents, level } = record;
  return agents.filter((host) =>
    !view.members.some((each) => each.host === host) &&
    (level >= AGENTS_LEVEL) !== (stages.get(host) === "tls")
  );
}

function isLive({ hosts }: View, host: string): boolean {
  return hosts.find((each) => each.host === host)?.live === true;
}

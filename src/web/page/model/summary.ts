/**
 * What is said of all resources together, and which of them a search means.
 *
 * @module
 */

import type { VertexState } from "../../../engine/vertex.ts";
import type { ShownResource } from "./shown.ts";

/** What needs eyes first. */
export const BY_URGENCY: readonly VertexState[] = [
  "failed",
  "aborted",
  "contested",
  "blocked",
  "would-change",
  "held",
  "unchecked",
  "ok",
];

/** A state in words, as it stands behind a name. */
export const STATE_WORDS: Readonly<Record<VertexState, string>> = {
  "failed": "failed",
  "aborted": "aborted",
  "contested": "contested",
  "blocked": "waits",
  "would-change": "would change",
  "held": "held",
  "unchecked": "not looked at yet",
  "ok": "as it should be",
};

/** How a resource is, in words: at work, or its state, and since when. */
export function standingOf(
  { state, sinceMs, worksSinceMs }: Pick<ShownResource, "state" | "sinceMs" | "worksSinceMs">,
): { readonly sign: VertexState | "works"; readonly words: string; readonly sinceMs: number } {
  return worksSinceMs === undefined
    ? { sign: state, words: STATE_WORDS[state], sinceMs }
    : { sign: "works", words: "working", sinceMs: worksSinceMs };
}

/** What a person looks for; empty: everything. */
export interface Filter {
  readonly text: string;
  readonly states: readonly VertexState[];
  readonly kind: string;
}

/** No filter. */
export const EVERYTHING: Filter = { text: "", states: [], kind: "" };

/** Whether it lets everything through. */
export function isOpen({ text, states, kind }: Filter): boolean {
  return text.trim() === "" && states.length === 0 && kind === "";
}

/** Whether a resource is looked for: each word of the text is somewhere in what is shown of it. */
export function fits(resource: ShownResource, { text, states, kind }: Filter): boolean {
  if (states.length > 0 && !states.includes(resource.state)) return false;
  if (kind !== "" && resource.kind !== kind) return false;
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return true;
  const { key, reason = "", failure = "", state } = resource;
  const how = `${STATE_WORDS[state]}\n${standingOf(resource).words}`;
  const all = `${key}\n${reason}\n${failure}\n${how}`.toLowerCase();
  return words.every((word) => all.includes(word));
}

/** How many are in each state. */
export function countStates(
  resources: Iterable<ShownResource>,
): Readonly<Record<VertexState, number>> {
  const counts = Object.fromEntries(BY_URGENCY.map((state) => [state, 0])) as Record<
    VertexState,
    number
  >;
  for (const { state } of resources) counts[state]++;
  return counts;
}

/** The most urgent of some states. */
export function worstOf(states: Iterable<VertexState>): VertexState {
  let worst = BY_URGENCY.length - 1;
  for (const state of states) worst = Math.min(worst, BY_URGENCY.indexOf(state));
  return BY_URGENCY[worst]!;
}

/** What is wrong first, within that the order of the graph. */
export function byUrgency(resources: Iterable<ShownResource>): readonly ShownResource[] {
  const ranks = new Map(BY_URGENCY.map((state, index) => [state, index]));
  return [...resources].sort((a, b) => ranks.get(a.state)! - ranks.get(b.state)!);
}

/** States that one sentence counts. */
const MOST_NAMED = 2;

/** How things are, in one sentence, and the most urgent state; undefined counts: no agent has said it. */
export function verdict(
  counts: Readonly<Record<VertexState, number>> | undefined,
): { readonly text: string; readonly worst: VertexState } {
  if (counts === undefined) return { text: "Not known yet", worst: "unchecked" };
  const total = BY_URGENCY.reduce((sum, state) => sum + counts[state], 0);
  const worst = worstOf(BY_URGENCY.filter((state) => counts[state] > 0));
  if (total === 0) return { text: "The graph is empty", worst };
  if (worst === "ok") {
    const what = total === 1 ? "The one resource is" : `All ${total} resources are`;
    return { text: `${what} as it should be`.replace("are as it", "are as they"), worst };
  }
  const parts = BY_URGENCY.filter((state) => state !== "ok" && counts[state] > 0);
  const named = parts.slice(0, MOST_NAMED).map((state) => `${counts[state]} ${STATE_WORDS[state]}`);
  const others = parts.slice(MOST_NAMED).reduce((sum, state) => sum + counts[state], 0);
  const more = others === 0 ? [] : [`${others} more to look at`];
  return { text: `${[...named, ...more].join(", ")}, of ${total}`, worst };
}

/**
 * What an edit of the graph would do to a host of which a running agent knows how it is: nothing is
 * looked at again.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Hold } from "../../engine/hold.ts";
import { edgesTo, type Graph } from "../../graph/graph.ts";
import { topologicalOrder } from "../../graph/order.ts";
import { type Resource, sameResource } from "../../kind/resource.ts";
import { NOTHING_LEFT } from "../reverse/leaving.ts";
import type { LeavingPlan } from "../reverse/outlook.ts";
import type { ResourceSnapshot } from "../../report/state.ts";
import { fieldDifference } from "./fields.ts";
import { type Plan, type PlanFinding, planOf } from "../../report/plan/outcome.ts";

/** What is known of a resource that stands in the graph in force. */
export type KnownResource = Pick<ResourceSnapshot, "state" | "reason" | "failure">;

/** What an edit is judged by. */
export interface EditParts {
  /** The graph in force, and the one that was written. */
  readonly before: Graph<Resource>;
  readonly after: Graph<Resource>;
  readonly known: ReadonlyMap<string, KnownResource>;
  holdOf(key: string): Hold | undefined;
  /** Whether not everybody may read what is in that resource's file. */
  isPrivate(resource: Resource): boolean;
  /** What is taken back because it leaves, and who is to hear of that. */
  readonly leaving?: LeavingPlan;
  /** What a refresh of it does; undefined: there is nothing that needs one. */
  refreshOf(resource: Resource): Promise<string | Failure | undefined>;
}

/** Compares the two graphs. */
export async function planOfEdit(parts: EditParts): Promise<Plan> {
  const { before, after, leaving = NOTHING_LEFT } = parts;
  const order = topologicalOrder(after);
  const keys = order.ok ? order.keys : [...after.vertices.keys()];
  const notifies = edgesTo({ ...after, edges: after.edges.filter(({ notify }) => notify) });
  const findings = new Map<string, PlanFinding>();
  const acting = new Set<string>();
  for (const key of keys) {
    const resource = after.vertices.get(key)!;
    const left = leaving.refreshes.filter(({ to }) => to.includes(key)).map(({ by }) => by);
    const askedBy = (notifies.get(key) ?? []).map(({ from }) => from)
      .filter((from) => acting.has(from)).concat(left);
    const finding = await refreshed(await foundOf(resource, parts), askedBy, resource, parts);
    findings.set(key, finding);
    if (asksOthers(finding, resource, askedBy)) acting.add(key);
  }
  const removed = [...before.vertices.keys()].filter((key) => !after.vertices.has(key));
  return { ...planOf(after, findings, []), removed, ...reversedOf(leaving) };
}

/** What a plan says of them. */
export function reversedOf({ reversed }: LeavingPlan): Pick<Plan, "reversed"> {
  return reversed.length === 0 ? {} : { reversed };
}

/** What becomes of it by itself. */
async function foundOf(resource: Resource, parts: EditParts): Promise<PlanFinding> {
  const before = parts.before.vertices.get(resource.key);
  if (before === undefined) {
    const reason = "new in the graph, so nobody has looked at it yet";
    return { outcome: "unknown", reason, edit: "added", ...heldOf(resource, parts) };
  }
  if (sameResource(before, resource)) return knownOf(resource, parts);
  const isPrivate = parts.isPrivate(before) || parts.isPrivate(resource);
  const { fields, lines, onlyMeta } = await fieldDifference(before, resource, isPrivate);
  const edited = { edit: "changed", difference: lines } as const;
  // Whose kind was changed is another resource, and nothing of it is compared.
  const reason = `edited: ${fields.join(", ")}`;
  if (onlyMeta) {
    const known = knownOf(resource, parts);
    return { ...known, ...edited, ...(known.reason === undefined ? { reason } : {}) };
  }
  if (resource.meta.noop) {
    return { ...edited, outcome: "ok", noop: true, otherwise: "change", reason };
  }
  if (resource.kind.preview !== "none") {
    return { ...edited, outcome: "change", reason, ...heldOf(resource, parts) };
  }
  const unknown = `${reason}; only doing it shows what comes of that`;
  return { ...edited, outcome: "unknown", reason: unknown, ...heldOf(resource, parts) };
}

function heldOf({ key }: Resource, { holdOf }: EditParts): Pick<PlanFinding, "hold"> {
  const hold = holdOf(key);
  return hold === undefined ? {} : { hold };
}

/** What the agent knows of what is not edited. */
function knownOf(resource: Resource, parts: EditParts): PlanFinding {
  const known = parts.known.get(resource.key);
  const because = known?.reason === undefined ? {} : { reason: known.reason };
  switch (known?.state) {
    case "ok":
      return { outcome: "ok" };
    case "failed": {
      const { failure } = known;
      return { outcome: "refused", reason: failure?.message ?? "it failed", ...failed(failure) };
    }
    // What it waits for is judged by itself.
    case "blocked":
      return known.reason === undefined
        ? { outcome: "unknown", reason: "it waits for others, and was not looked at" }
        : { outcome: "ok", heldBack: known.reason };
    case "held":
      return { outcome: "change", ...because, ...heldOf(resource, parts) };
    case "would-change":
      return resource.meta.noop
        ? { outcome: "ok", noop: true, otherwise: "change", ...because }
        : { outcome: "change", ...because };
    case "contested":
      return { outcome: "change", ...because };
    default:
      return { outcome: "unknown", reason: "the agent has not looked at it yet" };
  }
}

function failed(failure: Failure | undefined): Pick<PlanFinding, "failure"> {
  return failure === undefined ? {} : { failure };
}

/** The same where others ask it for a refresh; where it is changed, that is the refresh. */
export async function refreshed(
  finding: PlanFinding,
  askedBy: readonly string[],
  resource: Resource,
  { refreshOf }: Pick<EditParts, "refreshOf">,
): Promise<PlanFinding> {
  const { kind, meta } = resource;
  if (askedBy.length === 0 || finding.outcome === "refused") return finding;
  if (finding.outcome !== "ok" || meta.noop) return { ...finding, askedBy };
  if (kind.refresh === undefined || kind.junction === true) return finding;
  const does = await refreshOf(resource);
  if (does === undefined) return finding;
  if (typeof does !== "string") {
    return { ...finding, outcome: "refused", reason: does.message, failure: does };
  }
  return { ...finding, outcome: "refresh", reason: does, askedBy };
}

/** Whether those that it notifies would be asked for a refresh. */
export function asksOthers(
  { outcome, hold }: PlanFinding,
  { kind, meta }: Resource,
  askedBy: readonly string[],
): boolean {
  if (meta.noop || hold !== undefined) return false;
  if (kind.junction === true && askedBy.length > 0) return true;
  return outcome === "change" || outcome === "refresh" || outcome === "unknown";
}

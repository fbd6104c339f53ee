/**
 * What would become of each resource of a graph: from what was found of each by itself to what that
 * means together with those before it.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { ancestors, edgesTo, type Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { Hold } from "../../engine/hold.ts";
import { topologicalOrder } from "../../graph/order.ts";

/** What a run would do with a resource; in this order they are counted. */
export const OUTCOMES = [
  "ok",
  "change",
  "after",
  "refresh",
  "unknown",
  "refused",
  "blocked",
] as const;

export type PlanOutcome = typeof OUTCOMES[number];

/** What was found of one resource, as if nothing before it would be changed. */
export interface PlanFinding {
  readonly outcome: Exclude<PlanOutcome, "blocked">;
  /** What is against what should be, what a refresh would do, or why it is not known. */
  readonly reason?: string;
  readonly difference?: readonly string[];
  /** Of `after`: the key of whoever makes what it lacks now. */
  readonly after?: string;
  /** Keys of those who ask for a refresh. */
  readonly askedBy?: readonly string[];
  /** Of `refused`. */
  readonly failure?: Failure;
  /** An operator holds it, so nothing would be done about it. */
  readonly hold?: Hold;
  /** Its own `meta.noop` leaves it as it is; it is `ok`, as nothing would be done. */
  readonly noop?: true;
  /** What would become of it without that. */
  readonly otherwise?: Exclude<PlanOutcome, "blocked">;
  /** What it would leave undone, because more must be known first. */
  readonly heldBack?: string;
  /** Of a plan against a running agent: what its graph file says of it that is not in force. */
  readonly edit?: "added" | "changed";
}

/** One resource of a plan. */
export interface PlannedResource extends Omit<PlanFinding, "outcome"> {
  readonly key: string;
  readonly outcome: PlanOutcome;
  /** Set where what would be done cannot be taken back afterwards. */
  readonly irrevocable?: true;
  /** Of `blocked`: the key of what is refused; `otherwise` is what would become of it without that. */
  readonly behind?: string;
}

/** What a graph would do, in an order in which it may happen. */
export interface Plan {
  readonly graph: string;
  readonly resources: readonly PlannedResource[];
  readonly counts: Readonly<Record<PlanOutcome, number>>;
  /** Of a plan against a running agent: keys of what leaves the graph. */
  readonly removed?: readonly string[];
  /** Those that have left, or leave, and that `reverse: true` has taken back. */
  readonly reversed?: readonly PlannedReversal[];
}

/** What leaves the graph, and is to be taken back. */
export interface PlannedReversal {
  readonly key: string;
  /** Why it is left as it is all the same; absent: what it changed would be taken back. */
  readonly stays?: string;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Outcomes after which the world may be another for those behind. */
const CHANGES: ReadonlySet<PlanOutcome> = new Set(["change", "after", "unknown"]);

/** One makes what another needs, so that the other may be found otherwise once it has. */
export interface Making {
  readonly from: string;
  readonly to: string;
  /** It is what the other compares with, a source for instance. */
  readonly isUsed: boolean;
}

/** Puts a plan together. `makes`: who makes what others need, whether an edge says so or not. */
export function planOf(
  graph: Graph<Pick<Resource, "kind" | "params"> | undefined>,
  findings: ReadonlyMap<string, PlanFinding>,
  makes: readonly Making[],
): Plan {
  const order = topologicalOrder(graph);
  const keys = order.ok ? order.keys : [...graph.vertices.keys()];
  const before = edgesTo(graph);
  const makers = Map.groupBy(makes, ({ to }) => to);
  const planned = new Map<string, PlannedResource>();
  for (const key of keys) {
    const finding = findings.get(key) ?? NOT_LOOKED_AT;
    const parents = (before.get(key) ?? []).flatMap(({ from }) => planned.get(from) ?? []);
    const candidates = (makers.get(key) ?? []).filter((making) =>
      CHANGES.has(planned.get(making.from)?.outcome ?? "ok") && decides(making, finding.outcome)
    );
    // All that is before it is walked only where somebody may be there.
    const isBefore = candidates.length === 0 ? NOBODY : ancestors(key, before);
    const maker = candidates.find(({ from }) => isBefore.has(from))?.from;
    planned.set(key, judge(key, finding, parents, maker));
  }
  for (const [key, each] of planned) {
    const maker = laterMaker(makers.get(key) ?? [], each, planned);
    if (maker !== undefined) planned.set(key, { ...each, outcome: "after", after: maker });
  }
  const resources = [...planned.values()].map((each) => marked(each, graph.vertices.get(each.key)));
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [
    outcome,
    resources.filter((each) => each.outcome === outcome).length,
  ])) as Record<PlanOutcome, number>;
  return { graph: graph.name, resources, counts };
}

/** That it cannot be taken back, of what may be done. */
function marked(
  planned: PlannedResource,
  resource: Pick<Resource, "kind" | "params"> | undefined,
): PlannedResource {
  const isLast = planned.outcome !== "ok" && planned.outcome !== "refused" &&
    resource?.kind.irrevocable?.(resource.params) === true;
  return isLast ? { ...planned, irrevocable: true } : planned;
}

const NOT_LOOKED_AT: PlanFinding = { outcome: "unknown", reason: "it was not looked at" };

function judge(
  key: string,
  finding: PlanFinding,
  parents: readonly PlannedResource[],
  maker: string | undefined,
): PlannedResource {
  const obstacle = parents.find(isObstacle);
  if (obstacle !== undefined) {
    const behind = obstacle.behind ?? obstacle.key;
    return { ...finding, key, outcome: "blocked", behind, otherwise: finding.outcome };
  }
  if (finding.hold !== undefined) {
    return { ...finding, key, outcome: "blocked", otherwise: finding.outcome };
  }
  if (maker === undefined || finding.outcome === "refresh") return { ...finding, key };
  return { ...finding, key, outcome: "after", after: finding.after ?? maker };
}

/** What is held by an undo is as the operator wants it, and holds up nobody. */
function isObstacle({ outcome, behind, hold }: PlannedResource): boolean {
  const isWanted = behind === undefined && hold?.undo === true;
  return outcome === "refused" || (outcome === "blocked" && !isWanted);
}

/** Who makes what it uses only after it: it is looked at once more then. */
function laterMaker(
  makers: readonly Making[],
  { outcome }: PlannedResource,
  planned: ReadonlyMap<string, PlannedResource>,
): string | undefined {
  if (outcome !== "ok" && outcome !== "change") return undefined;
  return makers.find(({ from, isUsed }) =>
    isUsed && CHANGES.has(planned.get(from)?.outcome ?? "ok")
  )?.from;
}

/** Whether what one makes decides what becomes of another that was found so. */
function decides({ isUsed }: Making, found: PlanOutcome): boolean {
  if (found === "refused" || found === "after") return false;
  // A difference to be removed stays one, unless what it is compared with is made.
  return found === "ok" || isUsed;
}

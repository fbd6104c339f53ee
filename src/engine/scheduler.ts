/**
 * The scheduler: a Promise-based topological fan-out over a graph of nodes. It knows nothing of
 * resources. Each dirty node awaits the nodes it depends on, then is visited; nothing else orders
 * anything, and nodes that do not depend on each other are under way at the same time.
 *
 * ```text
 *            mark                 parents settled, all ok          visit ends
 *   rest ──────────▶ dirty ───────────────────────────▶ running ─────────────▶ rest
 *    ▲                 │ a parent is not ok                │ mark: dirty again
 *    └── blocked ◀─────┘                                   └──▶ one more visit
 *     a parent recovers: mark
 * ```
 *
 * A parent that leads by a light edge, and was right, is not waited for while it is merely looked at
 * again. If a visit fails while a parent has not settled, it was too early: what was looked at first is
 * chance where a directory goes with what is in it. It is repeated once that parent has settled.
 *
 * @module
 */

/** How a visit ended. `changed` wakes the nodes that depend on this one; `early` has no result. */
export type VisitOutcome = "ok" | "changed" | "failed" | "early";

/** The result of the last visit of a node. */
export type NodeStanding = "unchecked" | "ok" | "failed" | "blocked";

/** A node of the scheduler. `Payload` is what the visitor works on. */
export interface SchedulerNode<Payload> {
  readonly key: string;
  payload: Payload;
  parents: readonly SchedulerNode<Payload>[];
  children: readonly SchedulerNode<Payload>[];
  /** Those of the parents that lead here by a light edge. */
  lightParents: readonly SchedulerNode<Payload>[];
  /** The last visit was too early: this one waits for all parents. */
  patient: boolean;
  standing: NodeStanding;
  /** It is to be visited; marking twice is one mark. */
  dirty: boolean;
  /** A visit is under way. */
  running: boolean;
  /** No visit begins until `resume`, whatever marks it. */
  paused: boolean;
  /** It leaves the graph: those who wait for it wait until it is forgotten. */
  leaving: boolean;
  /** Resolves when the node is neither dirty nor running; absent while it rests. */
  settled: PromiseWithResolvers<void> | undefined;
}

/** What the scheduler calls. */
export interface SchedulerHooks<Payload> {
  /** Looks at the node and puts it right. Must not throw. */
  visit(node: SchedulerNode<Payload>): VisitOutcome | Promise<VisitOutcome>;
  /** Whether what the node's visit does now goes beyond looking. */
  changing(node: SchedulerNode<Payload>): boolean;
  /** The node waits for `by`, which failed or is itself blocked. Said when it becomes so. */
  blocked(node: SchedulerNode<Payload>, by: SchedulerNode<Payload>): void;
  /** The node is to be visited because of `by`, which it waited for if it was blocked. */
  woken(node: SchedulerNode<Payload>, by: SchedulerNode<Payload>): void;
  /** Nothing is dirty and nothing runs. */
  quiet(): void;
  /** A turn of the event loop if one is due, so that signals and input are heard. */
  yieldTurn(): Promise<void> | undefined;
}

const NONE: readonly never[] = [];

/** Makes a node at rest that was never visited. */
export function schedulerNode<Payload>(key: string, payload: Payload): SchedulerNode<Payload> {
  return {
    key,
    payload,
    parents: [],
    children: [],
    lightParents: NONE,
    patient: false,
    standing: "unchecked",
    dirty: false,
    running: false,
    paused: false,
    leaving: false,
    settled: undefined,
  };
}

/** Runs visits of nodes in the order of the graph. */
export class Scheduler<Payload> {
  readonly #hooks: SchedulerHooks<Payload>;
  /** Nodes that are dirty or running. */
  #pending = 0;
  #running = 0;
  #stopped = false;
  /** While nodes are marked in bulk, nothing is quiet. */
  #marking = 0;

  constructor(hooks: SchedulerHooks<Payload>) {
    this.#hooks = hooks;
  }

  /** Nodes that are dirty or running. */
  get pending(): number {
    return this.#pending;
  }

  /** Visits under way. */
  get running(): number {
    return this.#running;
  }

  /** Marks nodes and starts those that can start, in the order given. */
  async markAll(nodes: readonly SchedulerNode<Payload>[]): Promise<void> {
    this.#marking++;
    for (const node of nodes) this.#setDirty(node);
    for (const node of nodes) {
      const turn = this.#hooks.yieldTurn();
      if (turn !== undefined) await turn;
      this.#start(node);
    }
    this.#marking--;
    this.#quietIfSo();
  }

  /** The node is to be visited again. */
  mark(node: SchedulerNode<Payload>): void {
    if (this.#stopped || node.paused || node.dirty) return;
    this.#setDirty(node);
    this.#start(node);
  }

  /** Keeps a node from being visited until `resume`. */
  pause(node: SchedulerNode<Payload>): void {
    node.paused = true;
  }

  /** Ends a pause with one visit. */
  resume(node: SchedulerNode<Payload>): void {
    node.paused = false;
    this.mark(node);
  }

  /** Starts no further visit. Those that run go on. */
  stop(): void {
    this.#stopped = true;
  }

  /** A node leaves the graph: no further visit, and its children wait for `forget`. */
  leave(node: SchedulerNode<Payload>): void {
    node.paused = true;
    node.leaving = true;
  }

  /** Forgets a node that has left, when its visit has ended and its children are linked anew. */
  forget(node: SchedulerNode<Payload>): void {
    node.dirty = false;
    if (node.settled !== undefined) this.#settle(node);
    this.#quietIfSo();
  }

  /** Whether a failure of the visit under way may come from not having waited, or from a parent that became dirty. */
  isEarly({ patient, parents }: SchedulerNode<Payload>): boolean {
    return !patient && parents.some((parent) => parent.settled !== undefined);
  }

  #setDirty(node: SchedulerNode<Payload>): void {
    if (this.#stopped || node.paused || node.dirty) return;
    node.dirty = true;
    if (node.running) return;
    this.#pending++;
    node.settled = Promise.withResolvers<void>();
  }

  /** Begins the visit of a dirty node, at once if it waits for nobody. */
  #start(node: SchedulerNode<Payload>): void {
    if (!node.dirty || node.running || node.paused || this.#stopped) return;
    const waits = node.parents.filter((parent) =>
      parent.settled !== undefined && !this.#mayOvertake(node, parent)
    );
    if (waits.length > 0) void this.#startAfter(node, waits);
    else this.#visit(node);
  }

  /** Whether a node need not wait for a parent that has not settled: it was right, and may well be. */
  #mayOvertake(node: SchedulerNode<Payload>, parent: SchedulerNode<Payload>): boolean {
    if (node.patient || parent.standing !== "ok" || !node.lightParents.includes(parent)) {
      return false;
    }
    if (parent.running) return !this.#hooks.changing(parent);
    return !parent.paused && parent.parents.every(({ settled }) => settled === undefined);
  }

  async #startAfter(
    node: SchedulerNode<Payload>,
    waits: readonly SchedulerNode<Payload>[],
  ): Promise<void> {
    // Most wait for one; that needs no promise for all.
    await (waits.length === 1
      ? waits[0]?.settled?.promise
      : Promise.all(waits.map((parent) => parent.settled?.promise)));
    const turn = this.#hooks.yieldTurn();
    if (turn !== undefined) await turn;
    this.#start(node);
  }

  #visit(node: SchedulerNode<Payload>): void {
    const obstacle = node.parents.find((parent) => parent.standing !== "ok");
    if (obstacle !== undefined) return this.#hold(node, obstacle);
    node.dirty = false;
    node.running = true;
    this.#running++;
    const outcome = this.#hooks.visit(node);
    if (typeof outcome === "string") this.#finish(node, outcome);
    else void outcome.then((value) => this.#finish(node, value));
  }

  #hold(node: SchedulerNode<Payload>, by: SchedulerNode<Payload>): void {
    node.dirty = false;
    const before = node.standing;
    node.standing = "blocked";
    this.#settle(node);
    if (before !== "blocked") this.#hooks.blocked(node, by);
    this.#quietIfSo();
  }

  #finish(node: SchedulerNode<Payload>, outcome: VisitOutcome): void {
    node.running = false;
    this.#running--;
    if (node.leaving) return;
    node.patient = outcome === "early";
    if (outcome === "early") return this.#repeat(node);
    const recovered = node.standing !== "ok" && outcome !== "failed";
    node.standing = outcome === "failed" ? "failed" : "ok";
    // Those that were dirty before wait for this node already.
    const woken = node.children.filter((child) =>
      !child.dirty && (outcome === "changed" || (recovered && child.standing === "blocked"))
    );
    for (const child of woken) {
      this.#hooks.woken(child, node);
      this.#setDirty(child);
    }
    if (node.dirty && !this.#stopped && !node.paused) {
      this.#start(node);
    } else {
      node.dirty = false;
      this.#settle(node);
    }
    // By promise, not by call: a long chain must not become a deep stack.
    for (const child of woken) void this.#startAfter(child, []);
    this.#quietIfSo();
  }

  #repeat(node: SchedulerNode<Payload>): void {
    node.dirty = !this.#stopped && !node.paused;
    if (node.dirty) this.#start(node);
    else this.#settle(node);
    this.#quietIfSo();
  }

  #settle(node: SchedulerNode<Payload>): void {
    this.#pending--;
    const { settled } = node;
    node.settled = undefined;
    settled?.resolve();
  }

  #quietIfSo(): void {
    if (this.#marking === 0 && this.#running === 0 && (this.#pending === 0 || this.#stopped)) {
      this.#hooks.quiet();
    }
  }
}

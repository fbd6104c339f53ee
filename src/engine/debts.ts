/**
 * Refresh debts: that a notify edge's target must be refreshed because its source is about to
 * change. Written down before the change, struck out after the refresh, so that a crash in between
 * does not lose it.
 *
 * @module
 */

import type { Awaitable, Result } from "../base/result.ts";

/** A refresh that `source` owes `target`, in the graph of that name. */
export interface PendingRefresh {
  readonly graph: string;
  readonly source: string;
  readonly target: string;
  /** The source has left the graph and was taken back: the debt needs no edge. */
  readonly left?: true;
}

/** Where debts are written down. */
export interface RefreshStore {
  /** The debts of one graph that earlier runs left. */
  load(graph: string): Awaitable<Result<readonly PendingRefresh[]>>;
  /** Durable when it has returned; adding a debt twice is one debt. */
  add(debt: PendingRefresh): Awaitable<Result<void>>;
  /** Strikes a debt out; harmless when there is none. */
  remove(debt: PendingRefresh): Awaitable<Result<void>>;
}

/** Debts that end with the run. */
export function memoryDebts(): RefreshStore {
  const done: Result<void> = { ok: true, value: undefined };
  return {
    load: () => ({ ok: true, value: [] }),
    add: () => done,
    remove: () => done,
  };
}

/**
 * What passes of one engine have in common.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { EngineOptions } from "./options.ts";
import type { Regard } from "./regard.ts";
import type { Semaphores } from "./semaphores.ts";
import type { Vertex } from "./vertex.ts";

/** What passes share. */
export interface PassContext {
  readonly options: EngineOptions;
  readonly semaphores: Semaphores;
  /** Writes down that the targets of the vertex's notify edges must be refreshed. */
  owe(vertex: Vertex): Promise<Failure | undefined>;
  /** Strikes out what the vertex was owed when its refresh began. */
  settleDebts(vertex: Vertex, owed: ReadonlyMap<string, number>): Promise<void>;
  readonly regard: Regard;
  /** Aborts when the engine begins to stop. */
  readonly ending: AbortSignal;
}

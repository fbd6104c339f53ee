/**
 * What the engine does around an undo: nobody changes the resource meanwhile, and those who depend on it
 * hear of it afterwards.
 *
 * @module
 */

import { type Failure, failure } from "../base/result.ts";
import { addCause } from "./causes.ts";
import type { Regard } from "./regard.ts";
import type { Vertex } from "./vertex.ts";

/** Resolves when no pass changes a vertex that is held, and its debts of refreshes are written down. */
export async function beginUndo(
  vertex: Vertex,
  ending: AbortSignal,
  owe: (vertex: Vertex) => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  // Who waits for its turn looks for a hold when it has it.
  if (vertex.step !== undefined && vertex.step !== "wait") {
    await Promise.race([vertex.pass, aborted(ending)]);
  }
  if (ending.aborted) return failure("the agent is about to end", { code: "stopping" });
  return vertex.notifies.length === 0 ? undefined : await owe(vertex);
}

/** It is another now, which those who depend on it will hear of. */
export function markUndone(vertex: Vertex, author: string, regard: Regard): void {
  vertex.isUndone = true;
  addCause(vertex, { type: "undone", author });
  regard.changed(vertex);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

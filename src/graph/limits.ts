import { LIMITS } from "../base/limits.ts";
import { failure } from "../base/result.ts";
import type { Failure } from "../base/result.ts";

/** Why a graph of this size is refused, or undefined if it is not. */
export function graphTooLarge(vertices: number, edges: number): Failure | undefined {
  if (vertices > LIMITS.vertices) {
    return failure(`the graph has ${vertices} resources; at most ${LIMITS.vertices} are allowed`, {
      hint: "split it over several graph files, or manage a tree with one resource",
    });
  }
  if (edges > LIMITS.edges) {
    return failure(`the graph has ${edges} edges; at most ${LIMITS.edges} are allowed`, {
      hint: "put a noop resource between two groups that all depend on each other",
    });
  }
  return undefined;
}

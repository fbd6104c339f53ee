/**
 * Who is at work, for whoever looks on.
 *
 * @module
 */

import type { Vertex } from "./vertex.ts";

/** A vertex that works on something, or waits for its turn. */
export interface WorkingVertex {
  readonly key: string;
  /** What it is doing; `turn`: it waits for that of its own. */
  readonly step: "check" | "wait" | "apply" | "refresh" | "turn";
  /** What it waits for, where that is known. */
  readonly waitsFor: string | undefined;
  readonly forMs: number;
}

/** All of them together. */
export interface WorkNow {
  /** Those at it for long enough, who work before who waits, in the graph's order; cut to a few. */
  readonly vertices: readonly WorkingVertex[];
  /** How many they are. */
  readonly count: number;
  /** Somebody works or waits, for however long. */
  readonly isAny: boolean;
}

/** What is asked for: who is at it for so long already, and how many of them. */
export interface WorkQuestion {
  readonly leastMs: number;
  readonly most: number;
}

/** See {@linkcode WorkNow}. */
export function workNow(
  vertices: Iterable<Readonly<Vertex>>,
  nowMs: number,
  { leastMs, most }: WorkQuestion,
): WorkNow {
  const works: WorkingVertex[] = [];
  const waits: WorkingVertex[] = [];
  let [count, isAny] = [0, false];
  for (const { node, step = "turn", stepSinceMs, waitsFor, resource } of vertices) {
    if (!node.running) continue;
    isAny = true;
    const forMs = nowMs - stepSinceMs;
    if (forMs < leastMs) continue;
    count++;
    const those = step === "turn" || step === "wait" ? waits : works;
    if (those.length < most) those.push({ key: resource.key, step, waitsFor, forMs });
  }
  return { vertices: [...works, ...waits].slice(0, most), count, isAny };
}

/**
 * What a kind is given for one look at a resource.
 *
 * @module
 */

import type { KindContext, PassReason } from "../kind/kind.ts";
import { takeCauses } from "./causes.ts";
import type { PassContext } from "./pass_context.ts";
import type { Vertex } from "./vertex.ts";

const NOBODY: readonly string[] = [];

/** The context of a pass of a vertex, which takes its causes along; `signal` ends the pass. */
export function kindContextOf(
  vertex: Vertex,
  context: PassContext,
  signal: AbortSignal,
): KindContext {
  const { key, meta, headerText } = vertex.resource;
  const { emit, host, noop } = context.options;
  const isNoop = noop || meta.noop;
  const { owed, asked } = vertex;
  const refresh = owed.size > 0 || (isNoop && asked.size > 0);
  const asks = refresh ? [...new Set([...owed.keys(), ...isNoop ? asked : []])] : NOBODY;
  const cause: PassReason = { event: vertex.event, poll: vertex.poll, refresh };
  vertex.because = takeCauses(vertex, asks);
  vertex.event = vertex.poll = false;
  vertex.answersMs = vertex.heardMs;
  vertex.heardMs = undefined;
  const regard = context.regard.context(vertex);
  // Field by field: there is one of these for each look at each resource, and a spread costs more than all else of it.
  return {
    key,
    host,
    headerText,
    signal,
    ending: context.ending,
    cause,
    memory: vertex.memory,
    noop: isNoop,
    probes: context.options.plan?.probes ?? true,
    autogroup: meta.autogroup,
    line: (text, stream, how) =>
      emit({ type: "output", key, text, stream, ...(how?.detail ? { detail: true } : {}) }),
    warn: (text) => emit({ type: "warning", key, text }),
    note: (text) => emit({ type: "note", key, text }),
    progress: (how) => emit({ type: "progress", key, ...how }),
    claimed: regard.claimed,
    comes: regard.comes,
    claims: regard.claims,
    expected: regard.expected,
    leftOut: regard.leftOut,
    holdBack: regard.holdBack,
  };
}

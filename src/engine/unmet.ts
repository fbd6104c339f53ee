/**
 * What was still against what should be when a vertex was last looked at: of those that are not right, for whoever
 * asks for one.
 *
 * @module
 */

/** See the module. */
export interface Unmet {
  readonly reason: string;
  /** Lines of the difference, each with its sign; none where the kind has none, or nobody had time to make them. */
  readonly lines: readonly string[];
}

const MOST_LINES = 20;
const LONGEST_LINE = 200;

/** What of the outcome of a pass says what it found and left. */
export interface LeftOutcome {
  readonly type: string;
  readonly reason?: string;
  readonly difference?: readonly string[];
  /** Of one that failed. */
  readonly unmet?: Unmet;
}

/** What a pass has left; undefined: nothing, or it could not look. */
export function unmetOf({ unmet, reason, difference }: LeftOutcome): Unmet | undefined {
  if (unmet !== undefined) return bounded(unmet);
  // What was changed has a reason alone.
  if (reason === undefined || difference === undefined) return undefined;
  return bounded({ reason, lines: difference });
}

function bounded({ reason, lines }: Unmet): Unmet {
  const kept = lines.slice(0, MOST_LINES).map(cut);
  const more = lines.length - kept.length;
  return { reason: cut(reason), lines: more > 0 ? [...kept, `… and ${more} more lines`] : kept };
}

/** As a text of its own: a part of another would keep all of that in memory. */
function cut(text: string): string {
  const kept = text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE)}…`;
  return [...kept].join("");
}

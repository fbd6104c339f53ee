/**
 * What a program says only because its host is elected: it is to go when the host is not elected any more.
 *
 * @module
 */

import type { JsonValue } from "../../base/input.ts";
import { isJsonObject } from "../../base/json.ts";
import { holdsSecret } from "../../base/secret_token.ts";
import type { FromChildAnswering, KindOfProgram } from "../protocol.ts";
import type { InputSaying, RecordedRead } from "../recorded_reads.ts";

type GraphAnswer = Extract<FromChildAnswering, { type: "graph" }>;
type SaidEntry = Readonly<Record<string, JsonValue>>;

/** What is said of elections that nobody has won. */
export const NOT_ELECTED: InputSaying = { isKnown: true, value: false };

/** Whether something is read as the word of an election. */
export function isElection({ path }: Pick<RecordedRead, "path">): boolean {
  return path[0] === "elected";
}

/** Whether the host is elected for something that was read. */
export function hasWon(reads: readonly RecordedRead[]): boolean {
  return reads.some((read) => isElection(read) && "value" in read.said && read.said.value === true);
}

/**
 * Marks what is there only because the host is elected, so that it is taken back when it has left the graph, and
 * names what nothing can take back. `other`: what the same program says where it is not elected; where that is not
 * known, nothing is marked.
 */
export function markedAnswer(
  answer: GraphAnswer,
  other: FromChildAnswering,
  kinds: readonly KindOfProgram[],
): GraphAnswer {
  const reads = "reads" in other ? withReads(answer.reads, other.reads) : answer.reads;
  if (other.type !== "graph" || other.lacks !== undefined) return { ...answer, reads };
  const bound: string[] = [];
  const resources: Record<string, readonly SaidEntry[]> = Object.create(null);
  for (const [kind, entries] of Object.entries(answer.graph.resources)) {
    const { undoes = false, stays = false } = kinds.find((each) => each.kind === kind) ?? {};
    const there = new Set((other.graph.resources[kind] ?? []).map(nameIn));
    resources[kind] = entries.map((entry) => {
      if (there.has(nameIn(entry)) || isDecided(entry)) return entry;
      const canUndo = undoes && !holdsSecret(entry);
      if (!canUndo && (stays || undoes)) bound.push(`${kind}[${nameIn(entry)}]`);
      return canUndo ? reversed(entry) : entry;
    });
  }
  const graph = { ...answer.graph, resources };
  return { ...answer, reads, graph, ...(bound.length > 0 && { bound }) };
}

function nameIn({ name }: SaidEntry): string {
  return String(name).replace(/^@@/, "");
}

/** Its author has said what is to become of it. */
function isDecided({ meta }: SaidEntry): boolean {
  return isJsonObject(meta) && Object.hasOwn(meta, "reverse");
}

function reversed(entry: SaidEntry): SaidEntry {
  const { meta } = entry;
  return { ...entry, meta: { ...isJsonObject(meta) ? meta as SaidEntry : {}, reverse: true } };
}

/** What was only read where it is not elected decides what is marked, too; elections of that are nobody's to win. */
function withReads(
  reads: readonly RecordedRead[],
  more: readonly RecordedRead[],
): readonly RecordedRead[] {
  const keyOf = ({ path, of }: RecordedRead) => JSON.stringify([of, ...path]);
  const known = new Set(reads.map(keyOf));
  return [...reads, ...more.filter((read) => !isElection(read) && !known.has(keyOf(read)))];
}

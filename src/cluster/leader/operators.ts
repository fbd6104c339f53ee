/**
 * Operators, as the store has them, and their ends. Pure.
 *
 * @module
 */

import { leaderKey, operatorKey, parseKey } from "../store/keys.ts";
import { type OperatorRecord, read } from "../store/records.ts";
import type { StoreEntry, StoreTransaction } from "../store/store.ts";

/** An operator, as the store has it. */
export interface KnownOperator {
  readonly name: string;
  readonly record: OperatorRecord;
  readonly createRevision: number;
  readonly revision: number;
}

/** Reads those that are there. */
export function readOperators(entries: readonly StoreEntry[]): readonly KnownOperator[] {
  return entries.flatMap(({ key, value, createRevision, modRevision: revision }) => {
    const parsed = parseKey(key);
    const record = parsed?.type === "operator" ? read.operator(value) : undefined;
    return parsed?.type !== "operator" || record === undefined
      ? []
      : [{ name: parsed.name, record, createRevision, revision }];
  });
}

/** Ends an operator, while this leader leads (`fence`: the create revision of its key). */
export function endingOperator(
  { name, revision }: KnownOperator,
  fence: number,
): StoreTransaction {
  const key = operatorKey(name);
  return {
    when: [{ key: leaderKey(), create: fence }, { key, mod: revision }],
    then: [{ type: "delete", key }],
  };
}

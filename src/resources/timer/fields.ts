/**
 * The fields of a timer.
 *
 * @module
 */

import { gte, lte, number } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

const SHORTEST_SECONDS = 0.1;
/** Ten years. */
const LONGEST_SECONDS = 10 * 366 * 24 * 3600;

export const TIMER_FIELDS = defineFields({
  interval: {
    type: number().check(gte(SHORTEST_SECONDS), lte(LONGEST_SECONDS)),
    typeText: "seconds",
    summary: `the time from one to the next, at least ${SHORTEST_SECONDS}`,
    required: true,
  },
});

/** What a graph file says of a timer. */
export type TimerFields = FieldsOf<typeof TIMER_FIELDS>;

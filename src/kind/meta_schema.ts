/**
 * The meta-parameters as a graph file says them.
 *
 * @module
 */

import { array, boolean, gt, gte, int, lte, number, refine, string } from "zod/mini";
import { META_DEFAULTS } from "./meta.ts";
import type { Meta } from "./meta.ts";
import type { FieldSchema } from "./schema.ts";

/** What the map under `meta` may hold, after the schema. */
export interface MetaFields {
  readonly noop?: boolean;
  readonly autoedge?: boolean;
  readonly autogroup?: boolean;
  readonly retry?: number;
  readonly delay?: number;
  readonly poll?: number;
  readonly limit?: number;
  readonly burst?: number;
  readonly sema?: readonly string[];
  readonly timeout?: number;
}

/** A semaphore as text: a name, or a name and how many may hold it. */
const SEMAPHORE = /^([^:\s]+)(?::([1-9][0-9]{0,5}))?$/;

const flag = { type: boolean(), typeText: "true or false" };
const DAY_SECONDS = 86_400;

/** The meta-parameters by name; the reference table in the README is made from it. */
export const META_FIELDS: { readonly [Name in keyof Required<MetaFields>]: FieldSchema } = {
  noop: { ...flag, summary: "check only, and say what would be done", defaultText: "false" },
  autoedge: {
    ...flag,
    summary: "edges that are found by themselves begin or end here",
    defaultText: "true",
  },
  autogroup: {
    ...flag,
    summary: "done together with what others want at the same time (packages: one transaction)",
    defaultText: "true",
  },
  retry: {
    type: int().check(gte(-1), lte(1_000_000)),
    typeText: "a whole number from -1 (for ever)",
    summary: "tries after a failure",
    defaultText: "-1; in a run with --converged-timeout=0: 0",
  },
  delay: {
    type: int().check(gte(0), lte(DAY_SECONDS * 1000)),
    typeText: "milliseconds, a whole number from 0 to 86400000",
    summary: "pause before the next try; after ten tries at least 100",
    defaultText: "1 s, doubling to 5 min",
  },
  poll: {
    type: int().check(gte(0), lte(30 * DAY_SECONDS)),
    typeText: "seconds, a whole number from 0 (none) to 2592000",
    summary: "look again this often, also without an event",
    defaultText: "0",
  },
  limit: {
    type: number().check(gt(0), lte(1_000_000)),
    typeText: "a number above 0",
    summary: "passes per second at most",
    defaultText: "no limit",
  },
  burst: {
    type: int().check(gte(1), lte(1_000_000)),
    typeText: "a whole number from 1",
    summary: "passes that `limit` lets through at once",
    defaultText: "1",
  },
  sema: {
    type: array(string().check(refine((text) => SEMAPHORE.test(text)))),
    typeText: 'a list of names with sizes, for instance ["disk:2"]',
    summary: "semaphores that a pass holds",
    defaultText: "none",
  },
  timeout: {
    type: number().check(gte(0), lte(DAY_SECONDS)),
    typeText: "seconds, a number from 0 (no limit) to 86400",
    summary: "time that one pass may take",
    defaultText: "0",
  },
};

/** From what a graph file says to meta-parameters. */
export function toMeta(fields: MetaFields): Meta {
  return {
    noop: fields.noop ?? META_DEFAULTS.noop,
    autoedge: fields.autoedge ?? META_DEFAULTS.autoedge,
    autogroup: fields.autogroup ?? META_DEFAULTS.autogroup,
    ...(fields.retry === undefined ? {} : { retry: fields.retry }),
    ...(fields.delay === undefined ? {} : { delayMs: fields.delay }),
    pollSeconds: fields.poll ?? META_DEFAULTS.pollSeconds,
    ...(fields.limit === undefined ? {} : { limit: fields.limit }),
    burst: fields.burst ?? META_DEFAULTS.burst,
    sema: (fields.sema ?? []).map(toSemaphore),
    timeoutSeconds: fields.timeout ?? META_DEFAULTS.timeoutSeconds,
  };
}

function toSemaphore(text: string): { name: string; size: number } {
  const match = SEMAPHORE.exec(text);
  return { name: match?.[1] ?? text, size: Number(match?.[2] ?? 1) };
}

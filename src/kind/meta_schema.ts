/**
 * The meta-parameters as a graph file says them.
 *
 * @module
 */

import { array, boolean, enum as oneOf, gt, gte, int, lte } from "zod/mini";
import { number, refine, string } from "zod/mini";
import { META_DEFAULTS } from "./meta.ts";
import type { Meta, Semaphore } from "./meta.ts";
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
  readonly fleet_fallback?: "wait" | "go";
  readonly timeout?: number;
}

/** A semaphore as text: a name, or a name and how many may hold it. */
const SEMAPHORE = /^(?!fleet(?::|$))([^:\s]+)(?::([1-9][0-9]{0,5}))?$/;
/** One of the fleet; its name is no number, so that no size is taken for it. */
const OF_FLEET = /^fleet:([A-Za-z_][A-Za-z0-9_.-]{0,99})(?::([1-9][0-9]{0,5}))?$/;

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
    type: array(string().check(refine((text) => SEMAPHORE.test(text) || OF_FLEET.test(text)))),
    typeText:
      'a list of NAME:SIZE (no blank or colon in NAME; SIZE from 1 to 999999, left out 1) and fleet:NAME:SIZE (NAME of up to 100 letters, digits, _ - ., with a letter or _ first), for instance ["disk:2", "fleet:reload:1"]',
    summary: "semaphores that a pass holds; those of the fleet only while it changes something",
    defaultText: "none",
  },
  fleet_fallback: {
    type: oneOf(["wait", "go"]),
    typeText: "wait | go",
    summary:
      "where no cluster answers for --cluster-wait: wait for a place in the fleet's semaphores, or go on without",
    defaultText: "wait",
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
    sema: semaphores(fields.sema, SEMAPHORE),
    fleet: smallest(semaphores(fields.sema, OF_FLEET)),
    fleetFallback: fields.fleet_fallback ?? META_DEFAULTS.fleetFallback,
    timeoutSeconds: fields.timeout ?? META_DEFAULTS.timeoutSeconds,
  };
}

function semaphores(texts: readonly string[] = [], pattern: RegExp): Semaphore[] {
  return texts.flatMap((text) => {
    const [, name, size = 1] = pattern.exec(text) ?? [];
    return name === undefined ? [] : [{ name, size: Number(size) }];
  });
}

/** One of each name: who names one twice would wait for itself. */
function smallest(all: readonly Semaphore[]): Semaphore[] {
  const sizes = new Map<string, number>();
  for (const { name, size } of all) sizes.set(name, Math.min(size, sizes.get(name) ?? size));
  return [...sizes].map(([name, size]) => ({ name, size }));
}

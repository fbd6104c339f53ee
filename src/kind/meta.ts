/**
 * Meta-parameters: what every resource may say about how it is handled, whatever its kind. Each stands
 * in one place, as a graph file says it and as what it means to the engine.
 *
 * @module
 */

import { array, boolean, enum as oneOf, gt, gte, int, lte } from "zod/mini";
import { number, refine, string, type ZodMiniType } from "zod/mini";
import type { FieldSchema, FieldsOf, ValueOf } from "./schema.ts";
import { isSemaphore, semaphoresOf } from "./semaphore.ts";

/** A field, and what it means where it is said, and where it is not. */
function meta<Type extends ZodMiniType, Meaning>(
  schema: FieldSchema<Type>,
  meaning: (said: ValueOf<FieldSchema<Type>> | undefined) => Meaning,
) {
  return { ...schema, meaning };
}

const flag = { type: boolean(), typeText: "true or false" };
const DAY_SECONDS = 86_400;

/** The meta-parameters by name; the reference table in the README is made from it. */
export const META_FIELDS = {
  noop: meta(
    { ...flag, summary: "check only, and say what would be done", defaultText: "false" },
    (noop = false) => ({ noop }),
  ),
  autoedge: meta({
    ...flag,
    summary: "edges that are found by themselves begin or end here",
    defaultText: "true",
  }, (autoedge = true) => ({ autoedge })),
  autogroup: meta({
    ...flag,
    summary: "done together with what others want at the same time (packages: one transaction)",
    defaultText: "true",
  }, (autogroup = true) => ({ autogroup })),
  // -1: for ever; undefined: for ever, but not in a one-shot run.
  retry: meta({
    type: int().check(gte(-1), lte(1_000_000)),
    typeText: "a whole number from -1 (for ever)",
    summary: "tries after a failure",
    defaultText: "-1; in a run with --converged-timeout=0: 0",
  }, (retry) => set({ retry })),
  delay: meta({
    type: int().check(gte(0), lte(DAY_SECONDS * 1000)),
    typeText: "milliseconds, a whole number from 0 to 86400000",
    summary: "pause before the next try; after ten tries at least 100",
    defaultText: "1 s, doubling to 5 min",
  }, (delayMs) => set({ delayMs })),
  poll: meta({
    type: int().check(gte(0), lte(30 * DAY_SECONDS)),
    typeText: "seconds, a whole number from 0 (none) to 2592000",
    summary: "look again this often, also without an event",
    defaultText: "0",
  }, (pollSeconds = 0) => ({ pollSeconds })),
  limit: meta({
    type: number().check(gt(0), lte(1_000_000)),
    typeText: "a number above 0",
    summary: "passes per second at most",
    defaultText: "no limit",
  }, (limit) => set({ limit })),
  burst: meta({
    type: int().check(gte(1), lte(1_000_000)),
    typeText: "a whole number from 1",
    summary: "passes that `limit` lets through at once",
    defaultText: "1",
  }, (burst = 1) => ({ burst })),
  // A pass holds all of this host; those of the fleet only while something is changed.
  sema: meta({
    type: array(string().check(refine(isSemaphore))),
    typeText:
      'a list of NAME:SIZE (no blank or colon in NAME; SIZE from 1 to 999999, left out 1) and fleet:NAME:SIZE (NAME of up to 100 letters, digits, _ - ., with a letter or _ first), for instance ["disk:2", "fleet:reload:1"]',
    summary: "semaphores that a pass holds; those of the fleet only while it changes something",
    defaultText: "none",
  }, (texts = []) => semaphoresOf(texts)),
  fleet_fallback: meta({
    type: oneOf(["wait", "go"]),
    typeText: "wait | go",
    summary:
      "where no cluster answers for --cluster-wait: wait for a place in the fleet's semaphores, or go on without",
    defaultText: "wait",
  }, (fleetFallback = "wait") => ({ fleetFallback })),
  timeout: meta({
    type: number().check(gte(0), lte(DAY_SECONDS)),
    typeText: "seconds, a number from 0 (no limit) to 86400",
    summary: "time that one pass may take",
    defaultText: "0",
  }, (timeoutSeconds = 0) => ({ timeoutSeconds })),
};

/** What the map under `meta` may hold. */
export type MetaFields = FieldsOf<typeof META_FIELDS>;

type Meanings = ReturnType<(typeof META_FIELDS)[keyof MetaFields]["meaning"]>;

/** What the engine reads: all meanings together. */
export type Meta = { readonly [Name in keyof Together<Meanings>]: Together<Meanings>[Name] };

/** `A | B` as `A & B`. */
type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends
  (all: infer All) => void ? All : never;

/** From what a graph file says to meta-parameters. */
export function toMeta(said: MetaFields): Meta {
  const values: Readonly<Record<string, unknown>> = said;
  const meanings = Object.entries(META_FIELDS).map(([name, { meaning }]) =>
    (meaning as (said: unknown) => object)(values[name])
  );
  return Object.assign({}, ...meanings);
}

/** The meta-parameters of a resource that says nothing about them. */
export const META_DEFAULTS: Meta = toMeta({});

/** What is not said is not there. */
function set<Value extends Readonly<Record<string, unknown>>>(
  value: Value,
): { readonly [Name in keyof Value]?: Exclude<Value[Name], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Value]?: Exclude<Value[Name], undefined> };
}

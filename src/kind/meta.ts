/**
 * Meta-parameters: what every resource may say about how it is handled, whatever its kind. Each stands
 * in one place, as a graph file says it and as what it means to the engine.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  gt,
  gte,
  int,
  literal,
  lte,
  maxLength,
  minLength,
  number,
  refine,
  regex,
  string,
  union,
  type ZodMiniType,
} from "zod/mini";
import type { FieldSchema, FieldsOf, ValueOf } from "./schema.ts";
import { hasGoodName, hasGoodSize, SEMAPHORE_MOST, semaphoresOf } from "./semaphore.ts";

/** A field, and what it means where it is said, and where it is not. */
function meta<Type extends ZodMiniType, Meaning>(
  schema: FieldSchema<Type>,
  meaning: (said: ValueOf<FieldSchema<Type>> | undefined) => Meaning,
) {
  return { ...schema, meaning };
}

const flag = { type: boolean(), typeText: "true or false" };
/** What begins a comment and, after a blank, what ends it. */
const COMMENT_SIGNS = /^[!-~]{1,8}( [!-~]{1,8})?$/;
const DAY_SECONDS = 86_400;
const SEMAPHORES = 100;
const SEMAPHORE_LENGTH = 1000;
const FLEET_FORM =
  "fleet:NAME:SIZE (NAME of up to 100 letters, digits, _ - ., with a letter or _ first)";

/** The meta-parameters by name; the table in docs/reference.md is made from it. */
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
    type: union([number().check(gt(0), lte(1_000_000)), literal(Infinity)]),
    typeText: "a number above 0, or .inf",
    programText: "a number above 0",
    summary: "passes per second at most",
    defaultText: "no limit",
  }, (limit) => set({ limit: limit === Infinity ? undefined : limit })),
  burst: meta({
    type: int().check(gte(0), lte(1_000_000)),
    typeText: "a whole number from 1; 0 where there is no limit",
    summary: "passes that `limit` lets through at once",
    defaultText: "1",
  }, (burst = 1) => ({ burst })),
  // A pass holds all of this host; those of the fleet only while something is changed.
  sema: meta({
    type: array(
      string().check(
        minLength(1),
        maxLength(SEMAPHORE_LENGTH),
        refine(hasGoodName, `is no semaphore of the fleet: ${FLEET_FORM}`),
        refine(hasGoodSize, `has a size that is not from 1 to ${SEMAPHORE_MOST}`),
      ),
    ).check(maxLength(SEMAPHORES)),
    typeText:
      `a list of NAME:SIZE (NAME of any characters; what follows the last colon is SIZE if it is a number, from 1 to ${SEMAPHORE_MOST}, else 1) and ${FLEET_FORM}, for instance ["disk:2", "fleet:reload:1"]`,
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
  reverse: meta(
    {
      ...flag,
      summary: "when it leaves the graph, what it changed since it came is taken back",
      defaultText: "false",
    },
    (reverse = false) => ({ reverse }),
  ),
  // What is said: how comments begin (and end) there.
  header: meta({
    type: union([
      boolean(),
      string().check(regex(COMMENT_SIGNS, "must be the signs of a comment")),
    ]),
    typeText: 'true, false, or how comments begin (and end) in the file: "#", "/* */"',
    summary:
      "a file's first line, where its format has comments, says that mgmt manages it, and where that is written",
    defaultText: "false",
  }, (header = false) => set({ header: header === false ? undefined : header })),
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

/** What is wrong with meta-parameters that are right each by itself. */
export function metaMistake(
  { limit = Infinity, burst }: MetaFields,
): { readonly path: readonly string[]; message: string; hint: string } | undefined {
  if (burst !== 0 || limit === Infinity) return undefined;
  return {
    path: ["burst"],
    message: `with a limit, burst: 0 lets nothing through`,
    hint: "write burst: 1, or more",
  };
}

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

/** Whether something says how a file gets its header. */
export function isHeader(value: unknown): value is true | string {
  return value === true || (typeof value === "string" && COMMENT_SIGNS.test(value));
}

/** What is not said is not there. */
function set<Value extends Readonly<Record<string, unknown>>>(
  value: Value,
): { readonly [Name in keyof Value]?: Exclude<Value[Name], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Value]?: Exclude<Value[Name], undefined> };
}

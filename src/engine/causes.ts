/**
 * The causes of a vertex's next pass: gathered while it waits, taken when it begins, and kept for the
 * one after it where it did not answer them.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import type { SeenChange } from "../os/watch/watcher.ts";
import type { Matter } from "../kind/claims.ts";
import { type Resource, sameResource } from "../kind/resource.ts";
import type { Cause, SeenEvent } from "./cause.ts";
import type { Vertex } from "./vertex.ts";

const NONE: readonly Cause[] = [];
/** One for all vertices: a start must not cost each a list. */
const START: readonly Cause[] = [{ type: "start" }];
const ADDED: readonly Cause[] = [{ type: "graph", change: "added" }];
const CHANGED: readonly Cause[] = [{ type: "graph", change: "changed" }];
const POLL: Cause = { type: "poll" };
const CLAIMS: Cause = { type: "claims" };

/** Why vertices are looked at that came with a graph; `before`: those of the last one; undefined: there was none. */
export function causeOfGraph(
  vertices: readonly Vertex[],
  changed: ReadonlyMap<string, unknown>,
  { before, input, edit }: {
    readonly before: ReadonlyMap<string, Resource> | undefined;
    readonly input: string | undefined;
    readonly edit: SeenEvent | undefined;
  },
): void {
  const [isAdded, isChanged] = [ADDED, CHANGED].map((causes) => [
    ...withInput(causes, input),
    ...(edit === undefined ? [] : [edit]),
  ]);
  for (const vertex of vertices) {
    const { origin, key } = vertex.resource;
    if (before === undefined) vertex.causes = START;
    else if (origin === undefined) {
      vertex.causes = changed.has(key)
        ? causesOfChange(vertex, before.get(key), isChanged!)
        : isAdded!;
    }
    if (origin !== undefined) addCause(vertex, { type: "collected", ...origin });
  }
}

function withInput(causes: readonly Cause[], input: string | undefined): readonly Cause[] {
  return input === undefined ? causes : causes.map((cause) => ({ ...cause, input }));
}

function causesOfChange(
  { resource }: Vertex,
  before: Resource | undefined,
  otherwise: readonly Cause[],
): readonly Cause[] {
  const { secrets } = resource;
  if (secrets === undefined || before === undefined || !sameResource(before, resource)) {
    return otherwise;
  }
  return [{ type: "secret", names: secrets.names }];
}

/** A vertex before this one has changed, or is right again where this one waited for that. */
export function causeOfWaking(vertex: Vertex, key: string, waited: boolean): void {
  addCause(vertex, waited ? { type: "freed", by: key } : { type: "dependency", key });
}

/** Whether a vertex has asked for one of these matters; if so, that is why it is looked at. */
export function regardsAny(vertex: Vertex, matters: ReadonlySet<Matter>): boolean {
  const does = !vertex.regards.isDisjointFrom(matters);
  if (does) causeOfClaims(vertex);
  return does;
}

/** Adds a cause; of those that are the same in kind and about the same the last one stays. */
export function addCause(vertex: Vertex, cause: Cause): void {
  const { causes } = vertex;
  const at = causes.findIndex((other) => isAboutTheSame(other, cause));
  if (at >= 0) vertex.causes = causes.with(at, cause);
  else if (causes.length < LIMITS.causes) vertex.causes = [...causes, cause];
}

/** Adds what a watch has seen; more of the same is counted. */
export function addSeen(vertex: Vertex, seen: SeenChange, wallMs: () => number): void {
  const { source, path, more = 0 } = seen;
  const { causes } = vertex;
  let at = causes.findIndex((other) =>
    other.type === "event" && other.source === source && other.path === path
  );
  // Beyond the limit it is counted with the last one, whatever that is about.
  if (at < 0 && causes.length >= LIMITS.causes) {
    at = causes.findLastIndex(({ type }) => type === "event");
    if (at < 0) return;
  }
  const before = causes[at];
  if (before?.type === "event") {
    vertex.causes = causes.with(at, withMore(before, 1 + more));
    return;
  }
  vertex.causes = [...causes, seenEvent(seen, wallMs())];
}

/** What a watch has seen, as a cause; `atMs`: since 1970. */
export function seenEvent(seen: SeenChange, atMs: number): SeenEvent {
  const { source, path, what, more = 0 } = seen;
  const event: SeenEvent = {
    type: "event",
    source,
    ...(path === undefined ? {} : { path }),
    ...(what === undefined ? {} : { what }),
    atMs,
    ...(more === 0 ? {} : { more }),
  };
  return seen.who === undefined ? event : withAuthor(event, seen);
}

/** Who it was is known only a moment after the repair, so it is asked for when somebody reads it. */
function withAuthor(event: SeenEvent, seen: SeenChange): SeenEvent {
  return Object.defineProperty(event, "who", {
    enumerable: true,
    configurable: true,
    get: () => seen.who?.(),
  });
}

function withMore(event: SeenEvent, more: number): SeenEvent {
  const copy = Object.defineProperties({ ...event }, Object.getOwnPropertyDescriptors(event));
  return Object.assign(copy, { more: (event.more ?? 0) + more });
}

/** What other resources say of a vertex's paths is different, or was done since it looked. */
export function causeOfClaims(vertex: Vertex): void {
  addCause(vertex, CLAIMS);
}

/** The causes of the pass that begins now. */
export function takeCauses(vertex: Vertex, asks: readonly string[]): readonly Cause[] {
  const { causes, poll } = vertex;
  vertex.causes = NONE;
  if (!poll && asks.length === 0) return causes;
  const asked = new Set(asks);
  return [
    // Whom it owes a refresh to has changed: that is said by the refresh.
    ...causes.filter((cause) => cause.type !== "dependency" || !asked.has(cause.key)),
    ...(poll ? [POLL] : []),
    ...refreshes(vertex, asks),
  ];
}

/** A pass did not answer its causes: they are also those of the next one. */
export function keepCauses(vertex: Vertex): void {
  const since = vertex.causes;
  vertex.heardMs = vertex.answersMs ?? vertex.heardMs;
  // The others are found again as long as they hold.
  vertex.causes = vertex.because.filter(({ type }) => type !== "poll" && type !== "refresh");
  for (const cause of since) addCause(vertex, cause);
}

function refreshes({ earlier }: Vertex, asks: readonly string[]): readonly Cause[] {
  const old = asks.filter((key) => earlier?.has(key));
  const now = asks.filter((key) => !earlier?.has(key));
  return [
    ...(old.length === 0 ? [] : [{ type: "refresh", by: old, earlier: true } as const]),
    ...(now.length === 0 ? [] : [{ type: "refresh", by: now } as const]),
  ];
}

function isAboutTheSame(one: Cause, other: Cause): boolean {
  if (one.type === "event") {
    return other.type === "event" && one.source === other.source && one.path === other.path;
  }
  if (one.type === "dependency") return other.type === "dependency" && one.key === other.key;
  if (one.type === "freed") return other.type === "freed" && one.by === other.by;
  return one.type === other.type;
}

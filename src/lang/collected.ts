/**
 * The pass that puts into a graph what other hosts offer, as far as its `collect` entries take it.
 *
 * What comes from elsewhere never makes the local graph wrong: what does not fit is left out, and
 * said. What the graph itself says wins over what comes in; of two hosts the lowest id wins.
 *
 * @module
 */

import { compareTexts } from "../base/compare.ts";
import { LIMITS } from "../base/limits.ts";
import { holdsSecret } from "../base/secret_token.ts";
import { printable } from "../base/printable.ts";
import type { Graph } from "../graph/graph.ts";
import type { AttributeExpectation } from "../kind/claim.ts";
import type { AnyKind, FieldIssue, Registry } from "../kind/kind.ts";
import { META_DEFAULTS } from "../kind/meta.ts";
import {
  type CollectRule,
  type HostExport,
  isGoneFor,
  isMeant,
  matchesPattern,
  type Received,
} from "../kind/export.ts";
import { keyOf, type Resource, type ResourceOrigin } from "../kind/resource.ts";
import { joinCollected } from "./collect_junction.ts";
import type { FieldMistake } from "./field_issues.ts";
import { readFields } from "./fields.ts";
import { rulesOf } from "./resources.ts";

/** A graph with what was collected. */
export interface CollectedGraph {
  readonly graph: Graph<Resource>;
  /** What was left out or taken only in part, and whose it is. */
  readonly warnings: readonly string[];
  /** Places of offers that are left out: what is there may be what an earlier run took. */
  readonly leftOut: readonly AttributeExpectation[];
  /** Keys of the vertices that others offered. */
  readonly collected: ReadonlySet<string>;
}

/** Where offers that are not used yet would be, as far as it is one path. */
export function placesOf(
  offers: readonly HostExport[],
  { registry, rules }: CollectScope,
): readonly AttributeExpectation[] {
  return offers.flatMap((offer) =>
    rules.filter((rule) => isMeant(rule, offer)).flatMap(
      (rule): readonly AttributeExpectation[] => {
        const place = registry.get(offer.kind)?.receive?.(offer, rule).place;
        return place === undefined ? [] : [{ path: place, reach: "itself" }];
      },
    )
  );
}

const ANYWHERE: readonly AttributeExpectation[] = [{ path: "/", reach: "below" }];

/** Warnings beyond these are counted only. */
const WARNINGS_MAX = 50;

const TOO_MANY_EDGES =
  "the edges of collect are left out: with them the graph would have more than " +
  `${LIMITS.edges}`;

/** What the pass needs besides the offers. */
export interface CollectScope {
  readonly registry: Registry;
  readonly rules: readonly CollectRule[];
  /** For relative paths; absolute. */
  readonly directory: string;
}

/** Adds to a graph what it collects. */
export function collectInto(
  graph: Graph<Resource>,
  offers: readonly HostExport[],
  scope: CollectScope,
): CollectedGraph {
  if (scope.rules.length === 0 || offers.length === 0) {
    return { graph, warnings: [], leftOut: [], collected: new Set() };
  }
  const collector = new Collector(graph, scope);
  const sorted = offers.toSorted((a, b) =>
    compareTexts(a.hostId, b.hostId) || compareTexts(a.kind, b.kind) || compareTexts(a.name, b.name)
  );
  for (const offer of sorted) collector.take(offer);
  return collector.result();
}

class Collector {
  readonly #graph: Graph<Resource>;
  readonly #scope: CollectScope;
  readonly #added = new Map<string, Resource>();
  /** What each entry with an id takes. */
  readonly #byId = new Map<string, string[]>();
  readonly #warnings: string[] = [];
  readonly #leftOut: AttributeExpectation[] = [];
  /** Whose a thing is, by kind and identity. */
  readonly #owners = new Map<string, string>();
  /** Who decides what, as a whole or a part of it. */
  readonly #deciders = new Map<string, { readonly key: string; readonly part: boolean }>();
  #silent = 0;

  constructor(graph: Graph<Resource>, scope: CollectScope) {
    this.#graph = graph;
    this.#scope = scope;
    const kinds = new Set(scope.rules.map(({ kind }) => kind));
    for (const resource of graph.vertices.values()) {
      const { key, kind, params } = resource;
      if (kinds.has(kind.kind)) this.#owners.set(identity(kind, params), key);
      this.#decides(resource);
    }
  }

  take(made: HostExport): void {
    // Of kinds that no rule is about, which are perhaps not loaded, there may be values that programs read.
    const rules = this.#scope.rules.filter((rule) => isMeant(rule, made));
    const kind = rules.length === 0 ? undefined : this.#scope.registry.get(made.kind);
    if (kind === undefined || kind.unavailable !== undefined) return;
    for (const rule of rules) {
      const isGone = isGoneFor(rule, made);
      if (isGone && rule.withdrawn === "keep") continue;
      const offer = isGone ? { ...made, withdrawn: true } : made;
      const received = kind.receive === undefined
        ? receiveByName(offer, rule)
        : kind.receive(offer, rule);
      if (received.ok) return this.#add(kind, offer, rule, received);
      if (received.reason === undefined) continue;
      this.#leaveOut(offer, rule, received, received.reason);
    }
  }

  result(): CollectedGraph {
    const warnings = this.#silent === 0
      ? this.#warnings
      : [...this.#warnings, `${this.#silent} more offers of other hosts do not fit`];
    const leftOut = this.#leftOut;
    if (this.#added.size === 0) {
      return { graph: this.#graph, warnings, leftOut, collected: new Set() };
    }
    const whole = {
      ...this.#graph,
      vertices: new Map([...this.#graph.vertices, ...this.#added]),
    };
    const joined = joinCollected(whole, this.#byId);
    return {
      graph: joined ?? whole,
      warnings: joined === undefined ? [...warnings, TOO_MANY_EDGES] : warnings,
      leftOut,
      collected: new Set(this.#added.keys()),
    };
  }

  #add(
    kind: AnyKind,
    offer: HostExport,
    rule: CollectRule,
    received: Received & { ok: true },
  ): void {
    if (offer.withdrawn === true && rule.withdrawn === "keep") return;
    const read = this.#resource(kind, offer, received.fields);
    if (typeof read === "string") return this.#leaveOut(offer, rule, received, read);
    const thing = identity(kind, read.params);
    const owner = this.#owners.get(thing) ?? this.#otherDecider(read);
    if (owner !== undefined) return this.#warn(offer, `is left out: ${owner} is for the same`);
    if (this.#graph.vertices.size + this.#added.size >= LIMITS.vertices) {
      const reason = `the graph has ${LIMITS.vertices} resources`;
      return this.#leaveOut(offer, rule, received, reason);
    }
    const { dropped } = received;
    if (dropped.length > 0) this.#warn(offer, `is taken without ${dropped.join(", ")}`);
    this.#owners.set(thing, read.key);
    this.#decides(read);
    this.#added.set(read.key, read);
    if (rule.id === undefined) return;
    const keys = this.#byId.get(rule.id);
    if (keys === undefined) this.#byId.set(rule.id, [read.key]);
    else keys.push(read.key);
  }

  #decides({ key, kind, params }: Resource): void {
    for (const { subject, part } of kind.controls?.(params) ?? []) {
      if (!part || !this.#deciders.has(subject)) this.#deciders.set(subject, { key, part });
    }
  }

  /** Who decides something of which this one decides more than a part, or the other way round. */
  #otherDecider({ kind, params }: Resource): string | undefined {
    for (const { subject, part } of kind.controls?.(params) ?? []) {
      const other = this.#deciders.get(subject);
      if (other !== undefined && !(part && other.part)) return other.key;
    }
    return undefined;
  }

  /** What an earlier run took of it may still be there. */
  #leaveOut(offer: HostExport, rule: CollectRule, { place }: Received, reason: string): void {
    const places = place === undefined
      ? expectedOf([rule], this.#scope.registry)
      : [{ path: place, reach: "itself" } as const];
    this.#leftOut.push(...places);
    this.#warn(offer, `is left out: ${reason}`);
  }

  #resource(
    kind: AnyKind,
    offer: HostExport,
    fields: Readonly<Record<string, unknown>>,
  ): Resource | string {
    // A host must not have others write their secrets somewhere.
    if (holdsSecret(fields)) return "it asks for a secret of this host";
    const mistakes: FieldMistake[] = [];
    const issue = (mistake: FieldMistake) => mistakes.push(mistake);
    const read = readFields(fields, rulesOf(kind), issue);
    const { directory } = this.#scope;
    if (mistakes.length === 0) {
      const doubt = ({ message }: FieldIssue) => this.#warn(offer, `is doubtful: ${message}`);
      const header = kind.headed ? offer.header : undefined;
      const params = kind.resolve(read, { name: offer.name, directory, header, issue, doubt });
      if (mistakes.length === 0) {
        const name = `${offer.host}/${offer.name}`;
        const key = keyOf(kind.kind, name);
        const made = { key, kind, name, params, origin: originOf(offer) };
        if (header === undefined) return { ...made, meta: META_DEFAULTS };
        const headerText = `${key}, exported by host ${offer.host}`;
        return { ...made, meta: { ...META_DEFAULTS, header }, headerText };
      }
    }
    return mistakes[0]?.message ?? "it does not fit";
  }

  #warn({ host, kind, name }: HostExport, text: string): void {
    if (this.#warnings.length >= WARNINGS_MAX) this.#silent++;
    else {this.#warnings.push(
        printable(`${keyOf(kind, `${host}/${name}`)} of host ${host} ${text}`),
      );}
  }
}

/** Where something may come by rules of which it is not known yet what there is for them. */
export function expectedOf(
  rules: readonly CollectRule[],
  registry: Registry,
): readonly AttributeExpectation[] {
  return rules.flatMap((rule) => {
    const kind = registry.get(rule.kind);
    if (rule.pattern === undefined && rule.allow.length === 0) return [];
    if (kind?.claims === undefined) return [];
    return kind.expects?.(rule) ?? ANYWHERE;
  });
}

/** That it is withdrawn has another cause than its last change, which nobody has said. */
function originOf({ host, kind, name, cause, withdrawn }: HostExport): ResourceOrigin {
  const key = keyOf(kind, name);
  return cause === undefined || withdrawn === true ? { host, key } : { host, key, cause };
}

function identity(kind: AnyKind, params: unknown): string {
  return JSON.stringify([kind.kind, kind.identity(params)]);
}

/** Kinds that do not say what of them may come from elsewhere are taken only by name, whole. */
function receiveByName(offer: HostExport, rule: CollectRule): Received {
  if (!rule.allow.some((pattern) => matchesPattern(pattern, offer.name))) return { ok: false };
  return { ok: true, fields: offer.fields, dropped: [] };
}

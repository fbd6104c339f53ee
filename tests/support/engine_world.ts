/**
 * A small world for the engine: values by name that resources of the kind `thing` keep as they
 * should be, on a clock that the test moves.
 */

import { failure } from "../../src/base/result.ts";
import { memoryDebts, type RefreshStore } from "../../src/engine/debts.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineEvent } from "../../src/engine/event.ts";
import type { EngineOptions } from "../../src/engine/options.ts";
import type { Edge, Graph } from "../../src/graph/graph.ts";
import type { Host } from "../../src/host/host.ts";
import { defineKind, drift } from "../../src/kind/kind.ts";
import { type Meta, META_DEFAULTS } from "../../src/kind/meta.ts";
import { keyOf, type Resource } from "../../src/kind/resource.ts";
import type { SeenChange } from "../../src/os/watch/watcher.ts";
import { ManualClock } from "./manual_clock.ts";

/** What a `thing` should be. */
export interface ThingParams {
  readonly name: string;
  readonly value: string;
  /** How long its apply takes; 0: at once. */
  readonly takesMs?: number;
  /** How long its check takes; absent: it is done at once. */
  readonly looksMs?: number;
  /** Its apply takes no notice of being aborted. */
  readonly stubborn?: boolean;
}

export class EngineWorld {
  readonly clock = new ManualClock();
  readonly values = new Map<string, string>();
  /** Why things cannot be put right now, by name. */
  readonly broken = new Map<string, string>();
  /** Why things leave something undone, by name. */
  readonly holding = new Map<string, string>();
  /** Why the apply or the refresh of things would be refused, by name. */
  readonly refused = new Map<string, string>();
  /** What would mend those, by name. */
  readonly needs = new Map<string, readonly string[]>();
  /** Things that need no refresh now. */
  readonly asleep = new Set<string>();
  readonly events: EngineEvent[] = [];
  /** What was done, in order: `check a`, `apply a`, `refresh a`. */
  readonly log: string[] = [];
  readonly watchers = new Map<string, (seen?: SeenChange) => void>();
  readonly host: Host;
  /** How many applies run now, and ran at most, at the same time. */
  applying = 0;
  mostApplying = 0;

  constructor() {
    this.host = {
      clock: this.clock,
      watcher: { settle: () => Promise.resolve() },
    } as unknown as Host;
  }

  engine(options: Partial<EngineOptions> & { debts?: RefreshStore } = {}): Engine {
    return new Engine({
      host: this.host,
      emit: (event) => this.events.push(event),
      debts: memoryDebts(),
      noop: false,
      watching: true,
      seed: 1,
      repairBurst: 2000,
      repairsPerSecond: 5,
      differences: () => false,
      ...options,
    });
  }

  /** Someone else sets a value, and the watch tells. */
  disturb(name: string, value: string, seen?: SeenChange): void {
    this.values.set(name, value);
    this.watchers.get(name)?.(seen);
  }

  /** Events of one type. */
  of<Type extends EngineEvent["type"]>(type: Type): Extract<EngineEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<EngineEvent, { type: Type }> =>
      event.type === type
    );
  }

  /** Entries of the log that begin with `word`. */
  did(word: string): string[] {
    return this.log.filter((entry) => entry.startsWith(`${word} `))
      .map((entry) => entry.slice(word.length + 1));
  }

  #look({ name, value }: ThingParams) {
    const reason = this.broken.get(name);
    if (reason !== undefined) return failure(reason);
    const is = this.values.get(name);
    return is === value ? undefined : drift(`${is} → ${value}`, value);
  }

  readonly #foresight = {
    claims: ({ name }: ThingParams) => [{ path: `/srv/${name}`, says: "all" as const }],
    refuses: (_plan: string, { name }: ThingParams) => this.#refusal(name),
    refreshes: ({ name }: ThingParams) => {
      if (this.asleep.has(name)) return undefined;
      return this.#refusal(name) ?? (name === "b" ? "refresh" : `reload ${name}`);
    },
  };

  #refusal(name: string) {
    const reason = this.refused.get(name);
    const needs = this.needs.get(name);
    if (reason === undefined) return undefined;
    return { ...failure(reason), ...(needs === undefined ? {} : { needs }) };
  }

  readonly #kind = defineKind<unknown, ThingParams, string, Record<string, never>>({
    kind: "thing",
    summary: "a value of the test's world",
    fields: {} as never,
    examples: [],
    heals: true,
    changesHost: false,
    preview: "full",
    resolve: () => ({ name: "", value: "" }),
    identity: (params) => params.name,
    memory: () => ({}),
    ...this.#foresight,
    check: (params, context) => {
      this.log.push(`check ${params.name}`);
      const holds = this.holding.get(params.name);
      if (holds !== undefined) context.holdBack(holds);
      if (params.looksMs === undefined) return this.#look(params);
      return this.clock.sleep(params.looksMs, context.signal).then(() => this.#look(params));
    },
    apply: async (plan, params, context) => {
      this.applying++;
      this.mostApplying = Math.max(this.mostApplying, this.applying);
      const signal = params.stubborn === true ? undefined : context.signal;
      if (params.takesMs !== undefined) await this.clock.sleep(params.takesMs, signal);
      this.applying--;
      if (context.signal.aborted) return failure("aborted");
      this.log.push(`apply ${params.name}`);
      this.values.set(params.name, plan);
      return undefined;
    },
    refresh: (params) => {
      this.log.push(`refresh ${params.name}`);
      return undefined;
    },
    watch: (params, context) => {
      this.watchers.set(params.name, context.changed);
      return { close: () => this.watchers.delete(params.name) };
    },
  });

  /**
   * A graph of things, `a -> b` for an edge, `a => b` for one that notifies, and `a ~> b` for one
   * that nobody wrote.
   */
  graph(
    things: Readonly<Record<string, Partial<ThingParams> & { meta?: Partial<Meta> }>>,
    edges: readonly string[] = [],
    name = "test",
  ): Graph<Resource> {
    const vertices = new Map<string, Resource>();
    for (const [thing, { meta, ...params }] of Object.entries(things)) {
      const key = keyOf("thing", thing);
      vertices.set(key, {
        key,
        kind: this.#kind,
        name: thing,
        params: { name: thing, value: "right", ...params },
        meta: { ...META_DEFAULTS, ...meta },
      });
    }
    return { name, vertices, edges: edges.map(parseEdge) };
  }
}

function parseEdge(text: string): Edge {
  const [from = "", arrow, to = ""] = text.split(" ");
  const ends = { from: keyOf("thing", from), to: keyOf("thing", to) };
  if (arrow === "~>") return { ...ends, name: "why not", notify: false, automatic: true };
  return { ...ends, name: text, notify: arrow === "=>" };
}

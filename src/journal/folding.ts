/**
 * From events to entries: what is said of one action in several events becomes one entry, and what
 * happens again and again one that counts.
 *
 * @module
 */

import { type Failure, keptMessage } from "../base/result.ts";
import type { Writable } from "../base/writable.ts";
import type { Cause } from "../engine/cause.ts";
import { clusterSentence } from "../report/cluster_text.ts";
import type { ReportEvent } from "../report/event.ts";
import { type EntryDetail, type EntryType, type GraphChange, NewEntry } from "./entry.ts";
import {
  causingKeys,
  countedFrom,
  isSameAgain,
  type LastEntry,
  signatureOf,
} from "./same_again.ts";

/** Resources of which the last entry is remembered. */
const REMEMBERED = 1000;
/** Characters of a text that are kept, lines of a difference, names in a list. */
const TEXT_MAX = 2000;
const LINES_MAX = 60;
const NAMES_MAX = 50;

/** Takes what comes of events. */
export interface EntryTaker {
  /** An entry that is new. */
  add(entry: NewEntry): void;
  /** One that was given before has become different. */
  again(entry: NewEntry): void;
}

type FoldedEvent<Type extends ReportEvent["type"]> = Extract<ReportEvent, { type: Type }>;
type Detail = Writable<EntryDetail>;

/** What has been said of an action that still goes on. */
interface Begun {
  readonly refresh: boolean;
  readonly detail: Detail;
}

/** Makes entries of events. */
export class Folding {
  readonly #nowMs: () => number;
  readonly #taker: EntryTaker;
  readonly #begun = new Map<string, Begun>();
  readonly #lasts = new Map<string, LastEntry>();
  /** Of the graph in force, as a function: a set of them costs time that nobody has at the start. */
  #keys: (() => Iterable<string>) | undefined;

  /** `nowMs`: the time of day, in milliseconds since 1970. */
  constructor(nowMs: () => number, taker: EntryTaker) {
    this.#nowMs = nowMs;
    this.#taker = taker;
  }

  /** Takes up what has happened. */
  event(event: ReportEvent): void {
    switch (event.type) {
      case "apply":
        return this.#apply(event);
      case "difference":
        return this.#note(event.key, (detail) => detail.difference = linesOf(event.lines));
      case "undo-record":
        return this.#note(event.key, (detail) => detail.undo = event.undo);
      case "output":
        return this.#output(event);
      case "changed":
        return this.#changed(event);
      case "failed":
        return this.#failed(event);
      case "aborted":
        return this.#end("aborted", event.key, { tookMs: event.tookMs });
      case "would-change":
        return this.#wouldChange(event);
      case "contested":
        return this.#contested(event);
      case "held":
        return this.#held(event);
      case "hold-ended":
        return this.#holdEnded(event);
      case "refresh-dropped":
        return this.#end("refresh-dropped", event.target, { askedBy: [event.source] });
      case "exited":
        return void this.#begun.delete(event.key);
      default:
        return this.#runEvent(event);
    }
  }

  #runEvent(event: ReportEvent): void {
    switch (event.type) {
      case "start":
        return this.#run("start", { version: event.version, file: event.file }, false);
      case "stop":
        return this.#run("stop", { exitCode: event.exitCode }, false);
      case "graph":
        return this.#graph(event);
      case "diagnostics":
        return event.errors > 0
          ? this.#run("refused", { text: mistakesIn(event.text), count: event.errors })
          : undefined;
      case "last-good":
        return this.#run("last-good", { file: event.file, text: event.readAt });
      case "good-again":
        return this.#run("good-again", { file: event.file });
      case "cluster":
        return this.#cluster(event);
      default:
        return;
    }
  }

  #apply({ key, reason, refresh, askedBy, causes, ...more }: FoldedEvent<"apply">): void {
    const detail: Detail = { reason: shortened(reason), ...causesOf(causes), ...stepsOf(more) };
    if (askedBy !== undefined) detail.askedBy = askedBy.slice(0, NAMES_MAX);
    this.#begun.set(key, { refresh, detail });
  }

  #output({ key, text }: FoldedEvent<"output">): void {
    this.#note(key, (detail) => {
      const { lines = 0, bytes = 0 } = detail.output ?? {};
      detail.output = { lines: lines + 1, bytes: bytes + text.length + 1 };
    });
  }

  #note(key: string, work: (detail: Detail) => void): void {
    const begun = this.#begun.get(key);
    if (begun !== undefined) work(begun.detail);
  }

  #changed({ key, reason, tookMs, worldless, causes, ...more }: FoldedEvent<"changed">): void {
    const type = this.#begun.get(key)?.refresh === true ? "refreshed" : "changed";
    this.#end(type, key, {
      reason: shortened(reason),
      tookMs: Math.round(tookMs * 1000) / 1000,
      ...(worldless ? { worldless } : {}),
      ...causesOf(causes),
      ...stepsOf(more),
    });
  }

  #failed({ key, failure, retryMs, noop, causes, ...more }: FoldedEvent<"failed">): void {
    this.#end("failed", key, {
      failure: failureOf(failure),
      ...(retryMs === undefined ? {} : { retryMs }),
      ...(noop ? { noop } : {}),
      ...causesOf(causes),
      ...stepsOf(more),
    });
  }

  #wouldChange(
    { key, reason, difference, causes, askedBy, ...more }: FoldedEvent<"would-change">,
  ): void {
    this.#end("would-change", key, {
      reason: shortened(reason),
      noop: true,
      ...(difference.length === 0 ? {} : { difference: linesOf(difference) }),
      ...(askedBy === undefined ? {} : { askedBy: askedBy.slice(0, NAMES_MAX) }),
      ...causesOf(causes),
      ...stepsOf(more),
    });
  }

  #contested(
    { key, reason, difference, pauseMs, causes, ...more }: FoldedEvent<"contested">,
  ): void {
    this.#end("contested", key, {
      reason: shortened(reason),
      pauseMs,
      ...(difference.length === 0 ? {} : { difference: linesOf(difference) }),
      ...causesOf(causes),
      ...stepsOf(more),
    });
  }

  #held({ key, reason, difference, causes, hold }: FoldedEvent<"held">): void {
    this.#end("held", key, {
      reason: shortened(reason),
      hold,
      ...(difference.length === 0 ? {} : { difference: linesOf(difference) }),
      ...causesOf(causes),
    });
  }

  #holdEnded({ keys, why }: FoldedEvent<"hold-ended">): void {
    const reason = why === "time" ? "its time is over" : "released";
    for (const key of keys.slice(0, NAMES_MAX)) this.#end("hold-ended", key, { reason });
  }

  /** The names of what came and went; the first graph is all new. */
  #graph({ keys, changedKeys = () => [], ...event }: FoldedEvent<"graph">): void {
    const before = this.#keys;
    this.#keys = keys;
    const { name, vertices, edges, added, changed, removed } = event;
    const graph = { name, vertices, edges, added, changed, removed };
    if (before === undefined) return this.#run("graph", { graph }, false);
    const entry = new NewEntry("graph", this.#nowMs(), undefined, { graph });
    entry.completes = () => {
      const names = { ...namesOf(before, keys), changedKeys: someOf(changedKeys(), () => true) };
      entry.detail = { graph: { ...graph, ...names } };
    };
    this.#taker.add(entry);
  }

  #cluster(event: FoldedEvent<"cluster">): void {
    const said = clusterSentence(event);
    if (said !== undefined) this.#run("cluster", { what: event.what, text: shortened(said.text) });
  }

  #run(type: EntryType, detail: EntryDetail, isNews = true): void {
    this.#taker.add(new NewEntry(type, this.#nowMs(), undefined, detail, { isNews }));
  }

  /** An action is over. */
  #end(type: EntryType, key: string, more: EntryDetail): void {
    const detail = { ...this.#begun.get(key)?.detail, ...more };
    this.#begun.delete(key);
    const nowMs = this.#nowMs();
    const signature = signatureOf(type, detail);
    const last = this.#lasts.get(key);
    const causing = causingKeys(detail, key).map((each) => this.#lasts.get(each)?.entry);
    if (last !== undefined && isSameAgain(last, { type, detail, signature, causing, nowMs })) {
      const { entry } = last;
      entry.times++;
      entry.lastMs = nowMs;
      const { place, path } = entry.detail;
      entry.detail = { ...detail, ...(place && { place }), ...(path && { path }) };
      this.#taker.again(entry);
      return;
    }
    const entry = new NewEntry(type, nowMs, key, detail);
    this.#remember(key, { entry, signature, causing, ...countedFrom(last, nowMs) });
    this.#taker.add(entry);
  }

  #remember(key: string, last: LastEntry): void {
    this.#lasts.delete(key);
    this.#lasts.set(key, last);
    if (this.#lasts.size <= REMEMBERED) return;
    const oldest = this.#lasts.keys().next();
    if (!oldest.done) this.#lasts.delete(oldest.value);
  }
}

function causesOf(causes: readonly Cause[] | undefined): Pick<EntryDetail, "causes"> {
  return causes === undefined ? {} : { causes: causes.slice(0, NAMES_MAX) };
}

/** How long the steps of a pass took, where the engine says it. */
function stepsOf(more: object): Pick<EntryDetail, "steps"> {
  return "steps" in more ? { steps: more.steps as NonNullable<EntryDetail["steps"]> } : {};
}

/** What a command printed may be said once, and is not kept. */
function failureOf(failure: Failure): NonNullable<EntryDetail["failure"]> {
  const { code, hint } = failure;
  return {
    message: shortened(keptMessage(failure)),
    ...(code === undefined ? {} : { code }),
    ...(hint === undefined ? {} : { hint: shortened(hint) }),
  };
}

/** The lines with the mistakes of a text that also has excerpts and colours. */
function mistakesIn(text: string): string {
  // deno-lint-ignore no-control-regex -- colours are control characters
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "");
  const lines = plain.split("\n").filter((line) => /(^|: )(error|warning): /.test(line));
  return shortened(lines.join("\n"));
}

/** The names of what came and went. */
function namesOf(
  before: () => Iterable<string>,
  after: () => Iterable<string>,
): Pick<GraphChange, "addedKeys" | "removedKeys"> {
  const [old, now] = [new Set(before()), new Set(after())];
  return {
    addedKeys: someOf(now, (key) => !old.has(key)),
    removedKeys: someOf(old, (key) => !now.has(key)),
  };
}

function someOf(keys: Iterable<string>, isSo: (key: string) => boolean): string[] {
  const some: string[] = [];
  for (const key of keys) {
    if (!isSo(key)) continue;
    some.push(key);
    if (some.length === NAMES_MAX) break;
  }
  return some;
}

function linesOf(lines: readonly string[]): readonly string[] {
  return lines.slice(0, LINES_MAX).map(shortened);
}

function shortened(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}

/**
 * The state of the page: answers and events of the agent, folded. Views read it and never change it.
 *
 * @module
 */

import type { VertexState } from "../../../engine/vertex.ts";
import { type Applying, entryOf } from "./live_entries.ts";
import type {
  Contact,
  PageGraph,
  ShownEdge,
  ShownEntry,
  ShownResource,
  ShownStatus,
} from "./shown.ts";
import { countStates } from "./summary.ts";
import {
  failureText,
  numberOf,
  objectsOf,
  textOf,
  textsOf,
  type Unread,
  workSince,
} from "./wire.ts";

/** What ended while nobody listened is not known to have ended. */
const IDLE = { worksSinceMs: undefined, progress: undefined } as const;

/** Entries that are kept; who wants more asks the journal. */
const MOST_ENTRIES = 500;

/** What an event says of where a resource stands. */
const STATE_OF: Readonly<Record<string, VertexState>> = {
  "ok": "ok",
  "changed": "ok",
  "failed": "failed",
  "would-change": "would-change",
  "contested": "contested",
  "held": "held",
  "aborted": "aborted",
  "blocked": "blocked",
};

/** What has to be asked for anew after an event. */
export type StillUnknown = "graph" | "status" | "cluster" | undefined;

/** All that is shown. */
export class PageState {
  contact: Contact = { is: "connecting" };
  status: ShownStatus | undefined;
  graphName = "";
  /** By key, in the order of the graph. */
  resources: ReadonlyMap<string, ShownResource> = new Map();
  edges: readonly ShownEdge[] = [];
  /** Another number whenever other resources or edges are there, and it must be laid out anew. */
  shape = 0;
  /** The server passes changes on, too. */
  mayChange = false;
  /** The name of the machine. */
  host: string | undefined;
  /** The newest first. */
  entries: readonly ShownEntry[] = [];
  #resources = new Map<string, ShownResource>();
  readonly #applying = new Map<string, Applying>();
  #lastId = 0;

  /** Whether the agent may be at work on what is shown now. */
  get isLive(): boolean {
    return this.contact.is === "live";
  }

  /** The agent ends: it tries nothing again, and waits for whoever is at work. */
  get isStopping(): boolean {
    return this.status?.phase === "stopping" || this.status?.phase === "stopped";
  }

  /** Keys of those who are at work. */
  get working(): readonly string[] {
    return [...this.resources.values()].filter(({ worksSinceMs }) => worksSinceMs !== undefined)
      .map(({ key }) => key);
  }

  /** How many resources are in each state; undefined: no agent has said it yet. */
  get counts(): Readonly<Record<VertexState, number>> | undefined {
    return this.shape === 0 ? undefined : countStates(this.resources.values());
  }

  /** Takes the whole graph; what was heard of those that stay, and a graph does not say, is kept. */
  takeGraph({ name, resources, edges }: PageGraph): void {
    const before = this.#resources;
    this.#resources = new Map(resources.map((resource) => {
      const old = before.get(resource.key);
      const isSame = old?.state === resource.state;
      return [resource.key, isSame ? { ...old, ...IDLE, ...known(resource) } : resource];
    }));
    this.resources = this.#resources;
    this.graphName = name;
    this.edges = edges;
    this.shape++;
    this.#applying.clear();
  }

  /** Takes what is known of single resources: reasons, failures. */
  takeResources(resources: readonly ShownResource[]): void {
    for (const each of resources) {
      const old = this.#resources.get(each.key);
      if (old?.state !== each.state) continue;
      this.#resources.set(each.key, { ...old, ...known(each), place: old.place ?? each.place });
    }
  }

  /** Takes the journal's words, the newest first; what was heard live since is in them. */
  takeHistory(entries: readonly ShownEntry[]): void {
    this.entries = entries.slice(0, MOST_ENTRIES);
  }

  /** Takes what the server of the page says of itself: where it runs, and whether it passes changes on. */
  takeServer(said: Unread): void {
    this.host = textOf(said["host"]);
    this.mayChange = said["changes"] === true;
  }

  takeStatus(status: ShownStatus): void {
    this.status = { ...this.status, ...status };
  }

  /** Takes one line of the stream of events; the result is what it leaves to be asked for. */
  takeEvent(event: Unread): StillUnknown {
    const type = textOf(event["type"]) ?? "";
    const key = textOf(event["key"]);
    if (key !== undefined) this.#ofResource(type, key, event);
    this.#enter(event, key);
    return this.#ofRun(type, event);
  }

  #ofRun(type: string, event: Unread): StillUnknown {
    switch (type) {
      case "graph":
      case "dropped":
        return "graph";
      case "diagnostics":
      case "last-good":
      case "good-again":
      case "hold-ended":
      case "held":
        return "status";
      case "cluster":
        return "cluster";
      case "settled":
      case "apply":
        if (this.status?.settled !== (type === "settled")) {
          this.takeStatus({
            ...this.status,
            held: this.status?.held ?? [],
            settled: type === "settled",
          });
        }
        return undefined;
      case "running":
        this.#workOn(event);
        return undefined;
      case "stopping":
        this.#stopsAfter(textsOf(event["working"]), timeOf(event));
        return undefined;
      case "exited":
        if (typeof event["key"] === "string") this.#applying.delete(event["key"]);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Who takes long says so now and then. */
  #workOn(event: Unread): void {
    for (const { key, step, forMs } of objectsOf(event["vertices"])) {
      const old = this.#resources.get(textOf(key) ?? "");
      if (old === undefined || old.worksSinceMs !== undefined) continue;
      const sinceMs = timeOf(event) - (numberOf(forMs) ?? 0);
      this.#resources.set(old.key, {
        ...old,
        worksSinceMs: workSince({ step, sinceMs }, old.state),
      });
    }
  }

  /** The agent waits for those, also where they only look, and begins nothing any more. */
  #stopsAfter(working: readonly string[], nowMs: number): void {
    this.takeStatus({ ...this.status, held: this.status?.held ?? [], phase: "stopping" });
    for (const key of working) {
      const old = this.#resources.get(key);
      if (old === undefined) continue;
      this.#resources.set(key, { ...old, worksSinceMs: old.worksSinceMs ?? nowMs });
    }
  }

  #ofResource(type: string, key: string, event: Unread): void {
    const old = this.#resources.get(key);
    if (old === undefined) return;
    if (type === "apply") {
      const askedBy = textsOf(event["askedBy"]);
      this.#applying.set(key, { refresh: event["refresh"] === true, askedBy });
      this.#resources.set(key, { ...old, worksSinceMs: timeOf(event) });
      return;
    }
    if (type === "progress") {
      this.#resources.set(key, { ...old, progress: progressText(event) });
      return;
    }
    const state = type === "held-back" && event["noop"] !== true ? "blocked" : STATE_OF[type];
    if (state === undefined) return;
    this.#resources.set(key, {
      ...old,
      state,
      sinceMs: old.state === state ? old.sinceMs : timeOf(event),
      reason: state === "ok" ? undefined : textOf(event["reason"]),
      blockedBy: textOf(event["by"]),
      failure: state === "failed" ? failureText(event["failure"]) : undefined,
      ...IDLE,
    });
  }

  /** Lines of a difference follow the change that they are about, or come before its end. */
  #enter(event: Unread, key: string | undefined): void {
    if (event["type"] === "difference" && key !== undefined) {
      const difference = textsOf(event["lines"]);
      const applying = this.#applying.get(key);
      if (applying !== undefined) this.#applying.set(key, { ...applying, difference });
      else this.#amend(key, difference);
      return;
    }
    const applying = key === undefined ? undefined : this.#applying.get(key);
    const entry = entryOf(event, applying, this.#lastId - 1);
    if (key !== undefined && STATE_OF[textOf(event["type"]) ?? ""] !== undefined) {
      this.#applying.delete(key);
    }
    if (entry === undefined) return;
    this.#lastId--;
    this.entries = [entry, ...this.entries.slice(0, MOST_ENTRIES - 1)];
  }

  #amend(key: string, difference: readonly string[]): void {
    const index = this.entries.findIndex((entry) => entry.key === key);
    const entry = this.entries[index];
    if (entry === undefined || (entry.type !== "changed" && entry.type !== "refreshed")) return;
    this.entries = this.entries.with(index, { ...entry, difference });
  }
}

/** Of an event, in milliseconds since 1970. */
function timeOf(event: Unread): number {
  return Date.parse(textOf(event["time"]) ?? "");
}

/** `downloading, 34 %` */
function progressText(event: Unread): string | undefined {
  const [text, percent] = [textOf(event["text"]), numberOf(event["percent"])];
  const parts = [text, percent === undefined ? undefined : `${Math.round(percent)} %`];
  return parts.filter((part) => part !== undefined).join(", ") || undefined;
}

/** The fields that are said. */
function known(resource: ShownResource): ShownResource {
  return Object.fromEntries(
    Object.entries(resource).filter(([, value]) => value !== undefined),
  ) as unknown as ShownResource;
}

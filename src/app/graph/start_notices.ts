import type { EngineEvent } from "../../engine/event.ts";
import type { CollectRule } from "../../kind/export.ts";
import type { ReportEvent } from "../../report/event.ts";

/** Entries of `collect` that are named one by one. */
const MOST_NAMED = 20;

/**
 * Passes the engine's events on, and says between them what belongs to the start of a graph: what it
 * collects, its size (the engine's own word), its picture, then that it starts and has started.
 */
export class StartNotices {
  readonly #report: (event: ReportEvent) => void;
  #phase: "read" | "starting" | "started" = "read";
  #picture: ReportEvent | undefined;
  #collects = "";

  constructor(report: (event: ReportEvent) => void) {
    this.#report = report;
  }

  /** What the graph that comes next takes of other hosts; said when it is not what was said last. */
  collects(rules: readonly CollectRule[]): void {
    const said = JSON.stringify(rules);
    if (said === this.#collects || (rules.length === 0 && this.#collects === "")) return;
    this.#collects = said;
    for (const rule of rules.slice(0, MOST_NAMED)) this.#say("Collect", collectText(rule));
    const rest = rules.length - MOST_NAMED;
    if (rules.length === 0) this.#say("Collect", "nothing any more");
    if (rest > 0) this.#say("Collect", `${rest} more`);
  }

  /** It was read again because somebody asked for that. */
  unchanged(): void {
    this.#say("Graph", "read again, and the same as before");
  }

  /** How the drawing of the graph went that comes next. */
  drawn(picture: ReportEvent): void {
    this.#picture = picture;
  }

  /** Reports an event of the engine. */
  engine(event: EngineEvent): void {
    if (this.#phase === "starting" && isOfPass(event)) this.started();
    this.#report(event);
    if (event.type !== "graph") return;
    this.#sayPicture();
    if (this.#phase !== "read") return;
    this.#phase = "starting";
    this.#say("State", "graphStarting");
  }

  /** The first pass has begun, or nothing was to do for a graph that is as the last one. */
  started(): void {
    this.#sayPicture();
    if (this.#phase !== "starting") return;
    this.#phase = "started";
    this.#say("State", "graphStarted");
  }

  #sayPicture(): void {
    if (this.#picture !== undefined) this.#report(this.#picture);
    this.#picture = undefined;
  }

  #say(topic: string, text: string): void {
    this.#report({ type: "notice", topic, text });
  }
}

/** Whether it tells of a pass; watches that are only being made may have something to warn of. */
function isOfPass({ type }: EngineEvent): boolean {
  return type !== "graph" && type !== "warning";
}

/** An entry of `collect` in one line. */
function collectText({ kind, pattern, host, name, allow }: CollectRule): string {
  const parts = [
    kind,
    ...(pattern === undefined ? [] : [`Pattern: ${pattern}`]),
    ...(host === undefined ? [] : [`Host: ${host}`]),
    ...(name === undefined ? [] : [`Name: ${name}`]),
    ...(allow.length === 0 || pattern !== undefined ? [] : [`Allow: ${allow.join(", ")}`]),
  ];
  return parts.join("; ");
}

/**
 * Events as lines for people.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { unhandled } from "../base/unhandled.ts";
import type { EngineEvent } from "../engine/event.ts";
import { clusterSentence } from "./cluster_text.ts";
import { isRunEvent, type Reporter, type ReportEvent, type RunEvent } from "./event.ts";
import type { Level, LineSink } from "./line_sink.ts";
import type { Palette } from "./palette.ts";
import {
  graphChangeText,
  holdText,
  isAsItWas,
  MOST_NAMED,
  placeText,
  reasonText,
  type ReportPlace,
} from "./phrases.ts";
import { recapText, troubleLines } from "./recap.ts";
import type { Snapshot } from "./state.ts";
import { count, duration, kindOf, label, names, second, wholeDuration } from "../base/words.ts";

/** How much is said. Quiet: warnings, failures, and the recap where there was something to do. */
export type Verbosity = "quiet" | "normal" | "verbose";

/** What a sink for people needs. */
export interface HumanOptions {
  readonly page: LineSink;
  readonly paint: Palette;
  /** Whether somebody sits there who could press ^C. */
  readonly interactive: boolean;
  readonly verbosity: Verbosity;
  /** A run that ends when it has converged says its recap only then. */
  readonly endsByItself: boolean;
  /** How things are, all that was said before an event included. */
  readonly state: { readonly snapshot: Snapshot };
  /** Where a resource is written in the graph file. */
  readonly placeOf: (key: string) => Promise<ReportPlace | undefined>;
}

type Event<Type extends ReportEvent["type"]> = Extract<ReportEvent, { type: Type }>;

/** Prints events for people. */
export class HumanReporter implements Reporter {
  readonly #options: HumanOptions;
  readonly #paint: Palette;
  readonly #loud: boolean;
  readonly #verbose: boolean;
  #graphs = 0;
  #recapOwed = false;
  #outcastSaid: string | undefined;

  constructor(options: HumanOptions) {
    this.#options = options;
    this.#paint = options.paint;
    this.#loud = options.verbosity !== "quiet";
    this.#verbose = options.verbosity === "verbose";
  }

  flush(): Promise<void> {
    return this.#options.page.flush();
  }

  event(event: ReportEvent): void {
    if (isRunEvent(event)) this.#agentEvent(event);
    else this.#engineEvent(event);
  }

  #agentEvent(event: RunEvent): void {
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "diagnostics":
        return this.#diagnostics(event);
      case "last-good":
        return this.#lastGood(event);
      case "good-again":
        return this.#talk(`Graph: ${printable(event.file)} is good again`);
      case "notice":
        if (event.detail && !this.#verbose) return;
        return this.#talk(`${event.topic}: ${printable(event.text)}`);
      case "hold-ended":
        return this.#holdEnded(event);
      case "cluster":
        return this.#cluster(event);
      case "stopping":
        return this.#stopping(event);
      case "stop":
        return this.#stop();
      default:
        return unhandled(event);
    }
  }

  #engineEvent(event: EngineEvent): void {
    switch (event.type) {
      case "graph":
        return this.#graph(event);
      case "ok":
        if (this.#verbose) this.#about(event.key, this.#paint.good("ok"), "debug");
        return;
      case "would-change":
        return this.#wouldChange(event);
      case "apply":
        return this.#apply(event);
      case "difference":
        return this.#loud ? this.#difference(event.key, event.lines) : undefined;
      case "changed":
        return this.#changed(event);
      case "output":
        if (event.detail ? this.#verbose : this.#loud) {
          this.#about(event.key, printable(event.text));
        }
        return;
      case "note":
        if (this.#loud) this.#about(event.key, printable(event.text));
        return;
      case "undo-record":
      case "progress":
        return;
      case "aborted":
        return this.#aborted(event);
      case "warning":
        return this.#warning(event);
      case "failed":
        return this.#failed(event);
      case "blocked":
        return this.#blocked(event);
      case "held-back":
        if (event.again) return;
        return this.#about(event.key, `Held back: ${printable(event.reason)}`, "warning");
      case "contested":
        return this.#contested(event);
      case "held":
        return this.#held(event);
      case "refresh-dropped":
        return this.#refreshDropped(event);
      case "exited":
        if (this.#verbose || (this.#loud && kindOf(event.key) === "exec")) {
          this.#about(event.key, "Exited", "debug");
        }
        return;
      case "running":
        return this.#running(event);
      case "settled":
        if (this.#recapOwed && !this.#options.endsByItself) this.#recap();
        this.#recapOwed = false;
        return;
      case "converged":
        return this.#converged(event.afterMs / 1000);
      default:
        return unhandled(event);
    }
  }

  #start(event: Event<"start">): void {
    this.#talk(`This is: mgmt, version: ${event.version}`);
    this.#talk(`Main: Start: ${event.startedNs}`);
    this.#talk("Main: Running...");
  }

  #converged(seconds: number): void {
    const end = this.#options.endsByItself ? ", exiting!" : "";
    this.#talk(`Converged for ${count(seconds, "second")}${end}`);
  }

  #cluster(event: Event<"cluster">): void {
    const said = clusterSentence(event);
    if (said?.level === "warning") this.#warning({ text: said.text });
    else if (said?.level === "error") this.#error(`Error: ${printable(said.text)}`);
    else if (said !== undefined) this.#talk(`Cluster: ${printable(said.text)}`);
  }

  /** The text is rendered already: it has excerpts, and colours where they are wanted. */
  #diagnostics({ text, errors, warnings, keepsOld }: Event<"diagnostics">): void {
    // Of what is no graph's mistake there is no count either.
    this.#options.page.excerpt(errors === 0 && warnings > 0 ? "warning" : "error", text);
    if (errors === 0) return;
    const found = warnings === 0 ? "" : ` and ${count(warnings, "warning")}`;
    const rest = keepsOld ? "; the graph that was read before stays in force" : "";
    this.#error(`Graph: Refused: ${count(errors, "error")}${found}${rest}`);
  }

  #error(text: string): void {
    this.#line(this.#paint.bad(text), "error");
  }

  #lastGood({ file, readAt }: Event<"last-good">): void {
    const text = `Graph: Warning: ${printable(file)} is broken; what runs is its last good ` +
      `reading, of ${second(readAt)}, until it is put right`;
    this.#line(this.#paint.bad(text), "warning");
  }

  #graph(event: Event<"graph">): void {
    this.#recapOwed = true;
    this.#graphs++;
    const found = event.automatic === 0 ? "" : `, ${event.automatic} of them automatic`;
    const size = `Graph: Vertices(${event.vertices}), Edges(${event.edges})${found}`;
    if (this.#graphs === 1) {
      this.#talk(size);
      this.#talk(`Graph: Seed of the order: ${event.seed}`);
      return;
    }
    this.#talk(`${size}: ${graphChangeText(event)}`);
  }

  #wouldChange({ key, difference, ...event }: Event<"would-change">): void {
    if (!this.#loud) return;
    const what = event.refresh ? "Would refresh" : "Would apply";
    this.#about(key, `${what}${reasonText(event)}`, "notice");
    this.#difference(key, difference);
  }

  #apply({ key, ...event }: Event<"apply">): void {
    if (!this.#loud) return;
    this.#about(key, `${event.refresh ? "Refresh" : "Apply"}${reasonText(event)}`, "notice");
  }

  #changed({ key, tookMs }: Event<"changed">): void {
    const told = kindOf(key) === "exec" || tookMs >= 1000 || this.#verbose;
    if (told && this.#loud) this.#about(key, `Done in ${duration(tookMs)}`);
  }

  #aborted({ key, tookMs }: Event<"aborted">): void {
    const message = `Aborted after ${duration(tookMs)}; it may be half done`;
    this.#about(key, this.#paint.bad(message), "warning");
  }

  #warning({ key, text }: Pick<Event<"warning">, "key" | "text">): void {
    const message = this.#paint.warn(`Warning: ${printable(text)}`);
    this.#options.page.say("warning", message, key);
  }

  /** The place comes from a second reading of the file; what follows waits for it. */
  #failed({ key, failure, retryMs, noop }: Event<"failed">): void {
    if (failure.known === true && !this.#verbose) return;
    const what = noop ? "Would fail" : "Failed";
    const message = this.#paint.bad(`${what}: ${printable(failure.message)}`);
    const hint = failure.hint === undefined
      ? ""
      : `\n${this.#paint.dim("hint:")} ${printable(failure.hint)}`;
    const text = (place: string) => `${message}${place}${this.#nextTry(retryMs)}${hint}`;
    const { page, placeOf } = this.#options;
    page.say("error", placeOf(key).then((place) => text(placeText(place)), () => text("")), key);
  }

  /** Who runs once knows that there is no other try; hints and the recap say what is to be done. */
  #nextTry(retryMs: number | undefined): string {
    if (retryMs !== undefined) return `; next try in ${wholeDuration(retryMs)}`;
    return this.#options.endsByItself ? "" : "; no further try by itself";
  }

  #blocked({ key, by, automatic }: Event<"blocked">): void {
    if (!this.#loud) return;
    const why = automatic === undefined ? "" : ` (automatic edge: ${automatic})`;
    this.#about(key, `Waits for: ${label(by)}${why}`, "warning");
  }

  #contested({ key, reason, difference, pauseMs }: Event<"contested">): void {
    const pause = `left alone for ${wholeDuration(pauseMs)}`;
    const message = `Contested: someone else keeps changing it (${printable(reason)}); ${pause}`;
    this.#about(key, this.#paint.bad(message), "error");
    this.#difference(key, difference);
  }

  #held({ key, reason, difference, hold }: Event<"held">): void {
    this.#about(key, this.#paint.warn(`Held ${holdText(hold)}: ${printable(reason)}`), "warning");
    this.#difference(key, difference);
  }

  #holdEnded({ keys, why }: Event<"hold-ended">): void {
    const what = keys.includes("*") ? "all resources" : names(keys, MOST_NAMED);
    const how = why === "time" ? "the time of the hold is over" : "released";
    this.#line(`Hold: ${what}: ${how}`, "notice");
  }

  #refreshDropped({ source, target }: Event<"refresh-dropped">): void {
    const why = "the resource or its edge left the graph";
    const message = `Warning: the refresh that ${label(source)} owed it is dropped: ${why}`;
    this.#about(target, this.#paint.warn(message), "warning");
  }

  #running({ vertices }: Event<"running">): void {
    if (!this.#loud) return;
    for (const { key, step, forMs, waitsFor, waiting, waitingCount } of vertices) {
      const what = step === "check" ? "still looking" : "still running";
      const long = wholeDuration(forMs);
      const text = step === "wait" ? `has waited ${long} for ${waitsFor}` : `${what} for ${long}`;
      const verb = waitingCount === 1 ? "waits" : "wait";
      const queue = waitingCount === 0
        ? ""
        : `; ${names(waiting, MOST_NAMED, waitingCount)} ${verb} for it`;
      this.#about(key, printable(`${text}${queue}`));
    }
  }

  #stopping({ why, working }: Event<"stopping">): void {
    this.#talk(why);
    if (working.length === 0) return;
    const advice = this.#options.interactive ? " (^C aborts)" : "";
    this.#talk(`Waiting for ${names(working, MOST_NAMED)}${advice}`);
  }

  #stop(): void {
    for (const line of troubleLines(this.#options.state.snapshot)) this.#error(line);
    this.#recap();
    this.#talk("Goodbye!");
  }

  #recap(): void {
    const { recap, cluster } = this.#options.state.snapshot;
    const why = cluster.outcast?.message;
    if (why !== undefined && why !== this.#outcastSaid) {
      this.#error(`Cluster: no part in it: ${printable(why)}`);
    }
    this.#outcastSaid = why;
    if (!this.#loud && isAsItWas(recap)) return;
    const bad = recap.failed + recap.contested > 0;
    const text = `Recap: ${recapText(recap)}`;
    this.#line(this.#paint[bad ? "bad" : "good"](text), bad ? "warning" : "info");
  }

  #difference(key: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#options.page.difference("info", lines.map((line) => this.#changedLine(line)), key);
  }

  #changedLine(line: string): string {
    const text = printable(line);
    if (text.startsWith("+")) return this.#paint.good(text);
    return text.startsWith("-") ? this.#paint.bad(text) : text;
  }

  /** A line that is left out when quiet. */
  #talk(text: string): void {
    if (this.#loud) this.#line(text);
  }

  #about(key: string, text: string, level: Level = "info"): void {
    this.#options.page.say(level, text, key);
  }

  #line(text: string, level: Level = "info"): void {
    this.#options.page.say(level, text);
  }
}

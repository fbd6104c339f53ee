/**
 * The graph file of a running agent: read at the start, and again when it changes.
 *
 * @module
 */

import type { Timer } from "../../os/clock.ts";
import type { Host } from "../../host/host.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import { graphDirectory } from "../../os/graph_text.ts";
import type { Registry } from "../../kind/kind.ts";
import { type LoadedGraph, loadGraph } from "../../lang/load.ts";
import type { ReportEvent } from "../../report/event.ts";
import { second } from "../../base/words.ts";
import type { TrustRule } from "./graph_trust.ts";
import type { KeptGraphs } from "./kept_graphs.ts";
import { type GraphReading, readGraph } from "./read_graph.ts";

/** What is written in place comes in several steps: so long after the last one the file is read. */
const SETTLE_MS = 50;

/** What a graph file needs to know. */
export interface GraphFileOptions {
  /** As the user wrote it, for messages. */
  readonly file: string;
  /** Where it is: absolute, or `-`. */
  readonly path: string;
  readonly host: Pick<Host, "watcher" | "clock">;
  readonly registry: Registry;
  readonly color: boolean;
  readonly emit: (event: ReportEvent) => void;
  /** Who may write it; absent: everybody. */
  readonly trust?: TrustRule | undefined;
  /** Where good readings are kept; absent: nowhere. */
  readonly kept?: KeptGraphs | undefined;
}

/** What a reading means for the agent. */
export interface ReadOutcome {
  /** A graph to put in force: the text is another than that of the last reading, and is good. */
  readonly loaded?: LoadedGraph;
  /** Whether the file is good, so that what is in force is what it says. */
  readonly good: boolean;
}

/** Reads the graph file, and says when it says something else. */
export class GraphFile {
  readonly #options: GraphFileOptions;
  /** The last reading that said something else than the one before. */
  #last: GraphReading | undefined;
  #loaded: LoadedGraph | undefined;
  /** When the reading of an earlier run was made that is in force. */
  #lastGoodOf: string | undefined;
  #watch: Watch | undefined;
  /** Of what is on the way, while something there is to be mended. */
  #wayWatches = new Map<string, Watch>();
  /** Readings follow each other, so that the last one counts. */
  #reading: Promise<unknown> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(options: GraphFileOptions) {
    this.#options = options;
  }

  /** The last graph that was read without mistakes. */
  get loaded(): LoadedGraph | undefined {
    return this.#loaded;
  }

  /**
   * Reads the file for the first time. Where it is broken, the result is its last good reading, for
   * an agent that stays (`resident`); undefined: there is nothing to run, and it was said why.
   */
  async first({ resident }: { readonly resident: boolean }): Promise<LoadedGraph | undefined> {
    const { loaded } = await this.read();
    if (loaded !== undefined || !resident || this.#last === undefined) return loaded;
    return await this.#lastGood(this.#last);
  }

  /** Reads the file. Mistakes are reported, those that were before only if `aloud`. */
  read({ aloud = false } = {}): Promise<ReadOutcome> {
    const reading = this.#reading.then(() => this.#readNow(aloud));
    this.#reading = reading;
    return reading;
  }

  async #readNow(aloud: boolean): Promise<ReadOutcome> {
    const { file, path, registry, color, trust } = this.#options;
    const before = this.#last;
    const reading = await readGraph(file, {
      registry,
      color,
      path,
      trust,
      known: before?.source,
    });
    const now = reading.same && before !== undefined ? before : reading;
    const isNew = now !== before && (now.loaded !== undefined || now.text !== before?.text);
    this.#last = now;
    if (isNew || (aloud && now.errors > 0)) this.#say(now);
    if (now.loaded === undefined) return { good: false };
    if (!isNew) return { good: true };
    if (before !== undefined && before.errors > 0) this.#options.emit({ type: "good-again", file });
    this.#lastGoodOf = undefined;
    this.#loaded = now.loaded;
    this.#keep(now);
    return { loaded: now.loaded, good: true };
  }

  #say({ text, errors, warnings }: GraphReading): void {
    const { emit, file } = this.#options;
    if (text === "") return;
    emit({ type: "diagnostics", text, errors, warnings, keepsOld: this.#loaded !== undefined });
    if (errors > 0 && this.#lastGoodOf !== undefined) {
      emit({ type: "last-good", file, readAt: this.#lastGoodOf });
    }
  }

  #keep({ way, source, openings }: GraphReading): void {
    if (way === undefined || source === undefined) return;
    const { kept, path: name } = this.#options;
    kept?.keep({ name, path: way.realPath, openings, text: source });
  }

  async #lastGood({ way, unsafe }: GraphReading): Promise<LoadedGraph | undefined> {
    const { file, path: name, registry, kept, trust: rule, emit } = this.#options;
    if (way === undefined || kept === undefined) return undefined;
    const found = await kept.find({ name, path: way.realPath, unsafe: unsafe === true, rule });
    if (found === undefined) return undefined;
    const label = `${file} (as of ${second(found.at)})`;
    const outcome = await loadGraph(found.text, {
      file: label,
      directory: graphDirectory(name),
      registry,
    });
    if (!outcome.ok) {
      emit({ type: "warning", text: `the last good reading of ${file} is none for this version` });
      return undefined;
    }
    this.#loaded = outcome.loaded;
    this.#lastGoodOf = found.at;
    emit({ type: "last-good", file, readAt: found.at });
    return outcome.loaded;
  }

  /** Calls `changed` with each further graph; mistakes are reported and change nothing. */
  watch(changed: (loaded: LoadedGraph) => void): void {
    const { path, host: { clock, watcher } } = this.#options;
    const again = (moved: boolean) => {
      this.#timer?.cancel();
      const read = () => void this.#readAgain(again, changed);
      // What was moved here was written before, somewhere else.
      if (moved) read();
      else this.#timer = clock.after(SETTLE_MS, read);
    };
    this.#watch = watcher.watch({ path, tree: false, follow: true, changed: again });
    // What changed between the first reading and this is told by nobody.
    void watcher.settle().then(() => again(true));
  }

  async #readAgain(
    again: (moved: boolean) => void,
    changed: (loaded: LoadedGraph) => void,
  ): Promise<void> {
    const { loaded } = await this.read();
    if (loaded !== undefined) changed(loaded);
    if (!this.#watchWay(again)) return;
    // That it was mended before it was watched is told by nobody.
    await this.#options.host.watcher.settle();
    again(true);
  }

  /** Watches what is on the way as long as others can write there; true: more than before. */
  #watchWay(again: (moved: boolean) => void): boolean {
    const { watcher } = this.#options.host;
    const steps = this.#last?.unsafe && this.#watch !== undefined ? this.#last.way?.steps : [];
    const wanted = new Set(steps?.map(({ path }) => path).filter((path) => path !== "/"));
    const fresh = [...wanted].filter((path) => !this.#wayWatches.has(path));
    for (const path of fresh) {
      this.#wayWatches.set(path, watcher.watch({ path, tree: false, changed: again }));
    }
    for (const [path, watch] of this.#wayWatches) {
      if (wanted.has(path)) continue;
      watch.close();
      this.#wayWatches.delete(path);
    }
    return fresh.length > 0;
  }

  /** Ends watching; resolves when what was read is kept. */
  close(): Promise<void> {
    this.#timer?.cancel();
    this.#watch?.close();
    this.#watch = undefined;
    for (const watch of this.#wayWatches.values()) watch.close();
    return this.#options.kept?.kept() ?? Promise.resolve();
  }
}

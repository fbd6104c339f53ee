/**
 * The graph of a running agent: read from its source at the start, and again when that says something
 * else. What is broken changes nothing, and is said.
 *
 * @module
 */

import type { Registry } from "../../kind/kind.ts";
import { type LoadedGraph, loadGraph } from "../../lang/load.ts";
import type { ReportEvent } from "../../report/event.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";
import { type GraphReading, interpret } from "./interpret.ts";

/** What is needed besides the source. */
export interface GraphReaderOptions {
  readonly registry: Registry;
  readonly color: boolean;
  /** The name of this host; absent: graphs for any host are read. */
  readonly host?: string | undefined;
  readonly emit: (event: ReportEvent) => void;
}

/** What a reading means for the agent. */
export interface ReadOutcome {
  /** A graph to put in force: the source says something else than at the last reading, and it is good. */
  readonly loaded?: LoadedGraph;
  /** Whether what it says is good, so that what is in force is what it says. */
  readonly good: boolean;
}

/** What stays of a reading. */
type LastReading = Omit<GraphReading, "loaded"> & { readonly good: boolean };

/** Reads graphs from a source, and knows the last good one. */
export class GraphReader {
  readonly #source: GraphSource;
  readonly #options: GraphReaderOptions;
  /** The last reading that said something else than the one before. */
  #last: LastReading | undefined;
  #loaded: LoadedGraph | undefined;
  /** What was read for the last good graph. */
  #texts: { readonly of: LoadedGraph; readonly texts: readonly string[] } | undefined;
  /** When the reading of an earlier run was made that is in force. */
  #lastGoodOf: string | undefined;
  /** Why it waits, as it was said. */
  #waitsFor: string | undefined;
  /** Readings follow each other, so that the last one counts. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(source: GraphSource, options: GraphReaderOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** The last graph that was read without mistakes. */
  get loaded(): LoadedGraph | undefined {
    return this.#loaded;
  }

  /** What the files say that a graph was read from; undefined: it is not the last good one of this run. */
  textsOf(loaded: LoadedGraph): readonly string[] | undefined {
    return this.#texts?.of === loaded ? this.#texts.texts : undefined;
  }

  /**
   * Reads for the first time. Where that is broken, the result is the last good reading, for an agent
   * that stays (`resident`); where there is none, and something is only not known yet, it is waited for.
   * Undefined: there is nothing to run, and it was said why.
   */
  async first({ resident }: { readonly resident: boolean }): Promise<LoadedGraph | undefined> {
    let reading = await this.#source.read();
    for (let first = true; reading.waiting !== undefined; first = false) {
      this.#sayWaiting(reading.waiting.why);
      const mayBegin = first && resident && reading.waiting.withNothing !== true;
      const earlier = mayBegin ? await this.#earlier(reading) : undefined;
      if (earlier !== undefined) return earlier;
      await reading.waiting.over;
      reading = await this.#source.read();
    }
    const { loaded } = await this.#take(reading, false);
    if (loaded !== undefined || !resident) return loaded;
    const earlier = await this.#earlier(reading);
    return earlier === undefined && reading.waits ? await this.#awaited() : earlier;
  }

  /** The first good reading of a source that asks for what is not known yet: with nothing there is nothing to do. */
  async #awaited(): Promise<LoadedGraph> {
    const text = "waits for what is not known yet";
    this.#options.emit({ type: "notice", topic: "Graph", text });
    for (;;) {
      await new Promise<void>((resolve) => this.#source.watch(resolve));
      const { loaded } = await this.read();
      if (loaded !== undefined) return loaded;
    }
  }

  /** Reads again. Mistakes are reported, those that were before only if `aloud`. */
  read({ aloud = false } = {}): Promise<ReadOutcome> {
    const reading = this.#reading.then(async () => this.#take(await this.#source.read(), aloud));
    this.#reading = reading;
    return reading;
  }

  /** Calls `changed` with each further graph; mistakes are reported and change nothing. */
  watch(changed: (loaded: LoadedGraph) => void): void {
    this.#source.watch(async () => {
      const { loaded } = await this.read();
      if (loaded !== undefined) changed(loaded);
    });
  }

  /** Ends watching; resolves when what was read is kept. */
  close(): Promise<void> {
    return this.#source.close();
  }

  async #take(reading: SourceReading, aloud: boolean): Promise<ReadOutcome> {
    const before = this.#last;
    if (reading.waiting !== undefined) {
      this.#sayWaiting(reading.waiting.why);
      return { good: before?.good ?? false };
    }
    this.#waitsFor = undefined;
    if (reading.same && before !== undefined) {
      if (aloud && before.errors > 0) this.#say(before);
      return { good: before.good };
    }
    const { loaded, ...said } = await interpret(reading, this.#source, this.#options);
    const good = loaded !== undefined;
    this.#last = { ...said, good };
    const isNew = good || said.text !== before?.text;
    if (isNew || (aloud && said.errors > 0)) this.#say(said);
    if (!good) return { good };
    for (const text of said.notes) this.#options.emit({ type: "notice", topic: "Graph", text });
    if (before !== undefined && before.errors > 0) {
      this.#options.emit({ type: "good-again", file: this.#source.file });
    }
    this.#lastGoodOf = undefined;
    this.#loaded = loaded;
    this.#texts = reading.texts && { of: loaded, texts: reading.texts };
    reading.keep?.();
    return { loaded, good };
  }

  /** Once for each reason. */
  #sayWaiting(why: string): void {
    if (why === this.#waitsFor) return;
    this.#waitsFor = why;
    this.#options.emit({ type: "notice", topic: "Graph", text: why });
  }

  #say({ text, errors, warnings }: Omit<GraphReading, "loaded" | "notes">): void {
    const { emit } = this.#options;
    if (text === "") return;
    emit({ type: "diagnostics", text, errors, warnings, keepsOld: this.#loaded !== undefined });
    if (errors > 0 && this.#lastGoodOf !== undefined) this.#sayLastGood(this.#lastGoodOf);
  }

  #sayLastGood(readAt: string): void {
    this.#options.emit({ type: "last-good", file: this.#source.file, readAt });
  }

  async #earlier({ lastGood }: SourceReading): Promise<LoadedGraph | undefined> {
    const found = await lastGood?.();
    if (found === undefined) return undefined;
    const { registry, host, emit } = this.#options;
    const { file } = this.#source;
    const { document, ...place } = found;
    const outcome = document && await loadGraph(document, { ...place, registry, host });
    if (!outcome?.ok) {
      const text = `the last good reading of ${file} is none for this version and host`;
      emit({ type: "warning", text });
      return undefined;
    }
    this.#loaded = outcome.loaded;
    this.#lastGoodOf = found.at;
    this.#sayLastGood(found.at);
    return outcome.loaded;
  }
}

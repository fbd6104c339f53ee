/**
 * The graph file of a running agent: read at the start, and again when it changes.
 *
 * @module
 */

import type { Timer } from "../host/clock.ts";
import type { Host } from "../host/host.ts";
import type { Watch } from "../host/hub/hub.ts";
import type { Registry } from "../kind/kind.ts";
import type { LoadedGraph } from "../lang/load.ts";
import type { AgentEvent } from "../report/event.ts";
import { readGraph } from "./read_graph.ts";

/** What is written in place comes in several steps: so long after the last one the file is read. */
const SETTLE_MS = 50;

/** What a graph file needs to know. */
export interface GraphFileOptions {
  /** As the user wrote it, for messages. */
  readonly file: string;
  /** Where it is: absolute, or `-`. */
  readonly path: string;
  readonly host: Pick<Host, "hub" | "clock">;
  readonly registry: Registry;
  readonly color: boolean;
  readonly emit: (event: AgentEvent) => void;
}

/** Reads the graph file, and says when it says something else. */
export class GraphFile {
  readonly #options: GraphFileOptions;
  #text: string | undefined;
  #loaded: LoadedGraph | undefined;
  #watch: Watch | undefined;
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
   * Reads the file. The result is a graph that differs from the last one read, as it is written, or
   * undefined: the text is the same, or it has mistakes, which have been reported.
   */
  read(): Promise<LoadedGraph | undefined> {
    const reading = this.#reading.then(() => this.#readNow());
    this.#reading = reading;
    return reading;
  }

  async #readNow(): Promise<LoadedGraph | undefined> {
    const { file, path, registry, color, emit } = this.#options;
    const reading = await readGraph(file, { registry, color, path, known: this.#text });
    const { source, loaded, text, errors, warnings } = reading;
    if (source !== undefined) this.#text = source;
    if (text !== "") {
      emit({ type: "diagnostics", text, errors, warnings, keepsOld: this.#loaded !== undefined });
    }
    if (loaded === undefined) return undefined;
    this.#loaded = loaded;
    return loaded;
  }

  /** Calls `changed` with each further graph; mistakes are reported and change nothing. */
  watch(changed: (loaded: LoadedGraph) => void): void {
    const { clock } = this.#options.host;
    const again = (moved: boolean) => {
      this.#timer?.cancel();
      const read = () => void this.#readAgain(changed);
      // What was moved here was written before, somewhere else.
      if (moved) read();
      else this.#timer = clock.after(SETTLE_MS, read);
    };
    this.#watch = this.#options.host.hub.watch({
      path: this.#options.path,
      tree: false,
      follow: true,
      changed: again,
    });
    // What changed between the first reading and this is told by nobody.
    void this.#options.host.hub.settle().then(() => again(true));
  }

  async #readAgain(changed: (loaded: LoadedGraph) => void): Promise<void> {
    const loaded = await this.read();
    if (loaded !== undefined) changed(loaded);
  }

  close(): void {
    this.#timer?.cancel();
    this.#watch?.close();
  }
}

/**
 * The graph file of a running agent: read at the start, and again when it changes.
 *
 * @module
 */

import type { Timer } from "../host/clock.ts";
import type { Host } from "../host/host.ts";
import type { Watch } from "../host/hub/hub.ts";
import { graphTextPath, graphTextPaths } from "../host/graph_text.ts";
import type { Registry } from "../kind/kind.ts";
import type { LoadedGraph } from "../lang/load.ts";
import type { AgentEvent } from "../report/event.ts";
import { readGraph } from "./read_graph.ts";

/** An editor writes in several steps: so long after the last one the file is read. */
const SETTLE_MS = 50;

/** What a graph file needs to know. */
export interface GraphFileOptions {
  /** As the user wrote it. */
  readonly file: string;
  readonly host: Host;
  readonly registry: Registry;
  readonly color: boolean;
  readonly emit: (event: AgentEvent) => void;
}

/** Reads the graph file, and says when it says something else. */
export class GraphFile {
  readonly #options: GraphFileOptions;
  /** Resolved at the start: the working directory is not kept. */
  readonly #path: string;
  #text: string | undefined;
  #loaded: LoadedGraph | undefined;
  #watches: Watch[] = [];
  #timer: Timer | undefined;

  constructor(options: GraphFileOptions) {
    this.#options = options;
    this.#path = graphTextPath(options.file);
  }

  /** The last graph that was read without mistakes. */
  get loaded(): LoadedGraph | undefined {
    return this.#loaded;
  }

  /**
   * Reads the file. The result is a graph that differs from the last one read, or undefined: the
   * text is the same, or it has mistakes, which have been reported.
   */
  async read(): Promise<LoadedGraph | undefined> {
    const { file, registry, color, emit } = this.#options;
    const path = this.#path;
    const reading = await readGraph(file, { registry, color, path, known: this.#text });
    const { source, loaded, text, errors, warnings } = reading;
    if (source !== undefined) this.#text = source;
    if (text !== "") {
      emit({ type: "diagnostics", text, errors, warnings, keepsOld: this.#loaded !== undefined });
    }
    if (loaded !== undefined) this.#loaded = loaded;
    return loaded;
  }

  /** Calls `changed` with each further graph; mistakes are reported and change nothing. */
  watch(changed: (loaded: LoadedGraph) => void): void {
    const { clock, hub } = this.#options.host;
    const again = () => {
      this.#timer?.cancel();
      this.#timer = clock.after(SETTLE_MS, () => {
        void this.read().then((loaded) => {
          if (loaded !== undefined) changed(loaded);
        });
      });
    };
    this.#watches = graphTextPaths(this.#path).map((path) =>
      hub.watch({ path, tree: false, changed: again })
    );
  }

  close(): void {
    this.#timer?.cancel();
    for (const watch of this.#watches) watch.close();
  }
}

/**
 * A graph file: who can write it, its quiet time after an edit, and its last good reading.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { graphDirectory, readGraphBytes } from "../../os/graph_text.ts";
import type { GraphInputs } from "../facts/graph_inputs.ts";
import type { OpenPrograms } from "./directory_programs.ts";
import { lastGoodReading } from "./earlier_reading.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";
import { doubtsOf, type Opening, openingsOf, type TrustRule } from "./graph_trust.ts";
import { GraphValues } from "./graph_values.ts";
import type { KeptGraphs } from "./kept_graphs.ts";
import { SourceWatch, type WatchHost } from "./source_watch.ts";
import { takeApart } from "./take_apart.ts";
import { valuedReading } from "./valued_reading.ts";

/** What a graph file needs to know. */
export interface GraphFileOptions {
  /** As the user wrote it, for messages. */
  readonly file: string;
  /** Where it is, absolute. */
  readonly path: string;
  /** The name of this host. */
  readonly hostName: string;
  /** By what it is watched; absent: it is only read. */
  readonly host?: WatchHost;
  /** Who may write it; absent: everybody. */
  readonly trust?: TrustRule | undefined;
  /** What would be refused because others can write it is only warned of. */
  readonly onlyWarn?: boolean | undefined;
  /** Where good readings are kept; absent: nowhere. */
  readonly kept?: KeptGraphs | undefined;
  /** What it may ask for; absent: nothing is known of the host. */
  readonly inputs?: GraphInputs | undefined;
  /** Opens programs where it is a directory with such; absent: they are not read. */
  readonly programs?: OpenPrograms | undefined;
}

/** A YAML file as a source of graphs. */
export class GraphFile implements GraphSource {
  readonly file: string;
  readonly directory: string;
  readonly #options: GraphFileOptions;
  /** The text of the last reading, if there was one. */
  #known: string | undefined;
  #wasRead = false;
  /** What is on the way, if somebody there could change what the file says. */
  #unsafeWay: FileWay | undefined;
  readonly #watch: SourceWatch | undefined;
  readonly #values: GraphValues;

  constructor(options: GraphFileOptions) {
    this.#options = options;
    this.file = options.file;
    this.directory = graphDirectory(options.path);
    this.#watch = options.host && new SourceWatch(options.host, { several: false });
    const shownDirectory = dirname(options.file);
    this.#values = new GraphValues({ ...options, directory: this.directory, shownDirectory });
  }

  async read(): Promise<SourceReading> {
    const { file, path } = this.#options;
    const seen = this.#watch?.take();
    const { way, bytes } = await readGraphBytes(path, LIMITS.graphFileBytes);
    const openings = way === undefined ? [] : await openingsOf(way);
    const doubts = doubtsOf(openings, this.#options);
    const unsafe = doubts.some(({ severity }) => severity === "error");
    this.#unsafeWay = unsafe ? way : undefined;
    this.#follow();
    const [before, again] = [this.#known, this.#wasRead];
    this.#known = undefined;
    const known = before === undefined || await this.#values.isStale() ? undefined : before;
    const lastGood = way && (() => lastGoodReading(way, unsafe, this.#options));
    const here = lastGood === undefined ? {} : { lastGood };
    if (unsafe) return { ...here, problems: doubts };
    if (!bytes.ok) {
      const { message, hint } = bytes.failure;
      const problem: Diagnostic = { severity: "error", file, message, ...(hint && { hint }) };
      return { ...here, problems: [...doubts, problem] };
    }
    const taken = await takeApart(bytes.value, { file, known, again });
    this.#wasRead = true;
    this.#known = taken.text;
    const evaluated = await valuedReading(taken, { file, path }, this.#values);
    this.#follow();
    // Where somebody has edited the graph, too, that is the reason.
    const reading = taken.text === before ? evaluated : { ...evaluated, input: undefined };
    const keep = () => this.#keep(way, openings, reading.text);
    return { ...here, ...reading, problems: [...doubts, ...reading.problems], keep, seen };
  }

  #keep(
    way: FileWay | undefined,
    openings: readonly Opening[],
    text: string | undefined,
  ): void {
    if (way === undefined || text === undefined) return;
    const { kept, path: name } = this.#options;
    const { kept: values, openings: more } = this.#values;
    kept?.keep({ name, path: way.realPath, openings: [...openings, ...more], text, values });
  }

  watch(changed: () => void): void {
    this.#watch?.open(changed);
    this.#follow();
    this.#values.watch(changed);
  }

  /** The way is watched, too, as long as others can write there. */
  #follow(): void {
    const { files, ways } = this.#values.watched;
    this.#watch?.follow({
      files: [this.#options.path, ...files],
      ways: [this.#unsafeWay, ...ways],
    });
  }

  close(): Promise<void> {
    this.#watch?.close();
    this.#values.close();
    return this.#options.kept?.kept() ?? Promise.resolve();
  }
}

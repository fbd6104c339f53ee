/**
 * A graph file: who can write it, its quiet time after an edit, and its last good reading.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { second } from "../../base/words.ts";
import type { Host } from "../../host/host.ts";
import { readDocument } from "../../lang/yaml/document.ts";
import type { Timer } from "../../os/clock.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { graphDirectory, readGraphBytes } from "../../os/graph_text.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import type { EarlierReading, GraphSource, SourceReading } from "./graph_source.ts";
import { judge, type Opening, openingsOf, type TrustRule } from "./graph_trust.ts";
import type { KeptGraphs } from "./kept_graphs.ts";
import { takeApart } from "./take_apart.ts";

/** What is written in place comes in several steps: so long after the last one the file is read. */
const SETTLE_MS = 50;

/** What a graph file needs to know. */
export interface GraphFileOptions {
  /** As the user wrote it, for messages. */
  readonly file: string;
  /** Where it is, absolute. */
  readonly path: string;
  /** By what it is watched; absent: it is only read. */
  readonly host?: Pick<Host, "watcher" | "clock">;
  /** Who may write it; absent: everybody. */
  readonly trust?: TrustRule | undefined;
  /** What would be refused because others can write it is only warned of. */
  readonly onlyWarn?: boolean | undefined;
  /** Where good readings are kept; absent: nowhere. */
  readonly kept?: KeptGraphs | undefined;
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
  #watch: Watch | undefined;
  /** Of what is on the way, while something there is to be mended. */
  readonly #wayWatches = new Map<string, Watch>();
  #changed = () => {};
  #timer: Timer | undefined;

  constructor(options: GraphFileOptions) {
    this.#options = options;
    this.file = options.file;
    this.directory = graphDirectory(options.path);
  }

  async read(): Promise<SourceReading> {
    const { file, path } = this.#options;
    const { way, bytes } = await readGraphBytes(path, LIMITS.graphFileBytes);
    const openings = way === undefined ? [] : await openingsOf(way);
    const doubts = this.#doubts(openings);
    const unsafe = doubts.some(({ severity }) => severity === "error");
    this.#unsafeWay = unsafe ? way : undefined;
    this.#watchWay();
    const [known, again] = [this.#known, this.#wasRead];
    this.#known = undefined;
    const lastGood = way && (() => this.#lastGood(way, unsafe));
    const here = lastGood === undefined ? {} : { lastGood };
    if (unsafe) return { ...here, problems: doubts };
    if (!bytes.ok) {
      const { message, hint } = bytes.failure;
      const problem: Diagnostic = { severity: "error", file, message, ...(hint && { hint }) };
      return { ...here, problems: [...doubts, problem] };
    }
    const reading = await takeApart(bytes.value, { file, known, again });
    this.#wasRead = true;
    this.#known = reading.text;
    const keep = () => this.#keep(way, openings, reading.text);
    return { ...here, ...reading, problems: [...doubts, ...reading.problems], keep };
  }

  #doubts(openings: readonly Opening[]): readonly Diagnostic[] {
    const { file, trust, onlyWarn } = this.#options;
    const distrust = trust && judge(openings, trust);
    if (distrust === undefined) return [];
    return [{ file, ...distrust, severity: onlyWarn ? "warning" : distrust.severity }];
  }

  #keep(
    way: FileWay | undefined,
    openings: readonly Opening[],
    text: string | undefined,
  ): void {
    if (way === undefined || text === undefined) return;
    const { kept, path: name } = this.#options;
    kept?.keep({ name, path: way.realPath, openings, text });
  }

  async #lastGood(way: FileWay, unsafe: boolean): Promise<EarlierReading | undefined> {
    const { path: name, kept, trust: rule } = this.#options;
    const found = await kept?.find({ name, path: way.realPath, unsafe, rule });
    if (found === undefined) return undefined;
    const file = `${this.file} (as of ${second(found.at)})`;
    const read = await readDocument(found.text, { file });
    return { file, document: read.ok ? read.document : undefined, at: found.at };
  }

  watch(changed: () => void): void {
    const { path, host } = this.#options;
    if (host === undefined) return;
    this.#changed = changed;
    this.#watch = host.watcher.watch({
      path,
      tree: false,
      follow: true,
      changed: ({ moved }) => this.#again(moved),
    });
    // What changed between the first reading and this is told by nobody.
    void host.watcher.settle().then(() => this.#again(true));
    this.#watchWay();
  }

  #again(moved: boolean): void {
    this.#timer?.cancel();
    // What was moved here was written before, somewhere else.
    if (moved) this.#changed();
    else this.#timer = this.#options.host?.clock.after(SETTLE_MS, this.#changed);
  }

  /** Watches what is on the way as long as others can write there. */
  #watchWay(): void {
    const { host } = this.#options;
    if (host === undefined || this.#watch === undefined) return;
    const steps = this.#unsafeWay?.steps ?? [];
    const wanted = new Set(steps.map(({ path }) => path).filter((path) => path !== "/"));
    const fresh = [...wanted].filter((path) => !this.#wayWatches.has(path));
    for (const path of fresh) {
      this.#wayWatches.set(
        path,
        host.watcher.watch({ path, tree: false, changed: ({ moved }) => this.#again(moved) }),
      );
    }
    for (const [path, watch] of this.#wayWatches) {
      if (wanted.has(path)) continue;
      watch.close();
      this.#wayWatches.delete(path);
    }
    // That it was mended before it was watched is told by nobody.
    if (fresh.length > 0) void host.watcher.settle().then(() => this.#again(true));
  }

  close(): Promise<void> {
    this.#timer?.cancel();
    this.#watch?.close();
    this.#watch = undefined;
    for (const watch of this.#wayWatches.values()) watch.close();
    this.#changed = () => {};
    return this.#options.kept?.kept() ?? Promise.resolve();
  }
}

/**
 * The programs of a directory of graphs: together they are one more of its files.
 *
 * @module
 */

import type { DocumentPart } from "../../lang/document.ts";
import { fileIn, PROGRAMS } from "./directory_names.ts";
import { readDocument } from "../../lang/yaml/document.ts";
import type { EarlierReading, GraphSource, SourceReading } from "./graph_source.ts";

/** Opens programs of a directory; `earlier`: what they evaluated to in an earlier run. */
export type OpenPrograms = (how: {
  readonly programs: () => readonly string[];
  readonly earlier: () => Promise<EarlierReading | undefined>;
}) => GraphSource;

/** Reads them, as long as there are any. */
export class DirectoryPrograms {
  readonly #directory: { readonly file: string; readonly path: string };
  readonly #open: OpenPrograms | undefined;
  /** What of the last good reading in an earlier run is theirs. */
  readonly #earlier: () => Promise<string | undefined>;
  #paths: readonly string[] = [];
  #source: GraphSource | undefined;
  #changed: (() => void) | undefined;
  /** The last reading that said something else than the one before, and waited for nothing. */
  #last: SourceReading | undefined;

  constructor(
    directory: { readonly file: string; readonly path: string },
    open: OpenPrograms | undefined,
    earlier: () => Promise<string | undefined>,
  ) {
    this.#directory = directory;
    this.#open = open;
    this.#earlier = earlier;
  }

  /** Reads those with these names; what says the same is there all the same. Undefined: there are none. */
  async read(names: readonly string[]): Promise<SourceReading | undefined> {
    this.#paths = names.map((name) => fileIn(this.#directory.path, name));
    if (names.length === 0) {
      await this.close();
      return undefined;
    }
    if (this.#source === undefined) {
      this.#source = this.#open?.({
        programs: () => this.#paths,
        earlier: async () => await this.#earlierReading(),
      });
      if (this.#changed !== undefined) this.#source?.watch(this.#changed);
    }
    const reading = await this.#source?.read();
    if (reading?.waiting !== undefined) return reading;
    if (reading?.same !== true) return this.#last = reading;
    const { keep } = reading;
    return { problems: [], ...this.#last, same: true, ...(keep && { keep }) };
  }

  /** What they say, as one of the files of the directory. */
  partOf({ document }: SourceReading): readonly DocumentPart[] {
    const { file, path } = this.#directory;
    if (document === undefined) return [];
    const isFinal = true;
    return [{ file: fileIn(file, PROGRAMS), path: fileIn(path, PROGRAMS), document, isFinal }];
  }

  async #earlierReading(): Promise<EarlierReading | undefined> {
    const text = await this.#earlier();
    if (text === undefined) return undefined;
    const { file, path } = this.#directory;
    const read = await readDocument(text, { file });
    const document = read.ok ? read.document : undefined;
    return { file, path, directory: path, at: "", document };
  }

  watch(changed: () => void): void {
    this.#changed = changed;
    this.#source?.watch(changed);
  }

  async close(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    this.#last = undefined;
    await source?.close();
  }
}

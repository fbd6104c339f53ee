/**
 * What stands at the name that a user gave: a file or a directory, and perhaps the other one later.
 *
 * @module
 */

import { isDirectory } from "../../os/graph_directory.ts";
import { GraphDirectory } from "./graph_directory.ts";
import { GraphFile, type GraphFileOptions } from "./graph_file.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";

/** A file or a directory as a source of graphs. */
export class NamedSource implements GraphSource {
  readonly file: string;
  readonly #options: GraphFileOptions;
  #now: GraphFile | GraphDirectory;
  #changed: (() => void) | undefined;

  constructor(options: GraphFileOptions) {
    this.#options = options;
    this.file = options.file;
    this.#now = isDirectory(options.path) === true
      ? new GraphDirectory(options)
      : new GraphFile(options);
  }

  get directory(): string {
    return this.#now.directory;
  }

  async read(): Promise<SourceReading> {
    const isOther = isDirectory(this.#options.path) === this.#now instanceof GraphFile;
    if (isOther) {
      await this.#now.close();
      const Other = this.#now instanceof GraphFile ? GraphDirectory : GraphFile;
      this.#now = new Other(this.#options);
      if (this.#changed !== undefined) this.#now.watch(this.#changed);
    }
    return await this.#now.read();
  }

  watch(changed: () => void): void {
    this.#changed = changed;
    this.#now.watch(changed);
  }

  close(): Promise<void> {
    this.#changed = undefined;
    return this.#now.close();
  }
}

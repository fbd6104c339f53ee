import { dirname } from "node:path";
import type { GraphSource, SourceReading } from "./graph_source.ts";

/** A source whose code is loaded when it is read first. */
export class LateSource implements GraphSource {
  readonly file: string;
  readonly directory: string;
  readonly #open: () => Promise<GraphSource>;
  #source: Promise<GraphSource> | undefined;
  #changed: (() => void) | undefined;

  constructor(
    { file, path }: { readonly file: string; readonly path: string },
    open: () => Promise<GraphSource>,
  ) {
    this.file = file;
    this.directory = dirname(path);
    this.#open = open;
  }

  async read(): Promise<SourceReading> {
    return await (await this.#opened()).read();
  }

  #opened(): Promise<GraphSource> {
    return this.#source ??= this.#open().then((source) => {
      if (this.#changed !== undefined) source.watch(this.#changed);
      return source;
    });
  }

  watch(changed: () => void): void {
    this.#changed = changed;
    void this.#source?.then((source) => source.watch(changed));
  }

  async close(): Promise<void> {
    this.#changed = undefined;
    await (await this.#source)?.close();
  }
}

import { dirname } from "node:path";
import type { GraphSource, SourceReading } from "./graph_source.ts";

/** A source whose code is loaded while the rest begins. */
export class LateSource implements GraphSource {
  readonly file: string;
  readonly directory: string;
  readonly #source: Promise<GraphSource>;

  constructor(
    { file, path }: { readonly file: string; readonly path: string },
    open: () => Promise<GraphSource>,
  ) {
    this.file = file;
    this.directory = dirname(path);
    this.#source = open();
  }

  async read(): Promise<SourceReading> {
    return await (await this.#source).read();
  }

  watch(changed: () => void): void {
    void this.#source.then((source) => source.watch(changed));
  }

  async close(): Promise<void> {
    await (await this.#source).close();
  }
}

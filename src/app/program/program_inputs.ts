import type { InputSource, JsonValue } from "../../base/input.ts";
import type { Result } from "../../base/result.ts";
import {
  changedRead,
  type InputSaying,
  type InputSources,
  type RecordedRead,
  sayOf,
} from "../../program/recorded_reads.ts";
import type { ProgramGraph } from "../../program/protocol.ts";
import { FileInputs, type ReadSafely } from "./file_inputs.ts";

/** An input that does something for what is read of it, and is told what that is. */
export interface FollowedInput extends InputSource {
  /** Only what is at these paths is read by the graph in force. */
  keep?(paths: readonly (readonly string[])[]): void;
  /** These values will be shared by the first graph. */
  shares?(values: readonly SharedEntry[]): void;
}

/** A value that a graph shares. */
export interface SharedEntry {
  readonly name: string;
  readonly value: JsonValue;
}

/** Inputs by the first word of their paths. */
export type ProgramSources = Readonly<Record<string, FollowedInput>>;

/** All that one program reads. */
export class ProgramInputs {
  readonly #sources: ProgramSources;
  readonly #all: InputSources;
  readonly #files: FileInputs;
  readonly #endings: readonly (() => void)[];

  constructor(
    { sources, directory, read, changed }: {
      readonly sources: ProgramSources;
      /** Where relative names of files begin. */
      readonly directory: string;
      readonly read: ReadSafely;
      /** Something besides files may be said otherwise. */
      readonly changed: () => void;
    },
  ) {
    this.#files = new FileInputs(directory, read);
    this.#sources = sources;
    this.#all = { ...sources, ...this.#files.sources };
    this.#endings = Object.values(sources).map((source) => source.watch(changed));
  }

  /** Files are read anew from now on. */
  forget(): void {
    this.#files.forget();
  }

  /** What is said now to what was read before; what cannot be had any more is left to be asked for. */
  async sayAgain(reads: readonly RecordedRead[]): Promise<readonly RecordedRead[]> {
    const known: RecordedRead[] = [];
    for (const read of reads) {
      const fetched = await this.#files.fetch(read.path);
      if (fetched.ok) known.push({ ...read, said: sayOf(this.#all, read) });
    }
    return known;
  }

  async say(read: Pick<RecordedRead, "path" | "of">): Promise<Result<InputSaying>> {
    const fetched = await this.#files.fetch(read.path);
    const [family = "", ...below] = read.path;
    const source = this.#sources[family];
    // That somebody asks is what has it learned.
    source?.read(below);
    await source?.learn?.(below);
    return fetched.ok ? { ok: true, value: sayOf(this.#all, read) } : fetched;
  }

  /** The first of what was read that is said otherwise now. */
  changedRead(reads: readonly RecordedRead[]): RecordedRead | undefined {
    return changedRead(reads, this.#all);
  }

  /** The first graph will share these. */
  shares(values: readonly SharedEntry[]): void {
    for (const source of Object.values(this.#sources)) source.shares?.(values);
  }

  /** A graph is in force that read this. */
  keep(reads: readonly RecordedRead[]): void {
    for (const [family, source] of Object.entries(this.#sources)) {
      const own = reads.filter(({ path }) => path[0] === family);
      source.keep?.(own.map(({ path }) => path.slice(1)));
    }
  }

  close(): void {
    for (const end of this.#endings) end();
  }
}

/** What a graph shares, in the form of a graph file. */
export function sharedBy(graph: unknown): readonly SharedEntry[] {
  const { resources } = graph as Partial<ProgramGraph>;
  return (resources?.["value"] ?? []).flatMap(({ name, value }) =>
    typeof name === "string" && value !== undefined ? [{ name, value }] : []
  );
}

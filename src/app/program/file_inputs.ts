/**
 * Files that a program reads: by the same door as graphs, and under the same rule of who may write them.
 *
 * @module
 */

import { resolve } from "node:path";
import type { InputReading, InputSource, JsonValue } from "../../base/input.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { parseData } from "./parse_data.ts";

/** Reads a text whose name is absolute. */
export type ReadSafely = (path: string) => Promise<Result<string>>;

/** What files say, as far as they were asked for. */
export class FileInputs {
  readonly #directory: string;
  readonly #read: ReadSafely;
  readonly #texts = new Map<string, Result<string>>();
  readonly #values = new Map<string, Result<JsonValue>>();

  constructor(directory: string, read: ReadSafely) {
    this.#directory = directory;
    this.#read = read;
  }

  /** The families `file` (texts) and `data` (values). */
  get sources(): Readonly<Record<"file" | "data", InputSource>> {
    const watch = () => () => {};
    return {
      file: { watch, read: ([name = ""]) => readingOf(this.#texts.get(this.pathOf(name))) },
      data: {
        watch,
        read: ([name = "", ...keys]) => inside(this.#values.get(this.pathOf(name)), keys),
      },
    };
  }

  /** The absolute path of a file as a program names it. */
  pathOf(name: string): string {
    return resolve(this.#directory, name);
  }

  /** Reads what an input is about, unless it was read in this round; a failure says why there is no value. */
  async fetch([family, name = ""]: readonly string[]): Promise<Result<void>> {
    if (family !== "file" && family !== "data") return ok(undefined);
    const path = this.pathOf(name);
    const known = this.#texts.get(path) ?? await this.#read(path);
    this.#texts.set(path, known);
    if (!known.ok) return known;
    if (family === "file") return ok(undefined);
    const value = this.#values.get(path) ?? await parseData(known.value, path);
    this.#values.set(path, value);
    return value.ok ? ok(undefined) : value;
  }

  /** Begins another round: everything is read anew when it is asked for. */
  forget(): void {
    this.#texts.clear();
    this.#values.clear();
  }
}

function readingOf(text: Result<JsonValue> | undefined): InputReading {
  if (text === undefined) return { isKnown: false, why: "it was not read yet" };
  return text.ok
    ? { isKnown: true, value: text.value }
    : { isKnown: false, why: text.failure.message };
}

function inside(value: Result<JsonValue> | undefined, keys: readonly string[]): InputReading {
  let reading = readingOf(value);
  for (const key of keys) {
    if (!reading.isKnown) break;
    const here: unknown = reading.value;
    const isThere = typeof here === "object" && here !== null && Object.hasOwn(here, key);
    const next = isThere ? (here as Readonly<Record<string, JsonValue>>)[key] : undefined;
    reading = { isKnown: true, value: next };
  }
  return reading;
}

/** A text of a file, if it is one. */
export function decodeText(bytes: Uint8Array, path: string): Result<string> {
  if (bytes.length > LIMITS.programFileBytes) {
    const limit = LIMITS.programFileBytes / 1024 / 1024;
    return fail(`${path} is larger than ${limit} MiB`);
  }
  try {
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return fail(`${path} is no text in UTF-8`);
  }
}

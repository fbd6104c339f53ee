/**
 * The entries of a zip, by its list of contents at the end.
 *
 * @module
 */

import type { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import yauzlModule from "yauzl";
import type { OpenFile } from "../files/files.ts";
import type { ArchivedEntry } from "./archives.ts";
import type { LimitedTake } from "./limited_take.ts";
import { ReadingEnds } from "../files/streamed.ts";

/** What is used of the library, which has no types. */
interface Yauzl {
  readonly RandomAccessReader: new () => object;
  fromRandomAccessReader(
    reader: object,
    size: number,
    options: { readonly lazyEntries: boolean; readonly autoClose: boolean },
    done: (error: Error | null, zip: ZipFile) => void,
  ): void;
}

interface ZipFile extends EventEmitter {
  readEntry(): void;
  openReadStream(entry: ZipEntry, done: (error: Error | null, opened: Readable) => void): void;
  close(): void;
}

interface ZipEntry {
  readonly fileName: string;
  readonly crc32: number;
  readonly externalFileAttributes: number;
  isEncrypted(): boolean;
}

const yauzl = yauzlModule as unknown as Yauzl;

/** Whether a file begins as one. */
export function isZip([p, k, three, four]: Uint8Array): boolean {
  return p === 0x50 && k === 0x4b && ((three === 3 && four === 4) || (three === 5 && four === 6));
}

const PIECE_BYTES = 64 * 1024;

/** Reads parts of a file that is open. */
class FileReader extends yauzl.RandomAccessReader {
  readonly #file: OpenFile;
  constructor(file: OpenFile) {
    super();
    this.#file = file;
  }

  _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#pieces(start, end));
  }

  async *#pieces(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let position = start; position < end;) {
      const buffer = new Uint8Array(Math.min(PIECE_BYTES, end - position));
      const count = await this.#file.read(buffer, position);
      if (!count.ok) throw new ReadingEnds(count.failure);
      if (count.value === 0) return;
      position += count.value;
      yield buffer.subarray(0, count.value);
    }
  }
}

/** Hands out the entries. */
export async function eachOfZip(file: OpenFile, take: LimitedTake): Promise<void> {
  const zip = await open(file);
  try {
    for (let entry = await next(zip); entry !== undefined; entry = await next(zip)) {
      await take.entry(await archived(zip, entry, take));
    }
  } finally {
    zip.close();
  }
}

function open(file: OpenFile): Promise<ZipFile> {
  return new Promise((resolve, reject) =>
    yauzl.fromRandomAccessReader(
      new FileReader(file),
      file.size,
      { lazyEntries: true, autoClose: false },
      (error, zip) => error === null ? resolve(zip) : reject(error),
    )
  );
}

function next(zip: ZipFile): Promise<ZipEntry | undefined> {
  return new Promise((resolve, reject) => {
    const done = () =>
      zip.removeAllListeners("entry").removeAllListeners("end").removeAllListeners("error");
    zip.once("error", (error: Error) => (done(), reject(error)));
    zip.once("end", () => (done(), resolve(undefined)));
    zip.once("entry", (entry: ZipEntry) => (done(), resolve(entry)));
    zip.readEntry();
  });
}

/** The type in the mode that Unix knows. */
const TYPE = { mask: 0o170000, link: 0o120000, directory: 0o040000, file: 0o100000 };
const LONGEST_TARGET = 4096;

async function archived(zip: ZipFile, entry: ZipEntry, take: LimitedTake): Promise<ArchivedEntry> {
  const attributes = entry.externalFileAttributes >>> 16;
  const mode = attributes === 0 ? undefined : attributes & 0o7777;
  const name = entry.fileName;
  const pieces = take.counted(contentOf(zip, entry));
  const type = attributes & TYPE.mask;
  const base = { name, mode, target: "" };
  if (name.endsWith("/")) return { ...base, type: "directory", pieces: nothing() };
  if (type === TYPE.link) {
    const target = await textOf(pieces);
    return { ...base, type: "symlink", target, pieces: nothing() };
  }
  const isFile = type === 0 || type === TYPE.file;
  return { ...base, type: isFile ? "file" : "other", pieces };
}

async function* contentOf(
  zip: ZipFile,
  entry: ZipEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (entry.isEncrypted()) throw new Error(`${entry.fileName} in it is encrypted`);
  const stream = await new Promise<Readable>((resolve, reject) =>
    zip.openReadStream(entry, (error, opened) => error === null ? resolve(opened) : reject(error))
  );
  let sum = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    sum = crc32(piece, sum);
    yield piece;
  }
  if (sum !== entry.crc32) throw new Error(`the sum of ${entry.fileName} in it is wrong`);
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of pieces) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > LONGEST_TARGET) throw new Error("a link in it leads too far");
  }
  return text;
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

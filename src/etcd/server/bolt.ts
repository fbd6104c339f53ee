/**
 * Reads etcd's database file (bbolt, a tree of pages), as far as a snapshot needs it: all entries of
 * one bucket, in the order of their keys. Nothing in the file is believed: what does not fit ends as
 * {@linkcode DamagedFile}.
 *
 * @module
 */

import * as fs from "node:fs";

/** Thrown where the file is not what it should be. */
export class DamagedFile extends Error {}

/** One entry; the value is read when it is wanted. */
export interface BoltEntry {
  readonly key: Uint8Array;
  readonly valueAt: number;
  readonly valueBytes: number;
}

const PAGE_HEADER = 16;
const ELEMENT = 16;
const BUCKET_HEADER = 16;
const BRANCH = 0x01;
const LEAF = 0x02;
const IS_BUCKET = 0x01;
const MAGIC = 0xed0cdaed;
const VERSION = 2;
/** Page sizes of machines. */
const PAGE_MIN = 512;
const PAGE_MAX = 64 * 1024;
/** A tree is never that deep, nor a page that long. */
const DEPTH_MAX = 64;
const PAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Where a tree begins. */
interface BoltMeta {
  readonly pageSize: number;
  readonly root: number;
  readonly transaction: bigint;
}

interface BoltPage {
  /** Where it begins in the file. */
  readonly at: number;
  readonly bytes: DataView<ArrayBuffer>;
}

/** An open database file. */
export class BoltFile {
  readonly #file: number;
  readonly #length: number;
  readonly #pageSize: number;
  readonly #root: number;

  /** `length`: bytes of the file that are the database. */
  constructor(file: number, length: number) {
    this.#file = file;
    this.#length = length;
    const [best] = [this.#meta(0), this.#secondMeta()].filter((meta) => meta !== undefined)
      .sort((one, other) => Number(other.transaction - one.transaction));
    if (best === undefined) throw new DamagedFile("it is no database of etcd");
    this.#pageSize = best.pageSize;
    this.#root = best.root;
  }

  /** All entries of the bucket with that name. */
  *entries(bucket: string): Generator<BoltEntry> {
    const at = this.#bucketAt(new TextEncoder().encode(bucket));
    if (at === undefined) throw new DamagedFile(`it has no bucket "${bucket}"`);
    const root = this.#number(this.bytes(at, BUCKET_HEADER), 0);
    const page = root === 0 ? this.#pageAt(at + BUCKET_HEADER, 0) : this.#page(root);
    yield* this.#walk(page, 0);
  }

  /** The value of a key in a bucket; undefined: there is no such key, or no such bucket. */
  value(bucket: string, name: string): Uint8Array | undefined {
    const wanted = new TextEncoder().encode(name);
    if (this.#bucketAt(new TextEncoder().encode(bucket)) === undefined) return undefined;
    for (const { key, valueAt, valueBytes } of this.entries(bucket)) {
      if (isSame(key, wanted)) return new Uint8Array(this.bytes(valueAt, valueBytes).buffer);
    }
    return undefined;
  }

  #bucketAt(name: Uint8Array): number | undefined {
    for (const { key, valueAt, isBucket } of this.#walk(this.#page(this.#root), 0)) {
      if (isBucket && isSame(key, name)) return valueAt;
    }
    return undefined;
  }

  /** Bytes of the file. */
  bytes(at: number, length: number): DataView<ArrayBuffer> {
    if (!(at >= 0 && length >= 0 && at + length <= this.#length)) {
      throw new DamagedFile("something in it leads beyond its end");
    }
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const read = fs.readSync(this.#file, bytes, done, length - done, at + done);
      if (read === 0) throw new DamagedFile("it ends too early");
      done += read;
    }
    return new DataView(bytes.buffer);
  }

  *#walk(page: BoltPage, depth: number): Generator<BoltEntry & { readonly isBucket: boolean }> {
    if (depth > DEPTH_MAX) throw new DamagedFile("its tree has no end");
    const { bytes, at } = page;
    const flags = bytes.getUint16(8, true);
    const count = bytes.getUint16(10, true);
    if (flags !== BRANCH && flags !== LEAF) throw new DamagedFile("a page is of an unknown kind");
    for (let index = 0; index < count; index++) {
      const element = PAGE_HEADER + index * ELEMENT;
      if (element + ELEMENT > bytes.byteLength) throw new DamagedFile("a page is too short");
      if (flags === BRANCH) {
        yield* this.#walk(this.#page(this.#number(bytes, element + 8)), depth + 1);
        continue;
      }
      const [kind, position, keyBytes, valueBytes] = [0, 4, 8, 12].map((offset) =>
        bytes.getUint32(element + offset, true)
      ) as [number, number, number, number];
      const keyAt = element + position;
      if (keyAt + keyBytes + valueBytes > bytes.byteLength) {
        throw new DamagedFile("an entry leads beyond its page");
      }
      const key = new Uint8Array(bytes.buffer, keyAt, keyBytes);
      const isBucket = (kind & IS_BUCKET) !== 0;
      yield { key, valueAt: at + keyAt + keyBytes, valueBytes, isBucket };
    }
  }

  #page(id: number): BoltPage {
    const at = id * this.#pageSize;
    const overflow = this.bytes(at, PAGE_HEADER).getUint32(12, true);
    return this.#pageAt(at, (overflow + 1) * this.#pageSize);
  }

  /** `length` 0: a small bucket's page inside of another one, which says itself how long it is. */
  #pageAt(at: number, length: number): BoltPage {
    const inside = () => Math.min(this.#pageSize, this.#length - at);
    const bytes = length === 0 ? inside() : length;
    if (bytes > PAGE_BYTES_MAX) throw new DamagedFile("a page is too long");
    return { at, bytes: this.bytes(at, bytes) };
  }

  #secondMeta(): BoltMeta | undefined {
    for (let size = PAGE_MIN; size <= PAGE_MAX; size *= 2) {
      const meta = this.#meta(size);
      if (meta?.pageSize === size) return meta;
    }
    return undefined;
  }

  /** One of the two pages that say where all begins: whoever writes changes the older one. */
  #meta(at: number): BoltMeta | undefined {
    if (at + PAGE_HEADER + 64 > this.#length) return undefined;
    const bytes = this.bytes(at + PAGE_HEADER, 64);
    if (bytes.getUint32(0, true) !== MAGIC || bytes.getUint32(4, true) !== VERSION) {
      return undefined;
    }
    if (bytes.getBigUint64(56, true) !== checksum(bytes, 56)) return undefined;
    const pageSize = bytes.getUint32(8, true);
    if (pageSize < PAGE_MIN || pageSize > PAGE_MAX) return undefined;
    return {
      pageSize,
      root: this.#number(bytes, 16),
      transaction: bytes.getBigUint64(48, true),
    };
  }

  #number(bytes: DataView<ArrayBuffer>, at: number): number {
    const number = bytes.getBigUint64(at, true);
    if (number > BigInt(Number.MAX_SAFE_INTEGER)) throw new DamagedFile("a number is too large");
    return Number(number);
  }
}

/** FNV-1a of 64 bits. */
function checksum(bytes: DataView<ArrayBuffer>, length: number): bigint {
  let sum = 0xcbf29ce484222325n;
  for (let index = 0; index < length; index++) {
    sum = ((sum ^ BigInt(bytes.getUint8(index))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return sum;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/**
 * What is in a snapshot of etcd: checked by its sum first, then read as the keys that were there when
 * it was taken.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import { BoltFile, DamagedFile } from "./bolt.ts";

/** One key as it was. */
export interface SnapshotEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** It would have gone with a lease. */
  readonly leased: boolean;
}

/** etcd puts the sum of all before it at the end. */
const SUM_BYTES = 32;
const PIECE_BYTES = 1024 * 1024;
/** A revision: two numbers of 8 bytes and `_` between; `t` after it: the key was removed then. */
const REVISION_BYTES = 17;
/** More keys than that no store of ours has. */
const KEYS_MAX = 1_000_000;
const NO_SNAPSHOT = "take one with mgmt cluster snapshot, or name another file";

/** What a snapshot has. */
export interface SnapshotContent {
  /** All keys that were there, in no order. */
  readonly entries: readonly SnapshotEntry[];
  /** The rights of etcd were in force: the cluster spoke TLS. */
  readonly hasRights: boolean;
}

/** An open snapshot that is right. */
export class SnapshotReader {
  readonly #path: string;
  readonly #file: number;
  readonly #length: number;

  private constructor(path: string, file: number, length: number) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
  }

  /** Opens a snapshot, if it is whole. */
  static open(path: string): Result<SnapshotReader> {
    let file: number | undefined;
    try {
      const flags = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK; // a FIFO has no end
      file = fs.openSync(path, flags);
      const stat = fs.fstatSync(file);
      if (!stat.isFile()) return refuse(file, `${path} is no regular file`);
      const length = stat.size - SUM_BYTES;
      // A copy of the database's own file has no sum.
      if (length <= 0 || length % 512 !== 0) return refuse(file, `${path} is no snapshot of etcd`);
      if (!isRight(file, length)) {
        return refuse(file, `${path} is damaged: the sum at its end is another`);
      }
      return ok(new SnapshotReader(path, file, length));
    } catch (thrown) {
      if (file !== undefined) fs.closeSync(file);
      return fail(`cannot read ${path}: ${reasonOf(thrown)}`, { code: "snapshot" });
    }
  }

  /** Reads all of it. */
  read(): Result<SnapshotContent> {
    try {
      return ok(this.#read());
    } catch (thrown) {
      if (!(thrown instanceof DamagedFile)) throw thrown;
      return fail(`${this.#path} cannot be read as a snapshot: ${thrown.message}`, {
        code: "snapshot",
        hint: NO_SNAPSHOT,
      });
    }
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #read(): SnapshotContent {
    const database = new BoltFile(this.#file, this.#length);
    const hasRights = database.value("auth", "authEnabled")?.[0] === 1;
    return { entries: this.#entries(database), hasRights };
  }

  /** The last revision of each key counts. */
  #entries(database: BoltFile): readonly SnapshotEntry[] {
    const last = new Map<string, SnapshotEntry | undefined>();
    for (const { key: revision, valueAt, valueBytes } of database.entries("key")) {
      if (revision.length < REVISION_BYTES) throw new DamagedFile("a revision is too short");
      const { buffer } = database.bytes(valueAt, valueBytes);
      const entry = readKeyValue(new Uint8Array(buffer));
      const name = Buffer.from(entry.key).toString("latin1");
      if (last.size >= KEYS_MAX && !last.has(name)) throw new DamagedFile("it has too many keys");
      last.set(name, revision.length > REVISION_BYTES ? undefined : entry);
    }
    return [...last.values()].filter((entry) => entry !== undefined);
  }
}

function refuse(file: number, message: string): Result<never> {
  fs.closeSync(file);
  return fail(message, { code: "snapshot", hint: NO_SNAPSHOT });
}

function isRight(file: number, length: number): boolean {
  const hash = createHash("sha256");
  const piece = new Uint8Array(PIECE_BYTES);
  for (let at = 0; at < length;) {
    const read = fs.readSync(file, piece, 0, Math.min(PIECE_BYTES, length - at), at);
    if (read === 0) return false;
    hash.update(piece.subarray(0, read));
    at += read;
  }
  const sum = new Uint8Array(SUM_BYTES);
  fs.readSync(file, sum, 0, SUM_BYTES, length);
  return hash.digest().equals(sum);
}

const KEY = 1, VALUE = 5, LEASE = 6;
const VARINT = 0, BYTES = 2;

/** A `KeyValue` of etcd, as its protocol writes it. */
function readKeyValue(bytes: Uint8Array): SnapshotEntry {
  let [key, value] = [new Uint8Array(0), new Uint8Array(0)];
  let leased = false;
  let at = 0;
  const number = () => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
    throw new DamagedFile("a number in it has no end");
  };
  while (at < bytes.length) {
    const tag = Number(number());
    const [field, type] = [tag >> 3, tag & 7];
    if (type === VARINT) {
      const read = number();
      if (field === LEASE) leased = read !== 0n;
    } else if (type === BYTES) {
      const length = Number(number());
      if (at + length > bytes.length) throw new DamagedFile("a value leads beyond its end");
      const piece = bytes.slice(at, at + length);
      at += length;
      if (field === KEY) key = piece;
      else if (field === VALUE) value = piece;
    } else throw new DamagedFile("a value is of an unknown kind");
  }
  if (key.length === 0) throw new DamagedFile("a value has no key");
  return { key, value, leased };
}

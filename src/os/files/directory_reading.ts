/**
 * Reads a directory piece by piece.
 *
 * The runtime reads it as a whole: for 200,000 entries it does nothing else for a second. So where the
 * C library can be called the kernel is asked for as much as takes some milliseconds.
 *
 * @module
 */

import type { RawDirectoryEntry, Stat } from "./files.ts";
import { openRaw, type RawDirectory } from "../native/names.ts";
import { typeOf } from "./stat.ts";

/** One entry as a directory tells of it; `raw` where its name is not UTF-8. */
export type ReadEntry =
  | { readonly name: string; readonly type: Stat["type"] }
  | { readonly name: undefined; readonly raw: RawDirectoryEntry };

/** A directory that is being read; it stays the same one, whatever is put in its place. */
export interface DirectoryReading {
  /** Some further entries; undefined at the end. Throws what the runtime would. */
  next(): readonly ReadEntry[] | undefined;
  /** To be called where it is not read to its end. */
  close(): void;
  /** Whether names that are not UTF-8 are told. */
  readonly raw: boolean;
}

const PIECE_BYTES = 32 * 1024;
const ENOENT = 2;
/** Where the parts of a `struct linux_dirent64` are. */
const [LENGTH_AT, TYPE_AT, NAME_AT] = [16, 18, 19];
const UNKNOWN = 0;
const TYPES: Readonly<Record<number, Stat["type"]>> = { 4: "directory", 8: "file", 10: "symlink" };

/** Opens a directory; throws what the runtime would. */
export function openDirectory(path: string): DirectoryReading {
  const raw = openRaw(path);
  return raw === undefined ? openWhole(path) : readPieces(raw, path);
}

function openWhole(path: string): DirectoryReading {
  let entries: readonly ReadEntry[] | undefined = [...Deno.readDirSync(path)]
    .map(({ name, ...type }) => ({ name, type: typeOf(type) }));
  return {
    next() {
      const all = entries;
      entries = undefined;
      return all;
    },
    close: () => void (entries = undefined),
    raw: false,
  };
}

function readPieces(directory: RawDirectory, path: string): DirectoryReading {
  const buffer = new Uint8Array(PIECE_BYTES);
  let ended = false;
  const close = () => {
    if (!ended) directory.close();
    ended = true;
  };
  return {
    next() {
      if (ended) return undefined;
      const length = directory.read(buffer);
      if (length > 0) return parse(buffer, length, directory);
      close();
      // Removed after it was opened: nothing is left in it.
      if (length === 0 || length === -ENOENT) return undefined;
      throw new Error(`${path} could not be read to its end (os error ${-length})`);
    },
    close,
    raw: true,
  };
}

function parse(buffer: Uint8Array<ArrayBuffer>, length: number, directory: RawDirectory) {
  const view = new DataView(buffer.buffer, 0, length);
  const entries: ReadEntry[] = [];
  for (let at = 0; at < length; at += view.getUint16(at + LENGTH_AT, true)) {
    const start = at + NAME_AT;
    const bytes = buffer.subarray(start, buffer.indexOf(0, start));
    const name = textOf(bytes);
    if (name === "." || name === "..") continue;
    const type = typeAt(view.getUint8(at + TYPE_AT), directory, name);
    if (name !== undefined) entries.push({ name, type });
    else entries.push({ name, raw: { bytes: bytes.slice(), shown: shown(bytes), type } });
  }
  return entries;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Byte by byte as long as that will do, which is quicker. */
function textOf(bytes: Uint8Array): string | undefined {
  let text = "";
  for (const byte of bytes) {
    if (byte >= 0x80) return decoded(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** What is not ASCII as `\xff`. */
function shown(bytes: Uint8Array): string {
  return Array.from(
    bytes,
    (byte) => byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  ).join("");
}

/** Some file systems do not say what an entry is. */
function typeAt(
  type: number,
  { descriptor }: RawDirectory,
  name: string | undefined,
): Stat["type"] {
  if (type !== UNKNOWN || name === undefined) return TYPES[type] ?? "other";
  try {
    return typeOf(Deno.lstatSync(`/proc/self/fd/${descriptor}/${name}`));
  } catch {
    return "other";
  }
}

/**
 * Copies in which what is all zeros takes no place on the disk, as the holes of a sparse file.
 *
 * @module
 */

import * as descriptors from "./descriptors.ts";

/** So much that is all zeros becomes a hole; file systems have blocks of 4 to 64 KiB. */
const BLOCK_BYTES = 16 * 1024;

/** Writes a piece of a new file at its position, but for what is all zeros. */
export async function writeSparse(
  file: number,
  piece: Uint8Array,
  position: number,
): Promise<void> {
  let from = 0;
  for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
    const end = Math.min(at + BLOCK_BYTES, piece.length);
    if (!isZero(piece.subarray(at, end))) continue;
    if (from < at) await descriptors.writeAtAsync(file, piece.subarray(from, at), position + from);
    from = end;
  }
  const rest = piece.subarray(from);
  if (rest.length > 0) await descriptors.writeAtAsync(file, rest, position + from);
}

/** Gives a new file its size, where it ends with zeros. */
export function endSparse(file: number, size: number): void {
  if (descriptors.statOpen(file).size < size) descriptors.truncate(file, size);
}

function isZero(bytes: Uint8Array): boolean {
  const { buffer, byteOffset, length } = bytes;
  if (byteOffset % 8 !== 0) return bytes.every((byte) => byte === 0);
  const words = new BigUint64Array(buffer, byteOffset, Math.floor(length / 8));
  for (let index = 0; index < words.length; index++) if (words[index] !== 0n) return false;
  for (let at = words.length * 8; at < length; at++) if (bytes[at] !== 0) return false;
  return true;
}

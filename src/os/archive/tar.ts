/**
 * The entries of a tar.
 *
 * @module
 */

import { pipeline, Readable, type Writable } from "node:stream";
import tar from "tar-stream";
import type { ArchivedEntry } from "./archives.ts";
import type { Pieces } from "./compression.ts";
import type { LimitedTake } from "./limited_take.ts";

/** Its unit. */
export const TAR_BLOCK = 512;

const CHECKSUM = { start: 148, end: 156 };

/** Whether a block is the head of an entry: its sum is right. All zeros are the end of an empty one. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.every((byte) => byte === 0)) return true;
  const text = new TextDecoder("latin1").decode(block.subarray(CHECKSUM.start, CHECKSUM.end));
  const said = /^ *([0-7]{1,7})[ \0]/.exec(text)?.[1];
  let sum = 0;
  for (const [index, byte] of block.entries()) {
    sum += index >= CHECKSUM.start && index < CHECKSUM.end ? 0x20 : byte;
  }
  return said !== undefined && parseInt(said, 8) === sum;
}

const TYPES: Readonly<Record<string, ArchivedEntry["type"]>> = {
  "file": "file",
  "contiguous-file": "file",
  "directory": "directory",
  "symlink": "symlink",
  "link": "hard-link",
};

/** Hands out the entries. */
export async function eachOfTar(pieces: Pieces, take: LimitedTake): Promise<void> {
  const extract = tar.extract();
  pipeline(Readable.from(pieces), extract as unknown as Writable, () => {});
  for await (const entry of extract) {
    const { name, type, mode, linkname, pax } = entry.header;
    // Its content is a map of its holes, and then what is between them.
    const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith("GNU.sparse."));
    await take.entry({
      name,
      type: isSparse ? "other" : TYPES[type ?? ""] ?? "other",
      mode,
      target: linkname ?? "",
      pieces: entry as unknown as AsyncIterable<Uint8Array>,
    });
    entry.resume();
  }
}

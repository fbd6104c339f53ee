/**
 * Compressed streams: gz by the runtime, zst and xz by libraries, since not every runtime knows zst and none xz.
 *
 * @module
 */

import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import xzModule from "xz-decompress";

/** Bytes, piece by piece. */
export type Pieces = AsyncGenerator<Uint8Array, void, undefined>;

/** How something is compressed. */
export type Compression = "gz" | "xz" | "zst" | "bzip2";

const SIGNS: readonly (readonly [Compression, readonly number[]])[] = [
  ["gz", [0x1f, 0x8b]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["zst", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/** What the first bytes say; undefined: none that is known. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  return SIGNS.find(([, signs]) => signs.every((sign, index) => head[index] === sign))?.[0];
}

/** What comes out; `count` hears of what is held before it is handed on. */
export function unpacked(
  compression: Compression,
  pieces: Pieces,
  { count }: { readonly count: (bytes: number) => void },
): Pieces {
  switch (compression) {
    case "gz":
      return gunzipped(pieces);
    case "xz":
      return unxzed(pieces);
    case "zst":
      return unzstded(pieces, count);
    case "bzip2":
      throw new Error("it is compressed by bzip2, which is not known here");
  }
}

async function* gunzipped(pieces: Pieces): Pieces {
  const gunzip = createGunzip();
  // What goes wrong is thrown to whoever reads.
  pipeline(Readable.from(pieces), gunzip, () => {});
  yield* gunzip as AsyncIterable<Uint8Array>;
}

async function* unxzed(pieces: Pieces): Pieces {
  const { XzReadableStream } = xzModule;
  try {
    yield* new XzReadableStream(ReadableStream.from(pieces));
  } catch (thrown) {
    const isLibrarys = thrown instanceof Error && /error code \d+$/.test(thrown.message);
    throw isLibrarys
      ? new Error("its xz stream is damaged, cut off or needs too much memory")
      : thrown;
  }
}

/** A byte may become 32 KiB at once. */
const STEP_BYTES = 512;
/** So much may be held at once. */
const HELD_BYTES = 64 * 1024 * 1024;

async function* unzstded(pieces: Pieces, count: (bytes: number) => void): Pieces {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const decompress = new Decompress((piece) => {
    heldBytes += piece.length;
    if (heldBytes > HELD_BYTES) count(Infinity);
    held.push(piece);
  });
  function* out(): Generator<Uint8Array> {
    const ready = held;
    [held, heldBytes] = [[], 0];
    yield* ready;
  }
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += STEP_BYTES) {
      decompress.push(piece.subarray(at, at + STEP_BYTES));
      yield* out();
    }
  }
  decompress.push(new Uint8Array(), true);
  yield* out();
}

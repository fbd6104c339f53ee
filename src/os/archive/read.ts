/**
 * From a file to the entries of an archive: which form it has, its bytes tell.
 *
 * @module
 */

import { basename } from "node:path";
import { LIMITS } from "../../base/limits.ts";
import { fail, failure, ok, reasonOf, type Result } from "../../base/result.ts";
import type { Files, OpenFile } from "../files/files.ts";
import type { ArchivedEntry, ArchiveLimits } from "./archives.ts";
import { compressionOf, type Pieces, unpacked } from "./compression.ts";
import type { LimitedTake } from "./limited_take.ts";
import { BROKEN_STREAM, ReadingEnds } from "../files/streamed.ts";
import { eachOfTar, isTarHeader, TAR_BLOCK } from "./tar.ts";
import { eachOfZip, isZip } from "./zip.ts";

/** What is to be read, and who takes it. */
export interface ArchiveReading {
  readonly path: string;
  readonly limits: ArchiveLimits;
  readonly take: (entry: ArchivedEntry) => Promise<Result<void>>;
  readonly signal: AbortSignal;
}

/** Reads it all. */
export async function readArchive(
  files: Pick<Files, "open">,
  reading: ArchiveReading,
): Promise<Result<void>> {
  const { path, signal } = reading;
  const opened = await files.open(path, signal);
  if (!opened.ok) return opened;
  const file = opened.value;
  try {
    const take = limited(reading, file.size);
    const head = new Uint8Array(TAR_BLOCK);
    const count = await file.read(head, 0);
    if (!count.ok) return count;
    if (isZip(head)) await eachOfZip(file, take);
    else await eachOfStream(file, head, path, take);
    return ok(undefined);
  } catch (thrown) {
    const why = thrown instanceof ReadingEnds ? thrown.failure : undefined;
    if (why !== undefined && why.code !== BROKEN_STREAM) return { ok: false, failure: why };
    if (signal.aborted) return fail(`reading ${path} was stopped`, { code: "stopped" });
    return fail(`${path} cannot be unpacked: ${reasonOf(thrown)}`, {
      code: "archive",
      hint:
        "it may be cut off or damaged; it must be tar (plain, gz, xz, zst), zip, or one file (gz, xz, zst)",
    });
  } finally {
    file.close();
  }
}

function limited({ path, limits, take, signal }: ArchiveReading, size: number): LimitedTake {
  let [bytes, entries] = [0, 0];
  // Beside the contents there are the heads of a tar's entries.
  const most = limits.maxBytes + 4 * TAR_BLOCK * limits.maxEntries;
  const ratioMost = LIMITS.archiveRatio * size + LIMITS.archiveFreeBytes;
  const ends = (message: string, code: string, hint: string) =>
    new ReadingEnds(failure(`${path} ${message}`, { code, hint }));
  function count(more: number): void {
    bytes += more;
    if (signal.aborted) throw new Error("stopped");
    if (bytes > most) {
      const hint = "look at what is in it, or raise max_size";
      throw ends(`has more than ${limits.maxBytes} bytes when unpacked`, "too-large", hint);
    }
    if (bytes > ratioMost) {
      throw ends(
        `becomes more than ${LIMITS.archiveRatio} times as large when unpacked`,
        "too-large",
        "that is what a bomb does; if it is none, unpack it with exec",
      );
    }
  }
  return {
    count,
    async *counted(pieces) {
      for await (const piece of pieces) {
        count(piece.length);
        yield piece;
      }
    },
    async entry(entry) {
      if (++entries > limits.maxEntries) {
        const hint = "look at what is in it, or raise max_entries";
        throw ends(`has more than ${limits.maxEntries} entries`, "too-many", hint);
      }
      const taken = await take(entry);
      if (!taken.ok) throw new ReadingEnds(taken.failure);
    },
  };
}

async function eachOfStream(
  file: OpenFile,
  head: Uint8Array,
  path: string,
  take: LimitedTake,
): Promise<void> {
  const compression = compressionOf(head);
  const raw = piecesOf(file);
  const plain = take.counted(compression === undefined ? raw : unpacked(compression, raw, take));
  const [first, all] = await peek(plain);
  if (isTarHeader(first)) return await eachOfTar(all, take);
  if (compression === undefined) throw new Error("it has none of the forms that are known");
  const name = basename(path).replace(/\.(gz|xz|zst|zstd)$/i, "");
  await take.entry({ name, type: "file", mode: undefined, target: "", pieces: all });
}

const PIECE_BYTES = 64 * 1024;

async function* piecesOf(file: OpenFile): Pieces {
  for (let position = 0;;) {
    const buffer = new Uint8Array(PIECE_BYTES);
    const count = await file.read(buffer, position);
    if (!count.ok) throw new ReadingEnds(count.failure);
    if (count.value === 0) return;
    position += count.value;
    yield buffer.subarray(0, count.value);
  }
}

/** The first block, and all of it with that. */
async function peek(pieces: Pieces): Promise<[Uint8Array, Pieces]> {
  const iterator = pieces[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < TAR_BLOCK) {
    const next = await iterator.next();
    if (next.done) break;
    held.push(next.value);
    length += next.value.length;
  }
  const first = new Uint8Array(TAR_BLOCK);
  let at = 0;
  for (const piece of held) {
    first.set(piece.subarray(0, TAR_BLOCK - at), at);
    at = Math.min(TAR_BLOCK, at + piece.length);
  }
  async function* all(): Pieces {
    yield* held;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return [first, all()];
}

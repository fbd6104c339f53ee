/**
 * The bytes of regular files: small ones at once, others in pieces with a deadline for each.
 *
 * @module
 */

import { chain, chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import type { OpenStat } from "./descriptors.ts";
import type { Content, OpenFile, StreamedContent } from "./files.ts";
import { attempt } from "./system_error.ts";
import { atPlace, enterParent } from "./files_context.ts";
import type { FilesContext } from "./files_context.ts";

/** A regular file that is open for reading. */
export interface OpenedFile {
  readonly path: string;
  readonly stat: OpenStat;
  /** What calls on it may hang on. */
  readonly mountPoint: string;
  readonly remote: boolean;
  /** Reads into the buffer; the count is smaller than the buffer only at the end of the file. */
  read(
    buffer: Uint8Array,
    position: number,
    signal: AbortSignal | undefined,
  ): Promise<Result<number>>;
  /** Reads all of it; at once if it is small and local. */
  readAll(signal: AbortSignal | undefined): Awaitable<Result<Uint8Array>>;
  close(): void;
}

/** Opens what must be a regular file, for whoever reads at places of his own. */
export function open(
  context: FilesContext,
  path: string,
  signal?: AbortSignal,
): Awaitable<Result<OpenFile>> {
  return chainOk(
    openRegular(context, path, signal),
    ({ stat: { size }, read, close }) =>
      ok({ size, close, read: (buffer, position, stop) => read(buffer, position, stop ?? signal) }),
  );
}

const PIECE_BYTES = 256 * 1024;

/** Opens what must be a regular file. */
function openRegular(
  context: FilesContext,
  path: string,
  signal?: AbortSignal,
): Awaitable<Result<OpenedFile>> {
  return atPlace(
    context,
    path,
    signal,
    (place) =>
      enterParent(place, (inside, { directory, name }) =>
        attempt(`open ${path}`, () => {
          const file = descriptors.openToRead(inside.at(name));
          const stat = descriptors.statOpen(file);
          if (!stat.isFile) {
            descriptors.close(file);
            return fail(`${path} is not a regular file`, { code: "not-a-file" });
          }
          return ok(opened(context, path, file, stat, directory.mount));
        })),
  );
}

function opened(
  context: FilesContext,
  path: string,
  file: number,
  stat: OpenStat,
  mount: { readonly point: string; readonly remote: boolean },
): OpenedFile {
  let last: Promise<unknown> | undefined;
  const doing = `read ${path}`;

  async function read(
    buffer: Uint8Array,
    position: number,
    signal: AbortSignal | undefined,
  ): Promise<Result<number>> {
    let done = 0;
    while (done < buffer.length) {
      const rest = buffer.subarray(done);
      const piece = await context.limiter.call(mount.point, doing, () => {
        const reading = descriptors.readAsync(file, rest, position + done);
        last = reading;
        return reading;
      }, signal);
      if (!piece.ok) return piece;
      if (piece.value === 0) break;
      done += piece.value;
    }
    return ok(done);
  }

  function readAll(signal: AbortSignal | undefined): Awaitable<Result<Uint8Array>> {
    if (!mount.remote && stat.size <= LIMITS.syncReadBytes) {
      return attempt(doing, () => ok(descriptors.readUpTo(file, stat.size)));
    }
    const buffer = new Uint8Array(stat.size);
    return chainOk(read(buffer, 0, signal), (count) => ok(buffer.subarray(0, count)));
  }

  function close(): void {
    // A read that hangs still uses the file.
    const end = () => descriptors.close(file);
    if (last === undefined) end();
    else last.then(end, end);
  }

  return {
    path,
    stat,
    mountPoint: mount.point,
    remote: mount.remote,
    read,
    readAll,
    close,
  };
}

/**
 * Calls `take` with one piece of the content after the other, from a position on; its failure ends it.
 * The result is where the content ends.
 */
export async function eachPiece(
  context: FilesContext,
  content: Content | StreamedContent,
  signal: AbortSignal | undefined,
  take: (piece: Uint8Array, position: number) => Promise<Result<void>>,
  from = 0,
): Promise<Result<number>> {
  if (content instanceof Uint8Array) return await eachPart(content, take, from);
  if ("pieces" in content) {
    const { eachStreamed } = await import("./streamed.ts");
    return await eachStreamed(content, take, from);
  }
  const { maxBytes = Infinity } = content;
  const source = await openRegular(context, content.copyOf, signal);
  if (!source.ok) return source;
  const buffer = new Uint8Array(PIECE_BYTES);
  let position = from;
  try {
    for (;;) {
      const count = await source.value.read(buffer, position, signal);
      if (!count.ok) return count;
      if (count.value === 0) return ok(position);
      if (position + count.value > maxBytes) return grewTooLarge(content.copyOf, maxBytes);
      const taken = await take(buffer.subarray(0, count.value), position);
      if (!taken.ok) return taken;
      position += count.value;
    }
  } finally {
    source.value.close();
  }
}

function grewTooLarge(path: string, maxBytes: number): Result<never> {
  return fail(`${path} has grown to more than ${maxBytes} bytes while it was copied`, {
    code: "too-large",
    hint: "look at what put it there, or raise max_size",
  });
}

async function eachPart(
  content: Uint8Array,
  take: (piece: Uint8Array, position: number) => Promise<Result<void>>,
  from: number,
): Promise<Result<number>> {
  for (let at = from; at < content.length; at += PIECE_BYTES) {
    const taken = await take(content.subarray(at, at + PIECE_BYTES), at);
    if (!taken.ok) return taken;
  }
  return ok(content.length);
}

/** Whether a regular file holds exactly this content. Sizes are compared first. */
export function equals(
  context: FilesContext,
  path: string,
  content: Content,
  signal?: AbortSignal,
): Awaitable<Result<boolean>> {
  return chainOk(openRegular(context, path, signal), (file) => {
    const result = chainOk(
      wantedSize(context, content, signal),
      (size) => size === file.stat.size ? compare(context, file, content, signal) : ok(false),
    );
    return chain(result, (known) => {
      file.close();
      return known;
    });
  });
}

function wantedSize(
  context: FilesContext,
  content: Content,
  signal: AbortSignal | undefined,
): Awaitable<Result<number>> {
  if (content instanceof Uint8Array) return ok(content.length);
  return chainOk(openRegular(context, content.copyOf, signal), (source) => {
    source.close();
    return ok(source.stat.size);
  });
}

function compare(
  context: FilesContext,
  file: OpenedFile,
  content: Content,
  signal: AbortSignal | undefined,
): Awaitable<Result<boolean>> {
  if (file.stat.size > LIMITS.syncReadBytes) return compareInPieces(context, file, content, signal);
  const wanted = content instanceof Uint8Array
    ? ok(content)
    : readRegular(context, content.copyOf, signal);
  return chainOk(
    wanted,
    (bytes) => chainOk(file.readAll(signal), (found) => ok(sameBytes(found, bytes))),
  );
}

/** All of a regular file; the caller knows that it is not large. */
export function readRegular(
  context: FilesContext,
  path: string,
  signal?: AbortSignal,
): Awaitable<Result<Uint8Array>> {
  return chainOk(
    openRegular(context, path, signal),
    (file) =>
      chain(file.readAll(signal), (bytes) => {
        file.close();
        return bytes;
      }),
  );
}

async function compareInPieces(
  context: FilesContext,
  file: OpenedFile,
  content: Content,
  signal: AbortSignal | undefined,
): Promise<Result<boolean>> {
  const buffer = new Uint8Array(PIECE_BYTES);
  let same = true;
  const read = await eachPiece(context, content, signal, async (piece, position) => {
    const found = await file.read(buffer.subarray(0, piece.length), position, signal);
    if (!found.ok) return found;
    same = sameBytes(buffer.subarray(0, found.value), piece);
    return same ? ok(undefined) : fail("different", { code: "different" });
  });
  if (read.ok) return ok(same);
  return read.failure.code === "different" ? ok(false) : read;
}

/** Whether two byte strings are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/**
 * A tar archive of a few small files.
 *
 * @module
 */

import tar from "tar-stream";

/** A file of the archive. */
export interface ArchivedText {
  /** Without a leading slash. */
  readonly name: string;
  readonly text: string;
}

/** The archive; its files are for their owner alone, and from that time. */
export async function tarOf(files: readonly ArchivedText[], wallMs: number): Promise<Blob> {
  const packing = tar.pack();
  const header = { mode: 0o600, uid: 0, gid: 0, mtime: new Date(wallMs) };
  for (const { name, text } of files) packing.entry({ ...header, name }, text);
  packing.finalize();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of packing) pieces.push(new Uint8Array(piece as Uint8Array));
  return new Blob(pieces);
}

/**
 * A tar archive of a few small files, in the form of POSIX (ustar). Only regular files with short names are
 * wanted: that is less than what a library would bring along.
 *
 * @module
 */

/** A file of the archive. */
export interface ArchivedText {
  /** At most 100 bytes, without a leading slash. */
  readonly name: string;
  readonly text: string;
}

const BLOCK_BYTES = 512;
/** Where a header has what, and how many octal digits. */
const FIELDS = {
  mode: [100, 7],
  uid: [108, 7],
  gid: [116, 7],
  size: [124, 11],
  time: [136, 11],
} as const;
const SUM_AT = 148;
const TYPE_AT = 156;
const MAGIC_AT = 257;

/** The archive; its files are for their owner alone, and from that time. */
export function tarOf(files: readonly ArchivedText[], wallMs: number): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const contents = files.map(({ text }) => encoder.encode(text));
  const blocks = contents.reduce((sum, { length }) => sum + 1 + blocksOf(length), 2);
  const archive = new Uint8Array(blocks * BLOCK_BYTES);
  let at = 0;
  for (const [index, content] of contents.entries()) {
    const name = encoder.encode(files[index]?.name ?? "");
    archive.set(headerOf(name, content.length, wallMs), at);
    archive.set(content, at + BLOCK_BYTES);
    at += (1 + blocksOf(content.length)) * BLOCK_BYTES;
  }
  return archive;
}

function blocksOf(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES);
}

function headerOf(name: Uint8Array, size: number, wallMs: number): Uint8Array {
  const header = new Uint8Array(BLOCK_BYTES);
  const write = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
  const octal = ([at, digits]: readonly [number, number], value: number) =>
    write(at, value.toString(8).padStart(digits, "0"));
  header.set(name.subarray(0, 100));
  octal(FIELDS.mode, 0o600);
  octal(FIELDS.uid, 0);
  octal(FIELDS.gid, 0);
  octal(FIELDS.size, size);
  octal(FIELDS.time, Math.floor(wallMs / 1000));
  write(TYPE_AT, "0");
  write(MAGIC_AT, "ustar\x0000");
  // The sum is taken as if it were blanks.
  write(SUM_AT, " ".repeat(8));
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(SUM_AT, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/**
 * Names that are no text in UTF-8, which the runtimes do not hand on: one leaves such entries out of
 * a directory, the other mangles their names, and neither takes them. So the C library is asked for
 * them, and gives them other names. It is opened when it is first needed.
 *
 * @module
 */

import type { RawEntry, Stat } from "./files.ts";

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  renameat2: { parameters: ["i32", "buffer", "i32", "buffer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

const O_DIRECTORY = 0o200000;
const O_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;
/** In `struct linux_dirent64`. */
const INODE_AT = 0;
const LENGTH_AT = 16;
const TYPE_AT = 18;
const NAME_AT = 19;
const TYPES: Readonly<Record<number, Stat["type"]>> = { 4: "directory", 8: "file", 10: "symlink" };

let libc: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

function open(): typeof libc {
  try {
    return libc ??= Deno.dlopen("libc.so.6", SYMBOLS);
  } catch {
    // Without the permission, or the library, nobody can tell.
    return undefined;
  }
}

/** Closes the library until it is needed again. */
export function closeNativeNames(): void {
  libc?.close();
  libc = undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const buffer = new Uint8Array(64 * 1024);
const view = new DataView(buffer.buffer);

/** The entries of a directory whose names are not UTF-8; none where the library is out of reach. */
export function unnameableIn(directory: string): RawEntry[] {
  const symbols = open()?.symbols;
  if (symbols === undefined) return [];
  const descriptor = symbols.open(cString(encoder.encode(directory)), O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return [];
  const found: RawEntry[] = [];
  for (;;) {
    const length = Number(symbols.getdents64(descriptor, buffer, BigInt(buffer.length)));
    if (length <= 0) break;
    readEntries(length, found);
  }
  symbols.close(descriptor);
  return found;
}

function readEntries(length: number, found: RawEntry[]): void {
  for (let at = 0; at < length; at += view.getUint16(at + LENGTH_AT, true)) {
    const start = at + NAME_AT;
    let end = start;
    let isPlain = true;
    for (let byte = buffer[end]; byte !== 0; byte = buffer[++end]) isPlain &&= byte! < 0x80;
    if (isPlain) continue;
    const bytes = buffer.slice(start, end);
    if (isText(bytes)) continue;
    const inode = Number(view.getBigUint64(at + INODE_AT, true));
    const type = TYPES[buffer[at + TYPE_AT] ?? 0] ?? "other";
    found.push({ bytes, shown: shown(bytes), inode, type });
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** What is not ASCII as `\xff`. */
function shown(bytes: Uint8Array): string {
  return Array.from(
    bytes,
    (byte) => byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  ).join("");
}

/** Gives an entry another name in its directory, `at` being what its paths begin with. */
export function renameRaw(
  at: string,
  from: string | Uint8Array,
  to: string | Uint8Array,
): boolean {
  const symbols = open()?.symbols;
  if (symbols === undefined) return false;
  const [before, after] = [from, to].map((name) => cString(rawPath(at, name)));
  return before !== undefined && after !== undefined &&
    symbols.renameat2(AT_FDCWD, before, AT_FDCWD, after, RENAME_NOREPLACE) === 0;
}

function rawPath(at: string, name: string | Uint8Array): Uint8Array {
  const [first, last] = [
    encoder.encode(at),
    typeof name === "string" ? encoder.encode(name) : name,
  ];
  const whole = new Uint8Array(first.length + last.length);
  whole.set(first);
  whole.set(last, first.length);
  return whole;
}

function cString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const ended = new Uint8Array(bytes.length + 1);
  ended.set(bytes);
  return ended;
}

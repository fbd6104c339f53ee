/**
 * `access` through the C library: whether the kernel would let this program write at a path. Only the
 * kernel knows of read-only mounts, flags such as immutable, and access control lists, and the runtime
 * asks it only by trying.
 *
 * @module
 */

import { openCLibrary } from "./c_library.ts";

const SYMBOLS = {
  faccessat: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

const AT_FDCWD = -100;
const AT_EACCESS = 0x200;
const WRITE = 2;
/** What the kernel says, by its numbers. */
const WORDS: { readonly [number: number]: string } = { 1: "EPERM", 13: "EACCES", 30: "EROFS" };

let libc: Deno.DynamicLibrary<typeof SYMBOLS> | undefined | null;

/**
 * Why this program may not write at a path, which is followed: `EPERM`, `EACCES` or `EROFS`; undefined:
 * it may, or that is not known.
 */
export function writeRefusal(path: string): string | undefined {
  // Without it nothing is known beforehand, and nobody tries again.
  libc ??= openCLibrary(SYMBOLS) ?? null;
  if (libc === null || path.includes("\0")) return undefined;
  const { faccessat, __errno_location } = libc.symbols;
  const text = new TextEncoder().encode(`${path}\0`);
  if (faccessat(AT_FDCWD, text, WRITE, AT_EACCESS) === 0) return undefined;
  const place = __errno_location();
  return place === null ? undefined : WORDS[new Deno.UnsafePointerView(place).getInt32()];
}

/** Closes the library until it is needed again. */
export function closeNativeAccess(): void {
  libc?.close();
  libc = undefined;
}

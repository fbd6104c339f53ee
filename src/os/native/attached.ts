/**
 * Whether a file has extended attributes or an access list, asked of the C library: to start a program for
 * that takes some 10 ms of a turn, of each file that is replaced.
 *
 * @module
 */

const SYMBOLS = {
  llistxattr: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
} as const;

const encoder = new TextEncoder();

/**
 * Whether anything is attached to the entry of that path, which is not followed; undefined: nobody can
 * tell this way. The library is closed again, for it is asked once of a file.
 */
export function nativeHasAttached(path: string): boolean | undefined {
  if (path.includes("\0")) return undefined;
  try {
    const libc = Deno.dlopen("libc.so.6", SYMBOLS);
    try {
      const bytes = libc.symbols.llistxattr(encoder.encode(`${path}\0`), null, 0n);
      return bytes < 0n ? undefined : bytes > 0n;
    } finally {
      libc.close();
    }
  } catch {
    // Without the permission, or the library, a program is asked.
    return undefined;
  }
}

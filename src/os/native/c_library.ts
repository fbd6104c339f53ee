/**
 * Opens the C library for those who do without it where it cannot be called.
 *
 * @module
 */

/** With those of its functions; undefined: without the permission, or the library. */
export function openCLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols> | undefined {
  try {
    return Deno.dlopen("libc.so.6", symbols);
  } catch {
    return undefined;
  }
}

/**
 * `adjtimex` through the C library, only reading: whether something keeps the kernel's clock right. No runtime
 * asks that, and the service that could is not on every host.
 *
 * @module
 */

const SYMBOLS = { adjtimex: { parameters: ["buffer"], result: "i32" } } as const;

/** `struct timex` is 208 bytes on 64-bit Linux; its first word says what is to be set: nothing. */
const TIMEX_BYTES = 256;
const STATUS_AT = 40;
/** `STA_UNSYNC` */
const UNSYNCHRONISED = 0x40;

/** Whether the kernel's clock is kept right; undefined: nobody can tell. */
export function clockIsKept(): boolean | undefined {
  try {
    const libc = Deno.dlopen("libc.so.6", SYMBOLS);
    try {
      const timex = new Uint8Array(TIMEX_BYTES);
      if (libc.symbols.adjtimex(timex) < 0) return undefined;
      return (new DataView(timex.buffer).getInt32(STATUS_AT, true) & UNSYNCHRONISED) === 0;
    } finally {
      libc.close();
    }
  } catch {
    return undefined;
  }
}

/**
 * What a process that helps the agent puts on itself, through the C library, before it takes anything in.
 *
 * @module
 */

const SYMBOLS = {
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
} as const;

/** `RLIMIT_DATA` on Linux. */
const DATA = 2;
/** `PR_SET_PDEATHSIG`, and SIGKILL. */
const [SET_PARENT_DEATH_SIGNAL, KILL] = [1, 9n];

/**
 * Limits the memory of this process, and has it end with the one that started it, however that ends: one that never
 * comes back to its input would not see it. Where that cannot be, all stays as it is. The result has the C library give
 * back what it does not use, also when nothing else can be called any more.
 */
export function limitHelper({ memoryBytes }: { readonly memoryBytes: number }): () => void {
  try {
    const { symbols } = Deno.dlopen("libc.so.6", SYMBOLS);
    symbols.prctl(SET_PARENT_DEATH_SIGNAL, KILL, 0n, 0n, 0n);
    const limit = BigInt(memoryBytes);
    symbols.setrlimit(DATA, new BigUint64Array([limit, limit]));
    return () => void symbols.malloc_trim(0n);
  } catch {
    // Without the library there is no limit.
    return () => {};
  }
}

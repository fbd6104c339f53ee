/**
 * How many descriptors the agent may have, and that those it began with are nobody else's, through the
 * C library: no runtime can ask for that.
 *
 * systemd and most others start a program with a soft limit of 1024, for the sake of programs that know
 * no higher numbers, and let it raise that. What the agent starts begins with what the agent began with.
 *
 * @module
 */

const SYMBOLS = {
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
} as const;

/** `RLIMIT_NOFILE` on Linux, but for a few processors that Deno knows nothing of. */
const DESCRIPTORS = 7;
/** `F_SETFD` and `FD_CLOEXEC`. */
const [SET_FLAGS, CLOSE_ON_EXEC] = [2, 1];

let libc: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;
/** `struct rlimit`: soft, hard. */
const atStart = new BigUint64Array(2);
const raised = new BigUint64Array(2);

/** Raises the soft limit of descriptors to the hard one. Where that cannot be, all stays as it is. */
export function raiseDescriptorLimit(): void {
  if (raised[1] !== 0n) return;
  const native = library();
  if (native === undefined) return;
  if (native.getrlimit(DESCRIPTORS, atStart) !== 0) raised.fill(0n);
  else raised.fill(atStart[1]!);
  use(raised);
}

/** What the runtime opens later is given to nobody anyway. */
let isKept = false;

/**
 * What is open beside the standard streams is not given to what the agent starts: the file that a user
 * who runs a command may not read, or the lock of a script, which a daemon would hold for ever.
 */
export function keepDescriptors(): void {
  if (isKept) return;
  isKept = true;
  const native = library();
  if (native === undefined) return;
  try {
    for (const { name } of Deno.readDirSync("/proc/self/fd")) {
      if (Number(name) > 2) native.fcntl(Number(name), SET_FLAGS, CLOSE_ON_EXEC);
    }
  } catch {
    // Without /proc nobody knows which are open.
  }
}

function library() {
  try {
    return (libc ??= Deno.dlopen("libc.so.6", SYMBOLS)).symbols;
  } catch {
    return undefined;
  }
}

/** Starts a child with the limit of the agent's own start. */
export function withLimitOfStart<T>(spawn: () => T): T {
  if (!use(atStart)) return spawn();
  try {
    return spawn();
  } finally {
    use(raised);
  }
}

function use(limit: BigUint64Array<ArrayBuffer>): boolean {
  if (libc === undefined || raised[1] === 0n) return false;
  return libc.symbols.setrlimit(DESCRIPTORS, limit) === 0;
}

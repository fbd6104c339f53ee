/**
 * Whether the kernel would tell who changes files, and why not: as `fanotify.ts` asks it, and nothing more.
 * Without `CAP_SYS_ADMIN` on the whole machine (in most containers) it tells of changes, and of no process
 * but one's own.
 *
 * @module
 */

const SYMBOLS = {
  fanotify_init: { parameters: ["u32", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

/** `FAN_CLOEXEC`, `FAN_NONBLOCK`, and to be told names: `FAN_REPORT_FID`, `_DIR_FID` and `_NAME`. */
const FLAGS = 0x1 | 0x2 | 0x200 | 0x400 | 0x800;
/** A queue without a limit is given to those alone who are told of others' processes (fanotify_init(2)). */
const FAN_UNLIMITED_QUEUE = 0x10;
const O_RDONLY_CLOEXEC = 0o2000000;

/** What the kernel says where it refuses, by its numbers. */
const REFUSALS: { readonly [number: number]: string } = {
  1: "EPERM: not permitted here",
  22: "EINVAL: the kernel is older than 5.9",
  24: "EMFILE: too many programs of this user do already",
  38: "ENOSYS: the kernel has no fanotify",
};

/** Why it would not tell; undefined: it would. */
export function fanotifyRefusal(): string | undefined {
  try {
    const libc = Deno.dlopen("libc.so.6", SYMBOLS);
    try {
      const descriptor = libc.symbols.fanotify_init(FLAGS | FAN_UNLIMITED_QUEUE, O_RDONLY_CLOEXEC);
      if (descriptor >= 0) {
        libc.symbols.close(descriptor);
        return undefined;
      }
      const place = libc.symbols.__errno_location();
      const number = place === null ? 0 : new Deno.UnsafePointerView(place).getInt32();
      return REFUSALS[number] ?? `error ${number}`;
    } finally {
      libc.close();
    }
  } catch {
    return "the C library cannot be called";
  }
}

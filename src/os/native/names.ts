/**
 * Names that are no text in UTF-8, which the runtimes do not hand on: one leaves such entries out of
 * a directory, the other mangles their names, and neither takes them. So the C library is asked for
 * them, and gives them other names. It is opened when it is first needed.
 *
 * @module
 */

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  renameat2: { parameters: ["i32", "buffer", "i32", "buffer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

const O_DIRECTORY = 0o200000;
const O_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;

/** Directories that are being read, and whether the library should be closed after them. */
let readings = 0;
let closing = false;
let libc: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

function open(): typeof libc {
  try {
    return libc ??= Deno.dlopen("libc.so.6", SYMBOLS);
  } catch {
    // Without the permission, or the library, nobody can tell.
    return undefined;
  }
}

/** Closes the library until it is needed again, or as soon as nothing is read any more. */
export function closeNativeNames(): void {
  closing = readings > 0;
  if (closing) return;
  libc?.close();
  libc = undefined;
}

/** A directory that is open to be read as bytes. */
export interface RawDirectory {
  /** What the kernel writes: `struct linux_dirent64`, one after the other; 0: the end; else minus the error. */
  read(into: Uint8Array<ArrayBuffer>): number;
  /** The kernel's number for it. */
  readonly descriptor: number;
  close(): void;
}

/** Opens a directory to be read as bytes; undefined where it, or the library, is out of reach. */
export function openRaw(directory: string): RawDirectory | undefined {
  const symbols = open()?.symbols;
  if (symbols === undefined || directory.includes("\0")) return undefined;
  const descriptor = symbols.open(cString(encoder.encode(directory)), O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return undefined;
  readings++;
  return {
    descriptor,
    read(into) {
      const length = Number(symbols.getdents64(descriptor, into, BigInt(into.length)));
      return length < 0 ? -errorNumber(symbols) : length;
    },
    close() {
      symbols.close(descriptor);
      readings--;
      if (closing) closeNativeNames();
    },
  };
}

function errorNumber(symbols: NonNullable<typeof libc>["symbols"]): number {
  const place = symbols.__errno_location();
  return place === null ? 0 : new Deno.UnsafePointerView(place).getInt32();
}

const encoder = new TextEncoder();

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

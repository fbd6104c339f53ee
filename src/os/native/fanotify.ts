/**
 * The kernel's fanotify, called directly: which process changed an entry of a directory, and which
 * programs are started. It stands beside inotify, which tells sooner and to everybody; only root may
 * use it, and not in every container.
 *
 * The queue is limited: what overflows is not known, and nothing is done because of that.
 *
 * @module
 */

import { cString } from "./c_string.ts";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";

const FAN_CLOEXEC = 0x1;
const FAN_NONBLOCK = 0x2;
const FAN_REPORT_FID = 0x200;
const FAN_REPORT_DIR_FID = 0x400;
const FAN_REPORT_NAME = 0x800;

const FAN_MARK_ADD = 0x1;
const FAN_MARK_REMOVE = 0x2;
const FAN_MARK_DONT_FOLLOW = 0x4;
const FAN_MARK_ONLYDIR = 0x8;
const FAN_MARK_FILESYSTEM = 0x100;

const FAN_MODIFY = 0x2;
const FAN_ATTRIB = 0x4;
const FAN_CLOSE_WRITE = 0x8;
const FAN_MOVED_FROM = 0x40;
const FAN_MOVED_TO = 0x80;
const FAN_CREATE = 0x100;
const FAN_DELETE = 0x200;
const FAN_OPEN_EXEC = 0x1000;
const FAN_ONDIR = 0x4000_0000;
const FAN_EVENT_ON_CHILD = 0x0800_0000;

const ENTRIES = FAN_ATTRIB | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_CREATE | FAN_DELETE | FAN_ONDIR |
  FAN_EVENT_ON_CHILD;
const CONTENT = FAN_MODIFY | FAN_CLOSE_WRITE;

const DIRECTORY_AND_NAME = 2;
const AT_FDCWD = -100;
const AT_HANDLE_FID = 0x200;
const O_RDONLY_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const POLLIN = 1;
const METADATA_BYTES = 24;
/** Of a record: its header, the file system's number, and the head of the handle. */
const HANDLE_AT = 12;
const HANDLE_HEAD_BYTES = 8;
const HANDLE_BYTES_MAX = 128;
/** Where `struct statfs` has the file system's number. */
const FSID_AT = 56;
const READS_PER_WAKE = 4;

const SYMBOLS = {
  fanotify_init: { parameters: ["u32", "u32"], result: "i32" },
  fanotify_mark: { parameters: ["i32", "u32", "u64", "i32", "buffer"], result: "i32" },
  name_to_handle_at: { parameters: ["i32", "buffer", "buffer", "buffer", "i32"], result: "i32" },
  statfs: { parameters: ["buffer", "buffer"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** One thing that a process did. */
export interface ProcessChange {
  /** 0: a process that is not to be seen from here. */
  readonly pid: number;
  /** Bits of what happened; several may have come together. */
  readonly mask: number;
  /** As `mark` called the directory; of a program that starts, any. */
  readonly directory: string;
  readonly name: string;
}

/** Bits of `mask` by what inotify's events are called here. */
export const CHANGE_BITS: Readonly<Record<string, number>> = {
  "removed": FAN_DELETE,
  "created": FAN_CREATE,
  "moved away": FAN_MOVED_FROM,
  "moved here": FAN_MOVED_TO,
  "attributes": FAN_ATTRIB,
  "modified": CONTENT,
};

/** Whether a change is that a program starts. */
export function isStart({ mask }: ProcessChange): boolean {
  return (mask & FAN_OPEN_EXEC) !== 0;
}

/** Opens it; `heard` is called when there is something for `read`, and not again before it is done. */
export function openFanotify(heard: () => void | Promise<void>): Result<Fanotify> {
  let libc: FanotifyLibrary;
  try {
    libc = Deno.dlopen("libc.so.6", SYMBOLS);
  } catch (thrown) {
    return fail(`the C library cannot be called: ${reasonOf(thrown)}`);
  }
  const flags = FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_FID | FAN_REPORT_DIR_FID | FAN_REPORT_NAME;
  const descriptor = libc.symbols.fanotify_init(flags, O_RDONLY_CLOEXEC);
  if (descriptor >= 0) return ok(new Fanotify(libc, descriptor, heard));
  libc.close();
  return fail("the kernel does not let this program see who changes files (fanotify)", {
    hint: "that takes root, a kernel from 5.9 on, and no container that forbids it",
  });
}

type FanotifyLibrary = Deno.DynamicLibrary<typeof SYMBOLS>;

/** Marks of one fanotify group, from `openFanotify` to `close`. */
export class Fanotify {
  readonly #libc: FanotifyLibrary;
  readonly #descriptor: number;
  readonly #waker: number;
  readonly #buffer = new Uint8Array(32 * 1024);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #handle = new Uint8Array(HANDLE_HEAD_BYTES + HANDLE_BYTES_MAX);
  readonly #statfs = new Uint8Array(256);
  readonly #number = new Uint8Array(8);
  readonly #text = new Uint8Array(4096);
  #closed = false;
  readonly #ended: Promise<void>;

  constructor(libc: FanotifyLibrary, descriptor: number, heard: () => void | Promise<void>) {
    this.#libc = libc;
    this.#descriptor = descriptor;
    this.#waker = libc.symbols.eventfd(0, O_RDONLY_CLOEXEC | O_NONBLOCK);
    this.#ended = this.#run(heard);
  }

  /** Hears of a directory; the result stands for it, by whatever path. undefined: it cannot. */
  mark(path: string, content: boolean): string | undefined {
    const mask = BigInt(content ? ENTRIES | CONTENT : ENTRIES);
    const flags = FAN_MARK_ADD | FAN_MARK_ONLYDIR | FAN_MARK_DONT_FOLLOW;
    const { fanotify_mark } = this.#libc.symbols;
    if (this.#closed) return undefined;
    if (fanotify_mark(this.#descriptor, flags, mask, AT_FDCWD, cString(path)) < 0) return undefined;
    return this.#keyOf(path);
  }

  /** Hears of a directory no more, if it is still the one at that path; one that is gone is forgotten by itself. */
  unmark(path: string, key: string): void {
    const flags = FAN_MARK_REMOVE | FAN_MARK_ONLYDIR | FAN_MARK_DONT_FOLLOW;
    const mask = BigInt(ENTRIES | CONTENT);
    if (this.#closed || this.#keyOf(path) !== key) return;
    this.#libc.symbols.fanotify_mark(this.#descriptor, flags, mask, AT_FDCWD, cString(path));
  }

  /** Hears of each program that is started from the file system of a path; whether it does. */
  markPrograms(path: string): boolean {
    const flags = FAN_MARK_ADD | FAN_MARK_FILESYSTEM;
    const mask = BigInt(FAN_OPEN_EXEC);
    const { fanotify_mark } = this.#libc.symbols;
    return !this.#closed &&
      fanotify_mark(this.#descriptor, flags, mask, AT_FDCWD, cString(path)) === 0;
  }

  /** What has happened since the last call, for a moment; never waits. */
  read(): readonly ProcessChange[] {
    const changes: ProcessChange[] = [];
    for (let reads = 0; reads < READS_PER_WAKE && !this.#closed; reads++) {
      const size = BigInt(this.#buffer.length);
      const length = Number(this.#libc.symbols.read(this.#descriptor, this.#buffer, size));
      if (length <= 0) break;
      parse(this.#view, length, changes);
    }
    return changes;
  }

  /** Where a link leads; undefined: there is none any more. */
  readLink(path: string): string | undefined {
    if (this.#closed) return undefined;
    const { readlink } = this.#libc.symbols;
    const length = Number(readlink(cString(path), this.#text, BigInt(this.#text.length)));
    return length < 0 ? undefined : decoder.decode(this.#text.subarray(0, length));
  }

  /** The beginning of a small file; undefined: it cannot be read. */
  readText(path: string): string | undefined {
    if (this.#closed) return undefined;
    const { open, read, close } = this.#libc.symbols;
    const file = open(cString(path), O_RDONLY_CLOEXEC | O_NONBLOCK);
    if (file < 0) return undefined;
    const length = Number(read(file, this.#text, BigInt(this.#text.length)));
    close(file);
    return length < 0 ? undefined : decoder.decode(this.#text.subarray(0, length));
  }

  /** Resolves when nothing of it runs any more. */
  close(): Promise<void> {
    if (this.#closed) return this.#ended;
    this.#closed = true;
    const one = new Uint8Array(new BigUint64Array([1n]).buffer);
    this.#libc.symbols.write(this.#waker, one, 8n);
    return this.#ended;
  }

  async #run(heard: () => void | Promise<void>): Promise<void> {
    const { symbols } = this.#libc;
    const polled = new Int32Array([this.#descriptor, POLLIN, this.#waker, POLLIN]);
    while (!this.#closed) {
      await symbols.poll(polled, 2n, -1);
      if (!this.#closed) await heard();
    }
    symbols.close(this.#descriptor);
    symbols.close(this.#waker);
    this.#libc.close();
  }

  /** What events call a directory: its file system and its handle. */
  #keyOf(path: string): string | undefined {
    const { name_to_handle_at: handleOf, statfs } = this.#libc.symbols;
    const handle = this.#handle;
    const view = new DataView(handle.buffer);
    // Older kernels do not know the flag, and some file systems need it.
    const found = [AT_HANDLE_FID, 0].some((flag) => {
      view.setUint32(0, HANDLE_BYTES_MAX, true);
      return handleOf(AT_FDCWD, cString(path), handle, this.#number, flag) === 0;
    });
    if (!found || statfs(cString(path), this.#statfs) !== 0) return undefined;
    const bytes = HANDLE_HEAD_BYTES + view.getUint32(0, true);
    return text(this.#statfs.subarray(FSID_AT, FSID_AT + 8)) + text(handle.subarray(0, bytes));
  }
}

/** Appends the events in the first `length` bytes of what the kernel wrote. */
function parse(view: DataView<ArrayBuffer>, length: number, changes: ProcessChange[]): void {
  for (let at = 0; at + METADATA_BYTES <= length;) {
    const bytes = view.getUint32(at, true);
    if (bytes < METADATA_BYTES || at + bytes > length) return;
    const mask = view.getUint32(at + 8, true);
    const pid = view.getInt32(at + 20, true);
    const record = at + view.getUint16(at + 6, true);
    // An overflow has no record.
    if (record + HANDLE_AT + HANDLE_HEAD_BYTES <= at + bytes) {
      const isNamed = view.getUint8(record) === DIRECTORY_AND_NAME;
      const nameAt = record + HANDLE_AT + HANDLE_HEAD_BYTES +
        view.getUint32(record + HANDLE_AT, true);
      const end = record + view.getUint16(record + 2, true);
      if (isNamed && nameAt < end && end <= at + bytes) {
        const all = new Uint8Array(view.buffer);
        const directory = text(all.subarray(record + 4, nameAt));
        changes.push({ pid, mask, directory, name: nameIn(all.subarray(nameAt, end)) });
      }
    }
    at += bytes;
  }
}

const decoder = new TextDecoder();

function nameIn(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  return decoder.decode(zero < 0 ? bytes : bytes.subarray(0, zero));
}

function text(bytes: Uint8Array): string {
  let made = "";
  for (const byte of bytes) made += String.fromCharCode(byte);
  return made;
}

/**
 * The kernel's inotify, called directly.
 *
 * `Deno.watchFs` cannot be used: it opens every path that it reports, so that one `mkfifo` in a
 * watched directory stops it for ever and blocks the whole program at the next call; Deno 2.6 also
 * drops events silently when more than 16 wait, and never gives back what was closed. So this file,
 * and no other, calls native code; where the permission for that was given up, the watcher polls.
 *
 * @module
 */

import { cString } from "./c_string.ts";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import type { ChangeWord, Kernel, KernelEvent, WatchRefusal } from "../watch/kernel.ts";

const IN_MODIFY = 0x2;
const IN_ATTRIB = 0x4;
const IN_CLOSE_WRITE = 0x8;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_CREATE = 0x100;
const IN_DELETE = 0x200;
const IN_UNMOUNT = 0x2000;
const IN_Q_OVERFLOW = 0x4000;
const IN_IGNORED = 0x8000;
const IN_ONLYDIR = 0x0100_0000;
const IN_DONT_FOLLOW = 0x0200_0000;
const IN_EXCL_UNLINK = 0x0400_0000;
const IN_MASK_ADD = 0x2000_0000;
const IN_ISDIR = 0x4000_0000;

const ENTRIES = IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR |
  IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_ADD;
/** `IN_CLOSE_WRITE` is what a write through a memory map shows. */
const CONTENT = IN_MODIFY | IN_CLOSE_WRITE;

const FILE = CONTENT | IN_ATTRIB | IN_DONT_FOLLOW | IN_MASK_ADD;

const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const POLLIN = 1;
const POLLPRI = 2;
const HEADER_BYTES = 16;
const LARGEST_EVENT_BYTES = HEADER_BYTES + 256;
/** Reads of one wake-up, so that a flood leaves the event loop its turns. */
const READS_PER_WAKE = 8;

const SYMBOLS = {
  inotify_init1: { parameters: ["i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  inotify_rm_watch: { parameters: ["i32", "i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>;

/** Opens the kernel's watcher; `report` gets each batch of events in one synchronous call. */
export function openInotify(report: (events: KernelEvent[]) => void): Result<Kernel> {
  let libc: Libc;
  try {
    libc = Deno.dlopen("libc.so.6", SYMBOLS);
  } catch (thrown) {
    return fail(`the C library cannot be called: ${reasonOf(thrown)}`);
  }
  const descriptor = libc.symbols.inotify_init1(O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    const reason = errorText(errno(libc));
    libc.close();
    return fail(`inotify cannot be opened: ${reason}`, {
      hint: "raise fs.inotify.max_user_instances with sysctl",
    });
  }
  return ok(new Inotify(libc, descriptor, report));
}

/** The kernel's watches of one inotify descriptor, from `openInotify` to `close`. */
class Inotify implements Kernel {
  readonly tellsMounts: boolean;
  readonly #libc: Libc;
  readonly #descriptor: number;
  readonly #report: (events: KernelEvent[]) => void;
  readonly #waker: number;
  readonly #mounts: number;
  readonly #buffer = new Uint8Array(64 * 1024);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #bufferBytes = BigInt(this.#buffer.length);
  #closed = false;
  readonly #ended: Promise<void>;

  constructor(libc: Libc, descriptor: number, report: (events: KernelEvent[]) => void) {
    this.#libc = libc;
    this.#descriptor = descriptor;
    this.#report = report;
    this.#waker = libc.symbols.eventfd(0, O_CLOEXEC | O_NONBLOCK);
    // The kernel marks this file when something is mounted; without /proc nothing is heard of that.
    this.#mounts = libc.symbols.open(cString("/proc/self/mountinfo"), O_CLOEXEC);
    this.tellsMounts = this.#mounts >= 0;
    this.#ended = this.#run();
  }

  add(path: string, content: boolean): number | WatchRefusal {
    return this.#addWatch(path, content ? ENTRIES | CONTENT : ENTRIES);
  }

  addFile(path: string): number | WatchRefusal {
    return this.#addWatch(path, FILE);
  }

  remove(id: number): void {
    this.#libc.symbols.inotify_rm_watch(this.#descriptor, id);
  }

  look(): void {
    if (!this.#closed) this.#look([]);
  }

  close(): Promise<void> {
    if (this.#closed) return this.#ended;
    this.#closed = true;
    const one = new Uint8Array(new BigUint64Array([1n]).buffer);
    this.#libc.symbols.write(this.#waker, one, 8n);
    return this.#ended;
  }

  #addWatch(path: string, mask: number): number | WatchRefusal {
    const id = this.#libc.symbols.inotify_add_watch(this.#descriptor, cString(path), mask);
    return id >= 0 ? id : refusal(errno(this.#libc));
  }

  async #run(): Promise<void> {
    const { symbols } = this.#libc;
    const descriptors = [this.#descriptor, this.#waker, this.#mounts] as const;
    const [events, waker, mounts] = descriptors;
    const polled = new Int32Array([events, POLLIN, waker, POLLIN, mounts, POLLPRI]);
    while (!this.#closed) {
      await symbols.poll(polled, 3n, -1);
      if (this.#closed) break;
      const mounted = ((polled[5] ?? 0) >>> 16) !== 0 && mounts >= 0;
      this.#look(mounted ? [{ type: "mounts" }] : []);
    }
    for (const each of descriptors) symbols.close(each);
    this.#libc.close();
  }

  #look(events: KernelEvent[]): void {
    this.#read(events);
    if (events.length > 0) this.#report(events);
  }

  #read(events: KernelEvent[]): void {
    for (let reads = 0; reads < READS_PER_WAKE; reads++) {
      const length = Number(
        this.#libc.symbols.read(this.#descriptor, this.#buffer, this.#bufferBytes),
      );
      if (length <= 0) return;
      parse(this.#buffer, this.#view, length, events);
      // The kernel fills the buffer as far as events go, so nothing waits any more.
      if (length + LARGEST_EVENT_BYTES <= this.#buffer.length) return;
    }
  }
}

/** Appends the events in the first `length` bytes of what the kernel wrote. */
function parse(
  buffer: Uint8Array<ArrayBuffer>,
  view: DataView<ArrayBuffer>,
  length: number,
  events: KernelEvent[],
): void {
  let offset = 0;
  while (offset + HEADER_BYTES <= length) {
    const id = view.getInt32(offset, true);
    const mask = view.getUint32(offset + 4, true);
    const nameBytes = view.getUint32(offset + 12, true);
    const start = offset + HEADER_BYTES;
    offset = start + nameBytes;
    if (mask & IN_Q_OVERFLOW) {
      events.push({ type: "overflow" });
    } else if (mask & (IN_IGNORED | IN_UNMOUNT)) {
      events.push({ type: "gone", id });
    } else {
      const entry = (mask & ~(CONTENT | IN_ISDIR)) !== 0;
      const directory = (mask & IN_ISDIR) !== 0;
      const name = nameAt(buffer, start, offset);
      events.push({ type: "change", id, name, entry, directory, what: wordOf(mask) });
    }
  }
}

function wordOf(mask: number): ChangeWord {
  if (mask & CONTENT) return "modified";
  if (mask & IN_MOVED_TO) return "moved here";
  if (mask & IN_DELETE) return "removed";
  if (mask & IN_CREATE) return "created";
  return mask & IN_MOVED_FROM ? "moved away" : "attributes";
}

const decoder = new TextDecoder();

/** The name that stands there, padded with zero bytes; other than UTF-8 it names nothing wanted. */
function nameAt(buffer: Uint8Array, start: number, limit: number): string {
  const zero = buffer.indexOf(0, start);
  const end = zero < 0 || zero > limit ? limit : zero;
  let name = "";
  for (let at = start; at < end; at++) {
    const byte = buffer[at] ?? 0;
    if (byte >= 0x80) return decoder.decode(buffer.subarray(start, end));
    name += String.fromCharCode(byte);
  }
  return name;
}

function errno(libc: Libc): number {
  const place = libc.symbols.__errno_location();
  return place === null ? 0 : new Deno.UnsafePointerView(place).getInt32();
}

function refusal(code: number): WatchRefusal {
  if (code === 2) return { type: "missing" };
  if (code === 20 || code === 40) return { type: "not-directory" };
  if (code === 28) return { type: "limit", reason: LIMIT_REACHED };
  return { type: "other", reason: errorText(code) };
}

const LIMIT_REACHED =
  "the limit of watches is reached, raise fs.inotify.max_user_watches with sysctl";

function errorText(code: number): string {
  switch (code) {
    case 13:
      return "permission denied";
    case 12:
      return "the kernel is out of memory";
    case 24:
      return "the limit of inotify instances is reached";
    default:
      return `error ${code}`;
  }
}

/**
 * The witness of healing where there is no C compiler: what witness.c does, with the C library called
 * from here. It blocks in poll(2), so that it does not wait in the queues of Deno.watchFs, which are a
 * part of what is measured.
 *
 * Usage: deno run -A scripts/bench/watcher.ts PLAN PAUSE_MS LIMIT_MS, as of witness.c.
 *
 * @module
 */

const IN_CLOSE_WRITE = 0x8;
const IN_MOVED_TO = 0x80;
const POLLIN = 1;

class Inotify {
  // deno-lint-ignore mgmt/no-native-code -- the benchmark only; see the top of this file
  readonly #c = Deno.dlopen("libc.so.6", {
    inotify_init1: { parameters: ["i32"], result: "i32" },
    inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    inotify_rm_watch: { parameters: ["i32", "i32"], result: "i32" },
    poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    usleep: { parameters: ["u32"], result: "i32" },
  }).symbols;
  readonly #descriptor = this.#c.inotify_init1(0);
  readonly #events = new Uint8Array(65536);

  watch(directory: string): number {
    const path = new TextEncoder().encode(`${directory}\0`);
    const watch = this.#c.inotify_add_watch(this.#descriptor, path, IN_CLOSE_WRITE | IN_MOVED_TO);
    if (watch < 0) throw new Error(`cannot watch ${directory}`);
    return watch;
  }

  unwatch(watch: number): void {
    this.#c.inotify_rm_watch(this.#descriptor, watch);
    this.wait(0);
  }

  /** Waits at most `limitMs` for events; returns the names in them. */
  wait(limitMs: number): string[] {
    const request = new Uint8Array(8);
    const view = new DataView(request.buffer);
    view.setInt32(0, this.#descriptor, true);
    view.setInt16(4, POLLIN, true);
    if (this.#c.poll(request, 1n, Math.ceil(limitMs)) < 1) return [];
    const length = Number(this.#c.read(this.#descriptor, this.#events, 65536n));
    const names: string[] = [];
    const events = new DataView(this.#events.buffer);
    for (let at = 0; at < length;) {
      const nameLength = events.getUint32(at + 12, true);
      const name = this.#events.subarray(at + 16, at + 16 + nameLength);
      names.push(new TextDecoder().decode(name).replace(/\0+$/, ""));
      at += 16 + nameLength;
    }
    return names;
  }

  sleep(delayMs: number): void {
    this.#c.usleep(delayMs * 1000);
  }
}

function isBack(path: string, content: string): boolean {
  try {
    return Deno.readTextFileSync(path) === content;
  } catch {
    return false;
  }
}

/** The time from before a file is harmed until it is as it was. */
function tryOnce(inotify: Inotify, how: string, path: string, limitMs: number): number {
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  const content = Deno.readTextFileSync(path);
  const wrong = "x".repeat(content.length);
  const watch = inotify.watch(path.slice(0, slash));
  const startMs = performance.now();
  if (how === "overwrite") {
    using file = Deno.openSync(path, { write: true });
    file.writeSync(new TextEncoder().encode(wrong));
  } else Deno.removeSync(path);
  let tookMs = 0;
  while (tookMs < limitMs) {
    const names = inotify.wait(limitMs - tookMs);
    const back = names.includes(name) && isBack(path, content);
    tookMs = performance.now() - startMs;
    if (back) break;
  }
  inotify.unwatch(watch);
  if (tookMs >= limitMs && !isBack(path, content)) Deno.writeTextFileSync(path, content);
  return tookMs;
}

if (import.meta.main) {
  const [plan = "", pauseMs, limitMs] = Deno.args;
  const inotify = new Inotify();
  for (const line of Deno.readTextFileSync(plan).trim().split("\n")) {
    const space = line.indexOf(" ");
    const [how, path] = [line.slice(0, space), line.slice(space + 1)];
    console.log(tryOnce(inotify, how, path, Number(limitMs)).toFixed(4));
    inotify.sleep(Number(pauseMs));
  }
}

/**
 * The witness of healing: a small process that removes a file, waits with inotify until it is back,
 * compares the content and notes the time.
 *
 * It calls the C library directly and blocks in poll(2). So it wakes as fast as a C program would, needs
 * no compiler and no other language than the one that is here, and does not wait in the queues of
 * Deno.watchFs, which are a part of what is measured.
 *
 * The clock starts when the removal returns. Removing can itself take long, and that is noted beside:
 * where a file was synced to the disk shortly before, ext4 makes the next change of its directory wait
 * until the disk has answered, and the file is there all the while. The file is held open meanwhile, so
 * that its blocks are freed afterwards: of a synced file that takes half a millisecond, in which the
 * name is gone already but the call has not returned.
 *
 * Usage: deno run -A scripts/bench/watcher.ts PLAN.json, prints a JSON object of Times.
 *
 * @module
 */

export interface Plan {
  readonly pauseMs: number;
  readonly limitMs: number;
  /** In the order of the tries: who is to heal which file. */
  readonly tries: readonly { readonly who: string; readonly path: string }[];
}

/** Milliseconds of each try, by who healed. */
export interface Times {
  /** From the end of the removal until the file was back; the limit where it did not come back. */
  readonly back: Record<string, number[]>;
  /** How long the removal itself took. */
  readonly removal: Record<string, number[]>;
}

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

function main(plan: Plan): Times {
  const inotify = new Inotify();
  const times: Times = { back: {}, removal: {} };
  for (const { who, path } of plan.tries) {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const content = Deno.readTextFileSync(path);
    const watch = inotify.watch(path.slice(0, slash));
    const held = Deno.openSync(path);
    const beginMs = performance.now();
    Deno.removeSync(path);
    const startMs = performance.now();
    let tookMs = 0;
    do {
      const names = inotify.wait(plan.limitMs - tookMs);
      const back = names.includes(name) && isBack(path, content);
      tookMs = performance.now() - startMs;
      if (back) break;
    } while (tookMs < plan.limitMs);
    inotify.unwatch(watch);
    held.close();
    (times.back[who] ??= []).push(Math.min(tookMs, plan.limitMs));
    (times.removal[who] ??= []).push(startMs - beginMs);
    if (tookMs >= plan.limitMs && !isBack(path, content)) Deno.writeTextFileSync(path, content);
    inotify.sleep(plan.pauseMs);
  }
  return times;
}

if (import.meta.main) {
  const plan = JSON.parse(Deno.readTextFileSync(Deno.args[0] ?? "")) as Plan;
  console.log(JSON.stringify(main(plan)));
}

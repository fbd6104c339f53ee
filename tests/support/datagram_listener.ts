/**
 * A socket that takes datagrams, as the service manager and the journal do; the runtime's own is
 * unstable, and knows no abstract names.
 *
 * @module
 */

import { within } from "./program.ts";

const LISTENER = `
import json, socket, sys, time
name, wait = sys.argv[1], sys.argv[2] == "1"
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("\\0" + name[1:] if name.startswith("@") else name)
print('"ready"', flush=True)
sys.stdin.readline() if wait else None
while True:
    print(json.dumps(listener.recv(1 << 20).decode("latin-1")), flush=True)
`;

export interface ListenerOptions {
  /** Takes nothing until `resume` is called. */
  readonly paused?: boolean;
}

/** Datagrams that came to one address. */
export class DatagramListener {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  /** What came, each byte as one character. */
  readonly messages: string[] = [];
  #ready = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#reading = this.#read();
  }

  /** Listens at a path, or at an abstract name, `@name`. */
  static async at(name: string, options: ListenerOptions = {}): Promise<DatagramListener> {
    const child = new Deno.Command("python3", {
      args: ["-c", LISTENER, name, options.paused === true ? "1" : "0"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const listener = new DatagramListener(child);
    await within(30_000, () => listener.#ready, "the listener did not start");
    return listener;
  }

  /** Takes what waits, and what comes from now on. */
  async resume(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("\n"));
    writer.releaseLock();
  }

  /** Waits until so many have come. */
  async has(count: number): Promise<string[]> {
    await within(30_000, () => this.messages.length >= count, () => `only ${this.messages}`);
    return this.messages;
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.stdin.close().catch(() => {});
    await Promise.all([this.#child.status, this.#reading]);
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (this.#ready) this.messages.push(JSON.parse(line));
        else this.#ready = true;
      }
    }
  }
}

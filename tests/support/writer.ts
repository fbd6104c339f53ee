/**
 * Writes numbered values to etcd, one after the other, and knows which were acknowledged.
 *
 * @module
 */

import { eventually } from "./etcd.ts";

/** Puts one number after the other, and prints those that were acknowledged. Each takes 30 ms of a core. */
const LOOP = `
n=0
while :; do
  n=$((n + 1))
  timeout 4 "$@" --command-timeout=2s --dial-timeout=1s put /numbers/$n $n >/dev/null 2>&1 && echo $n
  sleep 0.5
done
`;

/** A shell that writes until it is stopped. */
export class Writer {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #written: { readonly number: string; readonly at: number }[] = [];

  /** `etcdctl`: the program, with the flags that say where and as whom. */
  constructor(network: string, etcdctl: readonly string[]) {
    this.#child = new Deno.Command("ip", {
      // Whatever ends the test ends it, too.
      args: [
        ...["netns", "exec", network, "setpriv", "--pdeathsig", "KILL"],
        ...["bash", "-c", LOOP, "writer", ...etcdctl],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reading = this.#read();
  }

  /** How many were acknowledged so far. */
  get count(): number {
    return this.#written.length;
  }

  /** Waits until more is acknowledged: another one than the one that may be under way. */
  async goesOn(): Promise<void> {
    const { count } = this;
    await eventually(() => this.count > count + 1, () => "nothing can be written");
  }

  /** The longest time between two that were acknowledged, since the one with that number. */
  longestGapMs(since = 0): number {
    let longest = 0;
    for (let index = Math.max(1, since); index < this.#written.length; index++) {
      const [before, after] = [this.#written[index - 1]!, this.#written[index]!];
      longest = Math.max(longest, after.at - before.at);
    }
    return Math.round(longest);
  }

  /** Ends it, and tells which were acknowledged. */
  async stop(): Promise<string[]> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await Promise.all([this.#child.status, this.#reading]);
    return this.#written.map(({ number }) => number);
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      const at = performance.now();
      for (const number of lines) this.#written.push({ number, at });
    }
  }
}

/**
 * What goes over the bridge between test hosts.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { eventually } from "./etcd.ts";
import { canaryIn } from "./canary.ts";
import { NETWORK } from "./fleet.ts";

/** Takes down every packet until it is read. */
export class Wire implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #file = Deno.makeTempFileSync({ prefix: "mgmt-wire-" });

  constructor() {
    // Of each packet all, and at once; promiscuous, as else the bridge shows only what is for it.
    const tcpdump = ["tcpdump", "-i", "br0", "-s", "0", "-U", "-Z", "root", "-w", this.#file];
    this.#child = new Deno.Command("ip", {
      args: ["netns", "exec", NETWORK, "setpriv", "--pdeathsig", "KILL", ...tcpdump],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
  }

  /** Waits until that was on the wire, which proves that it is heard. */
  async hears(text: string): Promise<void> {
    await eventually(() => this.#bytes.includes(text), () => `${text} was not on the wire`);
  }

  /** How many bytes there were. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The forms in which that was on it. */
  formsOf(value: string): readonly string[] {
    return canaryIn(this.#bytes, value);
  }

  /** Whether those bytes were on it. */
  has(bytes: Uint8Array): boolean {
    return this.#bytes.includes(Buffer.from(bytes));
  }

  get #bytes(): Buffer {
    return Buffer.from(Deno.readFileSync(this.#file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await Deno.remove(this.#file);
  }
}

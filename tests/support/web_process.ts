/**
 * `mgmt web` as somebody at a terminal has it: it prints a link, and another after Enter.
 *
 * @module
 */

import { freePort } from "./free_port.ts";
import { eventually } from "./processes.ts";
import { EXECUTABLE } from "./program.ts";

/** One that runs. */
export class WebProcess {
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #links: ReadableStreamDefaultReader<string>;
  readonly #talk: Promise<void>;
  #text = "";
  #said = "";

  constructor(
    args: readonly string[],
    { port = freePort(), program = EXECUTABLE }: { port?: number; program?: string } = {},
  ) {
    this.port = port;
    this.#child = new Deno.Command(program, {
      args: ["web", `--listen=127.0.0.1:${port}`, ...args],
      env: { NO_COLOR: "1" },
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#links = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#talk = this.#hear();
  }

  /** The page's address, without a path. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The next link; the first is there by itself. */
  async link(): Promise<string> {
    for (;;) {
      const [line, ...rest] = this.#text.split("\n");
      if (rest.length > 0) {
        this.#text = rest.join("\n");
        return line!;
      }
      const { value } = await this.#links.read();
      if (value === undefined) throw new Error(`mgmt web ended:\n${await this.#ended()}`);
      this.#text += value;
    }
  }

  /** Asks for one more. */
  async another(): Promise<string> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return await this.link();
  }

  /** Waits until it has said that on the standard error. */
  async says(text: string): Promise<void> {
    const isSaid = await eventually(() => this.#said.includes(text));
    if (!isSaid) throw new Error(`mgmt web does not say "${text}":\n${this.#said}`);
  }

  /** Ends it as ^C does; the result is what it said on the standard error. */
  async end(): Promise<string> {
    try {
      this.#child.kill("SIGINT");
    } catch {
      // It has ended by itself.
    }
    return await this.#ended();
  }

  async #ended(): Promise<string> {
    await this.#input.close().catch(() => {});
    await this.#links.cancel().catch(() => {});
    await this.#child.status;
    await this.#talk;
    return this.#said;
  }

  async #hear(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#said += text;
    }
  }
}

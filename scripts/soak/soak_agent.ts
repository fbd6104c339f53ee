/**
 * An agent of the soak, and what it holds of the machine.
 *
 * @module
 */

import { Resident } from "../bench/processes.ts";

/** What a process holds. */
export interface Holding {
  readonly "memory, MB": number;
  readonly descriptors: number;
  readonly threads: number;
  readonly watches: number;
}

/** A running agent, which may be ended and started again. */
export class SoakAgent implements AsyncDisposable {
  #running: Resident;
  readonly #start: () => Resident;
  restarts = 0;

  /** `mayEnd`: whether `again` does anything. */
  constructor(program: string, args: readonly string[], readonly mayEnd: boolean) {
    this.#start = () => new Resident(program, args);
    this.#running = this.#start();
  }

  get said(): string {
    return this.#running.said;
  }

  /** Ends it by a signal and starts it again. */
  async again(signal: Deno.Signal): Promise<void> {
    if (!this.mayEnd) return;
    this.signal(signal);
    await this.#running.ended;
    this.#running = this.#start();
    this.restarts++;
  }

  signal(signal: Deno.Signal): void {
    Deno.kill(this.#running.pid, signal);
  }

  holding(): Holding {
    const { pid } = this.#running;
    const names = (what: string) => [...Deno.readDirSync(`/proc/${pid}/${what}`)];
    const descriptors = names("fd").map(({ name }) => name);
    return {
      "memory, MB": Math.round(this.#running.memory().rssMb),
      descriptors: descriptors.length,
      threads: names("task").length,
      watches: descriptors.reduce((sum, name) => sum + watchesOf(pid, name), 0),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }
}

/** Lines of the kernel about the watches of one descriptor. */
function watchesOf(pid: number, descriptor: string): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${descriptor}`);
    return text.split("\n").filter((line) => line.startsWith("inotify wd:")).length;
  } catch {
    return 0; // it has just been closed
  }
}

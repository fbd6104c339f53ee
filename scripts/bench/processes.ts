/**
 * Starting, timing and ending the processes that are measured.
 *
 * @module
 */

/** Runs a command to its end; returns the wall time in milliseconds. It has to succeed. */
export function timed(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): number {
  const start = performance.now();
  const output = new Deno.Command(command, {
    args: [...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  const tookMs = performance.now() - start;
  if (!output.success) {
    const said = new TextDecoder().decode(output.stderr).slice(-2000);
    throw new Error(`${command} ${args.join(" ")}: exit code ${output.code}\n${said}`);
  }
  return tookMs;
}

const living = new Set<Resident>();

/** For an interrupted benchmark: ends what was started and still runs. */
export function endAll(): void {
  for (const each of living) each.kill();
}

/** How such lines of ours begin, after the time of day. */
const WARNING = /^[\d:]* ?\w*:? ?(Warning|Error|Refused|Failed|no part in it)\b/;

/** A process that goes on until it is disposed of. */
export class Resident implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #threads = new Map<string, number>();
  /** Lines that say that something is wrong. */
  readonly warnings: string[] = [];
  #ended = false;
  #said = "";
  #line = "";

  constructor(command: string, args: readonly string[]) {
    this.#child = new Deno.Command(command, {
      args: [...args],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#listen();
    living.add(this);
    this.#child.status.then(() => {
      this.#ended = true;
      living.delete(this);
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when it has ended, with its exit code. */
  get ended(): Promise<number> {
    return this.#child.status.then(({ code }) => code);
  }

  /** The last of what it said. */
  get said(): string {
    return this.#said;
  }

  kill(): void {
    if (!this.#ended) this.#child.kill("SIGKILL");
  }

  /** CPU time of all threads so far, in milliseconds; of threads that ended what was seen last. */
  cpuMs(): number {
    if (this.#ended) throw new Error(`process ${this.pid} has ended: ${this.#said}`);
    for (const { name } of Deno.readDirSync(`/proc/${this.pid}/task`)) {
      try {
        const text = Deno.readTextFileSync(`/proc/${this.pid}/task/${name}/schedstat`);
        this.#threads.set(name, Number(text.split(" ")[0]));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // the thread has just ended
      }
    }
    return [...this.#threads.values()].reduce((sum, each) => sum + each, 0) / 1e6;
  }

  /** Resident memory, all of it and the share where pages are mapped by several processes; MB. */
  memory(): { readonly rssMb: number; readonly pssMb: number } {
    const kb = (file: string, field: string) => {
      const text = Deno.readTextFileSync(`/proc/${this.pid}/${file}`);
      return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1]);
    };
    return { rssMb: kb("status", "VmRSS") / 1024, pssMb: kb("smaps_rollup", "Pss") / 1024 };
  }

  /** Waits until the process has done hardly anything for `quietMs`. */
  async rests(quietMs = 1500, limitMs = 120_000): Promise<void> {
    const endMs = performance.now() + limitMs;
    await pause(500); // a process that has only just been started is not at rest
    while (performance.now() < endMs) {
      const before = this.cpuMs();
      await pause(quietMs);
      if (this.cpuMs() - before < quietMs * 0.01) return;
    }
    throw new Error(`process ${this.pid} did not come to rest in ${limitMs / 1000} s`);
  }

  /** Reads all that it says, so that it never waits for us, and keeps the last of it. */
  async #listen(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#said = (this.#said + text).slice(-2000);
      const lines = (this.#line + text).split("\n");
      this.#line = lines.pop() ?? "";
      this.warnings.push(...lines.filter((line) => WARNING.test(line)));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.kill(), 10_000);
    if (!this.#ended) this.#child.kill("SIGTERM");
    await this.#child.status;
    clearTimeout(timer);
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** CPU time of all threads of any process so far, in milliseconds. */
export function processCpuMs(pid: number): number {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)];
  const ns = threads.map(({ name }) =>
    Number(Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ")[0])
  );
  return ns.reduce((sum, each) => sum + each, 0) / 1e6;
}

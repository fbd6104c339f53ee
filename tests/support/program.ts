/**
 * Runs the compiled executable, as a user would.
 *
 * @module
 */

import { fail } from "@std/assert";
import { join } from "node:path";
import { bringEtcd } from "./etcd_programs.ts";
import { pauseMs } from "./polling.ts";

const REPOSITORY = join(import.meta.dirname ?? ".", "../..");

/** The executable under test. */
export const EXECUTABLE = join(REPOSITORY, "dist/mgmt");

/** A condition that has just been waited for is looked at again after so long. */
const LOOK_MS = 5;

/** A file of the repository. */
export function repositoryFile(path: string): string {
  return join(REPOSITORY, path);
}

/** How a run ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** Around the run of the executable. */
export interface ProgramOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** A command that runs the executable, which is given to it with its arguments. */
  readonly through?: readonly string[];
}

/** A run of the executable that goes on. */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #startMs = performance.now();
  readonly #reading: Promise<void>[];
  #over = false;
  /** How long it took to say its first word. */
  #firstWordMs = 0;
  stdout = "";
  stderr = "";

  constructor(
    args: readonly string[],
    options: ProgramOptions = {},
  ) {
    if (runsEtcd(args)) bringEtcd(args[args.indexOf("--prefix") + 1]!);
    const [command = EXECUTABLE, ...rest] = [...options.through ?? [], EXECUTABLE, ...args];
    this.#child = new Deno.Command(command, {
      args: rest,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1", ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }).spawn();
    void this.#child.status.then(() => this.#over = true);
    this.#reading = [
      this.#read(this.#child.stdout, (text) => this.stdout += text),
      this.#read(this.#child.stderr, (text) => this.stderr += text),
    ];
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal, if the program still runs. */
  signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended: what it should have done instead is for the test to say.
    }
  }

  /** The same, so long after the last one that it counts as another. */
  async signalAgain(signal: Deno.Signal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 250));
    this.signal(signal);
  }

  /** Waits until the program has said `what` on either stream. */
  async says(what: string | RegExp, withinMs = 60_000): Promise<void> {
    const matches = () => {
      const text = this.stderr + this.stdout;
      return typeof what === "string" ? text.includes(what) : what.test(text);
    };
    await within(withinMs, matches, () => `the program did not say ${what}:\n${this.stderr}`);
  }

  async ended(): Promise<Ended> {
    const status = await this.#child.status;
    await Promise.all(this.#reading);
    const tookMs = performance.now() - this.#startMs;
    return { code: status.code, stdout: this.stdout, stderr: this.stderr, tookMs };
  }

  /** Interrupts the program as ^C does, if it still runs, and waits for its end. */
  async interrupt(): Promise<Ended> {
    if (!this.#over) this.signal("SIGINT");
    return await this.ended();
  }

  /** Kills the program as a lost power does, and then the commands that it ran, which would go on without it. */
  async killed(): Promise<Ended> {
    const threads = [...Deno.readDirSync(`/proc/${this.pid}/task`)].map(({ name }) => name);
    const commands = threads.flatMap((thread) =>
      contentOf(`/proc/${this.pid}/task/${thread}/children`)?.match(/\d+/g) ?? []
    );
    this.signal("SIGKILL");
    const ended = await this.ended();
    for (const pid of commands.map(Number)) {
      try {
        // Each is the leader of a group.
        Deno.kill(-pid, "SIGKILL");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return ended;
  }

  /**
   * Whether that was no more than a moment: a second, or on a busy machine ten times as long as the program needed
   * for its first word, or another one needs for it now.
   */
  async isMoment(tookMs: number): Promise<boolean> {
    return tookMs < Math.max(1000, 10 * this.#firstWordMs) ||
      tookMs < 10 * (await mgmt(["version"])).tookMs;
  }

  async #read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    add: (text: string) => void,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#firstWordMs ||= performance.now() - this.#startMs;
      add(text);
    }
  }
}

/** Whether an agent with these arguments runs an etcd of its own, below a prefix that they name. */
function runsEtcd(args: readonly string[]): boolean {
  const prefix = args[args.indexOf("--prefix") + 1] ?? "";
  return args[0] === "run" && prefix.startsWith("/") && args.includes("--server-urls");
}

/** As many seconds as a run needs for what another one has done, also where it gets a core more rarely by then. */
export function enoughSeconds({ tookMs }: Ended): number {
  return Math.ceil(3 * tookMs / 1000);
}

/** Runs the executable to its end. */
export function mgmt(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended> {
  return new Program(args, options).ended();
}

/** Waits until `condition` holds, looking every few milliseconds, and less often the longer it takes. */
export async function within(
  limitMs: number,
  condition: () => boolean,
  otherwise: string | (() => string),
): Promise<void> {
  const startMs = performance.now();
  while (!condition()) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > limitMs) fail(typeof otherwise === "string" ? otherwise : otherwise());
    await new Promise((resolve) => setTimeout(resolve, pauseMs(waitedMs, LOOK_MS)));
  }
}

/** A directory for one test, removed at its end. */
export async function inDirectory<T>(test: (directory: string) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "mgmt-test-" });
  try {
    return await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A text file's content, or undefined when there is none. */
export function contentOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

/** Runs a shell command and returns what it printed on both streams. */
export async function shell(command: string, cwd?: string): Promise<string> {
  const output = await new Deno.Command("sh", {
    args: ["-c", command],
    ...(cwd === undefined ? {} : { cwd }),
  }).output();
  return new TextDecoder().decode(output.stdout) + new TextDecoder().decode(output.stderr);
}

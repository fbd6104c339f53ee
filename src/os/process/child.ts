/**
 * One child process, from its start until it and its output have ended.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { onAbort } from "../../base/either.ts";
import { LIMITS } from "../../base/limits.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Exit, ProcessCommand } from "./processes.ts";
import { withLimitOfStart } from "../native/limits.ts";
import { endTree, type SessionLeader } from "./ending.ts";
import { ProcessOutput } from "./output.ts";
import { sendSignal } from "./send_signal.ts";
import { codeOf, spawnFailure } from "./spawn_failure.ts";
import { processTable, readProcess } from "./table.ts";

/** A program that has just been written may still be open for writing in a child being started. */
const BUSY_TRIES = 10;
const BUSY_PAUSE_MS = 20;
/**
 * After a child has ended, a process that it left in the background may hold its output open: so
 * long may nothing come of it although it is not at work, and so long may something come or be at work, before the
 * output counts as ended. On a busy machine a relay such as `tee` gets to the last words of its command late; those of
 * what must not be torn say why it failed.
 */
const QUIET_MS = 100;
const OUTPUT_GRACE_MS = 1000;
const WHOLE_OUTPUT_GRACE_MS = 10_000;

/**
 * The runtime hands out what is there before it looks at anything else: one that prints without end
 * would stop the agent. So after so much there is a pause.
 */
const TURN_BYTES = 128 * 1024;
const TURN_PIECES = 64;
const TURN_PAUSE_MS = 2;
/**
 * Of so much nobody is shown the end, so whoever goes on as fast as it is read waits nine times as long as that took,
 * and at least so long: a twentieth of a core, and about 10 MB a second.
 */
const FLOOD_TURNS = 32;
const FLOOD_REST = 9;
const FLOOD_PAUSE_MIN_MS = 10;
const FLOOD_PAUSE_MAX_MS = 50;
/** What is made without further ado may be read by all, and written by its owner. */
const USUAL_UMASK = 0o022;
/** The runtime tells the end of a child that is gone within this time. */
const EXIT_DEADLINE_MS = 1000;

/** A child that runs. */
export interface Child {
  readonly pid: number;
  /** How it ended; resolves when its output has been taken and, if it was to end, all are gone. */
  readonly exit: Promise<Exit>;
  /** Kills its process group at once, unless it must not be torn. */
  kill(): void;
  /** What it still holds open of its output goes unread from now on. */
  readonly output: ChildProcess["stdout"][];
}

/** Starts a command whose `env` is all of its environment, but for the assignment `mark`. */
export async function startChild(
  command: ProcessCommand,
  mark: string,
  clock: Clock,
): Promise<Result<Child>> {
  for (let tries = 1;; tries++) {
    const spawned = await spawnOnce(command, mark);
    if (spawned instanceof ChildRun) return ok(spawned.start(command, mark, clock));
    const busy = codeOf(spawned.error) === "ETXTBSY" && tries < BUSY_TRIES;
    if (!busy) return spawnFailure(spawned.error, command);
    await clock.sleep(BUSY_PAUSE_MS, command.signal);
  }
}

async function spawnOnce(
  command: ProcessCommand,
  mark: string,
): Promise<ChildRun | { error: unknown }> {
  const [program, ...args] = command.argv;
  const [markName = "", markValue = ""] = mark.split("=");
  try {
    const process = asUsual(command.umask ?? USUAL_UMASK, () =>
      spawn(program, args, {
        // A session of its own, and with it a process group.
        detached: true,
        stdio: [command.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
        cwd: command.cwd ?? "/",
        env: { ...command.env, [markName]: markValue },
      }));
    if (process.pid !== undefined) return new ChildRun(process, process.pid);
    return await new Promise((resolve) => process.once("error", (error) => resolve({ error })));
  } catch (error) {
    return { error };
  }
}

/**
 * Starts a child with a umask of its own, whatever that of the agent are (as a service it
 * keeps its own files to itself), and with the limit of descriptors of the agent's start.
 */
function asUsual<T>(umask: number, start: () => T): T {
  const own = Deno.umask(umask);
  try {
    return withLimitOfStart(start);
  } finally {
    Deno.umask(own);
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

class ChildRun {
  readonly #process: ChildProcess;
  readonly #pid: number;
  readonly #started: number | undefined;
  readonly #exited: Promise<Ended>;
  readonly #closed: Promise<void>;
  #isOver = false;
  #isClosed = false;
  /** How often so much of its output was read that there was a pause. */
  #turns = 0;

  constructor(process: ChildProcess, pid: number) {
    this.#process = process;
    this.#pid = pid;
    this.#started = readProcess(pid)?.started;
    process.on("error", () => {});
    this.#exited = new Promise((resolve) =>
      process.once("exit", (code, signal) => {
        this.#isOver = true;
        resolve({ code, signal });
      })
    );
    this.#closed = new Promise((resolve) =>
      process.once("close", () => {
        this.#isClosed = true;
        resolve();
      })
    );
  }

  start(command: ProcessCommand, mark: string, clock: Clock): Child {
    if (command.input !== undefined) this.#give(command.input);
    const { stdout, stderr } = this.#process;
    return {
      exit: this.#run(command, mark, clock),
      pid: this.#pid,
      kill: () => void (this.#isOver || command.whole || sendSignal(-this.#pid, "SIGKILL")),
      output: this.#isClosed ? [] : [stdout, stderr],
    };
  }

  #give(input: string): void {
    const { stdin } = this.#process;
    // It need not read any of it.
    stdin?.on("error", () => {});
    stdin?.end(input);
    void this.#exited.then(() => stdin?.destroy());
  }

  async #run(command: ProcessCommand, mark: string, clock: Clock): Promise<Exit> {
    const output = new ProcessOutput({
      line: command.line,
      lineLimit: command.lineLimit ?? LIMITS.outputLines,
      lineBytes: command.lineBytes ?? LIMITS.outputLineBytes,
      ...(command.filter && { filter: command.filter }),
    });
    this.#read(output, clock);
    const { why, survivors } = await this.#untilOver(command, mark, clock);
    const exited = await this.#howItEnded(survivors, clock);
    await this.#untilQuiet(output, clock, command);
    output.end();
    return {
      ...(typeof exited?.code === "number" ? { code: exited.code } : {}),
      ...(typeof exited?.signal === "string" ? { signal: exited.signal } : {}),
      ...(why === undefined ? {} : { ended: why }),
      lines: output.lines,
      tail: command.sensitive ? [] : output.tail(),
      survivors,
    };
  }

  /** Undefined for a child that even SIGKILL did not end, or whose end nobody told. */
  async #howItEnded(survivors: number, clock: Clock): Promise<Ended | undefined> {
    const told = new AbortController();
    void this.#exited.then(() => told.abort());
    await clock.sleep(survivors > 0 ? 0 : EXIT_DEADLINE_MS, told.signal);
    return this.#isOver ? await this.#exited : undefined;
  }

  #read(output: ProcessOutput, clock: Clock): void {
    for (const name of ["stdout", "stderr"] as const) {
      const stream = this.#process[name];
      if (stream === null) continue;
      let bytes = 0;
      let pieces = 0;
      let spentMs = 0;
      let beganMs = clock.nowMs();
      let pause: Timer | undefined;
      stream.once("close", () => pause?.cancel());
      stream.on("data", (chunk: Uint8Array) => {
        const startMs = clock.nowMs();
        output.push(name, chunk);
        const nowMs = clock.nowMs();
        spentMs += nowMs - startMs;
        bytes += chunk.length;
        if (bytes < TURN_BYTES && ++pieces < TURN_PIECES) return;
        const restMs = ++this.#turns < FLOOD_TURNS
          ? TURN_PAUSE_MS
          : Math.max(FLOOD_PAUSE_MIN_MS, FLOOD_REST * (nowMs - beganMs));
        stream.pause();
        pause = clock.after(
          Math.max(spentMs, Math.min(FLOOD_PAUSE_MAX_MS, restMs)),
          () => {
            beganMs = clock.nowMs();
            stream.resume();
          },
        );
        bytes = pieces = spentMs = 0;
      });
      // A broken pipe is the end of the output, and "close" follows.
      stream.on("error", () => {});
    }
  }

  /** Waits for the end of the child, and ends it and all it started when it must not go on. */
  async #untilOver(
    { timeoutMs = 0, signal, whole = false }: ProcessCommand,
    mark: string,
    clock: Clock,
  ): Promise<{ why: Exit["ended"]; survivors: number }> {
    const must = Promise.withResolvers<Exit["ended"]>();
    const letGo = onAbort(signal, () => must.resolve("stopped"));
    let timer: Timer | undefined;
    if (timeoutMs > 0) timer = clock.after(timeoutMs, () => must.resolve("timeout"));
    const why = await Promise.race([this.#exited.then(() => undefined), must.promise]);
    timer?.cancel();
    letGo();
    if (why === undefined) return { why, survivors: 0 };
    if (whole) {
      sendSignal(this.#pid, "SIGINT");
      await this.#exited;
      return { why, survivors: 0 };
    }
    const leader: SessionLeader = {
      pid: this.#pid,
      started: this.#started,
      mark,
      isOver: () => this.#isOver,
    };
    return { why, survivors: await endTree(leader, clock) };
  }

  async #untilQuiet(
    output: ProcessOutput,
    clock: Clock,
    { signal, whole = false }: ProcessCommand,
  ): Promise<void> {
    const endMs = clock.nowMs() + (whole ? WHOLE_OUTPUT_GRACE_MS : OUTPUT_GRACE_MS);
    await this.#untilClosed(clock, signal);
    while (!this.#isClosed && clock.nowMs() < endMs) {
      const pieces = output.pieces;
      // Looked at first: what somebody says at the very end is then on its way, and comes before the pause is over.
      const isAtWork = await this.#leftSomebodyAtWork();
      await this.#untilClosed(clock, signal);
      await clock.yieldTurn();
      if (pieces === output.pieces && !isAtWork) return;
    }
  }

  /** For a moment at most. */
  async #untilClosed(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    void this.#closed.then(wake);
    signal?.addEventListener("abort", wake, { once: true });
    await clock.sleep(QUIET_MS, woken.signal);
    signal?.removeEventListener("abort", wake);
  }

  async #leftSomebodyAtWork(): Promise<boolean> {
    const table = await processTable() ?? [];
    return table.some(({ session, atWork }) => session === this.#pid && atWork);
  }
}

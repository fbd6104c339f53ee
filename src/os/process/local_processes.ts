/**
 * Child processes of this machine.
 *
 * @module
 */

import { eitherOf } from "../../base/either.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, type Failure, type Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import { ownCommand } from "./command_owners.ts";
import { asAccount } from "./account.ts";
import type { Child } from "./child.ts";
import type { FileHolder } from "./holders.ts";
import { environmentOf } from "./environment.ts";
import { inScope } from "./scope.ts";
import { Slots } from "../../base/slots.ts";
import type { Exit, ProcessCommand, Processes } from "./processes.ts";
import type { Random } from "../random.ts";

/** The variable that tells whose child a process is, whatever became of its parents. */
const MARK_NAME = "MGMT_COMMAND_MARK";

export interface LocalProcessesOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/** The door to child processes, and how to close it. */
export interface LocalProcesses extends Processes {
  /** Ends what still runs, starts nothing more; resolves when all are gone. */
  close(): Promise<void>;
  /** Kills what still runs, at once; for a program that is about to exit. */
  kill(): void;
}

/** Opens the door to child processes. */
export function createLocalProcesses(options: LocalProcessesOptions): LocalProcesses {
  return new ProcessRunner(options);
}

class ProcessRunner implements LocalProcesses {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #slots = new Slots(LIMITS.processes);
  readonly #standing = new Slots(LIMITS.standingProcesses);
  readonly #closing = new AbortController();
  readonly #running = new Set<Child>();
  readonly #unread = new Set<NonNullable<Child["output"][number]>>();

  constructor({ clock, random }: LocalProcessesOptions) {
    this.#clock = clock;
    this.#random = random;
  }

  async run(command: ProcessCommand): Promise<Result<Exit>> {
    const both = eitherOf(command.signal, this.#closing.signal);
    try {
      return await this.#runWithSignal({ ...command, signal: both.signal });
    } finally {
      both.end();
    }
  }

  async foresee(command: ProcessCommand): Promise<Failure | undefined> {
    const resolved = await asAccount(command, this);
    if (!resolved.ok) return resolved.failure;
    const env = environmentOf(command, resolved.value.account);
    const scoped = inScope({ ...command, env });
    if (!scoped.ok) return scoped.failure;
    const { foreseen } = await import("./foresee.ts");
    return await foreseen({ ...command, env });
  }

  async ofUser(uid: number): Promise<FileHolder | undefined> {
    const { processOf } = await import("./holders.ts");
    return await processOf(uid, this.#clock);
  }

  async #runWithSignal(
    command: ProcessCommand & { readonly signal: AbortSignal },
  ): Promise<Result<Exit>> {
    // Before a place is taken: it may run a command itself.
    const resolved = await asAccount(command, this);
    if (!resolved.ok) return resolved;
    const { command: asUser, account } = resolved.value;
    const scoped = inScope({ ...asUser, env: environmentOf(command, account) });
    if (!scoped.ok) return scoped;
    const slots = command.standing === true ? this.#standing : this.#slots;
    if (command.standing === true && !command.signal.aborted) {
      if (!slots.tryTake()) return tooManyStanding();
    } else if (!await slots.take(command.signal)) {
      return fail("was stopped before it began", { code: "stopped" });
    }
    try {
      return await this.#runInSlot(scoped.value);
    } finally {
      slots.release();
    }
  }

  async #runInSlot(command: ProcessCommand): Promise<Result<Exit>> {
    const mark = `${MARK_NAME}=${this.#random.hex(12)}`;
    // What it stands on takes a while to load, and many graphs run no command.
    const { startChild } = await import("./child.ts");
    const started = await startChild(command, mark, this.#clock);
    if (!started.ok) return started;
    const child = started.value;
    this.#running.add(child);
    const forget = ownCommand(child.pid, command.resource);
    const exit = await child.exit;
    forget();
    this.#running.delete(child);
    this.#leaveUnread(child);
    return { ok: true, value: exit };
  }

  /**
   * What a command left running in the background may still print. Its output is read and thrown
   * away, so that it is not ended by a broken pipe; of too many the oldest are given up.
   */
  #leaveUnread({ output }: Child): void {
    for (const stream of output) {
      if (stream === null || stream.destroyed || stream.readableEnded) continue;
      if ("unref" in stream && typeof stream.unref === "function") stream.unref();
      this.#unread.add(stream);
      stream.once("close", () => this.#unread.delete(stream));
    }
    for (const stream of this.#unread) {
      if (this.#unread.size <= LIMITS.unreadOutputs) break;
      this.#unread.delete(stream);
      stream.destroy();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#running].map((child) => child.exit));
    for (const stream of this.#unread) stream.destroy();
    this.#unread.clear();
  }

  kill(): void {
    for (const child of this.#running) child.kill();
  }
}

function tooManyStanding(): Result<never> {
  return fail(`there are already ${LIMITS.standingProcesses} commands that run all the time`, {
    code: "spawn",
    hint: "watch more with one command",
  });
}

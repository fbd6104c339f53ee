/**
 * One hook: a command that is told of events on its standard input. It runs once at a time; what
 * happens meanwhile is told to the next run.
 *
 * @module
 */

import { type Backoff, type BackoffOptions, createBackoff } from "../../base/backoff.ts";
import { LIMITS } from "../../base/limits.ts";
import type { Failure } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { ProcessCommand, Processes } from "../../os/process/processes.ts";
import type { ReportEvent } from "../../report/event.ts";
import { jsonRecord, type RecordOptions } from "../../report/json.ts";
import { exitFailure } from "../../resources/shared/command/exit.ts";
import { shellHint } from "../../resources/shared/command/shell_signs.ts";
import type { Argv } from "../../resources/shared/command/split.ts";
import { type Untold, UntoldEvents } from "./untold.ts";
import { type HookName, type WorthTelling, worthTelling } from "./worth_telling.ts";

/** What all hooks of a run need. */
export interface HookSurroundings extends RecordOptions {
  readonly clock: Clock;
  readonly processes: Processes;
  /** The name of this host, and the graph as the user named it. */
  readonly host: string;
  readonly file: string;
  /** Tells of the hooks themselves. */
  readonly tell: (event: ReportEvent) => void;
}

/** A command to be told of events. */
export interface HookCommand {
  readonly name: HookName;
  readonly argv: Argv;
  /** No shell reads it. */
  readonly bare: boolean;
}

/** The version of what a hook reads; it changes when a field changes its meaning or goes. */
const VERSION = 1;
/** What follows the first event within so long is told with it. */
const GATHER_MS = 100;
/** The pause after a run grows as long as there is always more to tell when it is over. */
const PAUSE: BackoffOptions = { firstMs: 1000, lastMs: 60_000, factor: 2 };
/** At the end of a run a hook that takes so long is said to be waited for. */
const PATIENCE_MS = 1000;

/** See the module. */
export class Hook {
  readonly #command: HookCommand;
  readonly #around: HookSurroundings;
  readonly #isWorthTelling: WorthTelling;
  readonly #untold = new UntoldEvents();
  readonly #pause: Backoff = createBackoff(PAUSE);
  /** No pauses from now on. */
  readonly #hurry = new AbortController();
  /** What runs is ended, and nothing more is told. */
  readonly #over = new AbortController();
  #working: Promise<void> | undefined;
  #isFailing = false;
  #isOften = false;

  constructor(command: HookCommand, around: HookSurroundings) {
    this.#command = command;
    this.#around = around;
    this.#isWorthTelling = worthTelling(command.name);
  }

  event(event: ReportEvent): void {
    if (this.#over.signal.aborted || !this.#isWorthTelling(event)) return;
    this.#untold.add(event, this.#around.wall());
    this.#working ??= this.#work().finally(() => this.#working = undefined);
  }

  /** Warns of a command that cannot be started, before there is something to tell. */
  async foresee(): Promise<void> {
    const problem = await this.#around.processes.foresee(this.#process());
    if (problem !== undefined) this.#fails(problem);
  }

  /** Tells what is left, without pauses; resolves when that has ended or was ended. */
  async finish(): Promise<void> {
    const { clock, tell } = this.#around;
    this.#hurry.abort();
    if (this.#working === undefined) return;
    const seconds = LIMITS.hookEndMs / 1000;
    const text = `Waiting for it, ${seconds} s at most`;
    const patience = clock.after(
      PATIENCE_MS,
      () => tell({ type: "notice", topic: `--${this.#command.name}`, text }),
    );
    const limit = clock.after(LIMITS.hookEndMs, () => {
      this.#warn(`was still running ${seconds} s after the end of the run, and is ended`);
      this.abort();
    });
    await this.#working;
    patience.cancel();
    limit.cancel();
  }

  /** Ends what runs; tells nothing more. */
  abort(): void {
    this.#over.abort();
    this.#hurry.abort();
  }

  async #work(): Promise<void> {
    const { clock } = this.#around;
    await clock.sleep(GATHER_MS, this.#hurry.signal);
    while (!this.#untold.isEmpty && !this.#over.signal.aborted) {
      await this.#tell(this.#untold.take());
      const pauseMs = this.#pause.next();
      await clock.sleep(pauseMs, this.#hurry.signal);
      const isRushed = this.#hurry.signal.aborted;
      if (pauseMs === PAUSE.lastMs && !isRushed && !this.#untold.isEmpty) this.#saysOften();
    }
    this.#pause.reset();
    this.#isOften = false;
  }

  async #tell(untold: Untold): Promise<void> {
    const command = this.#process();
    const ran = await this.#around.processes.run({
      ...command,
      input: await this.#document(untold),
      timeoutMs: LIMITS.hookMs,
      signal: this.#over.signal,
    });
    // Who ended it has said so.
    if (this.#over.signal.aborted) return;
    const problem = ran.ok
      ? exitFailure(ran.value, LIMITS.hookMs / 1000, this.#hint())
      : ran.failure;
    if (problem === undefined) this.#isFailing = false;
    else this.#fails(problem);
  }

  /** Like a command of a graph: with a clean environment, as the agent's user, in `/`. */
  #process(): ProcessCommand {
    return { argv: this.#command.argv, inherit: [] };
  }

  async #document({ events, omitted }: Untold): Promise<string> {
    const { host, file, wall } = this.#around;
    const records: string[] = [];
    let length = 0;
    for (const { event, at, times } of events) {
      const record = JSON.stringify({ ...await jsonRecord(event, at, this.#around), times });
      length += record.length;
      if (length > LIMITS.hookInputLength) break;
      records.push(record);
    }
    const about = { v: VERSION, time: wall().toISOString(), hook: this.#command.name, host, file };
    const leftOut = omitted + events.length - records.length;
    const head = JSON.stringify({ ...about, omitted: leftOut }).slice(0, -1);
    return `${head},"events":[${records.join(",")}]}\n`;
  }

  /** Once, until it has succeeded. */
  #fails(failure: Failure): void {
    const { message } = failure;
    const hint = this.#hint() ?? failure.hint;
    if (!this.#isFailing) {
      this.#warn(
        `${message}${hint === undefined ? "" : ` (${hint})`}; said once until it succeeds`,
      );
    }
    this.#isFailing = true;
  }

  #saysOften(): void {
    if (this.#isOften) return;
    this.#isOften = true;
    const seconds = PAUSE.lastMs / 1000;
    this.#warn(
      `there is always more to tell: it runs every ${seconds} s at most now; does it change what the graph manages?`,
    );
  }

  #hint(): string | undefined {
    return this.#command.bare
      ? shellHint(this.#command.argv, "give --hook-shell /bin/sh")
      : undefined;
  }

  #warn(text: string): void {
    this.#around.tell({ type: "warning", text: `--${this.#command.name}: ${text}` });
  }
}

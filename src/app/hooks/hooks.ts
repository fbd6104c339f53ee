/**
 * The hooks of a run: commands of the user that are told what the agent did, and never waited for while
 * it does it.
 *
 * @module
 */

import type { EventSink, ReportEvent } from "../../report/event.ts";
import { type HeardSignal, onSignals } from "../../os/signals.ts";
import { Hook, type HookCommand, type HookSurroundings } from "./hook.ts";

/** See the module. */
export class Hooks implements EventSink {
  readonly #hooks: readonly Hook[];
  #looked: Promise<unknown> | undefined;

  constructor(commands: readonly HookCommand[], around: HookSurroundings) {
    this.#hooks = commands.map((command) => new Hook(command, around));
  }

  event(event: ReportEvent): void {
    for (const hook of this.#hooks) hook.event(event);
    // Not before: the first graph has the machine to itself.
    if (event.type === "settled") {
      this.#looked ??= Promise.all(this.#hooks.map((hook) => hook.foresee()));
    }
  }

  /** Tells what is left; resolves within `LIMITS.hookEndMs` and what ending a command takes. */
  async finish(): Promise<void> {
    // What was said last is on its way.
    await Promise.resolve();
    await Promise.all([this.#looked, ...this.#hooks.map((hook) => hook.finish())]);
  }

  /** The same where nothing else happens, and a signal ends it; the result is that signal. */
  async finishAlone(): Promise<HeardSignal | undefined> {
    const heard = Promise.withResolvers<HeardSignal>();
    const stopListening = onSignals((signal) => heard.resolve(signal));
    const signal = await Promise.race([this.finish().then(() => undefined), heard.promise]);
    stopListening();
    this.abort();
    return signal;
  }

  /** Ends what runs. */
  abort(): void {
    for (const hook of this.#hooks) hook.abort();
  }
}

/**
 * Where a run says what happens: lines, a live screen, or objects for programs.
 *
 * @module
 */

import { reasonOf } from "../base/result.ts";
import type { Engine } from "../engine/engine.ts";
import type { LocalHost } from "../host/local.ts";
import type { Clock } from "../os/clock.ts";
import { exitNow, isReaderGone, writeData, writeTalk } from "../os/terminal.ts";
import type { Reporter } from "../report/event.ts";
import { createReporter, type ReporterOptions } from "../report/reporter.ts";
import { EXIT } from "./agent.ts";
import type { FollowingReporter } from "./open_live.ts";
import type { ServiceManager } from "./service/service_manager.ts";
import type { RunSettings } from "./settings.ts";

/** How long a terminal has to be cleaned by who must end at once. */
const LEAVE_MS = 100;

/** Standard output, and whether it took everything. */
export class DataOutput {
  #lost: unknown;

  readonly write = (text: string): Promise<void> =>
    writeData(text).catch((thrown) => {
      // Who has read enough may go; a full disk loses what somebody waits for.
      if (!isReaderGone(thrown)) this.#lost ??= thrown;
      throw thrown;
    });

  /** The exit code of a run that would have ended with `code`. */
  async exitCode(code: number): Promise<number> {
    if (this.#lost === undefined) return code;
    await writeTalk(`mgmt: the output cannot be written: ${reasonOf(this.#lost)}\n`).catch(
      () => {},
    );
    return code === EXIT.done ? EXIT.wrong : code;
  }
}

/** The reporter that the settings ask for. */
export async function openReporter(
  settings: RunSettings,
  data: DataOutput,
  { clock, ...parts }: Pick<ReporterOptions, "journal" | "state" | "placeOf"> & { clock: Clock },
): Promise<Reporter | FollowingReporter> {
  const options = {
    color: settings.color,
    verbosity: settings.verbosity,
    endsByItself: settings.convergedTimeoutSeconds >= 0,
    wall: () => clock.wall(),
    yieldTurn: () => clock.yieldTurn(),
    sleep: (delayMs: number, signal: AbortSignal) => clock.sleep(delayMs, signal),
    ...parts,
    writeData: data.write,
    writeTalk,
  };
  if (settings.output !== "live" || parts.journal !== undefined) {
    return createReporter({ ...options, format: settings.output === "json" ? "json" : "human" });
  }
  const { openLive } = await import("./open_live.ts");
  return openLive({ ...options, clock, file: settings.file });
}

/** Ends the program at once, with a clean terminal where that takes what it is given. */
export function exitOf(
  host: Pick<LocalHost, "kill">,
  writer: Reporter | FollowingReporter,
  clock: Clock,
): (code: number) => void {
  return (code) => {
    host.kill();
    if (!("follow" in writer)) exitNow(code);
    void Promise.race([writer.flush(), clock.sleep(LEAVE_MS)]).then(() => exitNow(code));
  };
}

/** Tells all who want to know whom to ask how things are. */
export function engineOf(
  writer: Reporter | FollowingReporter,
  manager: ServiceManager | undefined,
): (engine: Engine) => void {
  return (engine) => {
    manager?.follow(engine);
    if ("follow" in writer) writer.follow(engine);
  };
}

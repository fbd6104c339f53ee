/**
 * Changes of unit files: enabled, disabled, masked, and read again.
 *
 * @module
 */

import { basename } from "node:path";
import { createBucket } from "../base/bucket.ts";
import { unlessAborted } from "../base/either.ts";
import { type Failure, failure } from "../base/result.ts";
import type { BusScope } from "./bus/address.ts";
import type { Bus, BusAnswer } from "./bus/bus.ts";
import type { Clock } from "../os/clock.ts";
import type { Processes } from "../os/process/processes.ts";
import { aboutUnit, callManager, RELOAD_MS } from "./manager.ts";
import type { UnitFileChange } from "./services.ts";
import { unitDirectories } from "./unit_names.ts";

/** What changes of unit files need. */
export interface UnitFilesContext {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly scope: BusScope;
}

/** systemd's own door to what the distribution enables scripts in /etc/init.d with. */
const SCRIPTS = "/usr/lib/systemd/systemd-sysv-install";
const SCRIPTS_MS = 60_000;
/** Reloads one after the other, and then each second: whoever rewrites a unit file for ever is not followed. */
const RELOADS = { capacity: 20, perSecond: 1 };

/** Changes unit files, and has them read again once for all who ask at the same time. */
export class UnitFiles {
  readonly #context: UnitFilesContext;
  readonly #tokens = createBucket(RELOADS);
  /** A reload that will begin, and one that runs. */
  #nextReload: Promise<Failure | undefined> | undefined;
  #runningReload: Promise<Failure | undefined> | undefined;
  #reloads = 0;

  constructor(context: UnitFilesContext) {
    this.#context = context;
  }

  /** Reloads that have begun so far. */
  get reloads(): number {
    return this.#reloads;
  }

  /** The reload that began last, if it began after so many. */
  begunSince(reloads: number): Promise<Failure | undefined> | undefined {
    return this.#reloads > reloads ? this.#runningReload : undefined;
  }

  async change(
    change: UnitFileChange,
    unit: string,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    const problem = change === "enable-script" || change === "disable-script"
      ? await this.#script(change, unit, signal)
      : await this.#byManager(change, unit, signal);
    return problem ?? await this.reload(signal);
  }

  /** Reads all unit files again. */
  async reload(signal?: AbortSignal): Promise<Failure | undefined> {
    if (signal?.aborted) return stopped();
    this.#nextReload ??= this.#reloadSoon();
    const reload = this.#nextReload.then((problem) => ({ problem }));
    const ended = await unlessAborted(reload, signal);
    return ended === undefined ? stopped() : ended.problem;
  }

  async #byManager(
    change: "enable" | "disable" | "mask" | "unmask",
    unit: string,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    const call = (member: string, signature: string, ...body: unknown[]) =>
      callManager(this.#context.bus, member, { signature, body: [[unit], ...body] }, signal);
    const answer = await this.#calls(change, unit, call);
    return answer.ok ? undefined : aboutUnit(change, unit, answer.failure);
  }

  async #calls(
    change: "enable" | "disable" | "mask" | "unmask",
    unit: string,
    call: (member: string, signature: string, ...body: unknown[]) => Promise<BusAnswer>,
  ): Promise<BusAnswer> {
    if (change === "enable") return await call("EnableUnitFiles", "asbb", false, true);
    if (change === "mask") return await call("MaskUnitFiles", "asbb", false, true);
    const member = change === "disable" ? "DisableUnitFiles" : "UnmaskUnitFiles";
    const linked = change === "disable" ? this.#linkedFiles(unit) : [];
    // What was done until the next start only, and what was done for good.
    const first = await call(member, "asb", true);
    const second = first.ok ? await call(member, "asb", false) : first;
    // systemd takes links to files elsewhere away, too, and then there is no such unit any more.
    for (const { path, target, runtime } of linked) {
      if (!second.ok || exists(path)) continue;
      const body = [[target], runtime, false];
      const again = await callManager(this.#context.bus, "LinkUnitFiles", {
        signature: "asbb",
        body,
      });
      if (!again.ok) return again;
    }
    return second;
  }

  /** Links by which files outside of systemd's directories are this unit. */
  #linkedFiles(unit: string): { path: string; target: string; runtime: boolean }[] {
    return unitDirectories(this.#context.scope).slice(0, 2).flatMap((directory) => {
      const path = `${directory}/${unit}`;
      const target = linkTarget(path);
      if (target === undefined || !target.startsWith("/") || basename(target) !== unit) return [];
      return [{ path, target, runtime: directory.startsWith("/run/") }];
    });
  }

  async #script(
    change: "enable-script" | "disable-script",
    unit: string,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    const verb = change === "enable-script" ? "enable" : "disable";
    const script = unit.slice(0, unit.lastIndexOf("."));
    const argv = [SCRIPTS, verb, script] as const;
    const ran = await this.#context.processes.run({
      argv,
      timeoutMs: SCRIPTS_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    if (ran.ok && ran.value.code === 0) return undefined;
    const why = ran.ok ? ran.value.tail.at(-1) ?? "it says nothing" : ran.failure.message;
    return failure(`cannot ${verb} /etc/init.d/${script}: ${argv.join(" ")} failed: ${why}`, {
      code: "script",
      hint: "the distribution's own tool is update-rc.d or chkconfig",
    });
  }

  /** A reload that runs already may have read the files before the caller's change: one more follows. */
  async #reloadSoon(): Promise<Failure | undefined> {
    const { clock } = this.#context;
    await this.#runningReload;
    await clock.yieldTurn();
    for (;;) {
      const waitMs = this.#tokens.take(clock.nowMs());
      if (waitMs === 0) break;
      await clock.sleep(waitMs);
    }
    this.#nextReload = undefined;
    this.#reloads++;
    this.#runningReload = this.#reloadNow();
    return await this.#runningReload;
  }

  async #reloadNow(): Promise<Failure | undefined> {
    const answer = await callManager(this.#context.bus, "Reload", { timeoutMs: RELOAD_MS });
    if (answer.ok) return undefined;
    return aboutUnit("read", "the unit files again", answer.failure);
  }
}

function stopped(): Failure {
  return failure("stopped", { code: "stopped" });
}

function linkTarget(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * A service manager of this machine, over its bus.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../base/result.ts";
import type { BusScope } from "./bus/address.ts";
import type { Bus, BusAnswer } from "./bus/bus.ts";
import type { Clock } from "../os/clock.ts";
import type { Watch, Watcher } from "../os/watch/watcher.ts";
import type { Processes } from "../os/process/processes.ts";
import { Jobs } from "./jobs.ts";
import {
  aboutUnit,
  allProperties,
  callManager,
  jobExists,
  propertyOf,
  SERVICE,
} from "./manager.ts";
import { nearUnit } from "./near_unit.ts";
import type {
  NearUnit,
  Services,
  ServiceState,
  TransientUnit,
  UnitFileChange,
  UnitJob,
  UnitListener,
  UnitState,
} from "./services.ts";
import { UnitDisk } from "./unit_disk.ts";
import { UnitFiles } from "./unit_files.ts";
import { unitObject } from "./unit_names.ts";
import { type LoadedUnit, loadUnit, realName, unitState } from "./unit_state.ts";
import { UnitWatches } from "./unit_watches.ts";

export interface LocalServicesOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly watcher: Watcher;
  readonly processes: Processes;
  readonly scope: BusScope;
  /** Unit files that changed on disk are not read again, and nobody is held. */
  readonly readsOnly: boolean;
}

/** What a unit wrote last comes to the journal a little later than its end to systemd: it is asked for again. */
const JOURNAL_PAUSES_MS = [100, 400];

/** The manager of the system or of the session; nothing is connected before it is asked. */
export function createLocalServices(options: LocalServicesOptions): Services {
  return new LocalServices(options);
}

const JOB_METHODS: Record<UnitJob, string> = {
  start: "StartUnit",
  stop: "StopUnit",
  restart: "RestartUnit",
  reload: "ReloadUnit",
};

class LocalServices implements Services {
  readonly #options: LocalServicesOptions;
  readonly #bus: Bus;
  readonly #jobs: Jobs;
  readonly #watches: UnitWatches;
  readonly #files: UnitFiles;
  readonly #disk: UnitDisk;

  constructor(options: LocalServicesOptions) {
    this.#options = options;
    this.#bus = options.bus;
    this.#files = new UnitFiles(options);
    this.#disk = new UnitDisk(options.scope);
    this.#jobs = new Jobs({
      clock: options.clock,
      exists: (path) => jobExists(options.bus, path),
    });
    this.#watches = new UnitWatches(options, {
      removed: (signal) => this.#jobs.removed(signal),
      lost: () => this.#jobs.lost(),
      renewed: () => this.#jobs.renewed(),
    });
  }

  async look(
    unit: string,
    signal?: AbortSignal,
    { quick } = { quick: false },
  ): Promise<Result<UnitState>> {
    const { reloads } = this.#files;
    const first = await this.#load(unit, quick, signal);
    if (!first.ok || !this.#isStale(first.value)) return await this.#state(first, signal);
    // Another may have seen the same and begun since.
    const problem = await (this.#files.begunSince(reloads) ?? this.#files.reload(signal));
    if (problem !== undefined) return { ok: false, failure: problem };
    const again = await this.#load(unit, quick, signal);
    if (again.ok) this.#disk.settle(again.value.properties);
    return await this.#state(again, signal);
  }

  #isStale({ properties }: LoadedUnit): boolean {
    if (this.#options.readsOnly) return false;
    return properties["NeedDaemonReload"] === true || this.#disk.differs(properties);
  }

  async serviceType(unit: string, signal?: AbortSignal): Promise<string> {
    if (!unit.endsWith(".service")) return "";
    return await propertyOf(this.#bus, unitObject(unit), SERVICE, "Type", signal);
  }

  async service(unit: string, signal?: AbortSignal): Promise<Result<ServiceState>> {
    const found = await allProperties(this.#bus, unitObject(unit), SERVICE, signal);
    if (!found.ok) return { ok: false, failure: aboutUnit("look at", unit, found.failure) };
    const { value } = found;
    return ok({
      type: String(value["Type"]),
      remainAfterExit: value["RemainAfterExit"] === true,
      result: String(value["Result"]),
      exitStatus: Number(value["ExecMainStatus"]),
      hasRun: Number(value["ExecMainExitTimestampMonotonic"]) > 0,
      restarts: Number(value["NRestarts"] ?? 0),
      mainPid: Number(value["MainPID"]),
    });
  }

  near(unit: string, signal?: AbortSignal): Promise<NearUnit | undefined> {
    return nearUnit(unit, { bus: this.#bus, scope: this.#options.scope, signal });
  }

  async hold(unit: string, signal?: AbortSignal): Promise<Watch> {
    if (this.#options.readsOnly) return { close: () => {} };
    const call = { signature: "s", body: [unit] };
    // Who may not, or may no longer, looks at what is left.
    const held = await callManager(this.#bus, "RefUnit", call, signal);
    return { close: () => void (held.ok && callManager(this.#bus, "UnrefUnit", call)) };
  }

  async run(job: UnitJob, unit: string, signal?: AbortSignal): Promise<Failure | undefined> {
    return await this.#await(job, unit, () =>
      callManager(this.#bus, JOB_METHODS[job], {
        signature: "ss",
        body: [unit, "replace"],
      }, signal), signal);
  }

  async startTransient(
    { name, properties }: TransientUnit,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    return await this.#await("start", name, () =>
      callManager(this.#bus, "StartTransientUnit", {
        signature: "ssa(sv)a(sa(sv))",
        body: [name, "fail", properties, []],
      }, signal), signal);
  }

  changeFile(
    change: UnitFileChange,
    unit: string,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    return this.#files.change(change, unit, signal);
  }

  async forgetFailure(unit: string, signal?: AbortSignal): Promise<Failure | undefined> {
    const call = { signature: "s", body: [unit] };
    const answer = await callManager(this.#bus, "ResetFailedUnit", call, signal);
    if (answer.ok || answer.failure.code === "org.freedesktop.systemd1.NoSuchUnit") {
      return undefined;
    }
    return aboutUnit("forget the failure of", unit, answer.failure);
  }

  reloadUnitFiles(signal?: AbortSignal): Promise<Failure | undefined> {
    return this.#files.reload(signal);
  }

  async journalTail(
    unit: string,
    lines: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const loaded = await this.#load(unit, true, signal);
    if (!loaded.ok) return [];
    const id = loaded.value.properties["InvocationID"];
    if (!(id instanceof Uint8Array) || id.length !== 16) return [];
    const { processes, scope, clock } = this.#options;
    const sinceMicros = Number(loaded.value.properties["InactiveExitTimestamp"] ?? 0);
    const run = { unit: realName(loaded.value), invocation: id, sinceMicros };
    const question = { processes, scope, run, lines, signal };
    // Loaded where something failed.
    const { readJournal } = await import("./journal_reader.ts");
    for (const pauseMs of JOURNAL_PAUSES_MS) {
      const found = await readJournal(question);
      if (found.length > 0 || signal?.aborted) return found;
      await clock.sleep(pauseMs, signal);
    }
    return await readJournal(question);
  }

  watch(unit: string, changed: UnitListener): Watch {
    return this.#watches.watch(unit, changed);
  }

  async #load(unit: string, quick: boolean, signal?: AbortSignal): Promise<Result<LoadedUnit>> {
    return await this.#watches.loading(unit, async () => {
      const loaded = await loadUnit(unit, quick, { ...this.#options, signal });
      if (loaded.ok) this.#watches.known(unit, realName(loaded.value));
      return loaded;
    });
  }

  async #state(loaded: Result<LoadedUnit>, signal?: AbortSignal): Promise<Result<UnitState>> {
    return loaded.ok ? ok(await unitState(loaded.value, { ...this.#options, signal })) : loaded;
  }

  async #await(
    job: UnitJob,
    unit: string,
    ask: () => Promise<BusAnswer>,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    await this.#watches.subscribed(signal);
    const result = await this.#jobs.run(ask, signal);
    if (typeof result !== "string") {
      return result.ok ? undefined : aboutUnit(job, unit, result.failure);
    }
    if (result === "done" || result === "skipped") return undefined;
    if (result === "unheard") return await this.#unheard(job, unit, signal);
    return jobFailure(job, unit, result);
  }

  /** The job ended while nobody listened: how the unit is now tells how. */
  async #unheard(
    job: UnitJob,
    unit: string,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    const now = await this.look(unit, signal, { quick: true });
    if (!now.ok) return now.failure;
    const { active } = now.value;
    const isDown = active === "inactive" || active === "failed";
    if (job === "stop" ? !isDown : active === "failed") return jobFailure(job, unit, "unheard");
    return undefined;
  }
}

const RESULTS: Record<string, string> = {
  assert: "an Assert… of its file does not hold",
  canceled: "another job took its place",
  collected: "it went away before it began",
  dependency: "a unit that it needs failed",
  failed: "its job failed",
  lost: "the connection to the service manager was lost while it worked",
  once: "it runs only once between two starts of the host",
  stopped: "no longer waiting for it; its job goes on",
  timeout: "its job took too long",
  unheard: "its job ended while the service manager could not be heard",
  unsupported: "this host has no units of its type",
};

function jobFailure(job: UnitJob, unit: string, result: string): Failure {
  return failure(`cannot ${job} ${unit}: ${RESULTS[result] ?? `its job ended as "${result}"`}`, {
    code: result === "stopped" ? "goes-on" : `job-${result}`,
    hint: `look at it with: systemctl status ${unit}`,
  });
}

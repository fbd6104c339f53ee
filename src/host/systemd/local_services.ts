/**
 * A service manager of this machine, over its bus.
 *
 * @module
 */

import { nearest } from "../../base/nearest.ts";
import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { BusScope } from "../bus/address.ts";
import type { Bus, BusAnswer } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Hub, Watch } from "../hub/hub.ts";
import type { Processes } from "../processes.ts";
import { readJournal } from "./journal.ts";
import { Jobs } from "./jobs.ts";
import {
  aboutUnit,
  allProperties,
  callManager,
  PROPERTIES,
  type Properties,
  RELOAD_MS,
  SERVICE,
  SYSTEMD,
  UNIT,
} from "./manager.ts";
import type {
  Services,
  ServiceState,
  TransientUnit,
  UnitFileChange,
  UnitJob,
  UnitListener,
  UnitState,
} from "./services.ts";
import { unitObject } from "./unit_names.ts";
import { UnitWatches } from "./unit_watches.ts";

export interface LocalServicesOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly processes: Processes;
  readonly scope: BusScope;
}

/** The manager of the system or of the session; nothing is connected before it is asked. */
export function createLocalServices(options: LocalServicesOptions): Services {
  return new LocalServices(options);
}

/** What the manager says when it is asked for its signals once more. */
const ALREADY = "org.freedesktop.systemd1.AlreadySubscribed";

const JOB_METHODS: Record<UnitJob, string> = {
  start: "StartUnit",
  stop: "StopUnit",
  restart: "RestartUnit",
  reload: "ReloadUnit",
};

class LocalServices implements Services {
  readonly #options: LocalServicesOptions;
  readonly #bus: Bus;
  readonly #jobs = new Jobs();
  readonly #watches: UnitWatches;
  /** A reload that will begin, and one that runs. */
  #nextReload: Promise<Failure | undefined> | undefined;
  #runningReload: Promise<Failure | undefined> | undefined;
  #reloads = 0;

  constructor(options: LocalServicesOptions) {
    this.#options = options;
    this.#bus = options.bus;
    this.#watches = new UnitWatches(options.bus, options.hub, options.scope, {
      removed: (signal) => this.#jobs.removed(signal),
      lost: () => this.#jobs.lost(),
    });
  }

  async look(
    unit: string,
    signal?: AbortSignal,
    { quick } = { quick: false },
  ): Promise<Result<UnitState>> {
    const reloads = this.#reloads;
    const first = await this.#load(unit, quick, signal);
    if (!first.ok || first.value.properties["NeedDaemonReload"] !== true) return state(first);
    // Another may have seen the same and begun since.
    const begun = this.#reloads > reloads ? this.#runningReload : undefined;
    const problem = await (begun ?? this.reloadUnitFiles(signal));
    if (problem !== undefined) return { ok: false, failure: problem };
    return state(await this.#load(unit, quick, signal));
  }

  async serviceType(unit: string, signal?: AbortSignal): Promise<string> {
    if (!unit.endsWith(".service")) return "";
    const answer = await this.#bus.call({
      service: SYSTEMD,
      path: unitObject(unit),
      interface: PROPERTIES,
      member: "Get",
      signature: "ss",
      body: [SERVICE, "Type"],
    }, signal);
    return answer.ok ? String(answer.value[0]) : "";
  }

  async service(unit: string, signal?: AbortSignal): Promise<Result<ServiceState>> {
    const found = await allProperties(this.#bus, unitObject(unit), SERVICE, signal);
    if (!found.ok) return refused("look at", unit, found.failure);
    const { value } = found;
    return ok({
      type: String(value["Type"]),
      remainAfterExit: value["RemainAfterExit"] === true,
      result: String(value["Result"]),
      exitStatus: Number(value["ExecMainStatus"]),
      hasRun: Number(value["ExecMainExitTimestampMonotonic"]) > 0,
      mainPid: Number(value["MainPID"]),
    });
  }

  async near(unit: string): Promise<readonly string[]> {
    const answer = await callManager(this.#bus, "ListUnitFiles");
    if (!answer.ok) return [];
    const paths = (answer.value[0] as [string, string][]).map(([path]) => path);
    // Suffixes are alike in all of them.
    const suffix = unit.slice(unit.lastIndexOf("."));
    const names = paths.map((path) => path.slice(path.lastIndexOf("/") + 1))
      .filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
    const stem = unit.slice(0, -suffix.length);
    // Its own file may have come just now, and not have been read yet.
    const found = nearest(stem, names.filter((name) => name !== stem));
    return found === undefined ? [] : [`${found}${suffix}`];
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

  async changeFile(
    change: UnitFileChange,
    unit: string,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    const answer = await this.#changeFile(change, unit, signal);
    if (!answer.ok) return aboutUnit(change, unit, answer.failure);
    return await this.reloadUnitFiles(signal);
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
    if (signal?.aborted) return Promise.resolve(failure("stopped", { code: "stopped" }));
    this.#nextReload ??= this.#reloadSoon();
    return this.#nextReload;
  }

  async journalTail(unit: string, lines: number): Promise<readonly string[]> {
    const loaded = await this.#load(unit, true);
    if (!loaded.ok) return [];
    const id = loaded.value.properties["InvocationID"];
    if (!(id instanceof Uint8Array) || id.length !== 16) return [];
    return await readJournal(this.#options.processes, id, lines, this.#options.scope);
  }

  watch(unit: string, changed: UnitListener): Watch {
    return this.#watches.watch(unit, changed);
  }

  /** The manager loads a unit when its object is asked; all that is wanted is asked at once. */
  async #load(unit: string, quick: boolean, signal?: AbortSignal): Promise<Result<LoadedUnit>> {
    return await this.#watches.loading(unit, async () => {
      const properties = allProperties(this.#bus, unitObject(unit), UNIT, signal);
      const file = quick
        ? undefined
        : callManager(this.#bus, "GetUnitFileState", { signature: "s", body: [unit] }, signal);
      const found = await properties;
      if (!found.ok) return refused("look at", unit, found.failure);
      this.#watches.known(unit, unitObject(String(found.value["Id"])));
      const fileState = await file;
      const remembered = String(found.value["UnitFileState"]);
      return ok({
        properties: found.value,
        file: fileState === undefined ? remembered : fileState.ok ? String(fileState.value[0]) : "",
      });
    });
  }

  async #await(
    job: UnitJob,
    unit: string,
    ask: () => Promise<BusAnswer>,
    signal?: AbortSignal,
  ): Promise<Failure | undefined> {
    await Promise.race([this.#watches.subscribe(), this.#reachable(signal)]);
    const result = await this.#jobs.run(ask, signal);
    if (typeof result !== "string") {
      return result.ok ? undefined : aboutUnit(job, unit, result.failure);
    }
    return result === "done" || result === "skipped" ? undefined : jobFailure(job, unit, result);
  }

  /** Resolves where there is no bus, for then no subscription will ever stand. */
  async #reachable(signal?: AbortSignal): Promise<void> {
    const answer = await callManager(this.#bus, "Subscribe", {}, signal);
    // Of many who ask at the same time all but one hear that they have already.
    if (answer.ok || answer.failure.code === ALREADY) await this.#watches.subscribe();
  }

  #changeFile(
    change: UnitFileChange,
    unit: string,
    signal?: AbortSignal,
  ): Promise<BusAnswer> {
    const units = [unit];
    const call = (member: string, signature: string, body: unknown[]) =>
      callManager(this.#bus, member, { signature, body }, signal);
    if (change === "enable") return call("EnableUnitFiles", "asbb", [units, false, true]);
    if (change === "disable") return call("DisableUnitFiles", "asb", [units, false]);
    if (change === "mask") return call("MaskUnitFiles", "asbb", [units, false, true]);
    return call("UnmaskUnitFiles", "asb", [units, true]).then((answer) =>
      answer.ok ? call("UnmaskUnitFiles", "asb", [units, false]) : answer
    );
  }

  /** A reload that runs already may have read the files before the caller's change: one more follows. */
  async #reloadSoon(): Promise<Failure | undefined> {
    await this.#runningReload;
    await this.#options.clock.breathe();
    this.#nextReload = undefined;
    this.#reloads++;
    this.#runningReload = this.#reloadNow();
    return await this.#runningReload;
  }

  async #reloadNow(): Promise<Failure | undefined> {
    const answer = await callManager(this.#bus, "Reload", { timeoutMs: RELOAD_MS });
    if (answer.ok) return undefined;
    return aboutUnit("read", "the unit files again", answer.failure);
  }
}

interface LoadedUnit {
  readonly properties: Properties;
  readonly file: string;
}

function state(loaded: Result<LoadedUnit>): Result<UnitState> {
  if (!loaded.ok) return loaded;
  const { properties, file } = loaded.value;
  const [, loadError] = (properties["LoadError"] ?? ["", ""]) as [string, string];
  return ok({
    name: String(properties["Id"]),
    load: String(properties["LoadState"]),
    active: String(properties["ActiveState"]),
    sub: String(properties["SubState"]),
    file,
    canReload: properties["CanReload"] === true,
    fragmentPath: String(properties["FragmentPath"]),
    dropInPaths: (properties["DropInPaths"] ?? []) as string[],
    loadError,
  });
}

function refused(what: string, unit: string, why: Failure): Result<never> {
  return { ok: false, failure: aboutUnit(what, unit, why) };
}

const RESULTS: Record<string, string> = {
  canceled: "another job took its place",
  dependency: "a unit that it needs failed",
  failed: "its job failed",
  lost: "the connection to the service manager was lost while it worked",
  stopped: "stopped waiting for it; its job goes on",
  timeout: "its job took too long",
};

function jobFailure(job: UnitJob, unit: string, result: string): Failure {
  return failure(`cannot ${job} ${unit}: ${RESULTS[result] ?? `its job ended as "${result}"`}`, {
    code: `job-${result}`,
    hint: `look at it with: systemctl status ${unit}`,
  });
}

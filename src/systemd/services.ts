/**
 * The service manager (systemd), of the host or of a user's session.
 *
 * @module
 */

import type { Failure, Result } from "../base/result.ts";
import type { BusVariant } from "./bus/bus.ts";
import type { SeenChange, Watch } from "../os/watch/watcher.ts";

/** What systemd knows of a unit; the words are systemd's own. */
export interface UnitState {
  /** With its suffix, for instance `nginx.service`. */
  readonly name: string;
  /** LoadState: `loaded`, `not-found`, `masked`, `bad-setting`, `error`… */
  readonly load: string;
  /** ActiveState: `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`… */
  readonly active: string;
  /** SubState: `running`, `dead`, `exited`, `auto-restart`… */
  readonly sub: string;
  /** The kind of job that somebody asked for and that has not ended, for instance `start`; or empty. */
  readonly job: string;
  /**
   * UnitFileState: `enabled`, `disabled`, `static`, `masked`, `indirect`… `bad`: systemd cannot tell;
   * empty: no unit file.
   */
  readonly file: string;
  /** Of an indirect unit: whether it could be enabled itself, and the units that would be with it. */
  readonly install?: { readonly hasRules: boolean; readonly also: readonly UnitFileState[] };
  /** All its names: `name`, and aliases. */
  readonly names: readonly string[];
  /** The units that start it with themselves, as far as they are loaded. */
  readonly startedBy: readonly string[];
  /** The units that start it when something happens: sockets, timers, paths. */
  readonly triggeredBy: readonly string[];
  /** Whether it may be started, and stopped, by those who ask for it. */
  readonly canStart: boolean;
  readonly canStop: boolean;
  readonly canReload: boolean;
  readonly fragmentPath: string;
  readonly dropInPaths: readonly string[];
  /** What its file was generated from, for instance `/etc/fstab`; or empty. */
  readonly sourcePath: string;
  /** Its own file lies where a mask of it would be. */
  readonly isInMasksPlace: boolean;
  /** What did not hold when it was last to be started, as it is written: `ConditionPathExists=/x`. */
  readonly unmet: readonly string[];
  /** Why it could not be loaded, or its file not be understood, in systemd's words; or empty. */
  readonly loadError: string;
}

/** A unit and its UnitFileState. */
export interface UnitFileState {
  readonly name: string;
  readonly file: string;
}

/** How a service last ran. */
export interface ServiceState {
  /** Type: `simple`, `exec`, `forking`, `oneshot`, `notify`… */
  readonly type: string;
  readonly remainAfterExit: boolean;
  /** How it last ended: `success`, `exit-code`, `signal`, `timeout`… */
  readonly result: string;
  /** Exit code or signal of its main process, when that ended. */
  readonly exitStatus: number;
  /** Whether its main process has run and ended since the host booted. */
  readonly hasRun: boolean;
  /** How often systemd has started it again by itself. */
  readonly restarts: number;
  readonly mainPid: number;
}

/** What a unit is made to do; each resolves when the job has ended, not when it was accepted. */
export type UnitJob = "start" | "stop" | "restart" | "reload";

/** What is done to a unit's file; `-script`: of a unit that is generated from one in `/etc/init.d`. */
export type UnitFileChange =
  | "enable"
  | "disable"
  | "mask"
  | "unmask"
  | "enable-script"
  | "disable-script";

/** Hears that a unit's state may be another, or what its files say. */
export type UnitListener = (what: "state" | "files", seen: SeenChange) => void;

/** A unit that exists only while it runs. */
export interface TransientUnit {
  readonly name: string;
  readonly properties: readonly (readonly [name: string, value: BusVariant])[];
}

/** A unit that somebody may have meant. */
export interface NearUnit {
  readonly name: string;
  /** It has the name that was asked for as an alias as soon as it is enabled. */
  readonly isAlias: boolean;
}

/** One service manager. */
export interface Services {
  /**
   * Looks at a unit, found by its name or an alias of it; `name` is then the real one. A unit file that changed on disk is read
   * again first (daemon-reload, once for all who ask at the same time). Whether it is enabled is read
   * from the disk, unless `quick`: then `file` is what the manager remembers.
   */
  look(unit: string, signal?: AbortSignal, how?: { quick: boolean }): Promise<Result<UnitState>>;
  /** Looks at how a service ran; a failure also for units that are no services. */
  service(unit: string, signal?: AbortSignal): Promise<Result<ServiceState>>;
  /** The type of a service, for instance `simple`; empty for units that are no services. */
  serviceType(unit: string, signal?: AbortSignal): Promise<string>;
  /** The name most like this one, of units that have a file; or one that would have this alias. */
  near(unit: string, signal?: AbortSignal): Promise<NearUnit | undefined>;
  /** Until this is closed the manager remembers how the unit ended, also where nothing needs it. */
  hold(unit: string, signal?: AbortSignal): Promise<Watch>;
  /** Runs a job to its end, or until `signal` aborts: code `goes-on`, and so does the job. */
  run(job: UnitJob, unit: string, signal?: AbortSignal): Promise<Failure | undefined>;
  changeFile(
    change: UnitFileChange,
    unit: string,
    signal?: AbortSignal,
  ): Promise<Failure | undefined>;
  /** Reads all unit files again; callers at the same time share one. */
  reloadUnitFiles(signal?: AbortSignal): Promise<Failure | undefined>;
  /** Lets go of the memory that a unit failed; one that nobody knows of is no failure. */
  forgetFailure(unit: string, signal?: AbortSignal): Promise<Failure | undefined>;
  /** Starts a transient unit and waits for its job. */
  startTransient(unit: TransientUnit, signal?: AbortSignal): Promise<Failure | undefined>;
  /** The last lines that a unit wrote to the journal; empty where there is none. */
  journalTail(unit: string, lines: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** Calls back when the unit may have changed, appeared or gone. */
  watch(unit: string, changed: UnitListener): Watch;
}

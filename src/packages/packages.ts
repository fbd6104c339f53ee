/**
 * The packages of the distribution, whoever manages them: PackageKit, or apt or dnf directly.
 *
 * @module
 */

import type { Failure, Result } from "../base/result.ts";
import type { SeenChange, Watch } from "../os/watch/watcher.ts";

/** What is known of one package. */
export interface PackageState {
  readonly name: string;
  /** The version that is installed; absent: none. */
  readonly installed?: string;
  /** The newest version that could be installed; absent: none of that name is known. */
  readonly available?: string;
  /**
   * Set where it is on the disk, but not as it should be, for instance "half-configured"; `installed`
   * is then the version that is broken. A change to any version repairs it or fails.
   */
  readonly broken?: string;
  /** Why the available version may not be installed with the trust that was asked with. */
  readonly refused?: Failure;
  /** Names like it, when nothing of that name is known. */
  readonly near: readonly string[];
}

/** What a source may be. */
export interface PackageTrust {
  /** Also packages that nobody the host trusts has signed. */
  readonly allowUntrusted: boolean;
  /** Also packages that are not free software. */
  readonly allowNonfree: boolean;
  /** Also packages that the distribution does not support. */
  readonly allowUnsupported: boolean;
}

/** How far a transaction is, and how much of it is done. */
export interface PackageStep {
  readonly text?: string;
  readonly percent?: number;
}

/** One package that is to be installed, brought to a version, or removed. */
export interface PackageChange {
  readonly name: string;
  readonly to: "newest" | "absent" | { readonly version: string };
  readonly trust: PackageTrust;
  /** Not to share a transaction with others. */
  readonly alone: boolean;
  /** Says how far it is, a few times in all: "downloading 40 %", "waits for the lock of apt (pid 7)". */
  readonly progress: (text: string) => void;
  /** The same for whoever looks on, a few times a second at most; without a text it is over. */
  readonly step?: (how: PackageStep) => void;
  /** Aborts waiting; what runs is cancelled only while that leaves the database consistent. */
  readonly signal: AbortSignal;
  /** Aborts waiting for others, and what has not begun; what runs goes on. */
  readonly ending?: AbortSignal;
}

/**
 * Why a transaction failed. Codes that are understood by whoever retries: `package-unknown`,
 * `download` (the lists may be too old), `interrupted` (the package manager went away in the middle),
 * `locked`, `untrusted`, `dependents`, `stopped`, `not-begun`; any other is told as it is.
 */
export interface PackageFailure extends Failure {
  /** The names that are certainly to blame, where that is known; the others are tried without them. */
  readonly blamed?: readonly string[];
  /** What is said to each of these, where they failed for different reasons. */
  readonly own?: ReadonlyMap<string, Failure>;
}

/** The package manager of a host. */
export interface Packages {
  /** What is known of a package. Questions asked at the same time are one question to the provider. */
  look(name: string, trust: PackageTrust, signal?: AbortSignal): Promise<Result<PackageState>>;
  /**
   * Makes one change. Changes wanted at the same time (within a few milliseconds, or while another
   * transaction runs) are one transaction; if that fails, whoever is not to blame still succeeds.
   */
  change(change: PackageChange): Promise<Failure | undefined>;
  /**
   * Why a change would fail, as far as that can be told without changing anything or fetching lists;
   * those asked about at the same time are taken together, as they would be changed.
   */
  foresee(change: PackageChange): Promise<Failure | undefined>;
  /**
   * Sees to it that the lists of what the sources offer are not older than a day, once for all who
   * ask; a failure says that they still are.
   */
  freshen(signal: AbortSignal): Promise<Failure | undefined>;
  /** Calls back when packages may have changed: the database on disk, or what the sources offer. */
  watch(changed: (seen?: SeenChange) => void): Watch;
}

/** How the lists of the sources are to be fetched. */
export interface RefreshRequest {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * One way to manage packages. The gathering, waiting and blaming around it is done once for all
 * providers.
 */
export interface PackageProvider {
  /** For messages: `PackageKit`, `apt`, `dnf`. */
  readonly name: string;
  /** What is known of packages, by name; a name that nothing is known of has neither version. */
  look(
    names: readonly string[],
    trust: PackageTrust,
    signal?: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, PackageState>>>;
  /**
   * All changes in one transaction; waits for foreign locks, and says so. All of them carry the same
   * signal, which aborts when nobody waits any more; what is said to one is for that one only.
   * Without a failure all is as wanted, and the provider has looked that it is; a failure may come
   * after some of the changes were made: whoever asked looks again.
   */
  change(changes: readonly PackageChange[]): Promise<PackageFailure | undefined>;
  /** Why all these changes together would fail, as far as a simulation tells; it changes nothing. */
  foresee?(changes: readonly PackageChange[]): Promise<PackageFailure | undefined>;
  /**
   * Fetches the lists of what the sources offer. Never done while only looking; the gathering sees
   * to it that the sources are not asked too often.
   */
  refresh?(how: RefreshRequest): Promise<Failure | undefined>;
  /** How old those lists are; undefined: unknown. */
  listsAgeMs?(): Promise<number | undefined>;
  /** May call back often and without a cause; those who listen are told when it is quiet. */
  watch(changed: (seen?: SeenChange) => void): Watch;
}

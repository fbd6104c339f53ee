/**
 * The words and numbers of PackageKit.
 *
 * @module
 */

import type { PackageChange } from "../packages.ts";

export const PACKAGEKIT = "org.freedesktop.PackageKit";
export const PACKAGEKIT_PATH = "/org/freedesktop/PackageKit";
export const TRANSACTION = "org.freedesktop.PackageKit.Transaction";
export const PROPERTIES = "org.freedesktop.DBus.Properties";

/** Filters, as bits. */
export const FILTER = {
  none: 1n << 1n,
  installed: 1n << 2n,
  free: 1n << 8n,
  supported: 1n << 12n,
  newest: 1n << 16n,
  /** Only the host's own architecture. */
  architecture: 1n << 18n,
} as const;

/** Flags of a transaction, as bits. */
export const FLAG = {
  onlyTrusted: 1n << 1n,
  simulate: 1n << 2n,
  allowDowngrade: 1n << 6n,
} as const;

/** What a signal about a package says of it. */
export const INFO = { installed: 1, installing: 12, removing: 13, updating: 11 } as const;

/** How a transaction ended. */
export const EXIT = { success: 1, cancelled: 3 } as const;

/** What a transaction does. */
export const STATUS = {
  wait: 1,
  setup: 2,
  query: 4,
  remove: 6,
  refresh: 7,
  download: 8,
  install: 9,
  update: 10,
  resolve: 13,
  commit: 16,
  loadingCache: 27,
  waitingForLock: 30,
} as const;

/** Statuses that are not told: they last for moments, or the reader could do nothing with them. */
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  [STATUS.wait]: "waits for another transaction of PackageKit",
  [STATUS.remove]: "removing",
  [STATUS.refresh]: "fetching the lists of packages",
  [STATUS.download]: "downloading",
  [STATUS.install]: "installing",
  [STATUS.update]: "updating",
  [STATUS.commit]: "running the packages' scripts",
};

/** A status for a reader; undefined where it says nothing. */
export function statusText(status: number): string | undefined {
  return STATUS_TEXTS[status];
}

/** Errors that have a code of ours. */
const ERRORS: Readonly<Record<number, string>> = {
  2: "no-network",
  6: "package-unknown",
  8: "package-unknown",
  10: "download",
  13: "dependencies",
  17: "stopped",
  20: "essential",
  21: "interrupted",
  26: "locked",
  30: "untrusted",
  31: "untrusted",
  35: "file-conflict",
  36: "conflict",
  43: "download",
  46: "no-space",
  48: "not-allowed",
  50: "untrusted",
  51: "untrusted",
  56: "script",
  58: "script",
  59: "script",
  64: "download",
};

/** Our code of an error of PackageKit; `packagekit-N` where there is none. */
export function errorCode(code: number): string {
  return ERRORS[code] ?? `packagekit-${code}`;
}

/** A package as PackageKit names it: `name;version;architecture;origin`. */
export interface PackageId {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Where it comes from; with apt `debian-stable-main`. */
  readonly origin: string;
}

/** Takes the name of a package apart. */
export function parsePackageId(id: string): PackageId {
  const [name = "", version = "", architecture = "", data = ""] = id.split(";");
  // apt's also tell why it is installed: `+auto:debian-stable-main`.
  return { id, name, version, architecture, origin: data.replace(/^.*:/, "") };
}

/** What may be asked for: PackageKit takes names with a semicolon for something else. */
export function isPackageName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9+._:@-]{0,254}$/.test(name);
}

/** A change with the package that it is about. */
export interface Picked extends PackageId {
  readonly change: PackageChange;
}

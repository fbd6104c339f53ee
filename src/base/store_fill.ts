/** How full a store is. */
export interface Fill {
  /** Whose file is the fullest; undefined: there is but one. */
  readonly host?: string;
  readonly databaseBytes: number;
  readonly inUseBytes: number;
  readonly quotaBytes: number;
  /** etcd takes nothing more. */
  readonly full: boolean;
}

/** The part of the quota from which on people are warned of a file, and one is given back. */
export const NEARLY_FULL = 0.8;

/** The alarm of a full database. */
export const FULL_ALARM = "NOSPACE";

/** Whether people should know. */
export function isNearlyFull({ databaseBytes, quotaBytes, full }: Fill): boolean {
  return full || databaseBytes >= NEARLY_FULL * quotaBytes;
}

/** How full it is, for people. */
export function describeFill({ host, databaseBytes, inUseBytes, quotaBytes, full }: Fill): string {
  const percent = Math.floor(databaseBytes / quotaBytes * 100);
  const whose = host === undefined ? "" : ` on ${host}`;
  const size = `${mebibytes(databaseBytes)} of ${mebibytes(quotaBytes)} MiB (${percent} %)${whose}`;
  const state = full ? "full, takes nothing more: " : "";
  return `${state}${size}, ${mebibytes(inUseBytes)} MiB of that in use`;
}

function mebibytes(bytes: number): string {
  const size = bytes / 1024 / 1024;
  return size < 10 ? size.toFixed(1) : String(Math.round(size));
}

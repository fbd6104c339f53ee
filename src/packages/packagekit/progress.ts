/**
 * How far a transaction of PackageKit is.
 *
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import { type PackageLockHolder, waitingFor } from "../lock_wait.ts";
import type { ProgressReporter } from "../progress_reporter.ts";
import { INFO, type PackageId, STATUS, statusText } from "./protocol.ts";

/** PackageKit says so where it does not know. */
const PERCENTAGE_UNKNOWN = 101;

/** What is being done to a package. */
const INFO_TEXTS: Readonly<Record<number, string>> = {
  [INFO.installing]: "installing",
  [INFO.removing]: "removing",
  [INFO.updating]: "updating",
};

/** Understands what a transaction says while it runs. */
export class Progress {
  readonly #reporter: ProgressReporter;
  #status = 0;
  #percentage = PERCENTAGE_UNKNOWN;

  constructor(reporter: ProgressReporter) {
    this.#reporter = reporter;
  }

  /** Properties of the transaction have changed. */
  changed(properties: Readonly<Record<string, unknown>>): void {
    if (properties.Percentage !== undefined) this.#percentage = Number(properties.Percentage);
    if (properties.Status === undefined) return this.#tell(statusText(this.#status), undefined);
    this.#status = Number(properties.Status);
    if (this.#status === STATUS.waitingForLock) this.#reporter.wait(waitingFor(lockHolder()));
    else this.#tell(statusText(this.#status), undefined);
  }

  /** Something is done to a package. */
  happens(info: number, { name }: PackageId): void {
    this.#tell(INFO_TEXTS[info], name);
  }

  #tell(text: string | undefined, name: string | undefined): void {
    if (text === undefined) return;
    const share = this.#percentage <= 100 ? ` (${this.#percentage} % in all)` : "";
    const percent = share === "" ? undefined : this.#percentage;
    this.#reporter.progress(
      `${text}${name === undefined ? "" : ` ${name}`}${share}`,
      name,
      percent,
    );
  }
}

/** Locks that package managers take. */
const LOCKS = [
  "/var/lib/dpkg/lock-frontend",
  "/var/lib/dpkg/lock",
  "/var/cache/apt/archives/lock",
  "/var/lib/rpm/.rpm.lock",
];

/** Who holds a lock of the package managers, by the kernel's table of locks. */
function lockHolder(): PackageLockHolder {
  try {
    const inodes = new Set(LOCKS.flatMap((path) => {
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      return inode === undefined ? [] : [String(inode)];
    }));
    for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
      const [, , , kind, pid = "", file = ""] = line.split(/ +/);
      if (kind !== "WRITE" || !inodes.has(file.split(":").at(-1) ?? "")) continue;
      const what = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
      return { pid: Number(pid), what };
    }
  } catch {
    // The holder is only for the message.
  }
  return { pid: undefined, what: "another package manager" };
}

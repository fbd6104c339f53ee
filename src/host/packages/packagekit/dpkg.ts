/**
 * What PackageKit does not say of packages that dpkg left half done, and cannot repair.
 *
 * @module
 */

import { readdir, readFile, stat } from "node:fs/promises";
import { type Failure, failure } from "../../../base/result.ts";
import { AptOutput } from "../apt_output.ts";
import { waitForHolder, waitingFor } from "../lock_wait.ts";
import type { Teller } from "../teller.ts";
import { type PackageHost, transact } from "../tools.ts";

const STATUS_FILE = "/var/lib/dpkg/status";
/** Changes that dpkg has not yet merged into its status file; it does so when it ends well. */
const JOURNAL = "/var/lib/dpkg/updates";
/** States that need no repair: triggers are run by whoever works with packages next. */
const WHOLE = new Set(["installed", "not-installed", "config-files", "triggers-awaited"]);
/** How long a holder of the lock is waited for before dpkg is asked again. */
const PAUSE_MS = 2000;

/** Packages that are neither there nor gone, with the word that dpkg has for it. */
export class BrokenPackages {
  #seen = "";
  #broken: ReadonlyMap<string, string> = new Map();

  /** Reads dpkg's database, unless it is as it was; on a host without dpkg nothing is broken. */
  async read(): Promise<ReadonlyMap<string, string>> {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(STATUS_FILE);
      const now = [ino, size, mtimeMs, ctimeMs].join(" ");
      if (now !== this.#seen) {
        this.#broken = parseBroken(await readFile(STATUS_FILE, "utf8"));
        this.#seen = now;
      }
    } catch {
      this.#broken = new Map();
    }
    return this.#broken;
  }
}

/** Finds packages in dpkg's status file that are neither there nor gone. */
export function parseBroken(text: string): ReadonlyMap<string, string> {
  const broken = new Map<string, string>();
  for (
    const [, name = "", state = ""] of text.matchAll(/^Package: (.+)\nStatus: \S+ \S+ (\S+)/gm)
  ) {
    if (!WHOLE.has(state) && state !== "triggers-pending") broken.set(name, state);
  }
  return broken;
}

/** Whether dpkg works, or was ended before it had finished; apt and PackageKit then refuse to work. */
async function isInterrupted(): Promise<boolean> {
  try {
    return (await readdir(JOURNAL)).some((name) => /^\d+$/.test(name));
  } catch {
    return false;
  }
}

/**
 * Lets dpkg finish what it was interrupted in. A package that fails in it fails later, too, and is
 * then told: only that dpkg cannot be run is a failure here.
 */
export async function finishInterrupted(
  host: PackageHost,
  teller: Teller,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  while (await isInterrupted()) {
    if (signal.aborted) return failure("stopped", { code: "stopped" });
    const output = new AptOutput(() => {});
    const ran = await transact(host, {
      argv: ["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      signal,
      line: (line) => output.line(line),
    });
    if (!ran.ok) return ran.failure;
    const holder = output.lockHolder();
    if (holder === undefined) {
      teller.tell("finished first what an interrupted run of dpkg had left");
      return undefined;
    }
    teller.tell(waitingFor(holder));
    await waitForHolder(host, holder, PAUSE_MS, signal);
  }
  return undefined;
}

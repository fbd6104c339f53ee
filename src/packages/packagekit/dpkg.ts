/**
 * What PackageKit does not say of packages that dpkg left half done, and cannot repair.
 *
 * @module
 */

import { readdir, readFile, stat } from "node:fs/promises";
import type { Failure } from "../../base/result.ts";
import { AptOutput } from "../apt/output.ts";
import type { ProgressReporter } from "../progress_reporter.ts";
import { type PackageHost, transact } from "../tools.ts";
import { type Waiter, withPackageLock } from "../package_lock.ts";

const STATUS_FILE = "/var/lib/dpkg/status";
/** Changes that dpkg has not yet merged into its status file; it does so when it ends well. */
const JOURNAL = "/var/lib/dpkg/updates";
/** States that need no repair: triggers are run by whoever works with packages next. */
const WHOLE = new Set([
  "installed",
  "not-installed",
  "config-files",
  "triggers-awaited",
  "triggers-pending",
]);
/** A package that dpkg has half done. */
export interface Broken {
  /** The word that dpkg has for it. */
  readonly state: string;
  readonly version: string;
}

/** What dpkg's database says of packages that are not simply there or not. */
export interface Notes {
  /** Neither there nor gone. */
  readonly broken: ReadonlyMap<string, Broken>;
  /** To be left as they are, with the version that they have. */
  readonly onHold: ReadonlyMap<string, string>;
}

/** Reads dpkg's database, which is empty on a host without dpkg. */
export class DpkgNotes {
  #seen = "";
  #notes: Notes = { broken: new Map(), onHold: new Map() };

  /** Reads it, unless it is as it was. */
  async read(): Promise<Notes> {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(STATUS_FILE);
      const now = [ino, size, mtimeMs, ctimeMs].join(" ");
      if (now !== this.#seen) {
        this.#notes = parseNotes(await readFile(STATUS_FILE, "utf8"));
        this.#seen = now;
      }
    } catch {
      this.#notes = { broken: new Map(), onHold: new Map() };
    }
    return this.#notes;
  }
}

/** Finds in dpkg's status file what is neither there nor gone, and what is on hold. */
export function parseNotes(text: string): Notes {
  const broken = new Map<string, Broken>();
  const onHold = new Map<string, string>();
  const native = /^Package: dpkg\n(?:.+\n)*?Architecture: (.+)$/m.exec(text)?.[1];
  const heads = /^Package: (.+)\nStatus: (\S+) \S+ (\S+)\n((?:.+\n)*)/gm;
  for (const [, name = "", want, state = "", rest = ""] of text.matchAll(heads)) {
    const isBroken = !WHOLE.has(state);
    if (!isBroken && want !== "hold") continue;
    const field = (key: string) => new RegExp(`^${key}: (.+)$`, "m").exec(rest)?.[1] ?? "";
    const architecture = field("Architecture");
    const isOwn = architecture === native || architecture === "all";
    for (const key of isOwn ? [name, `${name}:${architecture}`] : [`${name}:${architecture}`]) {
      if (isBroken) broken.set(key, { state, version: field("Version") });
      if (want === "hold") onHold.set(key, field("Version"));
    }
  }
  return { broken, onHold };
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
export function finishInterrupted(
  host: PackageHost,
  reporter: ProgressReporter,
  waiter: Waiter,
): Promise<Failure | undefined> {
  return withPackageLock(host, reporter, waiter, async () => {
    if (!await isInterrupted()) return undefined;
    const output = new AptOutput(() => {});
    const ran = await transact(host, {
      argv: ["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      signal: waiter.signal,
      line: (line) => output.line(line),
    });
    if (!ran.ok) return ran.failure;
    const holder = output.lockHolder();
    if (holder !== undefined) return { holder };
    reporter.tell("finished first what an interrupted run of dpkg had left");
    return undefined;
  });
}

/**
 * Reading what `apt-get` and `dpkg` print while they work.
 *
 * @module
 */

import type { PackageLockHolder } from "../lock_wait.ts";
import type { ToldProgress } from "../progress_reporter.ts";

/** Lines that are remembered of a transaction. */
const KEPT_LINES = 400;
/** Reasons that a failure repeats, and their length together. */
const REASONS = 3;
const REASONS_LENGTH = 500;

/** Collects the output of one transaction. */
export class AptOutput {
  readonly #lines: string[] = [];
  readonly #progress: ToldProgress;

  constructor(progress: ToldProgress) {
    this.#progress = progress;
  }

  /** Takes one line. */
  line(text: string): void {
    const status = /^(dl|pm)status:([^:]*(?::[a-z0-9]+)?):([\d.]+):(.*)$/.exec(text);
    if (status === null) {
      this.#lines.push(text);
      if (this.#lines.length > KEPT_LINES) this.#lines.splice(0, KEPT_LINES / 2);
      return;
    }
    const [, phase, name = "", percent = "", what = ""] = status;
    const whole = Math.round(Number(percent));
    const done = `${whole} %`;
    if (phase === "dl") return this.#progress(`downloading, ${done}`, undefined, whole);
    const doing = what.replace(/ \(\S+\)$/, "");
    this.#progress(
      `${doing.charAt(0).toLowerCase()}${doing.slice(1)}, ${done} in all`,
      name,
      whole,
    );
  }

  /** Who has the lock that it could not get. */
  lockHolder(): PackageLockHolder | undefined {
    for (const line of this.#lines) {
      const apt = APT_LOCK.exec(line);
      if (apt !== null) return holder(apt[2], apt[3] ?? apt[1]);
      const dpkg = DPKG_LOCK.exec(line);
      if (dpkg !== null) return holder(dpkg[2], dpkg[1]);
    }
    return undefined;
  }

  /** Whether it printed a line that matches. */
  has(what: RegExp): boolean {
    return this.#lines.some((line) => what.test(line));
  }

  /** The first group of each line that matches. */
  all(what: RegExp): readonly string[] {
    return this.#lines.flatMap((line) => what.exec(line)?.[1] ?? []);
  }

  /** The packages that it would remove or has removed. */
  removed(): readonly string[] {
    return this.#listed("The following packages will be REMOVED:");
  }

  /** The packages that would come from a source that nobody has signed. */
  untrusted(): readonly string[] {
    return this.#listed("WARNING: The following packages cannot be authenticated!");
  }

  /** Packages that dpkg could not handle, each with its reason. */
  faults(): ReadonlyMap<string, string> {
    const faults = new Map<string, string>();
    this.#lines.forEach((line, index) => {
      const at = /^dpkg: error processing (?:package|archive) (\S+) \((.*)\):?$/.exec(line)?.[1];
      if (at === undefined) return;
      const name = /([^/]+?)_[^/]*\.deb$/.exec(at)?.[1] ?? at.replace(/:[a-z0-9-]+$/, "");
      const why = (this.#lines[index + 1] ?? "").trim();
      const said = lastWords(this.#lines.slice(0, index));
      faults.set(name, said === undefined ? why : `${why} (${said})`);
    });
    return faults;
  }

  /** The packages whose files could not be fetched. */
  unfetched(): readonly string[] {
    return this.all(/^E: Failed to fetch \S*?([^/_\s]+)_[^/\s]*\.deb(?:\s|$)/);
  }

  /** Why it failed, for a reader. */
  reason(): string {
    const faults = [...this.faults()].map(([name, why]) => `${name}: ${why}`);
    const unmet = this.#lines.filter((line) =>
      /^ \S+ : |^ {6,}(Depends|PreDepends|Conflicts|Breaks|Replaces):/.test(line)
    );
    const errors = this.#lines.filter((line) => /^(E|dpkg): /.test(line));
    const telling = errors.filter((line) => !GENERAL.test(line));
    const first = [faults, unmet, telling, errors, this.#lines].find((each) => each.length > 0);
    const text = (first ?? []).slice(0, REASONS).map((line) => line.replace(/^E: /, "").trim())
      .join("; ");
    return text.length > REASONS_LENGTH ? `${text.slice(0, REASONS_LENGTH)}…` : text;
  }

  /** The names below the last such heading. */
  #listed(heading: string): readonly string[] {
    const start = this.#lines.lastIndexOf(heading);
    if (start < 0) return [];
    const names: string[] = [];
    for (const line of this.#lines.slice(start + 1)) {
      if (!line.startsWith("  ")) break;
      names.push(...line.trim().split(/ +/).map((name) => name.replace(/\*$/, "")));
    }
    return names;
  }
}

const APT_LOCK =
  /Could not get lock (\S+?)\.?(?: |$)(?:It is held by process (\d+)(?: \((.+)\))?)?/;
const DPKG_LOCK = /dpkg: error: (.*lock) (?:was|is) locked by another process(?: with pid (\d+))?/;

/** Errors that only say that there was another one. */
const GENERAL =
  /^E: (Sub-process \/usr\/bin\/dpkg returned|Unable to correct problems|Failed to fetch some archives|Internal Error)/;

/** What dpkg and apt themselves print while they work. */
const ROUTINE =
  /^(pmerror:|\(Reading database|Preparing to|Unpacking|Selecting|Setting up|Removing|Processing triggers|Purging|Get:|dpkg: |debconf: )/;

/** What a package's script printed last before it failed. */
function lastWords(lines: readonly string[]): string | undefined {
  // The reason of the one before is not what this one said.
  if (lines.at(-2)?.startsWith("dpkg: error processing ")) return undefined;
  const last = lines.at(-1)?.trim();
  return last === undefined || last === "" || ROUTINE.test(last) ? undefined : last;
}

function holder(pid: string | undefined, what: string | undefined): PackageLockHolder {
  return { pid: pid === undefined ? undefined : Number(pid), what: what ?? "its lock" };
}

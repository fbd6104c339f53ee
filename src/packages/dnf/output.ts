/**
 * Reading what dnf prints while it works. The words are those of dnf 4 and, as far as known, dnf 5.
 *
 * @module
 */

import type { PackageLockHolder } from "../lock_wait.ts";
import type { ToldProgress } from "../progress_reporter.ts";

/** Lines that are remembered of a transaction. */
const KEPT_LINES = 2000;
/** Reasons that a failure repeats, and their length together. */
const REASONS = 4;
const REASONS_LENGTH = 500;

/** Collects the output of one call of dnf. */
export class DnfOutput {
  readonly #lines: string[] = [];
  readonly #progress: ToldProgress;

  constructor(progress: ToldProgress) {
    this.#progress = progress;
  }

  /** Takes one line. */
  line(text: string): void {
    this.#lines.push(text);
    if (this.#lines.length > KEPT_LINES) this.#lines.splice(0, KEPT_LINES / 2);
    const done = /^ {2}(\S[^:]*?) *: (\S+) +(\d+)\/(\d+) *$/.exec(text) ??
      /^\[ *()(\d+)\/(\d+)\] (.+?) +\d+% \|/.exec(text);
    if (done !== null) this.#step(done);
    const fetched = /^\((\d+)\/(\d+)\): /.exec(text);
    if (fetched !== null) {
      const [, at = "", all = ""] = fetched;
      this.#progress(`downloading, ${at} of ${all}`, undefined, share(at, all));
    }
  }

  /** Who has the lock that it could not get. */
  lockHolder(): PackageLockHolder | undefined {
    for (const line of this.#lines) {
      const pid = /^(?:RPMDB already locked by|Waiting for process with pid) (\d+)/.exec(line)?.[1];
      if (pid !== undefined) return { pid: Number(pid), what: "dnf" };
      if (/can't create transaction lock on|Failed to obtain .*lock/.test(line)) {
        return { pid: undefined, what: "rpm" };
      }
    }
    return undefined;
  }

  /** Whether it printed a line that matches. */
  has(what: RegExp): boolean {
    return this.#lines.some((line) => what.test(line));
  }

  /** The packages that it would remove, by the table that it shows before it begins. */
  removed(): readonly string[] {
    const names: string[] = [];
    let removing = false;
    for (const line of this.#lines) {
      if (/^Transaction Summary/.test(line)) break;
      if (/^\S/.test(line)) removing = /^Removing\b.*:$/.test(line);
      else if (removing) names.push(.../^ (\S+)/.exec(line)?.slice(1) ?? []);
    }
    return names;
  }

  /** Packages whose scripts failed, each with the reason. */
  faults(): ReadonlyMap<string, string> {
    const faults = new Map<string, string>();
    this.#lines.forEach((line, index) => {
      const [, script, nevra] = SCRIPT.exec(line) ?? [];
      if (script === undefined || nevra === undefined) return;
      const why = line.replace(/^(error|warning): /, "");
      const said = this.#lines[index - 1]?.trim() ?? "";
      const words = said === "" || ROUTINE.test(said) ? why : `${why} (${said})`;
      faults.set(nameOfNevra(nevra), words);
    });
    return faults;
  }

  /** Packages that need what nobody offers. */
  orphans(): readonly string[] {
    return this.#lines.flatMap((line) => {
      const nevra = /nothing provides .+ needed by (\S+?)(?: from \S+)?$/.exec(line)?.[1];
      return nevra === undefined ? [] : [nameOfNevra(nevra)];
    });
  }

  /** Why it failed, for a reader. */
  reason(): string {
    const faults = [...this.faults().values()];
    const start = this.#lines.findIndex((line) =>
      /^(Error|Failed to resolve the transaction|Transaction test error)/.test(line)
    );
    const told = start < 0 ? [] : this.#lines.slice(start).filter((line) => !USELESS.test(line));
    const errors = this.#lines.filter((line) => /^error: /i.test(line));
    const first = [faults, told, errors, this.#lines].find((each) => each.length > 0) ?? [];
    const lines = first.map((line) => line.trim().replace(/^(Error: ?|error: |- )/, ""))
      .filter((line) => line !== "");
    const text = lines.slice(0, REASONS).join("; ");
    return text.length > REASONS_LENGTH ? `${text.slice(0, REASONS_LENGTH)}…` : text;
  }

  #step([, doing = "", what = "", at = "", all = ""]: RegExpExecArray): void {
    // dnf 4: what is done, with what, which, of how many; dnf 5: which, of how many, what is done.
    if (doing === "") {
      return this.#progress(`${small(all)}, ${what} of ${at}`, undefined, share(what, at));
    }
    const name = nameOfNevra(what);
    this.#progress(`${small(doing)} ${name}, ${at} of ${all}`, name, share(at, all));
  }
}

const SCRIPT =
  /(%(?:pre|post|preun|postun|prein|postin|pretrans|posttrans|triggerin|triggerun)\w*)\((\S+)\) scriptlet failed/;
/** What dnf itself prints while it works. */
const ROUTINE =
  /^(Running scriptlet|Installing|Upgrading|Downgrading|Removing|Erasing|Preparing) +:/;
const USELESS = /^\(try to add |^ *$|^Problem repository|^You (have|can)|^Error: *$/;

/** The name in `name-epoch:version-release.architecture`. */
export function nameOfNevra(nevra: string): string {
  return /^(.+)-[^-]+-[^-]+$/.exec(nevra)?.[1] ?? nevra;
}

/** How many per cent of all those are done. */
function share(done: string, all: string): number {
  return Math.round((100 * Number(done)) / Math.max(1, Number(all)));
}

function small(words: string): string {
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

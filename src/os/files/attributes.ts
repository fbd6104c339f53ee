/**
 * What a program has to do because the runtime cannot: copying extended attributes and access
 * lists, and changing the owner of a symbolic link.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { Slots } from "../../base/slots.ts";
import type { Clock } from "../clock.ts";
import { errorCode } from "./system_error.ts";

/** Programs that run at the same time. */
const AT_ONCE = 8;
/** Not from PATH: the working directory may be somebody else's. */
const PROGRAM_DIRECTORIES = ["/usr/bin", "/bin", "/run/current-system/sw/bin"];

const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");

/**
 * Small programs that work on one entry. Each `start…` must be called inside the directory
 * (`in_directory.ts`), because the program inherits the working directory; `turn` limits how many run.
 */
export class Helpers {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #slots = new Slots(AT_ONCE);

  /** A program that takes longer than `deadlineMs` is ended. */
  constructor(clock: Clock, deadlineMs: number = LIMITS.fileStepMs) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
  }

  /** Runs what starts a program, once fewer than a few of them run. */
  async turn<T>(run: () => Promise<T>): Promise<T> {
    if (!this.#slots.tryTake()) await this.#slots.take(undefined);
    try {
      return await run();
    } finally {
      this.#slots.release();
    }
  }

  /** Copies mode, access list and extended attributes from one entry to another. */
  startCopyAttributes(from: string, to: string): Promise<Result<void>> {
    const options = ["--attributes-only", "--preserve=mode,xattr", "-P", "-T"];
    return this.#succeeds("cp", [...options, "--", from, to]);
  }

  /** Changes the owner of a link itself. */
  startChangeLinkOwner(
    link: string,
    uid: number | undefined,
    gid: number | undefined,
  ): Promise<Result<void>> {
    const owner = `${uid ?? ""}${gid === undefined ? "" : `:${gid}`}`;
    return this.#succeeds("chown", ["-h", "--", owner, link]);
  }

  /**
   * Whether a small file has extended attributes or an access list: in the archive that `tar` makes
   * of it they would have names. A content that looks so too counts, which only costs time.
   */
  async startHasAttached(name: string): Promise<boolean> {
    const options = ["--format=posix", "--xattrs", "--xattrs-include=*", "--acls"];
    const args = ["-c", "-f", "-", ...options, "--no-recursion", "--", name];
    const archive = await this.#start("tar", args);
    // Without the program nobody can tell.
    return !archive.ok || /SCHILY\.(xattr|acl)\./.test(latin1.decode(archive.value));
  }

  async #start(program: string, args: string[]): Promise<Result<Uint8Array>> {
    const path = programPath(program);
    if (path === undefined) {
      return fail(`${program} is not on this host`, { code: "no-program" });
    }
    let child: Deno.ChildProcess;
    try {
      const streams = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
      const env = { LC_ALL: "C" };
      // Detached, the runtime waits until the program runs: see "No child keeps a writer".
      child = new Deno.Command(path, { args, ...streams, env, detached: true }).spawn();
    } catch (thrown) {
      if (errorCode(thrown) === undefined) throw thrown;
      return fail(`${program} could not be started`, { code: "no-program" });
    }
    return await this.#finish(program, child);
  }

  #finish(program: string, child: Deno.ChildProcess): Promise<Result<Uint8Array>> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(this.#deadlineMs, () => {
        kill(child);
        resolve(
          fail(`${program} did not end within ${this.#deadlineMs / 1000} s`, { code: "timeout" }),
        );
      });
      child.output().then(({ success, stdout, stderr }) => {
        timer.cancel();
        const reason = decoder.decode(stderr).trim().split("\n", 1)[0] ?? "";
        resolve(
          success
            ? ok(stdout)
            : fail(reason === "" ? `${program} failed` : reason, { code: "program-failed" }),
        );
      });
    });
  }

  async #succeeds(program: string, args: string[]): Promise<Result<void>> {
    const done = await this.#start(program, args);
    return done.ok ? ok(undefined) : done;
  }
}

const programPaths = new Map<string, string>();

/** Where a program is, looked for in the places of the system only. */
export function programPath(program: string): string | undefined {
  const known = programPaths.get(program);
  if (known !== undefined) return known;
  for (const directory of PROGRAM_DIRECTORIES) {
    const path = `${directory}/${program}`;
    try {
      Deno.statSync(path);
      programPaths.set(program, path);
      return path;
    } catch {
      // The next place.
    }
  }
  return undefined;
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended just now.
  }
}

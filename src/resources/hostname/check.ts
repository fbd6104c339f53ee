/**
 * The names of a host: the one in /etc/hostname, the one that the kernel goes by, and a pretty one.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { quoted } from "../../base/words.ts";
import type { Sight } from "../../os/files/files.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { MACHINE_INFO, prettyName } from "./machine_info.ts";

/** Where the name is kept. */
export const STATIC = "/etc/hostname";
/** Where the kernel says what it goes by. */
export const RUNNING = "/proc/sys/kernel/hostname";

/** The names that a resource is about, as systemd-hostnamed tells them apart. */
export interface HostNames {
  readonly static?: string;
  readonly transient?: string;
  readonly pretty?: string;
}

/** What is not as it should be. */
export interface NameDrift {
  /** Set where the file has to be written; what stands there now. */
  readonly file: Sight | undefined;
  /** The same for that of the pretty name. */
  readonly info: Sight | undefined;
  readonly running: boolean;
  readonly reason: string;
}

/** What one name is, against what it should be; nothing where it is so, or none of the resource's affair. */
type Found = { readonly seen: Sight; readonly words: string } | undefined;

/** Compares the names with those that should be. */
export function findNames(
  wanted: HostNames,
  context: WorkContext,
): Awaitable<Result<NameDrift | undefined>> {
  return chainOk(
    findStatic(wanted.static, context),
    (file) =>
      chainOk(
        findRunning(wanted.transient, context),
        (running) =>
          chainOk(findPretty(wanted.pretty, context), (info) => {
            const words = [file, running, info].flatMap((found) => found?.words ?? []);
            if (words.length === 0) return ok(undefined);
            return ok({
              file: file?.seen,
              info: info?.seen,
              running: running !== undefined,
              reason: words.join(", "),
            });
          }),
      ),
  );
}

function find(
  path: string,
  wanted: string | undefined,
  { host: { files }, signal }: WorkContext,
  nameOf: (seen: Sight) => Result<string | undefined>,
  words: (is: string | undefined) => string,
): Awaitable<Result<Found>> {
  if (wanted === undefined) return ok(undefined);
  const options = { contentUpToBytes: LIMITS.syncReadBytes, signal };
  return chainOk<Sight, Found>(files.look(path, options), (seen) => {
    const is = nameOf(seen);
    if (!is.ok) return is;
    return ok(is.value === wanted ? undefined : { seen, words: words(is.value) });
  });
}

function findStatic(wanted: string | undefined, context: WorkContext): Awaitable<Result<Found>> {
  return find(
    STATIC,
    wanted,
    context,
    (seen) => textOf(seen, STATIC, nameIn),
    (is) => is === undefined ? `${STATIC} does not exist` : `${STATIC} says ${quoted(is)}`,
  );
}

function findRunning(wanted: string | undefined, context: WorkContext): Awaitable<Result<Found>> {
  const words = (is = "") => `the running name is ${quoted(is)}`;
  return find(RUNNING, wanted, context, runningName, words);
}

function findPretty(wanted: string | undefined, context: WorkContext): Awaitable<Result<Found>> {
  return find(
    MACHINE_INFO,
    wanted,
    context,
    (seen) => textOf(seen, MACHINE_INFO, prettyName),
    (is) => is === undefined ? "there is no pretty name" : `the pretty name is ${quoted(is)}`,
  );
}

/** What a file of a name says, undefined where it is not there. */
function textOf(
  seen: Sight,
  path: string,
  read: (text: string) => string | undefined,
): Result<string | undefined> {
  if (seen.type === "absent") return ok(undefined);
  if (seen.type !== "file" || seen.content === undefined) {
    const is = seen.type === "symlink" ? `a symbolic link to ${seen.target}` : "no small file";
    return fail(`${path} is ${is}`, {
      code: "wrong-type",
      hint: "remove it; the name is kept in a file of its own",
    });
  }
  return ok(read(new TextDecoder().decode(seen.content)));
}

/** The first line that is neither empty nor a comment, as systemd reads it. */
function nameIn(text: string): string {
  return text.split("\n").map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#")) ?? "";
}

function runningName(seen: Sight): Result<string> {
  if (seen.type === "file" && seen.content !== undefined) {
    return ok(new TextDecoder().decode(seen.content).trim());
  }
  return fail(`the running name cannot be read: ${RUNNING} is not there`, {
    code: "no-proc",
    hint: "mount /proc",
  });
}

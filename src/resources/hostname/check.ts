/**
 * The two names of a host: the one in /etc/hostname, and the one that the kernel goes by.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import { quoted } from "../../base/words.ts";
import type { Sight } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";

/** Where the name is kept. */
export const STATIC = "/etc/hostname";
const RUNNING = "/proc/sys/kernel/hostname";

/** What is not as it should be. */
export interface NameDrift {
  /** Set where the file has to be written; what stands there now. */
  readonly file: Sight | undefined;
  readonly running: boolean;
  readonly reason: string;
}

/** Compares both names with the one that should be. */
export function findNames(
  name: string,
  context: KindContext,
): Awaitable<Result<NameDrift | undefined>> {
  const options = { contentUpToBytes: LIMITS.syncReadBytes, signal: context.signal };
  const { files } = context.host;
  return chainOk(files.look(STATIC, options), (seen) => {
    const kept = staticName(seen);
    if (!kept.ok) return kept;
    return chainOk(files.look(RUNNING, options), (kernel) => {
      const running = runningName(kernel);
      if (!running.ok) return running;
      const words: string[] = [];
      if (kept.value === undefined) words.push(`${STATIC} does not exist`);
      else if (kept.value !== name) words.push(`${STATIC} says ${quoted(kept.value)}`);
      if (running.value !== name) words.push(`the running name is ${quoted(running.value)}`);
      if (words.length === 0) return ok(undefined);
      return ok({
        file: kept.value === name ? undefined : seen,
        running: running.value !== name,
        reason: words.join(", "),
      });
    });
  });
}

function staticName(seen: Sight): Result<string | undefined> {
  if (seen.type === "absent") return ok(undefined);
  if (seen.type !== "file" || seen.content === undefined) {
    const is = seen.type === "symlink" ? `a symbolic link to ${seen.target}` : "no small file";
    return fail(`${STATIC} is ${is}`, {
      code: "wrong-type",
      hint: "remove it; the name is kept in a file of its own",
    });
  }
  return ok(nameIn(new TextDecoder().decode(seen.content)));
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

/**
 * Comparing a downloaded file with what it should be.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { type Awaitable, fail, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { Attributes, Sight } from "../../os/files/files.ts";
import { attributeDrift, attributesOfNew, wantedOf } from "../shared/files/attributes.ts";
import type { KnownSums } from "../shared/files/known_sums.ts";
import type { DownloadParams } from "./params.ts";

/** What has to be done. */
export interface DownloadChange {
  readonly seen: Sight;
  readonly reason: string;
  /** Whether it must be fetched; else only its owner or mode is another. */
  readonly fetches: boolean;
  readonly attributes: Attributes;
}

/** What a download remembers between passes. */
export interface DownloadMemory {
  readonly sums: KnownSums;
}

/** What has to change now; undefined: nothing. */
export function findDownloadChange(
  params: DownloadParams,
  context: KindContext<DownloadMemory>,
): Awaitable<Result<DownloadChange | undefined>> {
  const { path, sha256 } = params;
  const { host: { files }, signal, memory } = context;
  return chainOk(wantedOf(params, context), (wanted) => {
    const looked = files.look(path, { contentUpToBytes: LIMITS.syncReadBytes, signal });
    return chainOk(looked, (seen): Awaitable<Result<DownloadChange | undefined>> => {
      if (seen.type === "absent") {
        const attributes = attributesOfNew(wanted, "file");
        return ok({ seen, reason: `${path} does not exist`, fetches: true, attributes });
      }
      if (seen.type !== "file") return notAFile(path, seen);
      return chainOk(memory.sums.of(path, seen, context), (is) => {
        const { attributes, words } = attributeDrift(wanted, seen.stat);
        const fetches = is !== sha256;
        if (!fetches && words.length === 0) return ok(undefined);
        const other = fetches ? [`content differs (SHA-256 ${short(is)} → ${short(sha256)})`] : [];
        return ok({ seen, reason: [...other, ...words].join(", "), fetches, attributes });
      });
    });
  });
}

function notAFile(path: string, seen: Sight): Result<never> {
  const is = seen.type === "symlink"
    ? `a symbolic link to ${seen.target}`
    : seen.type === "other"
    ? seen.what
    : "a directory";
  return fail(`${path} is ${is}`, {
    code: "wrong-type",
    hint: "remove it, or choose another path",
  });
}

function short(sum: string): string {
  return `${sum.slice(0, 12)}…`;
}

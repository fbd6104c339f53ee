/**
 * Fetching anew what apt's sources offer.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure } from "../../base/result.ts";
import { AptOutput } from "./output.ts";
import { waitForHolder, waitingFor } from "../lock_wait.ts";
import type { RefreshRequest } from "../packages.ts";
import { ask, type PackageHost } from "../tools.ts";

const LISTS = "/var/lib/apt/lists";
/** Time that is waited for somebody else who fetches them, which serves as well. */
const OTHERS_MS = 60_000;

/** Fetches the lists of what the sources offer; some of them may be fetched though others fail. */
export async function refreshLists(
  host: PackageHost,
  { progress, signal }: RefreshRequest,
): Promise<Failure | undefined> {
  const argv = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=0", "update"] as const;
  progress("fetches the lists of what the sources offer");
  const answer = await ask(host, argv, signal, LIMITS.packageRefreshMs);
  if (!answer.ok) return answer.failure;
  const output = new AptOutput(() => {});
  for (const line of answer.value.complaints) output.line(line);
  const holder = output.lockHolder();
  if (holder !== undefined) {
    progress(waitingFor(holder));
    await waitForHolder(host, holder, OTHERS_MS, signal);
    return undefined;
  }
  // What cannot be reached is only warned of: the old lists are used.
  const problems = output.all(
    /^(?:E: |W: (?=Failed to fetch|Some index files))(.*)$/,
  );
  if (answer.value.code === 0 && problems.length === 0) return undefined;
  const why = problems[0] ?? output.reason();
  return failure(`apt-get update failed: ${why.slice(0, 300)}`, { code: "download" });
}

/** How long ago somebody fetched them; without end where there are none. */
export async function listsAgeMs({ files, clock }: PackageHost): Promise<number | undefined> {
  const listing = await files.list(LISTS);
  if (!listing.ok) return undefined;
  if (!listing.value.entries.some(({ name }) => /Release$|_Packages/.test(name))) return Infinity;
  let newestMs = -Infinity;
  // Fetching goes through `partial`, also where nothing was new.
  for (const path of [LISTS, `${LISTS}/partial`]) {
    const sight = await files.look(path);
    if (sight.ok && sight.value.type === "directory") {
      newestMs = Math.max(newestMs, sight.value.stat.mtimeMs);
    }
  }
  return clock.wall().getTime() - newestMs;
}

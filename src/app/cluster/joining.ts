/**
 * The way of a host into a cluster with a token, beside its graph: it asks until it is let in or refused.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import { fail, type Failure, type Result } from "../../base/result.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { JOIN_REFUSED, joinOnce } from "../trust/join_cluster.ts";
import type { MembershipOptions } from "./active_membership.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import { trustDirectory } from "./known_cluster.ts";
import { joinedSettings } from "./run_trust.ts";
import { keepTokenName } from "./token_again.ts";

const TRIES = { firstMs: 500, lastMs: 30_000, factor: 2 };

/** A host that lost its disk, and is there again, has its name by a lease until then. */
const NAME_MS = 25_000;

/** Who joins. */
export interface JoiningHost
  extends Pick<MembershipOptions, "settings" | "prefix" | "name" | "host" | "tell"> {
  /** Its id, where it certifies itself. */
  readonly id: string;
}

/** The settings of the host once it is let in; a failure is final, or the end of the run. */
export async function joinWithToken(
  { settings: { cluster }, prefix, name, id, host: { clock, random }, tell }: JoiningHost,
  signal: AbortSignal,
): Promise<Result<ClusterSettings>> {
  const { joins: token, seeds } = cluster;
  if (token === undefined || prefix === undefined) return fail("there is no token to join with");
  const files = privateFiles(trustDirectory(prefix));
  const named = keepTokenName(prefix, token);
  if (!named.ok) return named;
  const tries = createBackoff(TRIES);
  const nameEndMs = clock.nowMs() + NAME_MS;
  let said: Failure | undefined;
  while (!signal.aborted) {
    const waitsForName = clock.nowMs() < nameEndMs;
    const parts = { token, host: name, id, seeds, files, clock, random, waitsForName };
    const joined = await joinOnce(parts, signal);
    if (joined.ok) {
      const shown = await joinedSettings(cluster, prefix, random);
      if (shown.ok) tell({ what: "let-in", role: token.role });
      return shown;
    }
    if (joined.failure.code === JOIN_REFUSED || signal.aborted) return joined;
    if (said?.message !== joined.failure.message) {
      tell({ what: "not-let-in-yet", failure: joined.failure });
    }
    said = joined.failure;
    await clock.sleep(tries.next(), signal);
  }
  return fail("the run ended before this host was let in", { code: "aborted" });
}

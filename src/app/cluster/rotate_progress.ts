/**
 * Says how far a cluster is with another authority until it is done, the time is over, or a signal comes:
 * the order stands whatever becomes of who follows it.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import { rotatedText, type RotatingCluster, rotationDoing } from "../../cluster/admin/rotating.ts";
import type { Store } from "../../cluster/store/store.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { type HeardSignal, onSignals } from "../../os/signals.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { askCluster } from "./ask.ts";
import { clusterPlace } from "./cluster_place.ts";

/** Between two looks how far it is. */
const LOOK_MS = 500;

/** Reads how far it is. */
type Look = (store: Store) => Promise<Result<{ readonly cluster: RotatingCluster }>>;

/** How it is followed. */
export interface FollowOptions {
  readonly waitMs: number;
  /** Hears how far it is, whenever that is something else. */
  readonly say: (text: string) => void;
}

/** The result says what has become of it; failures that end nothing have the code `late`, or the signal's name. */
export async function followRotation(
  given: PlaceFlags,
  { waitMs, say }: FollowOptions,
  look: Look,
): Promise<Result<string>> {
  const interrupted = Promise.withResolvers<HeardSignal>();
  // A second one ends it as ever, should the first be of no avail.
  const stopListening = onSignals((signal) => {
    stopListening();
    interrupted.resolve(signal);
  });
  const clock = createLocalClock();
  const endMs = clock.nowMs() + waitMs;
  let last = "it has just begun";
  const follow = async (): Promise<Result<string>> => {
    for (;;) {
      // Certificates change meanwhile.
      const place = clusterPlace(given);
      if (!place.ok) return place;
      const seen = await askCluster(place.value, look);
      if (seen.ok) {
        const { record } = seen.value.cluster;
        if (record === undefined) return fail("the order is gone: somebody removed its record");
        if (record.step === "done") return ok(rotatedText(record));
        const doing = rotationDoing(seen.value.cluster) ?? last;
        if (doing !== last) say(last = doing);
      }
      if (clock.nowMs() >= endMs) return { ok: false, failure: late(last) };
      await clock.sleep(LOOK_MS);
    }
  };
  const stopped = interrupted.promise.then((signal): Result<string> => ({
    ok: false,
    failure: interruptedBy(signal, last),
  }));
  try {
    return await Promise.race([follow(), stopped]);
  } finally {
    stopListening();
  }
}

/** What is said where the time is over. */
export function late(doing: string): Failure {
  return failure(`not done within --wait: ${doing}`, {
    code: "late",
    hint:
      "the order stands, and the same command waits on; with --yes it goes on without hosts that are away",
  });
}

/** What is said where somebody ends the command. */
export function interruptedBy(signal: HeardSignal, doing: string): Failure {
  return failure(`ended by ${signal} before it was done: ${doing}`, {
    code: signal,
    hint: "the order stands, and the same command waits on; mgmt cluster status says how far it is",
  });
}

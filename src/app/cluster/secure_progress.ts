/** Tells how far a cluster is on its way to TLS, or back, until it is there or the time is over. */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { type ClusterPlace, withStore } from "./cluster_place.ts";
import { LATER } from "./secure_confirm.ts";
import { lookAround } from "./secure_survey.ts";

/** What is followed. */
export interface ProgressOptions {
  readonly goal: "tls" | "plain";
  /** Hosts that have no part in it. */
  readonly leftOut: readonly string[];
  readonly waitMs: number;
  readonly clock: Clock;
  readonly say: (text: string) => Promise<void>;
}

const LOOK_MS = 400;
const DEADLINE_MS = 3000;

/** How it is now. */
interface SecureStanding {
  readonly isOver: boolean;
  readonly speaksTls: boolean;
  readonly doing: string;
}

/** `place` says anew each time how this host is in its cluster: it speaks otherwise in the middle. */
export async function followSecuring(
  place: () => Result<ClusterPlace>,
  { goal, leftOut, waitMs, clock, say }: ProgressOptions,
): Promise<Result<string>> {
  const endMs = clock.nowMs() + waitMs;
  let said = "";
  while (clock.nowMs() < endMs) {
    const seen = await look(place());
    // Etcds are started anew: now and then nobody answers.
    if (seen.ok) {
      const { isOver, speaksTls, doing } = seen.value;
      if (isOver) return ended(speaksTls, goal, leftOut);
      if (doing !== said) await say(`${doing}\n`);
      said = doing;
    }
    await clock.sleep(LOOK_MS);
  }
  return fail(`it takes longer than ${Math.round(waitMs / 1000)} s: ${said}`, {
    code: "late",
    hint: "it goes on by itself; mgmt cluster status says how far it is",
  });
}

async function look(place: Result<ClusterPlace>): Promise<Result<SecureStanding>> {
  if (!place.ok) return place;
  return await withStore(place.value, async (store) => {
    const survey = await lookAround(store, DEADLINE_MS);
    if (!survey.ok) return survey;
    const { record, fleet: { doing } } = survey.value;
    const speaksTls = place.value.credentials !== "none";
    return ok({ isOver: record === undefined, speaksTls, doing });
  });
}

function ended(
  speaksTls: boolean,
  goal: "tls" | "plain",
  leftOut: readonly string[],
): Result<string> {
  if (!speaksTls && goal === "plain") return ok("the cluster is plain text again, as before\n");
  if (!speaksTls) {
    return fail(
      "somebody has given it up (mgmt cluster secure --abort): the cluster is plain text",
      {
        code: "given-up",
      },
    );
  }
  const rest = leftOut.length === 0 ? [] : [`${leftOut.join(", ")}: needs ${LATER}.`];
  return ok([
    "the cluster speaks TLS, and each host may write only what is its own.",
    "--insecure-plaintext and http:// in units count no more: leave them out.",
    ...rest,
    "",
  ].join("\n"));
}

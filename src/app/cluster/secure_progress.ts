/** Tells how far a cluster is on its way to TLS, or back, until it is there or the time is over. */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { type ClusterPlace, withStore } from "./cluster_place.ts";
import { LATER } from "./secure_confirm.ts";
import { lookAround, type SecureSurvey } from "./secure_survey.ts";

/** What is followed. */
export interface ProgressOptions {
  readonly goal: "tls" | "plain";
  /** Hosts that have no part in it. */
  readonly leftOut: readonly string[];
  readonly waitMs: number;
  readonly clock: Clock;
  readonly say: (text: string) => Promise<void>;
}

/** Each look asks every member anew, over connections of its own: more often it would cost those who start anew. */
const LOOK_MS = 1000;
const DEADLINE_MS = 3000;

/** Hosts without etcd that were confirmed, and are not there now: nobody waits for them. */
export interface AwayHosts {
  /** They have their certificates. */
  readonly ready: readonly string[];
  /** They have not heard of the answer. */
  readonly unready: readonly string[];
}

const NOBODY: AwayHosts = { ready: [], unready: [] };

/** How it is now. */
interface SecureStanding {
  readonly isOver: boolean;
  readonly speaksTls: boolean;
  readonly doing: string;
  readonly away: AwayHosts;
}

/** `place` says anew each time how this host is in its cluster: it speaks otherwise in the middle. */
export async function followSecuring(
  place: () => Result<ClusterPlace>,
  { goal, leftOut, waitMs, clock, say }: ProgressOptions,
): Promise<Result<string>> {
  const endMs = clock.nowMs() + waitMs;
  let said = "";
  let away = NOBODY;
  while (clock.nowMs() < endMs) {
    const seen = await look(place());
    // Etcds are started anew: now and then nobody answers.
    if (seen.ok) {
      const { isOver, speaksTls, doing } = seen.value;
      // What was written for it is gone then: the last look says who was not there.
      if (isOver) return endedText(speaksTls, goal, { leftOut, away });
      away = seen.value.away;
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
    return ok({ isOver: record === undefined, speaksTls, doing, away: awayHosts(survey.value) });
  });
}

/** Says who they are. */
export function awayHosts(
  { record, asked, fleet: { hosts } }: Pick<SecureSurvey, "record" | "asked" | "fleet">,
): AwayHosts {
  const live = new Set(hosts.flatMap(({ host, live }) => live ? [host] : []));
  const away = (record?.agents ?? []).filter((host) => !live.has(host));
  const isReady = (host: string) => (asked.get(host)?.stage ?? "asked") !== "asked";
  return { ready: away.filter(isReady), unready: away.filter((host) => !isReady(host)) };
}

/** What is said when it is over; `leftOut`: hosts that have no part in it. */
export function endedText(
  speaksTls: boolean,
  goal: "tls" | "plain",
  { leftOut, away }: { readonly leftOut: readonly string[]; readonly away: AwayHosts },
): Result<string> {
  if (!speaksTls && goal === "plain") {
    const { ready } = away;
    const late = ready.length === 0
      ? ""
      : `${ready.join(", ")}: not there now, and speaks plain text by itself when it is back.\n`;
    return ok(`the cluster is plain text again, as before\n${late}`);
  }
  if (!speaksTls) {
    return fail(
      "somebody has given it up (mgmt cluster secure --abort): the cluster is plain text",
      {
        code: "given-up",
      },
    );
  }
  const of = (hosts: readonly string[], what: string) =>
    hosts.length === 0 ? [] : [`${hosts.join(", ")}: ${what}.`];
  return ok([
    "the cluster speaks TLS, and each host may write only what is its own.",
    "--insecure-plaintext and http:// in units count no more: leave them out.",
    ...of(away.ready, "not there now, and speaks TLS by itself when it is back"),
    // It may have taken its certificate, and have had no time to say so.
    ...of(
      away.unready,
      `not there now; if it does not speak TLS when it is back, it needs ${LATER}`,
    ),
    ...of(leftOut, `needs ${LATER}`),
    "",
  ].join("\n"));
}

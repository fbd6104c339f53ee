/**
 * Asks the running agent of a prefix over its control socket.
 *
 * @module
 */

import { join } from "node:path";
import { eitherOf } from "../../base/either.ts";
import { isJsonObject, parseJson } from "../../base/json.ts";
import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import { failureOf } from "../../control/answers.ts";
import type { Clock } from "../../os/clock.ts";
import { lstat } from "../../os/files/stat.ts";
import {
  askSocket,
  type SocketAnswer,
  type SocketRequest,
} from "../../os/network/socket_client.ts";
import { isStateHeld } from "../../os/state/state_lock.ts";
import { rootsStateHint } from "../whose_state.ts";
import { controlSocketPath } from "./socket_places.ts";

/** What is asked. */
export type AgentQuestion = Pick<SocketRequest, "method" | "path"> & {
  readonly given?: object;
  /** Where; absent: at the socket of its owner. */
  readonly socket?: string;
  /** How long until the answer begins; absent: as long as an agent needs that is well. */
  readonly answerMs?: number;
  /** Ends it all; absent: nothing else does. */
  readonly signal?: AbortSignal;
};

/** For an answer to begin; an agent that is stopped takes the connection, and says nothing. */
const ANSWER_MS = 5000;
/** For an agent that has just started to open its socket. */
const START_MS = 5000;
const LOOK_MS = 50;
/** For an answer that has begun to end. */
const WHOLE_MS = 30_000;

/**
 * Asks the agent; who refuses is a failure. Of failures the code is `no-agent` where none runs, `silent`
 * where it has no socket or does not answer, `closed` where it ended meanwhile, or what the agent says.
 */
export async function askAgent(
  prefix: string,
  question: AgentQuestion,
  clock: Clock,
): Promise<Result<SocketAnswer>> {
  const signal = question.signal ?? new AbortController().signal;
  const endMs = clock.nowMs() + START_MS;
  for (;;) {
    const asked = await askInTime(prefix, { ...question, signal }, clock);
    if (asked.ok || asked.failure.code !== "nobody") return asked;
    const absent = await noAgent(prefix, clock);
    if (absent !== undefined) return { ok: false, failure: absent };
    if (clock.nowMs() > endMs) return silent(prefix);
    await clock.sleep(LOOK_MS, signal);
    if (signal.aborted) return silent(prefix);
  }
}

/** How the rest of an answer is waited for. */
export interface AnswerWait {
  readonly clock: Pick<Clock, "after">;
  /** That of the question. */
  readonly signal?: AbortSignal | undefined;
  /** What to do where the agent ends before. */
  readonly hint?: string;
}

/** The object that comes first in an answer, whole within 30 s after that has begun; the answer is over then. */
export async function objectOf(
  answer: SocketAnswer,
  { clock, signal, hint = "say it again" }: AnswerWait,
): Promise<Result<Readonly<Record<string, unknown>>>> {
  using whole = answer;
  let isLate = false;
  const timer = clock.after(WHOLE_MS, () => {
    isLate = true;
    whole[Symbol.dispose]();
  });
  const said = parseJson(await whole.line());
  timer.cancel();
  if (isJsonObject(said)) return ok(said);
  return isLate || signal?.aborted === true
    ? unfinished()
    : fail("the agent ended before it had answered", { code: "closed", hint });
}

async function askInTime(
  prefix: string,
  { method, path, given, answerMs = ANSWER_MS, signal: outer, ...at }: AgentQuestion,
  clock: Clock,
): Promise<Result<SocketAnswer>> {
  const body = given === undefined ? "" : JSON.stringify(given);
  const { socket = controlSocketPath(prefix) } = at;
  const { signal, abort, end } = eitherOf(outer);
  const timer = clock.after(answerMs, abort);
  const asked = await askSocket({ socket, method, path, body, signal });
  const answered = asked.ok ? await unlessRefused(asked.value) : asked;
  timer.cancel();
  if (answered.ok) {
    const answer = answered.value;
    const dispose = () => (end(), answer[Symbol.dispose]());
    return ok({ status: answer.status, line: answer.line, [Symbol.dispose]: dispose });
  }
  const isLate = signal.aborted;
  end();
  return isLate ? unanswered(prefix) : answered;
}

async function unlessRefused(answer: SocketAnswer): Promise<Result<SocketAnswer>> {
  if (answer.status === 200) return ok(answer);
  using refusal = answer;
  const why = failureOf(parseJson(await refusal.line()));
  return why === undefined ? fail(`the agent answered ${answer.status}`, { code: "closed" }) : {
    ok: false,
    failure: why,
  };
}

/** Why there is no agent that could be asked; undefined: one has that prefix. */
async function noAgent(prefix: string, clock: Clock): Promise<Failure | undefined> {
  const isBare = hasNoState(prefix);
  const why = isBare ? ", and there is no state of one" : "";
  const absent = failure(`no agent runs with ${prefix}${why}`, {
    code: "no-agent",
    hint: rootsStateHint(prefix) ??
      (isBare ? "is that the directory you mean? " : "") +
        "start it (mgmt run …; one with --noop is asked nothing) and say it again; or name another with " +
        "--prefix or --hostname",
  });
  const held = await isStateHeld(prefix, clock);
  // Whoever may not even try is told so.
  if (!held.ok) return held.failure;
  return held.value ? undefined : absent;
}

/** As where the prefix was mistyped; who may not look there does not know. */
function hasNoState(prefix: string): boolean {
  try {
    return lstat(join(prefix, "lock")) === undefined;
  } catch {
    return false;
  }
}

function silent(prefix: string): Result<never> {
  return fail(`the agent with ${prefix} has not opened its control socket`, {
    code: "silent",
    hint:
      "it still starts, or could not make the socket, and has said why; each minute it tries again",
  });
}

function unanswered(prefix: string): Result<never> {
  return fail(`the agent with ${prefix} runs, and does not answer`, {
    code: "silent",
    hint: "is its process stopped, or does it hang? What it was told counts when it goes on",
  });
}

function unfinished(): Result<never> {
  return fail("the agent began to answer, and did not end", {
    code: "silent",
    hint: "is its process stopped, or does it hang?",
  });
}

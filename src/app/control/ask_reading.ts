/**
 * Asks a running agent how it is: as its owner, or, who is not, at the socket for those who may read.
 *
 * @module
 */

import { eitherOf } from "../../base/either.ts";
import { isJsonObject, parseJson } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { isRootsDirectory } from "../../os/network/listen/open_directory.ts";
import type { SocketAnswer } from "../../os/network/socket_client.ts";
import { ROOT_PREFIX } from "../../os/state/state_directory.ts";
import { agentPrefix, isNamed, isThere, type PlaceFlags } from "../agent_prefix.ts";
import { type AgentQuestion, askAgent } from "./ask_agent.ts";
import { openSocketPath, RUN_DIRECTORY } from "./socket_places.ts";

/** For an answer that has begun to end. */
const WHOLE_MS = 30_000;

/** Asks; codes of failures are those of `askAgent`, and `which`. */
export async function askReading(
  given: Pick<PlaceFlags, "flags">,
  question: AgentQuestion,
  clock: Clock,
): Promise<Result<SocketAnswer>> {
  const prefix = agentPrefix(given);
  if (!prefix.ok) return prefix;
  const asked = await askAgent(prefix.value, question, clock);
  if (asked.ok) return asked;
  const { code } = asked.failure;
  // Who has no agent of his own means that of the host.
  const isElse = code === "no-agent" && !isNamed(given);
  if (code !== "forbidden" && !isElse) return asked;
  const owner = code === "forbidden" ? prefix.value : ROOT_PREFIX;
  const socket = openSocketPath(owner);
  if (!isRootsDirectory(RUN_DIRECTORY) || !isThere(socket)) return asked;
  const read = await askAgent(owner, { ...question, socket }, clock);
  if (read.ok || read.failure.code !== "forbidden") return read;
  return fail(`you may not read how the agent with ${owner} is`, {
    code: "forbidden",
    hint: "whoever is in the group mgmt may, and root: for instance with sudo",
  });
}

/** The same; the answer is the object that comes first, and is whole within 30 s after it has begun. */
export async function readObject(
  given: Pick<PlaceFlags, "flags">,
  question: AgentQuestion,
  clock: Clock,
): Promise<Result<object>> {
  const { signal, abort, end } = eitherOf(question.signal ?? new AbortController().signal);
  try {
    const asked = await askReading(given, { ...question, signal }, clock);
    if (!asked.ok) return asked;
    using answer = asked.value;
    const timer = clock.after(WHOLE_MS, abort);
    const said = parseJson(await answer.line());
    timer.cancel();
    if (isJsonObject(said)) return ok(said);
    return signal.aborted ? unfinished() : fail("the agent ended before it had answered", {
      code: "closed",
      hint: "say it again",
    });
  } finally {
    end();
  }
}

function unfinished(): Result<never> {
  return fail("the agent began to answer, and did not end", {
    code: "silent",
    hint: "is its process stopped, or does it hang?",
  });
}

/**
 * Asks a running agent how it is: as its owner, or, who is not, at the socket for those who may read.
 *
 * @module
 */

import { fail, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { isRootsDirectory } from "../../os/network/listen/open_directory.ts";
import type { SocketAnswer } from "../../os/network/socket_client.ts";
import { ROOT_PREFIX } from "../../os/state/state_directory.ts";
import { agentPrefix, isNamed, isThere, type PlaceFlags } from "../agent_prefix.ts";
import { type AgentQuestion, askAgent, objectOf } from "./ask_agent.ts";
import { openSocketPath, RUN_DIRECTORY } from "./socket_places.ts";

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

/** The same; the answer is the object that comes first. */
export async function readObject(
  given: Pick<PlaceFlags, "flags">,
  question: AgentQuestion,
  clock: Clock,
): Promise<Result<Readonly<Record<string, unknown>>>> {
  const asked = await askReading(given, question, clock);
  return asked.ok ? await objectOf(asked.value, { clock, signal: question.signal }) : asked;
}

/**
 * Asks a running agent at its socket for those who may only read.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { isRootsDirectory } from "../../os/network/listen/open_directory.ts";
import type { SocketAnswer } from "../../os/network/socket_client.ts";
import { ROOT_PREFIX } from "../../os/state/state_directory.ts";
import { isThere } from "../agent_prefix.ts";
import { type AgentQuestion, askAgent } from "../control/ask_agent.ts";
import { openSocketPath, ownReadSocket, RUN_DIRECTORY } from "../control/socket_places.ts";

/** An agent by its prefix, and whether somebody has said which it is. */
export interface ReadAgent {
  readonly prefix: string;
  readonly isNamed: boolean;
}

/** Codes of failures for which another socket may do better. */
const ELSEWHERE = ["forbidden", "no-agent", "unsafe"];

/** Asks; codes of failures are those of `askAgent`. */
export async function askReader(
  { prefix, isNamed }: ReadAgent,
  question: AgentQuestion,
  clock: Clock,
): Promise<Result<SocketAnswer>> {
  const first = await askAgent(prefix, { ...question, socket: ownReadSocket(prefix) }, clock);
  if (first.ok || !isRootsDirectory(RUN_DIRECTORY)) return first;
  // Who has no agent of his own means that of the host.
  const owners = isNamed ? [prefix] : [prefix, ROOT_PREFIX];
  for (const owner of new Set(owners)) {
    if (!ELSEWHERE.includes(first.failure.code ?? "")) return first;
    const socket = openSocketPath(owner);
    if (!isThere(socket)) continue;
    const asked = await askAgent(owner, { ...question, socket }, clock);
    if (asked.ok) return asked;
  }
  return first;
}

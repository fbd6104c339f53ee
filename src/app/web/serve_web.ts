/**
 * `mgmt web`: a process of its own that shows a running agent to browsers of this machine.
 *
 * @module
 */

import { type Address, addressText } from "../../base/address.ts";
import { ok, type Result } from "../../base/result.ts";
import { enteredLines } from "../../os/entered_lines.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { listen } from "../../os/network/listen/listener.ts";
import { type HeardSignal, onSignals } from "../../os/signals.ts";
import { WebAdmission } from "../../web/admission.ts";
import type { AskAgent, TellAgent } from "../../web/agent_door.ts";
import { servePage } from "../../web/page_server.ts";
import { agentPrefix, isNamed, type PlaceFlags } from "../agent_prefix.ts";
import { authorOf } from "../holds/on_holds.ts";
import { askAgent } from "../control/ask_agent.ts";
import { askReader } from "./ask_reader.ts";
import { tunnelLine } from "./listen_flag.ts";
import { pageFiles } from "./page_files.ts";

/** Twenty browsers, each with a stream and a few questions at once, and room for strangers. */
const LIMITS = { connectionsMax: 256, connectionMs: 10_000 };

/** What is served, and what it is said with. */
export interface WebOptions {
  readonly address: Address;
  /** Whether browsers may hold resources, and let go of them. */
  readonly allowChanges: boolean;
  /** The link, alone on its line. */
  print(text: string): Promise<void>;
  say(text: string): Promise<void>;
}

/** Serves the page until a signal ends it, which is the result. */
export async function serveWeb(
  given: PlaceFlags,
  { address, allowChanges, print, say }: WebOptions,
): Promise<Result<HeardSignal>> {
  const prefix = agentPrefix(given);
  if (!prefix.ok) return prefix;
  const clock = createLocalClock();
  const admission = new WebAdmission(clock, createLocalRandom());
  const files = await pageFiles();
  const agent = { prefix: prefix.value, isNamed: isNamed(given) };
  const ask: AskAgent = (question) => askReader(agent, question, clock);
  const author = `${authorOf(given)} (mgmt web)`;
  const tell: TellAgent = ({ given, ...told }) =>
    askAgent(prefix.value, { method: "POST", ...told, given: { ...given, author } }, clock);
  const serve = servePage({
    ...{ address, admission, files, ask },
    tell: allowChanges ? tell : undefined,
  });
  const opened = listen({ address, ...LIMITS }, serve);
  if (!opened.ok) return opened;
  const heard = Promise.withResolvers<HeardSignal>();
  const ended = new AbortController();
  const stopListening = onSignals(heard.resolve);
  const show = () => print(`${addressText(address)}/login?token=${admission.newToken()}\n`);
  await say(
    `The page of the agent with ${prefix.value}, until ^C. The link is good once, for ten minutes;
Enter shows another. From another machine: ${tunnelLine(address)}\n`,
  );
  await show();
  void showMore(show);
  void sayAbsence(ask({ method: "GET", path: "/v1/status", signal: ended.signal }), say);
  const signal = await heard.promise;
  stopListening();
  ended.abort();
  await opened.value.close();
  return ok(signal);
}

async function showMore(show: () => Promise<void>): Promise<void> {
  for await (const _ of enteredLines()) await show();
}

/** Who mistypes the prefix gets a link all the same, to the page of an agent that may never come. */
async function sayAbsence(asking: ReturnType<AskAgent>, say: WebOptions["say"]): Promise<void> {
  const asked = await asking;
  if (asked.ok) return asked.value[Symbol.dispose]();
  if (asked.failure.code === "no-agent") {
    await say("No agent runs there now: the page shows one as soon as it does.\n");
  }
}

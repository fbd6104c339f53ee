/**
 * Gives an order to an agent and listens to what becomes of it, also while that is started again.
 *
 * @module
 */

import { parseJson } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { OrderProgress } from "../../control/orders.ts";
import type { Clock } from "../../os/clock.ts";
import type { SocketAnswer } from "../../os/network/socket_client.ts";
import { askAgent } from "../control/ask_agent.ts";

/** What is ordered of whom, and how long is listened. */
export interface OrderRequest {
  readonly prefix: string;
  readonly path: string;
  readonly given: { readonly id: string };
  readonly waitMs: number;
  readonly clock: Clock;
  readonly say: (text: string) => void;
  /** Whether nobody needs what that host offers. */
  readonly isUnneeded?: (host: string) => Promise<boolean>;
}

/** Time for an agent to take an order up. */
const TAKE_UP_MS = 5000;
/** Between two looks whether an offer is needed, or an agent there again. */
const LOOK_MS = 500;

/** What fails while an agent goes and comes. */
const PASSING = new Set(["no-agent", "silent", "nobody", "closed", "stopping"]);

/** What was heard last: the end of it, or as far as it came in that time. */
export async function listenToOrder(request: OrderRequest): Promise<Result<OrderProgress>> {
  const { clock, waitMs } = request;
  const over = new AbortController();
  const endMs = clock.nowMs() + waitMs;
  let timer = clock.after(Math.max(waitMs, TAKE_UP_MS), () => over.abort());
  const listener = new Listener(request, over.signal, () => {
    timer.cancel();
    timer = clock.after(Math.max(0, endMs - clock.nowMs()), () => over.abort());
  });
  try {
    return await listener.listen();
  } finally {
    timer.cancel();
    over.abort();
  }
}

/** As a sentence. */
export function sentenceOf({ host, text }: OrderProgress): string {
  return host === undefined ? text : `${host} ${text}`;
}

function silent(): Result<never> {
  return fail("the agent does not take the order up", {
    code: "silent",
    hint: "has it ended meanwhile? What it has taken it obeys when it runs; say it again then",
  });
}

class Listener {
  readonly #request: OrderRequest;
  readonly #over: AbortSignal;
  /** The order was taken up. */
  readonly #taken: () => void;
  #last: OrderProgress | undefined;
  #mayBeTaken = false;

  constructor(request: OrderRequest, over: AbortSignal, taken: () => void) {
    this.#request = request;
    this.#over = over;
    this.#taken = taken;
  }

  async listen(): Promise<Result<OrderProgress>> {
    const { prefix, path, given, clock } = this.#request;
    for (;;) {
      const question = { method: "POST", path, given, signal: this.#over } as const;
      const asked = await askAgent(prefix, question, clock);
      if (asked.ok) {
        using answer = asked.value;
        if (await this.#hearAll(answer)) return ok(this.#last!);
      }
      const why = asked.ok ? undefined : asked.failure.code ?? "";
      // It may have been taken: whoever is there next knows it by its id.
      if (why === "closed" && !this.#mayBeTaken) this.#askAgain();
      const isPassing = why === undefined || PASSING.has(why);
      if (!asked.ok && (!isPassing || !this.#mayBeTaken)) return asked;
      if (!this.#over.aborted) await clock.sleep(LOOK_MS, this.#over);
      if (this.#over.aborted) return this.#last === undefined ? silent() : ok(this.#last);
    }
  }

  #askAgain(): void {
    this.#mayBeTaken = true;
    this.#request.say("the agent broke off before it answered; waits for it");
  }

  /** True: what was heard last is the end. */
  async #hearAll(answer: SocketAnswer): Promise<boolean> {
    const { clock, isUnneeded } = this.#request;
    let coming = answer.line();
    for (;;) {
      const { offered, host } = this.#last ?? {};
      const isOffer = offered === true && host !== undefined && isUnneeded !== undefined;
      if (isOffer && await isUnneeded(host)) return true;
      const look = isOffer ? [clock.sleep(LOOK_MS, this.#over).then(() => "look" as const)] : [];
      const heard = await Promise.race([coming, ...look]);
      if (heard === "look" && !this.#over.aborted) continue;
      const progress = parseJson(heard) as OrderProgress | undefined;
      if (progress === undefined) return false;
      if (this.#hear(progress)) return true;
      coming = answer.line();
    }
  }

  #hear(progress: OrderProgress): boolean {
    if (this.#last === undefined) this.#taken();
    const before = this.#last;
    this.#last = progress;
    this.#mayBeTaken = true;
    if (progress.state !== "working") return true;
    const text = sentenceOf(progress);
    if (before === undefined || sentenceOf(before) !== text) this.#request.say(text);
    return false;
  }
}

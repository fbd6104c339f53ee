import { type Failure, failure } from "../../base/result.ts";
import { wholeDuration } from "../../base/words.ts";
import type { Clock } from "../../os/clock.ts";

/**
 * For so long an order to leave stands that was accepted and cannot go on. A cluster that comes back after
 * hours is glad of each member, and nobody thinks of the order any more.
 */
const STANDSTILL_MS = 300_000;
/** A leader that has just changed is nothing to speak of. */
const SPOKEN_OF_MS = 10_000;

const WHEN_SILENT =
  "it takes part as before; when the cluster answers again (mgmt cluster status) give the " +
  "order again; where it is lost for good: mgmt leave --lost, which puts its data aside";

/** Who is told that a host which leaves waits. */
export interface StandstillListener {
  readonly clock: Pick<Clock, "nowMs">;
  readonly trouble: (failure: Failure) => void;
  readonly say: (text: string) => void;
}

/** Counts how long a host that was let go cannot go on, as the cluster fell silent or nobody can take its place. */
export class Standstill {
  readonly #listener: StandstillListener;
  readonly #doing: string;
  #since: number | undefined;
  #isSpokenOf = false;

  /** `doing`: what the host does, as it was said. */
  constructor(listener: StandstillListener, doing: string) {
    this.#listener = listener;
    this.#doing = doing;
  }

  /** It goes on. */
  over(): void {
    this.#since = undefined;
    if (this.#isSpokenOf) this.#listener.say(this.#doing);
    this.#isSpokenOf = false;
  }

  /**
   * It does not, for that reason; the result is why the order is taken back, once that has lasted, with
   * what to do then.
   */
  lasts(why: string, todo = WHEN_SILENT): Failure | undefined {
    const { clock, say, trouble } = this.#listener;
    const forMs = clock.nowMs() - (this.#since ??= clock.nowMs());
    const limit = wholeDuration(STANDSTILL_MS);
    if (forMs >= STANDSTILL_MS) {
      return failure(`${why} (for ${limit}, in the middle of leaving)`, {
        code: "standstill",
        hint: todo,
      });
    }
    if (this.#isSpokenOf || forMs < SPOKEN_OF_MS) return undefined;
    this.#isSpokenOf = true;
    const hint = `stays if that lasts ${limit}; mgmt volunteer on takes the order back at once`;
    say(`${this.#doing}, and waits: ${why}; it ${hint}`);
    trouble(failure(`this host cannot leave its cluster now: ${why}`, { hint: `it ${hint}` }));
    return undefined;
  }
}

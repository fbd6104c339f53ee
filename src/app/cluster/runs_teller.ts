import type { RunsRecord } from "../../cluster/store/runs_record.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { EventSink } from "../../report/event.ts";
import { standingOf } from "../../report/standing.ts";
import type { Snapshot } from "../../report/state.ts";

/** Who takes it to the cluster. */
interface RunsListener {
  runs(record: RunsRecord): void;
}

/** What it is made of. */
export interface RunsTellerOptions {
  readonly clock: Clock;
  readonly state: { readonly snapshot: Snapshot };
}

/** Each write wakes all who listen. */
const PACE_MS = 5000;
/** What happens in one go is told of once. */
const SOON_MS = 200;

/**
 * Tells the cluster how the resources of this host are: where that has become another, and at most once in
 * five seconds. What was wrong for a moment only is not told.
 */
export class RunsTeller implements EventSink {
  readonly #options: RunsTellerOptions;
  #listener: RunsListener | undefined;
  #said: RunsRecord | undefined;
  #timer: Timer | undefined;
  #saidMs = -Infinity;

  constructor(options: RunsTellerOptions) {
    this.#options = options;
  }

  /** Who is told from now on. */
  attach(listener: RunsListener | undefined): void {
    this.#listener = listener;
    if (listener === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
    } else if (this.#said === undefined) this.event();
    else listener.runs(this.#said);
  }

  event(): void {
    if (this.#listener === undefined || this.#timer !== undefined) return;
    const { clock } = this.#options;
    const delayMs = Math.max(SOON_MS, this.#saidMs + PACE_MS - clock.nowMs());
    this.#timer = clock.after(delayMs, () => this.#look());
  }

  #look(): void {
    this.#timer = undefined;
    const { clock, state: { snapshot } } = this.#options;
    const { standing } = standingOf(snapshot, undefined);
    // Who ends takes its word back anyway.
    if (standing === "starting" || standing === "stopping") return;
    const now = {
      converged: standing === "converged",
      failed: snapshot.recap.failed + snapshot.recap.contested,
      held: snapshot.recap.held,
      version: versionOf(snapshot),
    };
    const said = this.#said;
    const isSame = said !== undefined && said.converged === now.converged &&
      said.failed === now.failed && said.held === now.held;
    if (isSame) return;
    this.#said = { ...now, since: clock.wall().getTime() };
    this.#saidMs = clock.nowMs();
    this.#listener?.runs(this.#said);
  }
}

/** Without the runtime. */
function versionOf({ version = "?" }: Snapshot): string {
  return version.replace(/ \(.*$/, "");
}

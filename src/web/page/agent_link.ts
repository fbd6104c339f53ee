/**
 * Keeps the page's state true: asks the agent for what it is, listens to what happens, and begins again by itself
 * when it was away.
 *
 * @module
 */

import type { StandardClock } from "../../os/standard_clock.ts";
import type { Timer } from "../../os/clock.ts";
import { type ApiFailure, askFor, linesOf } from "./agent_api.ts";
import { Pulse } from "./pulse.ts";
import type { PageState, StillUnknown } from "./model/page_state.ts";
import type { Contact } from "./model/shown.ts";
import {
  readCluster,
  readEntries,
  readExchange,
  readGraph,
  readResource,
  readStatus,
  type Unread,
} from "./model/wire.ts";

/** Between two tries while the agent is away. */
const AGAIN_MS = 1000;
/** What came in between is asked for once. */
const GATHER_MS = 150;
const ENTRIES = 200;
/** A line that is asked for and does not come is no contact. */
const ANSWER_MS = 20_000;

/** The link of one page with its agent. */
export class AgentLink {
  readonly #state: PageState;
  readonly #changed: () => void;
  readonly #clock: StandardClock;
  readonly #wanted = new Set<NonNullable<StillUnknown>>();
  #gathering: Timer | undefined;

  /** `changed`: something of the state is different. */
  constructor(state: PageState, changed: () => void, clock: StandardClock) {
    this.#state = state;
    this.#changed = changed;
    this.#clock = clock;
  }

  /**
   * Stays in touch while somebody sees the page, until the link counts no more: browsers keep few connections to one
   * address, and each page needs one.
   */
  async stay(): Promise<void> {
    while (this.#state.contact.is !== "over") {
      await becomesVisible();
      const leave = new AbortController();
      const watch = () => document.hidden && leave.abort();
      document.addEventListener("visibilitychange", watch);
      const failure = await this.#listen(leave);
      document.removeEventListener("visibilitychange", watch);
      if (document.hidden) {
        this.#meet({ is: "connecting" });
        continue;
      }
      this.#lose(failure);
      if (failure.code !== "unauthorized") await this.#clock.sleep(AGAIN_MS);
    }
  }

  /** Asks once more for what somebody has just changed. */
  refresh(): void {
    this.#want("status");
  }

  /** Listens first and asks then, so that nothing is between; ends when the agent is gone. */
  async #listen(waiting: AbortController): Promise<ApiFailure> {
    let why: ApiFailure = { code: "closed", message: "" };
    const timer = this.#clock.after(ANSWER_MS, () => waiting.abort());
    const events = await linesOf<Unread>("events", waiting.signal);
    if (!events.ok) {
      timer.cancel();
      return events.failure;
    }
    const pulse = new Pulse((failure) => {
      why = failure;
      waiting.abort();
    }, this.#clock);
    const missed: Unread[] = [];
    let isKnown = false;
    const asked = this.#askAll().then((failure) => {
      if (failure !== undefined) return waiting.abort();
      isKnown = true;
      for (const event of missed) this.#hear(event);
      this.#meet({ is: "live" });
    });
    try {
      for await (const event of events.value) {
        timer.cancel();
        pulse.heard();
        if (isKnown) this.#hear(event);
        else missed.push(event);
      }
    } catch {
      // It ended in the middle of a line: said below.
    }
    timer.cancel();
    pulse.end();
    await asked;
    return why;
  }

  #hear(event: Unread): void {
    const wanted = this.#state.takeEvent(event);
    if (wanted !== undefined) this.#want(wanted);
    this.#changed();
  }

  async #askAll(): Promise<ApiFailure | undefined> {
    const state = this.#state;
    const [graph, status] = await Promise.all([
      askFor<Unread>("graph"),
      askFor<Unread>("status"),
    ]);
    if (!status.ok) return status.failure;
    if (!graph.ok) return graph.failure;
    state.takeStatus(readStatus(status.value));
    state.takeGraph(readGraph(graph.value));
    this.#changed();
    void this.#askMore();
    return undefined;
  }

  /** What is not needed to see how things are. */
  async #askMore(): Promise<void> {
    const state = this.#state;
    const [web, history, cluster] = await Promise.all([
      askFor<Unread>("web"),
      askFor<Unread>(`history?limit=${ENTRIES}`),
      askFor<Unread>("cluster"),
      this.#askReasons(),
    ]);
    if (web.ok) state.takeServer(web.value);
    if (history.ok) state.takeHistory(newestFirst(readEntries(history.value["entries"])));
    if (cluster.ok) this.#takeCluster(cluster.value);
    this.#changed();
  }

  async #askReasons(): Promise<void> {
    const lines = await linesOf<Unread>("resources");
    if (!lines.ok) return;
    const found = [];
    try {
      for await (const line of lines.value) {
        if (line["state"] !== "ok") found.push(readResource(line));
      }
    } catch {
      // What came is worth something, too.
    }
    this.#state.takeResources(found);
  }

  #takeCluster(said: Unread): void {
    const { status } = this.#state;
    if (status === undefined) return;
    const exchange = readExchange(said["exchange"]);
    this.#state.takeStatus({
      ...status,
      cluster: readCluster(said),
      ...(exchange === undefined ? {} : { exchange }),
    });
  }

  #want(wanted: NonNullable<StillUnknown>): void {
    this.#wanted.add(wanted);
    this.#gathering ??= this.#clock.after(GATHER_MS, () => {
      this.#gathering = undefined;
      const all = [...this.#wanted];
      this.#wanted.clear();
      void Promise.all(all.map((each) => this.#ask(each))).then(this.#changed);
    });
  }

  async #ask(wanted: NonNullable<StillUnknown>): Promise<void> {
    const answer = await askFor<Unread>(wanted);
    if (!answer.ok) return;
    if (wanted === "graph") {
      this.#state.takeGraph(readGraph(answer.value));
      // What it exchanges may be other things now.
      await Promise.all([this.#askReasons(), this.#ask("cluster")]);
    } else if (wanted === "status") this.#state.takeStatus(readStatus(answer.value));
    else this.#takeCluster(answer.value);
  }

  #lose({ code, message }: ApiFailure): void {
    if (code === "unauthorized" || code === "forbidden") return this.#meet({ is: "over" });
    const { contact } = this.#state;
    const why = code === "no-server"
      ? "mgmt web does not answer."
      : code === "closed" || code === "no-agent" || code === "silent"
      ? "The agent does not answer."
      : `The agent does not answer: ${message}.`;
    const sinceMs = contact.is === "lost" ? contact.sinceMs : this.#clock.wall().getTime();
    this.#meet({ is: "lost", sinceMs, why });
  }

  #meet(contact: Contact): void {
    this.#state.contact = contact;
    this.#changed();
  }
}

/** The journal tells the oldest first. */
function newestFirst<T>(entries: readonly T[]): readonly T[] {
  return [...entries].reverse();
}

/** Comes back at once where it is visible. */
async function becomesVisible(): Promise<void> {
  while (document.hidden) {
    await new Promise((resolve) =>
      document.addEventListener("visibilitychange", resolve, { once: true })
    );
  }
}

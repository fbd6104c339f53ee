/**
 * One watch: a stream of its own, which is asked for a sign of life when it is quiet.
 *
 * @module
 */

import type { IWatchResponse } from "etcd3";
import { LIMITS } from "../../base/limits.ts";
import type { Failure } from "../../base/result.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { KeyRange } from "../../cluster/store/keys.ts";
import type {
  KeyChange,
  StoreFailureCode,
  StoreWatch,
  WatchListener,
} from "../../cluster/store/store.ts";
import { refused } from "./failures.ts";
import type { EtcdPool, OpenStream } from "./pool.ts";
import { bytes, clusterOf, entryOf, revisionOf, text } from "./values.ts";

/** Time for a stream to be opened and for etcd to confirm the watch. */
const OPEN_MS = 5000;
/** A quiet connection is asked after so long, and has so long to answer. */
const QUIET_MS = 3000;
const ANSWER_MS = 3000;
/** So long it is enough that the connection lives, whoever uses it; then the stream itself is asked. */
const STREAM_MS = 30_000;
/** How long it has where there is reason to think that it is dead. */
const SUSPECTED_MS = 500;

/** Failures that say nothing bad of the connection. */
const SAID_WELL: ReadonlySet<string> = new Set(["compacted", "permission-denied", "unauthorized"]);

/** The number of the one watch of a stream, chosen by us: 0 would leave it to etcd. */
const WATCH_ID = 1;

/** What a watch is made of. */
export interface WatchOptions {
  readonly pool: EtcdPool;
  readonly clock: Clock;
  readonly range: KeyRange;
  readonly fromRevision: number;
  readonly listener: WatchListener;
  readonly clusterId: string | undefined;
  /** Called when it is over, whoever ended it. */
  readonly over: (watch: EtcdWatch) => void;
}

/** Begins to watch. */
export function watchEtcd(options: WatchOptions): EtcdWatch {
  const watch = new EtcdWatch(options);
  void watch.run();
  return watch;
}

/** A running watch, which can be asked whether it lives. */
export class EtcdWatch implements StoreWatch {
  readonly #options: WatchOptions;
  readonly #closing = new AbortController();
  #open: OpenStream | undefined;
  #timer: Timer | undefined;
  #isOver = false;
  #isCreated = false;
  #heardMs = -Infinity;
  #isAsking = false;
  /** Pieces of one revision that is too large for one message. */
  #pieces: KeyChange[] = [];

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Nobody hears the answer: whoever else waits for it has to ask.
    if (this.#isAsking && this.#open !== undefined) this.#open.signs.askedMs = -Infinity;
    this.#closing.abort();
    this.#timer?.cancel();
    this.#open?.stream.cancel();
    this.#open?.ended();
    this.#options.over(this);
  }

  /** Some connection broke, and it may have been this one's. */
  suspect(): void {
    if (this.#isCreated && !this.#isOver) this.#ask(SUSPECTED_MS);
  }

  /** Opens the stream and asks for the watch; to be called once. */
  async run(): Promise<void> {
    const { pool } = this.#options;
    const opened = await pool.open(
      { what: this.#what, service: "Watch", method: "watch" },
      { deadlineMs: OPEN_MS, signal: this.#closing.signal },
    );
    if (!opened.ok) return this.#break(opened.failure);
    const { stream, ended } = opened.value;
    // Before anything else: an error that nobody hears ends the program.
    stream.on("error", (error) => this.#failed(error));
    if (this.#isOver) {
      stream.cancel();
      return ended();
    }
    this.#open = opened.value;
    stream.on("data", (message) => this.#heard(message as IWatchResponse));
    stream.on("end", () => this.#lost("the stream has ended"));
    this.#expect(OPEN_MS);
    this.#request();
  }

  #request(): void {
    const { range, fromRevision } = this.#options;
    this.#open?.stream.write({
      create_request: {
        key: bytes(range.from),
        range_end: bytes(range.to),
        start_revision: fromRevision,
        fragment: true,
        watch_id: WATCH_ID,
      },
    });
  }

  get #what(): string {
    return `watch ${this.#options.range.from}`;
  }

  #heard(message: IWatchResponse): void {
    if (this.#isOver) return;
    // The answer to `#ask`, if the watch is there already.
    // It is refused before its number is looked at where the right to it has ended.
    const isSign = this.#isCreated && message.canceled && Number(message.watch_id) !== WATCH_ID &&
      !message.cancel_reason.includes("permission denied");
    if (!this.#isCreated && this.#isToAskAgain(message)) return;
    this.#isCreated = true;
    this.#listenOn();
    const { clusterId } = this.#options;
    if (clusterId !== undefined && clusterOf(message) !== clusterId) {
      const why = `the etcd there belongs to cluster ${clusterOf(message)}`;
      return this.#refuse(why, "foreign-cluster");
    }
    if (isSign) return this.#alive(revisionOf(message));
    if (message.canceled) return this.#canceled(message);
    for (const { kv } of message.events) {
      // Only of what was removed nothing is left but its key and when that was.
      const entry = kv.version === "0" ? undefined : entryOf(kv);
      this.#pieces.push({ key: text(kv.key), entry, revision: Number(kv.mod_revision) });
    }
    if (this.#pieces.length > LIMITS.storeEntries) {
      return this.#refuse(`more than ${LIMITS.storeEntries} changes at once`, "refused");
    }
    if (message.fragment || this.#pieces.length === 0) return;
    const changes = this.#pieces;
    this.#pieces = [];
    this.#options.listener.changed(changes);
  }

  /** etcd waits without a word for a revision that is not there yet, also where history went back. */
  #alive(revision: number): void {
    const { fromRevision } = this.#options;
    if (revision >= fromRevision - 1) return;
    this.#refuse(`it is at revision ${revision}, before ${fromRevision}`, "unavailable");
  }

  #canceled(message: IWatchResponse): void {
    if (message.compact_revision !== "0") {
      const why = `revision ${this.#options.fromRevision} is gone, the first that is left is ` +
        `${message.compact_revision} (now: ${revisionOf(message)})`;
      return this.#refuse(why, "compacted");
    }
    this.#failed({ code: 0, details: message.cancel_reason });
  }

  /** Rights changed in the very moment in which it was asked for. */
  #isToAskAgain({ canceled, cancel_reason }: IWatchResponse): boolean {
    if (!canceled || !cancel_reason.includes("revision of auth store is old")) return false;
    // What goes with the stream is of before that.
    if (this.#options.pool.hasPassword) return false;
    this.#request();
    return true;
  }

  /** It lives. When all stays quiet, somebody asks. */
  #listenOn(): void {
    this.#isAsking = false;
    this.#heardMs = this.#options.clock.nowMs();
    if (this.#open !== undefined) this.#open.signs.heardMs = this.#heardMs;
    this.#rest(QUIET_MS);
  }

  #rest(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, () => this.#rested());
  }

  /** Who uses the same connection has been quiet for as long: one question serves all. */
  #rested(): void {
    const now = this.#options.clock.nowMs();
    const signs = this.#open?.signs;
    if (signs === undefined || now - this.#heardMs >= STREAM_MS) return this.#ask(ANSWER_MS);
    if (signs.askedMs > signs.heardMs) {
      const leftMs = signs.askedMs + ANSWER_MS - now;
      return leftMs > 0 ? this.#rest(leftMs) : this.#lost("no sign of life");
    }
    const leftMs = signs.heardMs + QUIET_MS - now;
    if (leftMs > 0) this.#rest(leftMs);
    else this.#ask(ANSWER_MS);
  }

  /**
   * Asks for the same watch again, which etcd refuses at once because there is one of that number. (It
   * answers a request for progress only when something was written since the watch began.)
   */
  #ask(limitMs: number): void {
    this.#isAsking = true;
    if (this.#open !== undefined) this.#open.signs.askedMs = this.#options.clock.nowMs();
    this.#expect(limitMs);
    this.#request();
  }

  #expect(limitMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(limitMs, () => this.#lost("no sign of life"));
  }

  #lost(why: string): void {
    this.#isAsking = false;
    this.#refuse(why, "unavailable");
  }

  #failed(error: unknown): void {
    const open = this.#open;
    if (open === undefined) return this.#lost("the stream has ended");
    this.#break(open.refused(error).failure);
  }

  #refuse(why: string, code: StoreFailureCode): void {
    this.#break(refused(this.#what, this.#open?.url ?? "etcd", why, code).failure);
  }

  #break(failure: Failure): void {
    if (this.#isOver) return;
    if (!SAID_WELL.has(failure.code ?? "")) this.#open?.spoiled();
    this.close();
    this.#options.listener.broken(failure);
  }
}

/**
 * This host's side of its plain cluster becoming one with TLS: it asks for a certificate when somebody
 * has ordered that, keeps what it is answered, and says how far it is. A host without etcd speaks TLS, or
 * plain text again, when its cluster is that far; of a member the leader says when (`ctl/rolling`).
 *
 * @module
 */

import type { Scheme } from "../../base/address.ts";
import { eitherOf } from "../../base/either.ts";
import { type Failure, ok, type Result } from "../../base/result.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { AGENTS_LEVEL, generationAt, secureGeneration } from "../../cluster/leader/securing.ts";
import { keyRange } from "../../cluster/store/keys.ts";
import { secureAnswerKey, secureAskedKey, secureKey } from "../../cluster/store/secure_keys.ts";
import {
  read,
  type SecureAnswerRecord,
  type SecureStage,
  write,
} from "../../cluster/store/records.ts";
import type { Store, StoreEntry } from "../../cluster/store/store.ts";
import type { Clock } from "../../os/clock.ts";
import type { Random } from "../../os/random.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { trustDirectory } from "./known_cluster.ts";

/** Of which host, and who hears of it. */
export interface SecuringParts {
  readonly host: string;
  readonly prefix: string;
  readonly speaks: Scheme;
  readonly identity: () => AgentDisk;
  readonly clock: Clock;
  readonly random: Random;
  /** The part in the cluster is to begin anew, with these arguments. */
  readonly anew: (generation: string) => void;
  readonly trouble: (failure: Failure) => void;
}

const DEADLINE_MS = 3000;
/** Between two looks without news: while it goes on, and else. */
const SOON_MS = 2000;
const LATER_MS = 30_000;
/** What passes while etcds are started anew. */
const PASSING: ReadonlySet<string> = new Set(["unavailable", "deadline", "aborted"]);

/** What the store says of it. */
interface SecuringFound {
  readonly order: StoreEntry | undefined;
  readonly asked: StoreEntry | undefined;
  readonly answer: StoreEntry | undefined;
  readonly revision: number;
}

/** One host on the way, as long as it has this part in its cluster. */
export class Securing {
  readonly #parts: SecuringParts;
  readonly #ending = new AbortController();
  #follows: AbortController | undefined;
  #told = "";

  constructor(parts: SecuringParts) {
    this.#parts = parts;
  }

  /** There is a store, another one, or none. */
  attach(store: Store | undefined): void {
    this.#follows?.abort();
    this.#follows = undefined;
    if (store === undefined || this.#ending.signal.aborted || !this.#isConcerned) return;
    this.#follows = new AbortController();
    const both = eitherOf(this.#follows.signal, this.#ending.signal);
    void this.#follow(store, both.signal).finally(() => both.end());
  }

  close(): void {
    this.#ending.abort();
  }

  /** There is no contact, and so no store, where nobody speaks as this host does. */
  troubled({ code }: Failure): void {
    if (!this.#ending.signal.aborted && this.#isConcerned) void this.#catchUp(code);
  }

  /** In a cluster that always spoke TLS there is nothing to hear of. */
  get #isConcerned(): boolean {
    const { speaks, identity } = this.#parts;
    return speaks === "http" || secureGeneration(identity().generation) !== undefined;
  }

  async #follow(store: Store, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await this.#read(store);
      if (signal.aborted) return;
      const isTls = this.#parts.speaks === "https";
      // Users and roles count: this is none of its business any more.
      const isDenied = !found.ok && found.failure.code === "permission-denied";
      if (isDenied || found.ok && found.value.order === undefined && isTls) {
        if (isTls) await this.#decide();
        return;
      }
      if (!found.ok) await this.#catchUp(found.failure.code);
      const goesOn = found.ok && found.value.order !== undefined;
      if (found.ok) this.#tell(await this.#look(store, found.value));
      const pauseMs = !found.ok || goesOn ? SOON_MS : LATER_MS;
      await this.#news(store, found.ok ? found.value.revision : undefined, pauseMs, signal);
    }
  }

  /**
   * It was away when its turn came: the cluster answers in the other way alone by now. Who speaks TLS goes
   * back only where it has never heard that this is for good.
   */
  async #catchUp(code: string | undefined): Promise<void> {
    const { prefix, speaks, identity, anew } = this.#parts;
    if (identity().member !== undefined) return;
    if (code === "speaks-tls" && speaks === "http") {
      const { isStaged } = await import("./secured_prefix.ts");
      if (isStaged(prefix)) anew(generationAt(AGENTS_LEVEL));
    } else if (code === "speaks-plain" && speaks === "https") {
      const { isUndecided } = await import("../../trust/staged_trust.ts");
      if (isUndecided(this.#files)) anew(generationAt(1));
    }
  }

  /** From now on nobody who answers in plain text is this host's cluster. */
  async #decide(): Promise<void> {
    const { decideTrust } = await import("../../trust/staged_trust.ts");
    this.#tell(decideTrust(this.#files));
  }

  async #read(store: Store): Promise<Result<SecuringFound>> {
    const { host } = this.#parts;
    const keys = [secureKey(), secureAskedKey(host), secureAnswerKey(host)];
    const then = keys.map((key) => ({ type: "get", key } as const));
    const answer = await store.transact({ when: [], then }, { deadlineMs: DEADLINE_MS });
    if (!answer.ok) return answer;
    const { got: [order, asked, answered], revision } = answer.value;
    return ok({ order, asked, answer: answered, revision });
  }

  /** Waits for a change, or for that time. */
  async #news(
    store: Store,
    revision: number | undefined,
    pauseMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const heard = new AbortController();
    const both = eitherOf(heard.signal, signal);
    const wake = () => heard.abort();
    const keys = [secureKey(), secureAnswerKey(this.#parts.host)];
    const watches = revision === undefined
      ? []
      : keys.map((key) =>
        store.watch(keyRange(key), revision + 1, {
          changed: wake,
          // The next look watches again, which is soon enough.
          broken: () => {},
        })
      );
    await this.#parts.clock.sleep(pauseMs, both.signal);
    for (const watch of watches) watch.close();
    both.end();
  }

  /** Once, and not that nobody answered: it is tried again. */
  #tell(done: Result<void>): void {
    if (!done.ok && PASSING.has(done.failure.code ?? "")) return;
    const text = done.ok ? "" : done.failure.message;
    if (!done.ok && text !== this.#told) this.#parts.trouble(done.failure);
    this.#told = text;
  }

  async #look(store: Store, found: SecuringFound): Promise<Result<void>> {
    const { prefix, speaks, identity } = this.#parts;
    const order = read.secure(found.order?.value);
    if (order === undefined) return found.order === undefined ? await this.#clear() : ok(undefined);
    const answer = read.secureAnswer(found.answer?.value);
    const { isStaged } = await import("./secured_prefix.ts");
    if (speaks === "http" && answer !== undefined && !isStaged(prefix, answer.believed)) {
      const kept = await this.#keep(answer, found.asked);
      if (!kept.ok) return kept;
    }
    const isReady = answer !== undefined && isStaged(prefix, answer.believed);
    const stage = speaks === "https" ? "tls" : isReady ? "ready" : "asked";
    const said = await this.#say(store, stage, found.asked);
    if (!said.ok || identity().member !== undefined) return said;
    const isTime = order.level >= AGENTS_LEVEL;
    const isAsked = order.agents.includes(this.#parts.host);
    if (isAsked && stage === "ready" && isTime) this.#parts.anew(generationAt(AGENTS_LEVEL));
    if (stage === "tls" && !isTime) this.#parts.anew(generationAt(1));
    return ok(undefined);
  }

  /** Puts down what this host asks for, and how far it is. */
  async #say(
    store: Store,
    stage: SecureStage,
    before: StoreEntry | undefined,
  ): Promise<Result<void>> {
    const { host } = this.#parts;
    const known = read.secureAsked(before?.value);
    const place = secureAskedKey(host);
    const options = { deadlineMs: DEADLINE_MS };
    if (stage === "tls") {
      // What it asked for is nothing any more.
      if (known === undefined || known.stage === stage) return ok(undefined);
      const put = await store.put(place, write({ ...known, stage }), options);
      return put.ok ? ok(undefined) : put;
    }
    const request = await this.#request();
    if (!request.ok) return request;
    const { key, isOf, text } = request.value;
    const isSame = known?.key === key && isOf(known.request);
    if (isSame && known.stage === stage) return ok(undefined);
    const value = write({ request: isSame ? known.request : text, key, stage });
    const put = await store.put(place, value, options);
    return put.ok ? ok(undefined) : put;
  }

  /** Who runs etcd asks for the secret, too. */
  async #request() {
    const { host, identity } = this.#parts;
    const { secureRequest } = await import("./secure_request.ts");
    const role = identity().member === undefined ? "agent" : "server";
    return await secureRequest(this.#files, host, role);
  }

  get #files() {
    return privateFiles(trustDirectory(this.#parts.prefix));
  }

  async #keep(
    answer: SecureAnswerRecord,
    asked: StoreEntry | undefined,
  ): Promise<Result<void>> {
    const own = read.secureAsked(asked?.value);
    // What it asks for is put down first.
    if (own === undefined) return ok(undefined);
    const { keepSecureAnswer } = await import("./secure_request.ts");
    return await keepSecureAnswer(this.#files, answer, own.key, this.#parts.random);
  }

  /** Nothing of it goes on: what was kept for it goes. */
  async #clear(): Promise<Result<void>> {
    const { prefix, speaks } = this.#parts;
    if (speaks !== "http") return ok(undefined);
    const { isThere } = await import("../agent_prefix.ts");
    if (!isThere(trustDirectory(prefix))) return ok(undefined);
    const { isBegun } = await import("./secure_request.ts");
    if (!isBegun(this.#files)) return ok(undefined);
    const { forgetTrust } = await import("../../trust/trust_files.ts");
    return forgetTrust(this.#files);
  }
}

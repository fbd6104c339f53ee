/**
 * Whether this host's name is its own: another host may have it, or another agent with this very
 * identity, because the state of one was copied while it ran.
 *
 * Of two agents with one identity, the one that has the name keeps it as long as it gives signs of
 * life. On one machine the other looks for its process; elsewhere it asks, with a key of its own that
 * the first one answers. Who gets no answer has the name as soon as the lease of the other ends, for
 * that was a machine that went down. So an agent never takes the name from one that lives.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { claimKey, liveKey } from "../store/keys.ts";
import { type LiveRecord, read, type SiteRecord, write } from "../store/records.ts";
import type { StoreEntry, TransactionResult } from "../store/store.ts";

/** Claims that an answer names. */
const MOST_ANSWERS = 8;
/** Without an answer it is asked again. */
const ASK_MS = 5000;
const RETRY_MS = 1000;
const DEADLINE_MS = 3000;

/**
 * How this host stands: `unknown`, nobody has looked; `free`, the name is its own, or will be; `asked`,
 * an agent of its identity may live; `anothers`, another host has the name; `copy`, that agent lives;
 * `cast-out`, the cluster has it no more.
 */
export type IdentityState = "unknown" | "free" | "asked" | "anothers" | "copy" | "cast-out";

/** The claim of this host on its name. */
export class IdentityClaim {
  readonly #queue: EffectQueue;
  #standing: IdentityState = "unknown";
  #nonce: string | undefined;
  /** Who has the name with our identity, while that is looked into. */
  #other: { readonly entry: StoreEntry; readonly record: LiveRecord } | undefined;
  /** Agents of this machine that were looked for, by nonce. */
  readonly #probes = new Map<string, boolean | undefined>();
  #askAt = -Infinity;
  #outcast: Failure | undefined;
  /** Agents with our identity that were told that this one lives. */
  #answered: readonly string[] = [];

  constructor(queue: EffectQueue) {
    this.#queue = queue;
  }

  get standing(): IdentityState {
    return this.#standing;
  }

  /** Why this host has no part in the cluster. */
  get outcast(): Failure | undefined {
    return this.#outcast;
  }

  /** Its part in the cluster is over, until somebody starts it anew. */
  get isOver(): boolean {
    return this.#standing === "copy" || this.#standing === "cast-out";
  }

  /** The cluster has cast this host out, or seems to, where nothing is known of that. */
  castOut(known: KnownOfCastingOut = {}): void {
    if (this.isOver) return;
    this.#shut(castOutOf(known));
    this.#set("cast-out");
  }

  /** What stands in the store while this agent has the name. */
  get record(): LiveRecord {
    const { settings: { site }, disk: { id } } = this.#queue;
    const answered = this.#answered.length === 0 ? {} : { answered: this.#answered };
    return { id, nonce: this.#ownNonce, ...(site === undefined ? {} : { site }), ...answered };
  }

  /** Judges who has the name; true: this host may have it. */
  judge(entry: StoreEntry | undefined): boolean {
    if (this.isOver) return false;
    this.#other = undefined;
    const record = read.live(entry?.value);
    // Nobody's: what a host writes can be read, and has a lease.
    if (entry?.lease === undefined || record === undefined) return this.#set("free");
    if (record.id !== this.#queue.disk.id) return this.#set("anothers");
    if (record.nonce === this.#ownNonce || this.#hasEnded(record)) return this.#set("free");
    this.#other = { entry, record };
    if (record.answered?.includes(this.#ownNonce) === true) return this.#becomeCopy();
    return this.#set("asked");
  }

  /** The name is ours, for it was written. */
  won(): void {
    this.#other = undefined;
    this.#set("free");
  }

  /** Another host has it. */
  lost(why: Failure): void {
    this.#set("anothers");
    // Once: who has it may be told by another of its addresses next time.
    if (this.#outcast === undefined) this.#shut(why);
  }

  /** Whether that agent of this machine runs. */
  probed(nonce: string, lives: boolean): void {
    this.#probes.set(nonce, lives);
    if (this.#other?.record.nonce === nonce) this.judge(this.#other.entry);
  }

  /** Asks who has the name whether it lives. */
  ask(lease: string): void {
    const queue = this.#queue;
    if (this.#standing !== "asked" || this.#other === undefined) return;
    if (queue.isBusy("claim") || !queue.isDue(this.#askAt)) return;
    const { entry, record } = this.#other;
    const { settings: { host, site, clientUrls }, disk: { id } } = queue;
    const own = { id, nonce: this.#ownNonce, clientUrls, ...(site === undefined ? {} : { site }) };
    const transaction = {
      when: [{ key: liveKey(host), mod: entry.modRevision }],
      then: [{ type: "put", key: claimKey(host), value: write(own), lease } as const],
      otherwise: [{ type: "get", key: liveKey(host) } as const],
    };
    const call = { type: "transact", transaction } as const;
    this.#askAt = queue.now + RETRY_MS;
    queue.call("claim", call, { deadlineMs: DEADLINE_MS }, (result) => {
      if (this.#other?.entry !== entry) return;
      if (result.ok) this.#asked(result.value);
      // Its process runs: that it hears of this one is for people only.
      if (this.#probes.get(record.nonce ?? "") === true) this.#becomeCopy();
    });
  }

  #asked({ succeeded, got: [entry] }: TransactionResult): void {
    if (succeeded) this.#askAt = this.#queue.now + ASK_MS;
    else this.judge(entry);
  }

  /** Somebody asks whether this agent, which has the name, lives. */
  heard(entry: StoreEntry | undefined): void {
    const by = read.claim(entry?.value);
    if (by === undefined || entry?.lease === undefined || by.id !== this.#queue.disk.id) return;
    if (by.nonce === this.#ownNonce || this.#answered.includes(by.nonce)) return;
    this.#answered = [...this.#answered, by.nonce].slice(-MOST_ANSWERS);
    const place = placeOf(by.site, this.#queue.settings.site);
    const { clientUrls } = by;
    this.#queue.tell("copies", { what: "copy-started", place, clientUrls, hint: CURE });
  }

  /** Nothing is under way any more. */
  end(): void {
    this.#queue.drop("claim");
  }

  get #ownNonce(): string {
    return this.#nonce ??= this.#queue.hex(8);
  }

  /** Whether that agent is one of before: of this machine only, and only if that is sure. */
  #hasEnded({ nonce, site }: LiveRecord): boolean {
    const own = this.#queue.settings.site;
    if (own === undefined || site === undefined || nonce === undefined) return false;
    if (site.bootId !== own.bootId || site.pidNamespace !== own.pidNamespace) return false;
    // Our lock on that directory proves it.
    if (site.prefix === own.prefix) return true;
    if (!this.#probes.has(nonce)) {
      this.#probes.clear();
      this.#probes.set(nonce, undefined);
      this.#queue.do({ type: "probe", nonce, site });
    }
    return this.#probes.get(nonce) === false;
  }

  #becomeCopy(): false {
    const { host, site } = this.#queue.settings;
    const place = placeOf(this.#other?.record.site, site);
    const text = `this host's state is a copy: ${host} already runs with it (${place})`;
    const hint = `without a part in the cluster it goes on with its own graph; ${CURE}`;
    this.#shut(failure(text, { code: "copied", hint }));
    return this.#set("copy");
  }

  #shut(outcast: Failure): void {
    this.#outcast = outcast;
    this.#queue.tell("refused", { what: "trouble", failure: outcast });
    this.#queue.doOnce("exchange", { type: "exchange", outcast });
  }

  #set(standing: "free"): true;
  #set(standing: Exclude<IdentityState, "free">): false;
  #set(standing: IdentityState): boolean {
    if (this.#standing !== standing) this.#queue.again();
    this.#standing = standing;
    const isFree = standing === "free";
    if (isFree) {
      this.#outcast = undefined;
      this.#queue.redo("tell refused");
      this.#queue.doOnce("exchange", { type: "exchange", outcast: undefined });
    }
    return isFree;
  }
}

/** When a host was cast out, in ms since 1970, or where that was ordered. */
interface KnownOfCastingOut {
  readonly at?: number;
  readonly by?: string;
}

/** Why a host has no part in its cluster that was cast out of it. */
function castOutOf({ at, by }: KnownOfCastingOut): Failure {
  const when = at === undefined ? "" : ` at ${new Date(at).toISOString()}`;
  const where = by === undefined ? "" : `, on ${by}`;
  const text = at === undefined && by === undefined
    ? "no member of its cluster takes a connection with this host's certificate: it was cast out"
    : `this host was cast out of its cluster${when} (mgmt evict${where})`;
  return failure(text, {
    code: "cast-out",
    hint:
      "without a part in the cluster it goes on with its own graph; where that was a mistake, a new " +
      "token lets it in again: mgmt token create > FILE, on a host that runs etcd, then start this " +
      "host's agent with mgmt run --token-file FILE",
  });
}

const CURE =
  "to make the copy a host of its own, stop its agent, remove the folder cluster in its " +
  "state, and start it with another --hostname";

/** Where another agent of this identity runs, in words. */
function placeOf(site: SiteRecord | undefined, own: SiteRecord | undefined): string {
  if (site === undefined) return "it does not say where";
  const { pid, path } = site;
  const isHere = site.bootId === own?.bootId && site.pidNamespace === own.pidNamespace;
  const where = isHere
    ? "on this machine"
    : site.bootId === own?.bootId
    ? "in another container of this machine"
    : "on another machine";
  return `${where}, process ${pid}, state in ${path}`;
}

/**
 * What the leader does about rights: it reads users and roles once, changes one thing after the other
 * until they are as the bindings of names say, and counts the changes. Where the store counted others,
 * or a change has no known outcome, all is read again.
 *
 * These calls cannot be fenced. A late one of an earlier leader is mended: that is why the count is
 * compared soon after the lead was taken, and now and then later.
 *
 * @module
 */

import {
  afterChange,
  type Leaver,
  leaversIn,
  nextChange,
  nextChangeBefore,
  type WantedRights,
  wantedRights,
} from "../leader/rights.ts";
import { RIGHTS_LEVEL, secureGeneration } from "../leader/securing.ts";
import { bindingKey, leaderKey, leftKey, parseKey, rollingKey } from "../store/keys.ts";
import { secureKey, secureRange } from "../store/secure_keys.ts";
import { read } from "../store/records.ts";
import type { RightsState } from "../store/rights.ts";
import type { StoreEntry } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";

/** Of these keys follows which users there are. */
const SAYS_WHO: ReadonlySet<string | undefined> = new Set(["binding", "token", "operator"]);

const SLOT = "rights";
const DEADLINE_MS = 2000;
/** Reading them takes two calls for each host. */
const READ_MS = 15_000;
const RETRY_MS = 500;
/** The count is compared so long after the lead was taken, and so often later. */
const FIRST_MS = 5000;
const AGAIN_MS = 30_000;

/** Keeps users and roles right, as long as this host leads. */
export class RightsKeeping {
  readonly #queue: EffectQueue;
  /** The create revision of this leader's key. */
  readonly #fence: number;
  #leavers: readonly Leaver[] = [];
  #wanted: WantedRights | undefined;
  /** The bindings from which that was made, as text. */
  #bound: string | undefined;
  #there: RightsState | undefined;
  /** A plain cluster becomes one with TLS: the revision of that order, and whether it has come so far. */
  #securing: { readonly revision: number; readonly isTime: boolean } | undefined;
  /** Where that may be, nothing is done before it was read. */
  #knowsOrder: boolean;
  #nextAt = -Infinity;
  #compareAt: number;

  constructor(queue: EffectQueue, fence: number) {
    this.#queue = queue;
    this.#fence = fence;
    this.#knowsOrder = secureGeneration(queue.disk.generation) === undefined;
    this.#compareAt = queue.now + FIRST_MS;
  }

  /** All that the leader has read: who is bound to which name. */
  heard(entries: readonly StoreEntry[]): void {
    this.#leavers = leaversIn(entries);
    const order = entries.find(({ key }) => key === secureKey());
    const secure = read.secure(order?.value);
    this.#securing = secure && order && {
      revision: order.modRevision,
      isTime: secure.goal === "tls" && secure.level >= RIGHTS_LEVEL,
    };
    this.#knowsOrder = true;
    this.heardWho(entries);
  }

  /** The same of what says who may do what alone, which is also known where the rest cannot be read. */
  heardWho(entries: readonly StoreEntry[]): void {
    const bindings = entries.filter(({ key }) => SAYS_WHO.has(parseKey(key)?.type));
    const bound = bindings.map(({ key, modRevision }) => `${key} ${modRevision}`).join("\n");
    if (bound === this.#bound) return;
    this.#bound = bound;
    this.#wanted = wantedRights(bindings);
  }

  /** Does the next thing, if there is one and it is time. */
  look(): void {
    const queue = this.#queue;
    if (this.#wanted === undefined || queue.isBusy(SLOT) || !queue.isDue(this.#nextAt)) return;
    if (this.#securing?.isTime === false || !this.#knowsOrder) return;
    const [leaver] = this.#leavers;
    if (leaver !== undefined) return this.#letGo(leaver);
    if (this.#there === undefined) return this.#read();
    const next = this.#securing === undefined ? nextChange : nextChangeBefore;
    const change = next(this.#there, this.#wanted);
    if (change === undefined) {
      if (this.#securing !== undefined) return this.#secured(this.#securing.revision);
      if (queue.isDue(this.#compareAt)) this.#compare(this.#there.revision);
      return;
    }
    const there = this.#there;
    // Until its outcome is known, nobody knows what is there.
    this.#there = undefined;
    const options = { deadlineMs: DEADLINE_MS };
    queue.call(SLOT, { type: "change-rights", change }, options, (changed) => {
      if (!changed.ok) return this.#later();
      this.#there = afterChange(there, change);
    });
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#queue.drop(SLOT);
  }

  /** All is as in a cluster that spoke TLS from the start: what was written on the way there goes. */
  #secured(revision: number): void {
    const key = secureKey();
    const transaction = {
      when: [{ key: leaderKey(), create: this.#fence }, { key, mod: revision }],
      then: [
        ...[key, rollingKey()].map((gone) => ({ type: "delete", key: gone } as const)),
        { type: "deleteRange", range: secureRange() } as const,
      ],
    };
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call(SLOT, { type: "transact", transaction }, options, (done) => {
      this.#securing = undefined;
      if (!done.ok) this.#later();
    });
  }

  /** Frees the name of a host that has left; the next reading shows what is left to do. */
  #letGo({ host, revision, bound }: Leaver): void {
    this.#leavers = this.#leavers.slice(1);
    const [said, binding] = [leftKey(host), bindingKey(host)];
    const isBound = bound === 0 ? [] : [{ key: binding, mod: bound }];
    const transaction = {
      when: [{ key: leaderKey(), create: this.#fence }, { key: said, mod: revision }, ...isBound],
      then: [said, ...isBound.map(({ key }) => key)].map((
        key,
      ) => ({ type: "delete", key } as const)),
    };
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call(SLOT, { type: "transact", transaction }, options, () => {});
  }

  #read(): void {
    this.#queue.call(SLOT, { type: "rights" }, { deadlineMs: READ_MS }, (answer) => {
      if (!answer.ok) return this.#later();
      this.#there = answer.value;
    });
  }

  #compare(revision: number): void {
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call(SLOT, { type: "rights-standing" }, options, (answer) => {
      if (!answer.ok) return this.#later();
      this.#compareAt = this.#queue.now + AGAIN_MS;
      if (!answer.value.enabled || answer.value.revision !== revision) this.#there = undefined;
    });
  }

  #later(): void {
    this.#nextAt = this.#queue.now + RETRY_MS;
    this.#queue.isDue(this.#nextAt);
  }
}

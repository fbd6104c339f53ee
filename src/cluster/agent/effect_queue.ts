/**
 * Where the parts of the agent put down what is to be done: it numbers calls and watches, knows what
 * is under way, and collects effects until the event is dealt with.
 *
 * Each call has a slot, a name under which there is never more than one at a time.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { Judged } from "../leader/joins.ts";
import type { AgentDisk, AgentSettings, Effect, JoinRequest } from "./io.ts";
import type { News } from "./news.ts";
import type { TrustAnswer, TrustTask } from "./trust_work.ts";
import type { CallAnswer, CallAnswers, StoreCall } from "./calls.ts";
import type { Hello } from "./hello.ts";
import type { KeyRange } from "../store/keys.ts";
import type { KeyChange } from "../store/store.ts";

interface Waiting {
  readonly slot: string;
  readonly then: (result: Result<CallAnswer>) => void;
}

interface Hearing {
  readonly changed: (changes: readonly KeyChange[]) => void;
  readonly broken: () => void;
}

/** The agent's queue. */
export class EffectQueue {
  readonly settings: AgentSettings;
  /** Random hexadecimal digits for so many bytes. */
  readonly hex: (bytes: number) => string;
  now = 0;
  #disk: AgentDisk;
  #effects: Effect[] = [];
  #waiting = new Map<number, Waiting>();
  #slots = new Map<string, number>();
  #hearing = new Map<number, Hearing>();
  #judging = new Map<number, (result: Result<Judged>) => void>();
  #trusting = new Map<number, (result: Result<TrustAnswer>) => void>();
  #counter = 0;
  #wakeAt = Infinity;
  #again = false;
  #last = new Map<string, string>();

  constructor(settings: AgentSettings, disk: AgentDisk, hex: (bytes: number) => string) {
    this.settings = settings;
    this.#disk = disk;
    this.hex = hex;
  }

  get disk(): AgentDisk {
    return this.#disk;
  }

  /** A moment as people are told it, where the time of day is known. */
  since(now: number): { readonly since?: number } {
    const { wallOffsetMs } = this.settings;
    return wallOffsetMs === undefined ? {} : { since: Math.round(now + wallOffsetMs) };
  }

  /** Keeps something on the disk before anything that follows. */
  save(disk: AgentDisk): void {
    this.#disk = disk;
    this.do({ type: "save", disk });
    this.again();
  }

  /** An effect. */
  do(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** An effect, unless the last one with that name was the same. */
  doOnce(name: string, effect: Effect): void {
    const text = JSON.stringify(effect);
    if (this.#last.get(name) === text) return;
    this.#last.set(name, text);
    this.do(effect);
  }

  /** Forgets what `doOnce` did last under that name. */
  redo(name: string): void {
    this.#last.delete(name);
  }

  /** Tells people, once as long as it stays the same. */
  tell(about: string, news: News): void {
    this.doOnce(`tell ${about}`, { type: "tell", news });
  }

  /** All parts are to look once more before this event is dealt with. */
  again(): void {
    this.#again = true;
  }

  /** Whether they are, which is then forgotten. */
  takeAgain(): boolean {
    const again = this.#again;
    this.#again = false;
    return again;
  }

  /** The parts want to look again at that time, which has not come yet. */
  wakeAt(at: number): void {
    this.#wakeAt = Math.min(this.#wakeAt, at);
  }

  /** True from `at` on; before that, sees to a wake-up then. */
  isDue(at: number): boolean {
    if (this.now >= at) return true;
    this.wakeAt(at);
    return false;
  }

  /** Makes a call, unless that slot is busy. */
  call<K extends StoreCall["type"]>(
    slot: string,
    call: StoreCall & { readonly type: K },
    options: { readonly deadlineMs: number; readonly notAfter?: number },
    then: (result: Result<CallAnswers[K]>) => void,
  ): boolean {
    if (this.#slots.has(slot)) return false;
    const id = this.#next();
    this.#slots.set(slot, id);
    this.#waiting.set(id, { slot, then: then as Waiting["then"] });
    this.do({ type: "call", id, call, ...options });
    return true;
  }

  /** True while a call of that slot is under way. */
  isBusy(slot: string): boolean {
    return this.#slots.has(slot);
  }

  /** Forgets the call of that slot: its answer will not matter. */
  drop(slot: string): void {
    const id = this.#slots.get(slot);
    if (id === undefined) return;
    this.#slots.delete(slot);
    this.#waiting.delete(id);
  }

  /** The answer to a call. */
  answered(id: number, result: Result<CallAnswer>): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.#slots.delete(waiting.slot);
    waiting.then(result);
  }

  /** Asks another host who it is. */
  ask(clientUrl: string, hello: Hello, deadlineMs: number): number {
    const id = this.#next();
    this.do({ type: "ask", id, clientUrl, hello, deadlineMs });
    return id;
  }

  /** Has somebody find out what a host asks for. */
  judge(request: JoinRequest, then: (result: Result<Judged>) => void): void {
    const id = this.#next();
    this.#judging.set(id, then);
    this.do({ type: "judge", id, request });
  }

  /** It was found out. */
  judged(id: number, result: Result<Judged>): void {
    const then = this.#judging.get(id);
    this.#judging.delete(id);
    then?.(result);
  }

  /** Has something done with this host's certificates and keys. */
  trust(wish: TrustTask, then: (result: Result<TrustAnswer>) => void): void {
    const id = this.#next();
    this.#trusting.set(id, then);
    this.do({ type: "trust", id, wish });
  }

  /** It was done, or not. */
  trusted(id: number, result: Result<TrustAnswer>): void {
    const then = this.#trusting.get(id);
    this.#trusting.delete(id);
    then?.(result);
  }

  /** Watches a range until `unwatch` or until it breaks. */
  watch(range: KeyRange, fromRevision: number, hearing: Hearing): number {
    const watch = this.#next();
    this.#hearing.set(watch, hearing);
    this.do({ type: "watch", watch, range, fromRevision });
    return watch;
  }

  /** Ends a watch. */
  unwatch(watch: number): void {
    if (this.#hearing.delete(watch)) this.do({ type: "unwatch", watch });
  }

  /** What a watch heard. */
  heard(watch: number, changes: readonly KeyChange[]): void {
    this.#hearing.get(watch)?.changed(changes);
  }

  /** A watch has ended. */
  broken(watch: number): void {
    const hearing = this.#hearing.get(watch);
    this.#hearing.delete(watch);
    hearing?.broken();
  }

  /** All that is to be done, with the time of the next wake-up. */
  takeEffects(): Effect[] {
    if (this.#wakeAt < Infinity) this.do({ type: "wake", at: this.#wakeAt });
    this.#wakeAt = Infinity;
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #next(): number {
    return ++this.#counter;
  }
}

/**
 * The exchange of resources between hosts: what this one exports, and what it collects of the others.
 * The host's own exports count here at once, with or without a store. What was collected last is kept
 * on disk, and used when the cluster cannot be reached: lost contact withdraws nothing.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Timer } from "../../os/clock.ts";
import { type CollectRule, type Export, type HostExport, isMeant } from "../../kind/export.ts";
import { VALUE_KIND } from "../../kind/shared_value.ts";
import { ExportReader } from "./export_reader.ts";
import type { ExchangeMemory } from "./exchange_memory.ts";
import { withoutContent } from "./exported_value.ts";
import { exportedKey } from "../store/keys.ts";
import { Presence } from "./presence.ts";
import type { WithoutCluster } from "./news.ts";
import { OwnOffers, type OwnOffersOptions } from "./own_offers.ts";
import { type Mac, Seal } from "./seal.ts";
import type { Store } from "../store/store.ts";
import { type FairShare, shareOf } from "./share.ts";
import { HOST_GRACE_SECONDS } from "./shared_values.ts";
import { ExportSubscriptions } from "./subscriptions.ts";
import { Unseen } from "./unseen.ts";

export interface ExchangeOptions extends Omit<OwnOffersOptions, "settled"> {
  readonly memory: ExchangeMemory;
  /** By the secret of those who may make resources here; undefined: whoever reaches the store may. */
  readonly mac?: () => Mac;
  /** How long the cluster is waited for before what was collected last is used. */
  readonly waitMs: number;
  /** What is to be collected from has changed. */
  readonly collected: (offers: readonly HostExport[]) => void;
  /** Whether something is pending may have changed; `hasCome`: the first answers are all there. */
  readonly settled: (hasCome?: boolean) => void;
  /** Whether the cluster answers, though perhaps not to what is asked here. */
  readonly answers?: () => boolean;
}

/** What was collected is written to the disk so long after it changed. */
const SAVE_MS = 500;

/** The two sides of the exchange of one host. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #own: OwnOffers;
  readonly #subscriptions: ExportSubscriptions;
  readonly #reader: ExportReader;
  readonly #presence: Presence;
  /** Who counted as gone when that was used last, as text. */
  #gone = "{}";
  readonly #unseen: Unseen;
  /** What was taken of which offers by which rules. */
  #shared: {
    readonly offers: ReadonlyMap<string, HostExport>;
    readonly rules: readonly CollectRule[];
    readonly share: FairShare;
  } | undefined;
  #saidGreedy: ReadonlySet<string> = new Set();
  #offers: ReadonlyMap<string, HostExport> = new Map();
  #withdrawn = new Map<string, HostExport>();
  #rules: readonly CollectRule[] = [];
  /** The same with what is read of values. */
  #followed: readonly CollectRule[] = [];
  /** The rules of which it was not known what there is for them, as text. */
  #unknown = "[]";
  /** The cluster has said what there is. Lost contact changes nothing about that. */
  #isKnown = false;
  /** All first answers have come, or were waited for long enough. */
  #isThere = false;
  #waiting: Timer | undefined;
  #saving: Timer | undefined;
  #waited = false;
  #closed = false;
  /** When what is kept was true last; undefined: nothing is. */
  #asOfMs: number | undefined;
  #atMs: number | undefined;
  /** Since when there is no contact, by the wall clock. */
  #lostAtMs: number | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { tell, mac, clock, host, values } = options;
    this.#own = new OwnOffers({ ...options, settled: () => this.#settled() });
    const changed = (offers: ReadonlyMap<string, HostExport>) => this.#changed(offers);
    const read = options.memory.load();
    // Anybody may have offered what was collected before that was asked for.
    const known = mac === undefined || read?.ledger !== undefined ? read : undefined;
    this.#reader = new ExportReader(tell, mac && known?.ledger);
    this.#subscriptions = new ExportSubscriptions({ clock, tell, reader: this.#reader, changed });
    const offers = [...known?.offers ?? [], ...known?.values?.others ?? []];
    this.#unseen = new Unseen(known && { ...known, offers }, host);
    this.#offers = new Map(offers.map((offer) => [keyOfOffer(offer), offer]));
    this.#withdrawn = new Map((known?.withdrawn ?? []).map((each) => [keyOfOffer(each), each]));
    this.#asOfMs = known?.asOfMs ?? known?.atMs;
    const gone = new Map(Object.entries(known?.gone ?? {}));
    this.#presence = new Presence({ clock, gone, changed: () => this.#seen() });
    this.#waiting = clock.after(options.waitMs, () => this.#stopWaiting());
    const listener = { followed: () => this.#follow(), said: () => this.#own.publish() };
    values?.attach(listener, known?.values);
    if (values !== undefined) this.#follow();
  }

  /** Whether a first answer of the cluster is still waited for. */
  get pending(): boolean {
    if (this.#waited) return false;
    return !this.#subscriptions.listed || this.#presence.pending ||
      this.#own.pending;
  }

  /** The graph exports and collects something else from now on. */
  graph(offers: readonly Export[], rules: readonly CollectRule[]): void {
    this.#own.graph(offers);
    this.#rules = rules;
    this.#follow();
  }

  #follow(): void {
    const { values } = this.#options;
    this.#followed = [...this.#rules, ...values?.rules ?? []];
    this.#subscriptions.follow(this.#followed);
    const graces = this.#rules.flatMap(({ graceSeconds }) => graceSeconds ?? []);
    const inUse = [...this.#offers.values()].map((offer) => offer.host);
    this.#presence.follow(
      values?.readsHosts === true ? [...graces, HOST_GRACE_SECONDS] : graces,
      new Set([...inUse, ...values?.stored.hosts ?? []]),
    );
    this.#learn();
    this.#tellValues();
  }

  /** What is read of the others is known once their lists have come. */
  #tellValues(): void {
    const { values } = this.#options;
    if (values === undefined || this.#followed.length === 0) return;
    if (this.#isKnown && this.#subscriptions.everListed) values.heard(this.#offers.values());
    values.seen(this.#presence);
  }

  /** What is to be collected from now, the own exports first. */
  offers(): readonly HostExport[] {
    const used = this.#isKnown || this.#waited ? this.#share().taken : [];
    const others = used.map((offer) => this.#presence.dated(offer));
    this.#gone = JSON.stringify(this.#presence.goneOf(this.#offers.values()));
    const withdrawn = [...this.#withdrawn.values()].map((offer) => ({ ...offer, withdrawn: true }));
    const { host } = this.#options;
    return [
      ...this.#own.offers,
      ...[...others, ...withdrawn].filter((offer) => offer.host !== host),
    ];
  }

  /** Whether all lists have come: what is not known then cannot be read, or is over a limit. */
  get hasAnswered(): boolean {
    return this.#subscriptions.everListed && !this.#presence.lacks;
  }

  /** Those of the rules of which it is not known what there is for them; the own exports always are. */
  unknown(): readonly CollectRule[] {
    const { cut } = this.#share();
    return this.#rules.filter((rule) =>
      rule.host !== this.#options.host &&
      (this.#subscriptions.lacks(rule) ||
        (rule.graceSeconds !== undefined && this.#presence.lacks) ||
        cut.some((offer) => isMeant(rule, offer)))
    );
  }

  /** What is taken of the others' offers, by the rules as they are. */
  #share(): FairShare {
    const [offers, rules] = [this.#offers, this.#rules];
    if (this.#shared?.offers === offers && this.#shared.rules === rules) return this.#shared.share;
    const { host, tell } = this.#options;
    const share = shareOf([...offers.values()].filter((offer) => offer.host !== host), rules);
    this.#shared = { offers, rules, share };
    for (const [greedy, { offered, taken }] of share.greedy) {
      if (this.#saidGreedy.has(greedy)) continue;
      tell({ what: "too-much-offered", host: greedy, offered, taken });
    }
    this.#saidGreedy = new Set(share.greedy.keys());
    return share;
  }

  /** What others offered when the cluster was heard of last, as long as it is not used. */
  remembered(): readonly HostExport[] {
    return this.#isKnown || this.#waited ? [] : [...this.#offers.values()];
  }

  /** There is a store, another one, or none, and the cluster whose it is. */
  attach(store: Store | undefined, cluster = ""): void {
    const { mac } = this.#options;
    const seal = store && mac && new Seal(mac(), cluster);
    // Without a store nothing is read, and what was remembered stays.
    if (store !== undefined) this.#reader.trust(seal);
    this.#own.attach(store, seal);
    this.#subscriptions.attach(store);
    this.#presence.attach(store);
  }

  /** The store may have gone back to something older, or told nobody of a change: look again. */
  compare(): void {
    this.#own.compare();
    this.#subscriptions.compare();
    this.#presence.compare();
  }

  /** Removes what this host exports, for a host that leaves. */
  withdraw(): ReturnType<OwnOffers["withdraw"]> {
    return this.#own.withdraw();
  }

  /** This host has no part in the exchange: what it has goes on, and nothing more is waited for. */
  forgo(): void {
    this.#waiting?.cancel();
    this.lost(this.#options.clock.wall().getTime());
    this.#stopWaiting(false);
  }

  /** Contact is lost since that time by the wall clock; undefined: it is there. */
  lost(sinceMs: number | undefined): void {
    this.#lostAtMs = sinceMs;
    if (this.#isKnown && sinceMs !== undefined) this.#asOfMs = sinceMs;
  }

  /** What is used while the cluster is away, and how old that is. */
  get withoutCluster(): WithoutCluster {
    if (this.#followed.length === 0 || this.#asOfMs === undefined) {
      return { collects: this.#followed.length > 0 };
    }
    return { collects: true, ageMs: this.#options.clock.wall().getTime() - this.#asOfMs };
  }

  close(): void {
    this.#closed = true;
    this.#waiting?.cancel();
    // The next run is to know until when this was true.
    const isUsed = this.#isKnown && this.#followed.length > 0 && !this.#options.noop;
    if (this.#saving !== undefined || isUsed) this.#save();
    this.#options.values?.attach(undefined);
    this.#own.close();
    this.#subscriptions.close();
    this.#presence.close();
  }

  /** Whether it is known of other rules than before what there is for them. */
  #learn(): boolean {
    const before = this.#unknown;
    this.#unknown = JSON.stringify(this.unknown());
    return before !== this.#unknown;
  }

  #changed(there: ReadonlyMap<string, HostExport>): void {
    const before = this.#offers;
    const isFollowed = (key: string) => this.#subscriptions.covers(key);
    const settled = this.#reader.settle(before, there, isFollowed);
    const offers = this.#unseen.beside(there, settled, keyOfOffer);
    const isFirst = !this.#isKnown;
    this.#offers = offers;
    const isOtherwiseKnown = this.#learn();
    this.#isKnown = true;
    this.#atMs = this.#options.clock.wall().getTime();
    for (const [key, offer] of before) {
      if (offers.has(key) || this.#withdrawn.size >= LIMITS.withdrawnResources) continue;
      // What is not followed any more may still be there; of a value nothing is made here.
      if (!isFollowed(key) || offer.kind === VALUE_KIND) continue;
      this.#withdrawn.set(key, { ...offer, fields: withoutContent(offer.fields) });
    }
    for (const key of offers.keys()) this.#withdrawn.delete(key);
    if (isFirst || isOtherwiseKnown || this.#concerns(before, offers)) {
      this.#options.collected(this.offers());
    }
    this.#tellValues();
    this.#settled();
    this.#saveSoon();
  }

  /** Somebody may have come or gone. */
  #seen(): void {
    const gone = JSON.stringify(this.#presence.goneOf(this.#offers.values()));
    const isOtherwiseKnown = this.#learn();
    this.#options.values?.seen(this.#presence);
    if (this.#isKnown && (gone !== this.#gone || isOtherwiseKnown)) {
      this.#options.collected(this.offers());
      this.#saveSoon();
    }
    this.#settled();
  }

  /** Says that something may not be pending any more, and once that nothing is. */
  #settled(): void {
    const isThere = !this.pending;
    this.#options.settled(isThere && !this.#isThere);
    this.#isThere ||= isThere;
  }

  /** Whether something is different that a rule is about; the own exports are known anyway. */
  #concerns(
    before: ReadonlyMap<string, HostExport>,
    after: ReadonlyMap<string, HostExport>,
  ): boolean {
    const matters = (offer: HostExport) =>
      offer.host !== this.#options.host && this.#rules.some((rule) => isMeant(rule, offer));
    for (const [key, offer] of after) if (before.get(key) !== offer && matters(offer)) return true;
    for (const [key, offer] of before) if (!after.has(key) && matters(offer)) return true;
    return false;
  }

  #stopWaiting(aloud = true): void {
    this.#waiting = undefined;
    const wasPending = this.pending;
    this.#waited = true;
    if (!wasPending) return;
    const { tell, collected, settled } = this.#options;
    const answers = this.#isKnown || this.#options.answers?.() === true;
    if (aloud && answers) tell({ what: "not-exported-yet" });
    else if (aloud) tell({ what: "no-answer-yet", uses: this.withoutCluster });
    collected(this.offers());
    settled();
  }

  #saveSoon(): void {
    if (this.#options.noop || this.#closed) return;
    this.#saving ??= this.#options.clock.after(SAVE_MS, () => this.#save());
  }

  #save(): void {
    this.#saving?.cancel();
    this.#saving = undefined;
    const nowMs = this.#options.clock.wall().getTime();
    const ledger = this.#reader.stored;
    this.#options.memory.save({
      atMs: this.#atMs ?? nowMs,
      asOfMs: this.#lostAtMs ?? nowMs,
      offers: this.#rules.length === 0 ? [...this.#offers.values()] : this.#share().taken,
      withdrawn: [...this.#withdrawn.values()],
      ...(ledger === undefined ? {} : { ledger }),
      gone: this.#presence.goneOf(this.#offers.values()),
      ...this.#unseen.stored,
      ...(this.#options.values && { values: this.#options.values.stored }),
    });
  }
}

function keyOfOffer({ host, kind, name }: HostExport): string {
  return exportedKey(host, kind, name);
}
